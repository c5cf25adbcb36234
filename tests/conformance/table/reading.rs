//! What follows from a reading: docs/guides/what-terraform-can-see.md ("How a read works", "Keys
//! changed by someone else", "Data sources that are gone", "Adopting") and docs/design.md ("Changes
//! made elsewhere").

use super::sending::Doubt;
use super::warnings::Warning;
use super::{facts, table};
use Course::*;
use Doubt::*;
use Keys::*;
use Mode::*;
use Purpose::*;
use Reading::*;
use Stamps::*;
use Time::*;
use Turn::*;
use Visible::*;

facts! {
    /// What a read is made for.
    Purpose {
        /// To refresh a state.
        Refresh,
        /// To check what is to be adopted, and was not read in this run.
        Adopt,
        /// The same, of what was in the state and was read in this run: it is not read again.
        AdoptAgain,
        Import,
        /// The data source `incident_telemetry_data_source`.
        DataBlock,
    }

    /// A reading of a data source.
    Reading {
        /// None was made: `drift_detection = false`, or an id that is not known yet.
        NotMade,
        Found,
        /// There is no such data source.
        Absent,
        /// The key may not read, or the API takes no empty update.
        Refused,
        /// Anything else.
        Failed,
    }

    /// Which reading of this state it is.
    Turn {
        /// The first, after an import.
        First,
        Later,
    }

    /// `updated_at` beside the last one seen.
    Time {
        Unmoved,
        Moved,
        /// None was ever seen, or private state is lost.
        NeverSeen,
    }

    /// What the API does to `updated_at` with an empty update.
    Stamps {
        Keeps,
        /// It sets it to now: nothing can be told from it.
        Overwrites,
    }

    /// What else of the data source is another.
    Visible {
        NothingElse,
        SomethingElse,
    }

    /// Whether a key is managed: sent at some time, or in the state.
    Keys {
        NoKey,
        SomeKey,
    }

    /// `on_external_change` in the state.
    Mode {
        Warn,
        Reapply,
        Ignore,
    }
}

/// How a run goes on after a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// With what was read, by [`CHANGES`].
    Follow,
    /// With what there was.
    GoOn,
    /// With an empty state.
    Drop,
    /// It ends with an error.
    End,
}

table! {
    /// Whether a run goes on, and what it warns of.
    READINGS: (Purpose, Reading) => (Course, &'static [Warning]) {
        "nothing read, nothing checked":
            (Refresh | Adopt | AdoptAgain, NotMade) => (GoOn, &[]);
        "never: an import and a data block always read":
            (Import | DataBlock, NotMade) => (End, &[]);
        "found":
            (Refresh | Import | DataBlock, Found) => (Follow, &[]);
        "found, to be adopted":
            (Adopt | AdoptAgain, Found) => (GoOn, &[]);
        "gone":
            (Refresh, Absent) => (Drop, &[]);
        "gone, and still configured":
            (AdoptAgain, Absent) => (GoOn, &[Warning::Gone]);
        "never in the state":
            (Adopt | Import | DataBlock, Absent) => (End, &[]);
        "drift is not checked":
            (Refresh, Refused) => (GoOn, &[Warning::DriftUnchecked]);
        "the adoption is not checked":
            (Adopt | AdoptAgain, Refused) => (GoOn, &[Warning::AdoptionUnchecked]);
        "nothing to go on with":
            (Import | DataBlock, Refused) => (End, &[]);
        "any other failure":
            (_, Failed) => (End, &[]);
    }
}

/// What a refresh makes of `updated_at`. All else that was read is in the state afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Nothing: the state keeps the time that it has.
    None,
    /// The state takes the new time over.
    Taken,
    /// And every managed key counts as changed elsewhere until it is sent.
    Noticed,
    /// And that is said.
    Warned,
}

table! {
    /// Of what was found.
    CHANGES: (Turn, Time, Stamps, Visible, Doubt, Keys, Mode) => Change {
        "the first reading explains itself":
            (First, _, _, _, _, _, _) => Change::Taken;
        "nothing has happened":
            (Later, Unmoved, _, _, _, _, _) => Change::None;
        "our own reading set the time":
            (Later, Moved | NeverSeen, Overwrites, _, _, _, _) => Change::None;
        "nothing to compare with":
            (Later, NeverSeen, Keeps, _, _, _, _) => Change::Taken;
        "something visible explains it":
            (Later, Moved, Keeps, SomethingElse, _, _, _) => Change::Taken;
        "a write of our own may explain it":
            (Later, Moved, Keeps, NothingElse, InDoubt, _, _) => Change::Taken;
        "no key is managed":
            (Later, Moved, Keeps, NothingElse, Certain, NoKey, _) => Change::Taken;
        "changed elsewhere":
            (Later, Moved, Keeps, NothingElse, Certain, SomeKey, Warn) => Change::Warned;
        "changed elsewhere, and the plan shows what is done about it, or nobody wants to know":
            (Later, Moved, Keeps, NothingElse, Certain, SomeKey, Reapply | Ignore)
            => Change::Noticed;
    }
}
