//! What a plan warns of: docs/guides/what-terraform-can-see.md ("Destroying, replacing, removing").
//! Warnings that follow from a reading are in [`super::reading`].

use super::{facts, table};
use Held::*;
use Now::*;
use ValueNow::*;

/// A warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Warning {
    ChangedElsewhere,
    DriftUnchecked,
    AdoptionUnchecked,
    Gone,
    /// Of a data source that is destroyed or replaced.
    StaysActive,
    /// Of a block that is taken out.
    CredentialsStay,
    /// Of a value that is taken out.
    ValueStays,
}

impl Warning {
    /// Its summary, as a practitioner reads it.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::ChangedElsewhere => "Data Source Changed Outside of Terraform",
            Self::DriftUnchecked => "Drift Was Not Checked",
            Self::AdoptionUnchecked => "Adoption Was Not Checked",
            Self::Gone => "Telemetry Data Source Is Gone",
            Self::StaysActive => "Data Source Stays Active in incident.io",
            Self::CredentialsStay => "Credentials Stay Active in incident.io",
            Self::ValueStays => "Value Stays Active in incident.io",
        }
    }
}

facts! {
    /// Whether the state has it.
    Held {
        NotHeld,
        InState,
    }

    /// A block in the configuration.
    Now {
        Gone,
        Pending,
        There,
    }

    /// A value in the configuration; a key in either form.
    ValueNow {
        LeftOut,
        Given,
    }
}

table! {
    /// A config block that was in the state, for an update.
    BLOCKS: (Held, Now) => Option<Warning> {
        "taken out":                 (InState, Gone) => Some(Warning::CredentialsStay);
        "still there, or not yet known": (InState, Pending | There) => None;
        "was not there":             (NotHeld, _) => None;
    }
}

table! {
    /// A key or URL in the state, for an update. Of a write-only key the state knows nothing.
    VALUES: (Held, Now, ValueNow) => Option<Warning> {
        "taken out alone":           (InState, There, LeftOut) => Some(Warning::ValueStays);
        "still given":               (InState, _, Given) => None;
        "gone with its block, which is told, or not yet known":
            (InState, Gone | Pending, LeftOut) => None;
        "was not there":             (NotHeld, _, _) => None;
    }
}
