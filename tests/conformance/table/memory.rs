//! What is remembered of a key, so that later situations can be told apart: docs/design.md
//! ("Private state").

use super::{facts, table};
use After::*;
use Handling::*;
use Management::*;
use Record::*;
use SensitiveForm::*;

facts! {
    /// Whether the key is still managed after an apply.
    Management {
        Stays,
        /// Its block was in the state, and is no longer planned.
        BlockTakenOut,
        /// Its sensitive form was in the state, and it is given in neither form.
        KeyTakenOut,
    }

    /// What the apply did about the key.
    Handling {
        /// It was not given, or not known even then.
        LeftAlone,
        InPlace,
        WasSent,
    }

    /// Whether it was remembered before.
    Record {
        Blank,
        Kept,
    }

    /// Whether the state before held it.
    SensitiveForm {
        NotInState,
        InState,
    }
}

/// What is remembered afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    AsBefore,
    /// Nothing, and no marks.
    Forgotten,
    /// The value that was sent. Nothing is in doubt, and nothing counts as changed elsewhere.
    TheNewValue,
    /// The value in the state before, which may hold it no more.
    TheStatesValue,
}

table! {
    /// After an apply that went well. After a write of which nobody knows whether it was taken
    /// (`world::fault`), every key in it is in doubt; after any other failure all is as before.
    KEYS: (Management, Handling, Record, SensitiveForm) => After {
        "taken out":           (BlockTakenOut | KeyTakenOut, _, _, _) => Forgotten;
        "sent":                (Stays, WasSent, _, _) => TheNewValue;
        "in place, and remembered": (Stays, InPlace, Kept, _) => AsBefore;
        "private state was lost, the state vouches for it":
            (Stays, InPlace, Blank, InState) => TheStatesValue;
        "private state was lost, nothing vouches for it":
            (Stays, InPlace, Blank, NotInState) => AsBefore;
        "not in play":         (Stays, LeftAlone, _, _) => AsBefore;
    }
}
