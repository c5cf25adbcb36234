//! What a plan warns of: docs/guides/what-terraform-can-see.md ("Keys changed by someone else",
//! "Data sources that are not found", "Adopting and importing", "Destroying, replacing, removing").
//! Warnings that follow from a reading are in [`super::reading`].

use super::sending::Object;
use super::{facts, table};
use BeforeThis::*;
use Held::*;
use KeysInPlan::*;
use ModeBefore::*;
use ModeNow::*;
use Names::*;
use Now::*;
use Object::*;
use SaidBefore::*;
use Signs::*;
use ValueNow::*;

/// A warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Warning {
    ChangedElsewhere,
    ChangedAfterReapply,
    SwitchedOff,
    NotFound,
    DriftUnchecked,
    AdoptionUnchecked,
    /// Of an update of what was not found in an earlier run.
    WasNotFound,
    /// Of values that did not change.
    SentAgain,
    /// Of keys that are sent for the first time after an import.
    ReplacesCredentials,
    Renames,
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
            Self::ChangedAfterReapply => "Data Source Changed After Its Keys Were Sent Again",
            Self::SwitchedOff => "Data Source Was Switched Off",
            Self::NotFound => "Telemetry Data Source Not Found",
            Self::DriftUnchecked => "Drift Was Not Checked",
            Self::AdoptionUnchecked => "Adoption Was Not Checked",
            Self::WasNotFound => "Telemetry Data Source Was Not Found",
            Self::SentAgain => "Values Will Be Sent Again",
            Self::ReplacesCredentials => "Credentials in Use Will Be Replaced",
            Self::Renames => "Adoption Renames the Data Source",
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

    /// Whether a reading in this run said that it is not found.
    SaidBefore {
        NotSaid,
        Said,
    }

    /// `credentials_updated_at` in the state.
    BeforeThis {
        NoKeySent,
        AKeySent,
    }

    /// Whether a plan sends keys, or may.
    KeysInPlan {
        SendsNone,
        MaySend,
    }

    /// The configured name, and the one that was read.
    Names {
        /// One of them is not known, or the name is not configured.
        NotCompared,
        Alike,
        Unlike,
    }

    /// `on_external_change` in the state.
    ModeBefore {
        WasReapply,
        WasOther,
    }

    /// `on_external_change` in the configuration.
    ModeNow {
        IsWarn,
        IsOther,
    }

    /// The last sign of a change elsewhere, as long as a key counts as changed by it.
    Signs {
        NoSign,
        /// A key that counts as changed is held back.
        TimeAndHeld,
        /// Every key that counts as changed is sent, may be, or is not configured.
        TimeAndSent,
        /// It was switched off.
        Off,
    }
}

table! {
    /// A config block that was in the state, for an update.
    BLOCKS: (Held, Now) => Option<Warning> {
        "it is taken out":                  (InState, Gone) => Some(Warning::CredentialsStay);
        "it is still there, or not yet known": (InState, Pending | There) => None;
        "it was not there":                 (NotHeld, _) => None;
    }
}

table! {
    /// A key or URL in the state, for an update. Of a write-only key the state knows nothing.
    VALUES: (Held, Now, ValueNow) => Option<Warning> {
        "it is taken out alone":            (InState, There, LeftOut) => Some(Warning::ValueStays);
        "it is still given":                (InState, _, Given) => None;
        "it is gone with its block, which is told, or not yet known":
            (InState, Gone | Pending, LeftOut) => None;
        "it was not there":                 (NotHeld, _, _) => None;
    }
}

table! {
    /// An update of what was not found.
    MISSING: (Object, SaidBefore) => Option<Warning> {
        "the reading of this run says so":  (Missing, Said) => None;
        "an earlier reading or write did not find it":
            (Missing, NotSaid) => Some(Warning::WasNotFound);
        "it was found, as far as anybody knows":
            (Managed, NotSaid) => None;
        "never: the memory of what was said": (Managed, Said) => None;
        "never: an adoption is no update":  (Adopted, _) => None;
    }
}

table! {
    /// Keys that replace others, in an update.
    REPLACES: (BeforeThis, KeysInPlan) => Option<Warning> {
        "it is adopted without keys, or imported, and others are in use":
            (NoKeySent, MaySend) => Some(Warning::ReplacesCredentials);
        "those in use are our own":         (AKeySent, _) => None;
        "none is sent":                     (NoKeySent, SendsNone) => None;
    }
}

table! {
    /// A change elsewhere that `reapply` would have seen to, in an update.
    FORGOTTEN: (ModeBefore, ModeNow, Signs) => Option<Warning> {
        "the same plan takes reapply away":
            (WasReapply, IsWarn, TimeAndHeld) => Some(Warning::ChangedElsewhere);
        "the keys are sent all the same, or given up":
            (WasReapply, IsWarn, TimeAndSent) => None;
        "it was said when it was switched off":
            (WasReapply, IsWarn, Off) => None;
        "there is nothing to forget":
            (WasReapply, IsWarn, NoSign) => None;
        "reapply stays, or nobody wants to know":
            (WasReapply, IsOther, _) => None;
        "it was said when it was read":
            (WasOther, _, _) => None;
    }
}

table! {
    /// The name of what is adopted.
    RENAMES: (Names,) => Option<Warning> {
        "it is another one":                (Unlike,) => Some(Warning::Renames);
        "it is the same":                   (Alike,) => None;
        "it is left alone, or not known yet": (NotCompared,) => None;
    }
}
