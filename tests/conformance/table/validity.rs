//! Which configurations are refused: docs/guides/rotating-credentials.md ("Which key is sent
//! when"), `docs/resources/telemetry_data_source.md` and docs/guides/what-terraform-can-see.md
//! ("Adopting and importing") and docs/design.md ("Blocks, and not nested attributes").

use super::{facts, table};
use Block::*;
use Call::*;
use Fits::*;
use Given::*;
use Verdict::*;

facts! {
    /// Which call is answered. Plans alone see what `ignore_changes` leaves of a configuration.
    Call {
        Validate,
        /// For a client before 1.11, which would store write-only values.
        ValidateOld,
        Plan,
    }

    /// What is written for an attribute.
    Given {
        Null,
        Unknown,
        Set,
    }

    /// A config block.
    Block {
        Left,
        /// Known after apply, or nothing that is in it is known.
        Unclear,
        /// There, without anything in it.
        Empty,
        Filled,
    }

    /// The kind of data source that a block is for.
    Fits {
        Fitting,
        Unfitting,
    }
}

/// Whether a call succeeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Fine,
    Error,
}

table! {
    /// The sensitive form, the write-only form and the version of a key.
    KEYS: (Call, Given, Given, Given) => Verdict {
        "both forms":                     (_, Set, Set, _) => Error;
        "a version without a write-only key":
            (Validate | ValidateOld, _, Null, Set) => Error;
        "the same, where ignore_changes may have taken the key":
            (Plan, _, Null, Set) => Fine;
        "a client that would store it":   (ValidateOld, Null | Unknown, Set, _) => Error;
        "write-only":                     (Validate | Plan, Null | Unknown, Set, _) => Fine;
        "write-only, not known yet":      (_, _, Unknown, _) => Fine;
        "sensitive, or none":             (_, _, Null, Null | Unknown) => Fine;
    }
}

table! {
    /// One config block and the other.
    BLOCKS: (Call, Block, Block) => Verdict {
        "a data source is of one kind":   (_, Empty | Filled, Empty | Filled) => Error;
        "a block that says nothing":
            (Validate | ValidateOld, Empty, Left | Unclear)
            | (Validate | ValidateOld, Left | Unclear, Empty) => Error;
        "the same, where ignore_changes may have taken what it says":
            (Plan, Empty, Left | Unclear) | (Plan, Left | Unclear, Empty) => Fine;
        "one block":
            (_, Filled, Left | Unclear) | (_, Left | Unclear, Filled) => Fine;
        "none as yet":                    (_, Left | Unclear, Left | Unclear) => Fine;
    }
}

table! {
    /// A block and the kind of the data source, once that was read: for plans.
    KINDS: (Block, Fits) => Verdict {
        "another kind":                   (Empty | Filled, Unfitting) => Error;
        "not there, or not yet":          (Left | Unclear, Unfitting) => Fine;
        "its kind":                       (_, Fitting) => Fine;
    }
}
