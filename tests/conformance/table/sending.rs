//! What is sent, and why: docs/guides/rotating-credentials.md ("Which key is sent when", "Taking a
//! key away"), docs/guides/what-terraform-can-see.md ("Keys changed by someone else", "Data sources
//! that are not found") and docs/design.md ("Four operations on one PUT", "Write-only keys").

use super::{facts, table};
use Certainty::*;
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
        /// The same, which the API did not find at some time, and no write got through since.
        Missing,
    }

    /// What an earlier plan of the same change decided, where core hands that over.
    Earlier {
        /// There was none, or core hands nothing over.
        NoneHeard,
        /// The field was not in play.
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
        /// Nothing is remembered.
        NotRemembered,
    }

    /// Whether what was last sent of it is known to be in.
    Certainty {
        Certain,
        /// Its last write may or may not have been taken.
        InDoubt,
        /// The record of what was sent is lost, and it was not sent since.
        Lost,
    }

    /// The version in the configuration and in the state.
    Version {
        /// One of them is not set; or they are equal, and nothing is remembered of the key, so that
        /// they hold nothing back.
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

/// Why something is sent whose value may not have changed. A plan says it, once for each reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    Reapply,
    InDoubt,
    Lost,
}

/// Whether something is sent, and what the plan says of that.
pub type Decided = (Sent, Option<Why>);

table! {
    /// What an earlier plan has decided of a key or the URL stands, whatever the values are by now.
    /// `None`: [`KEYS`] or [`TEXTS`].
    DECIDED: (Earlier, Object) => Option<Decided> {
        "it was not in play":
            (HeardOutOfPlay, _) => Some((OutOfPlay, None));
        "it is held back, as decided":
            (HeardHeld, Managed) => Some((No, None));
        "never: it is held back where everything is sent":
            (HeardHeld, Adopted | Missing) => None;
        "it is sent, as decided, and was said to be":
            (HeardSent, _) => Some((Yes, None));
        "nothing is decided yet":
            (NoneHeard | HeardAtApply, _) => None;
    }
}

/// Known or not.
macro_rules! given {
    () => {
        Pending | LastSent | NotLastSent | NotRemembered
    };
}

table! {
    /// Each key by itself.
    KEYS: (Object, Key, Certainty, Version, Elsewhere) => Decided {
        "it is not given":
            (_, NotGiven, _, _, _) => (OutOfPlay, None);

        // Nothing is in the state, or nobody knows what is in incident.io.
        "an adoption sends all that is configured":
            (Adopted, LastSent | NotLastSent | NotRemembered, _, _, _) => (Yes, None);
        "an adoption sends a key that is not known yet, if there is one":
            (Adopted, Pending, _, _, _) => (AtApply, None);
        "what was not found is sent whole":
            (Missing, given!(), _, _, _) => (Yes, None);

        // What incident.io has may not be what was last sent.
        "nobody knows whether the last write was taken":
            (Managed, given!(), InDoubt, _, _) => (Yes, Some(Why::InDoubt));
        "nobody knows what was sent":
            (Managed, given!(), Lost, _, _) => (Yes, Some(Why::Lost));

        // A version in the configuration and in the state: the value does not count.
        "the versions differ":
            (Managed, given!(), Certain, Different, _) => (Yes, None);
        "the versions are equal":
            (Managed, given!(), Certain, Equal, Untouched | Accepted) => (No, None);
        "the versions are equal, and the mode may be reapply":
            (Managed, given!(), Certain, Equal, ModePending) => (AtApply, None);
        "the version is not known yet":
            (Managed, given!(), Certain, Undecided, Untouched | Accepted | ModePending)
            => (AtApply, None);
        "no version asks for it, but reapply does":
            (Managed, given!(), Certain, Equal | Undecided, ToReapply)
            => (Yes, Some(Why::Reapply));

        // No two versions: the value counts, in whichever form it is, and was.
        "it is what was last sent":
            (Managed, LastSent, Certain, NotBoth, Untouched | Accepted) => (No, None);
        "it is what was last sent, and the mode may be reapply":
            (Managed, LastSent, Certain, NotBoth, ModePending) => (AtApply, None);
        "it is not what was last sent":
            (Managed, NotLastSent, Certain, NotBoth, _) => (Yes, None);
        "it was never sent":
            (Managed, NotRemembered, Certain, NotBoth, _) => (Yes, None);
        "its value is not known yet":
            (Managed, Pending, Certain, NotBoth, Untouched | Accepted | ModePending)
            => (AtApply, None);
        "no value asks for it, but reapply does":
            (Managed, LastSent | Pending, Certain, NotBoth, ToReapply)
            => (Yes, Some(Why::Reapply));
    }
}

table! {
    /// `name` and `grafana_config.api_url`. Only the URL can be in doubt; there is no record of it
    /// that could be lost.
    TEXTS: (Object, Text, Certainty) => Decided {
        "it is not configured":
            (_, Unset, _) => (OutOfPlay, None);
        "what was not found gets it, whatever the state has":
            (Missing, Unresolved | Same | Other, _) => (Yes, None);
        "it is not known yet":
            (Adopted | Managed, Unresolved, Certain) => (AtApply, None);
        "it is as in the state":
            (Managed, Same, Certain) => (No, None);
        "it is another one, or is adopted":
            (Adopted | Managed, Other, Certain) => (Yes, None);
        "nobody knows whether the last write of it was taken":
            (Managed, Unresolved | Same | Other, InDoubt) => (Yes, Some(Why::InDoubt));
        "never: an adoption that compares or doubts":
            (Adopted, Same, _) | (Adopted, Unresolved | Other, InDoubt) => (Yes, None);
        "never: a lost record":
            (Adopted, Unresolved | Other, Lost) | (Managed, Unresolved | Same | Other, Lost)
            => (Yes, None);
    }
}
