//! What follows from a reading: docs/guides/what-terraform-can-see.md ("How a read works", "Keys
//! changed by someone else", "Data sources that are not found", "Adopting and importing") and
//! docs/design.md ("What is not found stays", "Changes made elsewhere").

use super::warnings::Warning;
use super::{facts, table};
use Course::*;
use Edits::*;
use Explanation::*;
use Keys::*;
use LastWrite::*;
use Mode::*;
use Origin::*;
use Purpose::*;
use Reading::*;
use Switch::*;
use Time::*;
use Turn::*;

facts! {
    /// What a read is made for.
    Purpose {
        /// To refresh a state.
        Refresh,
        /// To check what is to be adopted. What a refresh in the same run has read is not read
        /// again.
        Adopt,
        Import,
        /// To fill a state that was moved here from another type.
        Moved,
        /// The data source `incident_telemetry_data_source`.
        DataBlock,
    }

    /// A reading of a data source.
    Reading {
        /// None was made: `drift_detection = false`, or an id that is not known yet.
        NotMade,
        Found,
        /// There is no such data source, by the API's own word.
        Absent,
        /// The key may not read, or the API takes no empty update.
        Refused,
        /// Anything else, also a 404 that is not the API's own.
        Failed,
    }

    /// Which reading of this state it is.
    Turn {
        /// The first, after an import.
        First,
        Later,
    }

    /// `updated_at` beside the last one seen, as instants: how they are spelt does not count.
    Time {
        Same,
        Newer,
        Older,
        /// None was ever seen, or private state is lost; or nobody knows what a write of our own
        /// has come to since.
        NeverSeen,
    }

    /// Where a time comes from that was not seen before.
    Origin {
        /// It is not of this request, or the API is known to leave it alone on an empty update.
        Elsewhere,
        /// It is of this very request: perhaps the empty update has stamped it.
        PerhapsOurs,
        /// The reading before found it too, so no empty update has stamped it.
        FoundBefore,
    }

    /// Whether the name or the kind is another: what only a person changes.
    Edits {
        Unedited,
        Edited,
    }

    /// `enabled` beside what it was.
    Switch {
        Steady,
        SwitchedOn,
        SwitchedOff,
    }

    /// Whether something explains a new time besides new credentials.
    Explanation {
        Unexplained,
        Explained,
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

    /// What the last write was for, if no reading has settled anything since.
    LastWrite {
        /// For anything else, or a reading has settled what came of it.
        Ordinary,
        /// To send keys again because of a change elsewhere.
        Reapplied,
    }
}

/// How a run goes on after a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// With what was read, by [`TIMES`].
    Follow,
    /// With what there was.
    GoOn,
    /// With what there was, and it is remembered that it was not found.
    GoOnWithout,
    /// It ends with an error.
    End,
}

table! {
    /// Whether a run goes on, and what it warns of.
    READINGS: (Purpose, Reading) => (Course, &'static [Warning]) {
        "nothing is read, and nothing checked":
            (Refresh | Adopt, NotMade) => (GoOn, &[]);
        "never: an import, a move and a data block always read":
            (Import | Moved | DataBlock, NotMade) => (End, &[]);
        "it is found":
            (Refresh | Import | Moved | DataBlock, Found) => (Follow, &[]);
        "it is found, and is to be adopted":
            (Adopt, Found) => (GoOn, &[]);
        "it is not found, and stays in the state":
            (Refresh, Absent) => (GoOnWithout, &[Warning::NotFound]);
        "there is nothing to adopt, import, move or show":
            (Adopt | Import | Moved | DataBlock, Absent) => (End, &[]);
        "drift is not checked":
            (Refresh | Moved, Refused) => (GoOn, &[Warning::DriftUnchecked]);
        "the adoption is not checked":
            (Adopt, Refused) => (GoOn, &[Warning::AdoptionUnchecked]);
        "there is nothing to go on with":
            (Import | DataBlock, Refused) => (End, &[]);
        "any other failure ends the run":
            (_, Failed) => (End, &[]);
    }
}

