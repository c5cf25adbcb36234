//! What is remembered, so that later situations can be told apart: docs/design.md ("Private
//! state").

use super::{facts, table};
use Address::*;
use After::*;
use Beside::*;
use Ended::*;
use Handling::*;
use KeysSent::*;
use Management::*;
use OnChange::*;
use Record::*;

facts! {
    /// Whether the key is still managed after an apply.
    Management {
        Stays,
        /// Its block was in the state, and is no longer planned.
        BlockTakenOut,
        /// Its sensitive form was in the state, and it is given in neither form.
        KeyTakenOut,
        /// It is not given, or ignored, while its version moves on.
        PassedBy,
    }

    /// What the apply did about the key.
    Handling {
        /// It was not given, or not known even then.
        LeftAlone,
        InPlace,
        WasSent,
    }

    /// Private state.
    Record {
        /// There is none.
        Blank,
        Kept,
    }

    /// `credentials_updated_at` in the state.
    Beside {
        NoKeySent,
        AKeySent,
    }

    /// `grafana_config.api_url` in the state.
    Address {
        NotInState,
        InState,
    }

    /// How the request of an update ended.
    Ended {
        NoRequest,
        Answered,
        /// It was refused, and certainly not taken.
        Denied,
        /// The API said that there is no such data source.
        NotFound,
        /// Nobody knows.
        Unanswered,
    }

    /// The keys in a write.
    KeysSent {
        NoneMarked,
        /// One of them counts as changed elsewhere.
        OneMarked,
    }

    /// `on_external_change` in the planned state.
    OnChange {
        Reapply,
        NoReapply,
    }
}

/// What is remembered of a key afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    AsBefore,
    /// Nothing, and no marks.
    Forgotten,
    /// The value that was sent. Nothing is in doubt, and nothing counts as changed elsewhere.
    TheNewValue,
}

table! {
    /// Each key, after an apply that went well. When no key counts as changed elsewhere any more,
    /// what the sign of that was is forgotten.
    KEYS: (Management, Handling) => After {
        "it is taken out":                 (BlockTakenOut | KeyTakenOut, _) => Forgotten;
        "what was sent is of another version": (PassedBy, _) => Forgotten;
        "it is sent":                      (Stays, WasSent) => TheNewValue;
        "it is in place, or not in play":  (Stays, InPlace | LeftAlone) => AsBefore;
    }
}

/// What is lost of private state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    Nothing,
    /// The record of every key, until it is sent again.
    OfKeys,
    /// The same, and the URL is in doubt.
    OfKeysAndUrl,
}

table! {
    /// Whether private state has been lost, as far as a read or a plan can tell.
    LOSSES: (Record, Beside, Address) => Loss {
        "there is a record":
            (Kept, _, _) => Loss::Nothing;
        "no key was sent that could be on record":
            (Blank, NoKeySent, _) => Loss::Nothing;
        "a key was sent, and nothing is on record":
            (Blank, AKeySent, NotInState) => Loss::OfKeys;
        "a key was sent, and a URL, and nothing is on record":
            (Blank, AKeySent, InState) => Loss::OfKeysAndUrl;
    }
}

/// What is remembered of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    /// Nothing changes.
    Forgettable,
    /// What was in it is in doubt, and whatever time is found next may be of this write.
    InDoubt,
    /// There is no such data source.
    Missing,
    /// It got through: there is such a data source.
    GotThrough,
    /// The same, and keys were sent again in it because of a change elsewhere.
    Reapplied,
}

table! {
    /// The write of an update. Of an adoption that fails nothing is remembered.
    WRITES: (Ended, KeysSent, OnChange) => Write {
        "nothing is sent":
            (NoRequest, _, _) => Write::Forgettable;
        "it is refused":
            (Denied, _, _) => Write::Forgettable;
        "nobody knows whether it was taken":
            (Unanswered, _, _) => Write::InDoubt;
        "it finds no data source":
            (NotFound, _, _) => Write::Missing;
        "it gets through":
            (Answered, NoneMarked, _) | (Answered, OneMarked, NoReapply) => Write::GotThrough;
        "it gets through, with keys that reapply sends again":
            (Answered, OneMarked, Reapply) => Write::Reapplied;
    }
}
