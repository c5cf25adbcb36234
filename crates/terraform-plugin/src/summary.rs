//! What diagnostics begin with.

/// What a diagnostic begins with. A provider lists its summaries in an enum, with
/// [`summaries!`](crate::summaries), so that its tests and its docs can go through all of them.
pub trait Summary: Copy {
    /// A few words in title case; never empty, or core shows nothing else either.
    fn text(self) -> &'static str;
}

/// Tests of this crate invent theirs.
#[cfg(test)]
impl Summary for &'static str {
    fn text(self) -> &'static str {
        self
    }
}

/// Makes an enum of [`Summary`]s.
///
/// ```
/// use terraform_plugin::Diagnostic;
///
/// terraform_plugin::summaries! {
///     /// What can go wrong with a note.
///     enum Summary {
///         Missing = "Note Not Found",
///         OutOfReach = "Note Out of Reach",
///     }
/// }
///
/// let diagnostic = Diagnostic::error(Summary::Missing, "There is no note \"milk\".");
/// assert_eq!(diagnostic.summary(), "Note Not Found");
/// ```
#[macro_export]
macro_rules! summaries {
    ($(#[$meta:meta])* $visibility:vis enum $name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        $visibility enum $name {
            $(#[doc = $text] $variant),+
        }

        #[cfg(test)]
        impl $name {
            /// In the order in which they are listed.
            $visibility const ALL: &[Self] = &[$(Self::$variant),+];
        }

        impl $crate::Summary for $name {
            fn text(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),+
                }
            }
        }
    };
}

summaries! {
    /// The framework's own.
    pub(crate) enum Own {
        Crashed = "Provider Crashed",
        Defect = "Provider Defect",
        InvalidIdentity = "Invalid Import Identity",
        InvalidValue = "Invalid Value",
        Missing = "Missing Configuration for Required Attribute",
        NoImport = "Import Not Supported",
        NoImportByIdentity = "Import by Identity Not Supported",
        NoMove = "Unable to Move Resource State",
        NoSuchType = "Unknown Type",
        NoUpgrade = "Unable to Upgrade Resource State",
        NoUpgradeOfIdentity = "Unable to Upgrade Resource Identity",
        ReadOnly = "Invalid Configuration for Read-Only Attribute",
        Undecodable = "Undecodable Value",
        WriteOnly = "Write-only Attribute Not Allowed",
    }
}