/// What a refresh makes of an answer and its `updated_at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// The answer is ignored, all of it.
    Stale,
    /// The state keeps the time that it has. The API leaves the time alone on an empty update,
    /// which is remembered, and the last write has settled.
    Settled,
    /// The state keeps the time that it has, and the new one is remembered for the next reading.
    HeldBack,
    /// The state takes the time over, by [`SIGNS`], and the last write has settled.
    Change,
}

table! {
    /// All that was read besides the time is in the state afterwards, unless it is stale.
    TIMES: (Turn, Time, Origin) => News {
        "the first reading takes everything":
            (First, _, _) => News::Change;
        "a time before the last one seen is of a stale read":
            (Later, Older, _) => News::Stale;
        "nothing has happened":
            (Later, Same, _) => News::Settled;
        "perhaps our own reading has set the time":
            (Later, Newer | NeverSeen, PerhapsOurs) => News::HeldBack;
        "the time is new, and not of our making":
            (Later, Newer | NeverSeen, Elsewhere | FoundBefore) => News::Change;
    }
}

table! {
    /// Whether what can be read back explains a new time.
    VISIBLE: (Edits, Switch) => Explanation {
        "who switches it on has likely given it other credentials":
            (Unedited, SwitchedOn) => Unexplained;
        "so has who edits it, too":
            (Edited, SwitchedOn) => Unexplained;
        "incident.io itself switches it off":
            (_, SwitchedOff) => Explained;
        "a person has edited it":
            (Edited, Steady) => Explained;
        "nothing is to be seen":
            (Unedited, Steady) => Unexplained;
    }
}

table! {
    /// Whether a new time is explained. The first explanation is what can be read back now, the
    /// second one what could when this time was found first.
    EXPLANATIONS: (Turn, Time, Explanation, Explanation) => Explanation {
        "the first reading explains itself":
            (First, _, _, _) => Explained;
        "there is nothing to compare with":
            (Later, NeverSeen, _, _) => Explained;
        "what can be read back explains it":
            (Later, Newer, Explained, _) => Explained;
        "what could be read back when it was found first explains it":
            (Later, Newer, Unexplained, Explained) => Explained;
        "nothing explains it":
            (Later, Newer, Unexplained, Unexplained) => Unexplained;
        "never: a time that is not new":
            (Later, Same | Older, _, _) => Explained;
    }
}

/// What a refresh concludes about keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conclusion {
    /// Whether every managed key counts as changed elsewhere until it is sent.
    pub marks: bool,
    /// What is said.
    pub says: Option<Warning>,
}

const NOTHING: Conclusion = Conclusion {
    marks: false,
    says: None,
};

table! {
    /// A new time. What [`SWITCHES`] says comes on top.
    SIGNS: (Explanation, Keys, LastWrite, Mode) => Conclusion {
        "it is explained":
            (Explained, _, _, _) => NOTHING;
        "no key is managed":
            (Unexplained, NoKey, _, _) => NOTHING;
        "it may be the effect of keys that were sent again":
            (Unexplained, SomeKey, Reapplied, _)
            => Conclusion { marks: false, says: Some(Warning::ChangedAfterReapply) };
        "it is changed elsewhere, and that is said":
            (Unexplained, SomeKey, Ordinary, Warn)
            => Conclusion { marks: true, says: Some(Warning::ChangedElsewhere) };
        "it is changed elsewhere, and the plan shows what is done about it, or nobody wants to \
         know":
            (Unexplained, SomeKey, Ordinary, Reapply | Ignore)
            => Conclusion { marks: true, says: None };
    }
}

table! {
    /// `enabled`, whatever the time says. (The first reading knows of no switch.)
    SWITCHES: (Switch, Keys, LastWrite) => Conclusion {
        "it is not switched off":
            (Steady | SwitchedOn, _, _) => NOTHING;
        "it is switched off, and its keys are not ours":
            (SwitchedOff, NoKey, _)
            => Conclusion { marks: false, says: Some(Warning::SwitchedOff) };
        "it is switched off, and the keys that were sent again have not helped":
            (SwitchedOff, SomeKey, Reapplied)
            => Conclusion { marks: false, says: Some(Warning::SwitchedOff) };
        "it is switched off, most likely because of its keys":
            (SwitchedOff, SomeKey, Ordinary)
            => Conclusion { marks: true, says: Some(Warning::SwitchedOff) };
    }
}
