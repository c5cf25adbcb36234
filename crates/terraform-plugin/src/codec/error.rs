//! Why bytes hold no value of a type, or a value does not fit its type.

use crate::path::Path;
use crate::place::Place;

/// Why bytes hold no value of the type, or a value does not fit its type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Error {
    /// The attribute to blame; the root where it is the whole value.
    pub path: Path,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What is wrong with a value or its bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The bytes end before the value does.
    #[error("the value is cut off")]
    Truncated,
    /// The value ends before the bytes do.
    #[error("there is more after the value")]
    TrailingBytes,
    /// Another kind of value.
    #[error("{expected} is required")]
    Kind {
        /// What the type asks for, with its article.
        expected: &'static str,
    },
    /// Not decimal, `NaN`, or infinite.
    #[error("a finite decimal number is required")]
    NotANumber,
    /// A string or key that is not UTF-8.
    #[error("a string is not valid UTF-8")]
    NotUtf8,
    /// Not the elements that a tuple or dynamic value has.
    #[error("{expected} elements are required ({given} given)")]
    Length {
        /// As many as the type has.
        expected: usize,
        /// As many as there are.
        given: usize,
    },
    /// An object without one of its attributes.
    #[error("the attribute {0:?} is missing")]
    MissingAttribute(String),
    /// An object with an attribute that its type lacks.
    #[error("there is an attribute that the type does not have")]
    UnsupportedAttribute,
    /// A map or object with the same key twice.
    #[error("a key is there twice")]
    DuplicateKey,
    /// Values inside values beyond what is sensible.
    #[error("values are nested too deeply")]
    TooDeep,
    /// A collection beyond the format's 2³² elements or bytes.
    #[error("the value is too large to encode")]
    TooLarge,
    /// Not JSON, or not the JSON of a type.
    #[error("{0} is not valid JSON")]
    InvalidJson(&'static str),
}

impl Reason {
    pub(super) fn at(self, place: &Place<'_>) -> Error {
        Error {
            path: place.path(),
            reason: self,
        }
    }

    pub(super) const fn kind(expected: &'static str) -> Self {
        Self::Kind { expected }
    }
}
