//! What is sent: docs/guides/rotating-credentials.md ("Which key is sent when", "Taking a key
//! away"), docs/guides/what-terraform-can-see.md ("Keys changed by someone else") and
//! docs/design.md ("Four operations on one PUT", "Write-only keys").

use super::{facts, table};
use Doubt::*;
use Earlier::*;
use Elsewhere::*;
use Key::*;
use Object::*;
use Sent::*;
use Text::*;
use Version::*;

facts! {
    /// What is planned for.
    Object {
        /// Nothing is in the state, or what is there is replaced.
        Adopted,
        /// An object in the state.
        Managed,
    }

    /// What an earlier plan of the same change decided, where core hands that over.
    Earlier {
        /// There was none, or core hands nothing over.
        NoneHeard,
        /// The key was not in play.
        HeardOutOfPlay,
        HeardHeld,
        HeardSent,
        /// It could not tell yet.
        HeardAtApply,
    }

    /// A key as it is configured, after `ignore_changes`, in whichever of its two forms.
    Key {
        NotGiven,
        /// Known after apply.
        Pending,
        /// What was last sent.
        LastSent,
        /// Another value than was last sent.
        NotLastSent,
        /// Nothing is remembered, and the state holds this value in its sensitive form.
        InState,
        /// Nothing is remembered, and the state does not hold this value.
        NeverSent,
    }

    /// Whether the last write of it may or may not have been taken.
    Doubt {
        Certain,
        InDoubt,
    }

    /// The version in the configuration and in the state.
    Version {
        /// One of them is not set.
        NotBoth,
        Equal,
        Different,
        /// Set in the state, known after apply in the configuration.
        Undecided,
    }

    /// Whether it may have been changed elsewhere since it was sent, and `on_external_change`.
    Elsewhere {
        Untouched,
        /// Changed, under `warn` or `ignore`.
        Accepted,
        /// Changed, under `reapply`.
        ToReapply,
        /// Changed, and the mode is known after apply.
        ModePending,
    }

    /// `name`, or `api_url` as the API writes it, beside the state's.
    Text {
        Unset,
        Unresolved,
        Same,
        Other,
    }
}

/// Whether something is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// Not configured, or ignored: apply sends it on no account.
    OutOfPlay,
    No,
    Yes,
    /// Apply will tell. A plan shows it as if it were sent.
    AtApply,
}

table! {
    /// What an earlier plan has decided stands, whatever the values are by now. `None`: [`KEYS`].
    DECIDED: (Earlier, Object) => Option<Sent> {
        "not in play":    (HeardOutOfPlay, _) => Some(OutOfPlay);
        "hold":           (HeardHeld, Managed) => Some(No);
        "never: an adoption that holds a key back": (HeardHeld, Adopted) => None;
        "send":           (HeardSent, _) => Some(Yes);
        "open":           (NoneHeard | HeardAtApply, _) => None;
    }
}

/// Known or not.
macro_rules! given {
    () => {
        Pending | LastSent | NotLastSent | InState | NeverSent
    };
}

/// Not to be sent again for that reason, as far as a plan can tell.
macro_rules! unless_reapplied {
    () => {
        Untouched | Accepted | ModePending
    };
}

table! {
    /// Each key by itself.
    KEYS: (Object, Key, Doubt, Version, Elsewhere) => Sent {
        "not given":
            (_, NotGiven, _, _, _) => OutOfPlay;

        // Nothing is in the state.
        "an adoption sends all that is configured":
            (Adopted, LastSent | NotLastSent | InState | NeverSent, _, _, _) => Yes;
        "an adoption with a key that is not known yet":
            (Adopted, Pending, _, _, _) => AtApply;

        // What incident.io has is not what was last sent, or may not be.
        "nobody knows whether the last write was taken":
            (Managed, given!(), InDoubt, _, _) => Yes;
        "changed elsewhere, under reapply: whatever the version":
            (Managed, given!(), Certain, _, ToReapply) => Yes;

        // A version in the configuration and in the state: the value does not count.
        "versions differ":
            (Managed, given!(), Certain, Different, unless_reapplied!()) => Yes;
        "versions are equal":
            (Managed, given!(), Certain, Equal, Untouched | Accepted) => No;
        "versions are equal, and perhaps reapply":
            (Managed, given!(), Certain, Equal, ModePending) => AtApply;
        "the version is not known yet":
            (Managed, given!(), Certain, Undecided, unless_reapplied!()) => AtApply;

        // No two versions: the value counts, in whichever form it is, and was.
        "what was last sent":
            (Managed, LastSent, Certain, NotBoth, Untouched | Accepted) => No;
        "private state is lost, and the state holds this value":
            (Managed, InState, Certain, NotBoth, Untouched | Accepted) => No;
        "either of them, and perhaps reapply":
            (Managed, LastSent | InState, Certain, NotBoth, ModePending) => AtApply;
        "not what was last sent":
            (Managed, NotLastSent, Certain, NotBoth, unless_reapplied!()) => Yes;
        "nothing was ever sent, or private state is lost":
            (Managed, NeverSent, Certain, NotBoth, unless_reapplied!()) => Yes;
        "the value is not known yet":
            (Managed, Pending, Certain, NotBoth, unless_reapplied!()) => AtApply;
    }
}

table! {
    /// `name` and `grafana_config.api_url`. Only the URL can be in doubt.
    TEXTS: (Text, Doubt) => Sent {
        "not configured":              (Unset, _) => OutOfPlay;
        "not known yet":               (Unresolved, _) => AtApply;
        "as in the state":             (Same, Certain) => No;
        "the same, and in doubt":      (Same, InDoubt) => Yes;
        "another one, or an adoption": (Other, _) => Yes;
    }
}
