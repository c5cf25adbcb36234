//! Bytes to values and back, guided by a [`Type`](super::schema::Type): msgpack as the protocol
//! speaks it, JSON as state is stored.
//!
//! Decoding is strict: bytes that do not hold exactly a value of the type are
//! refused with the attribute to blame, whatever they claim about their own
//! size, and never panic. Only JSON state is lenient, and only about which
//! attributes an object has. No error repeats a value, which may be a secret.
//!
//! Source: the value encoding of Terraform's plugin protocol, version 6
//! (`tfplugin6.DynamicValue`, `tfplugin6.RawState`).

mod json;
mod msgpack;
mod types;

#[cfg(test)]
mod tests;

use super::path::{Path, Place};

pub use json::{from_json, to_json, wipe_json};
pub use msgpack::{decode, encode};
pub use types::{type_from_json, type_to_json};

/// How many values may lie inside one another. The type bounds the depth,
/// except through `dynamic`, where the bytes bring types of their own.
const MAX_DEPTH: usize = 100;

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
    /// An unknown value where all must be known.
    #[error("the value is unknown, and JSON has no form for that")]
    Unknown,
}

impl Reason {
    fn at(self, place: &Place<'_>) -> Error {
        Error {
            path: place.path(),
            reason: self,
        }
    }

    const fn kind(expected: &'static str) -> Self {
        Self::Kind { expected }
    }
}
