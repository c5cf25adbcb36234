//! What a walk is made of.

use incident_sandbox::Spelling;

use super::Foreign;

use crate::world::config::{Ignored, Input, Kind, Leaf, Presence, Secret};
use crate::world::fault::Kind as FaultKind;

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// As somebody edits who knows the rules.
    Edit(Leaf, Input),
    /// As somebody edits who does not.
    Raw(Leaf, Input),
    Block(Kind, Presence),
    /// From the sensitive to the write-only form or back, with the same value.
    Swap(Secret),
    OtherSource,
    IdPending,
    /// On, or off again.
    Ignore(Ignored),
    Drift,
    /// With secrets as unknown as variables are at validate.
    Validate,
    Plan {
        refresh: bool,
    },
    Apply {
        refresh: bool,
        replace: bool,
        end: End,
    },
    SavePlan,
    ApplySaved,
    RefreshOnly,
    Taint,
    Import {
        by_identity: bool,
    },
    /// From another address of the provider.
    MoveAddress,
    /// From what managed this data source before.
    MoveFrom(Foreign),
    Forget,
    Destroy,
    Dashboard(Dashboard),
    Fault {
        at_apply: bool,
        on_write: bool,
        kind: FaultKind,
    },
    /// The API begins to refuse empty updates, or takes them again.
    Refuses,
    /// The API begins to stamp `updated_at` on an empty update, or to leave it alone.
    Stamps,
    /// Answers to reads spell times like this from now on, and answers to what was written or
    /// stamped like that.
    Times(Spelt, Spelt),
    DataSource,
    /// A state from so many changes ago.
    Restore(usize),
}

/// How a time is spelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelt {
    /// As the API does today: microseconds, cut off.
    Microseconds,
    /// As it is in memory.
    Nanoseconds,
    /// As a database may store it.
    RoundedMicroseconds,
    Milliseconds,
    Seconds,
    /// Without zeros at the end.
    Trimmed,
    Elsewhere,
}

impl Spelt {
    pub const ALL: &'static [Self] = &[
        Self::Microseconds,
        Self::Nanoseconds,
        Self::RoundedMicroseconds,
        Self::Milliseconds,
        Self::Seconds,
        Self::Trimmed,
        Self::Elsewhere,
    ];

    pub(super) fn spelling(self) -> Spelling {
        match self {
            Self::Microseconds => Spelling::default(),
            Self::Nanoseconds => Spelling::nanoseconds(),
            Self::RoundedMicroseconds => Spelling::default().rounded(),
            Self::Milliseconds => Spelling::digits(3),
            Self::Seconds => Spelling::digits(0),
            Self::Trimmed => Spelling::digits(2).trimmed(),
            Self::Elsewhere => Spelling::default().offset(-330),
        }
    }
}

/// How an apply ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Well,
    /// Ctrl-C between plan and apply.
    Stopped,
    /// Terraform is killed before it has written state.
    StateNotWritten,
    /// The provider dies with the answer: attributes stay, private state goes.
    ProviderDied,
}

/// What somebody does in incident.io, beside Terraform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dashboard {
    Rename(String),
    Disable,
    Enable,
    Rotate(Secret, String),
    Delete,
    Reconnect,
    /// Connects another kind of data under the same id: nothing of what was there remains.
    Connect(Kind),
    Version(Option<String>),
}

/// Where a walk begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    pub generation: usize,
    /// An empty update stamps `updated_at`.
    pub stamps: bool,
    pub kinds: [Kind; 2],
    pub write_only: bool,
}
