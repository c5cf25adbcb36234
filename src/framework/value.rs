//! Values as Terraform sees them: null, unknown until apply, or known.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;

use zeroize::Zeroizing;

use super::schema::Type;

/// A value that may be absent (`Null`) or not yet decided (`Unknown`).
///
/// Resource code uses it with a concrete `T` ([`Text`], `bool`, [`Number`], a
/// [`Model`](super::Model)); codecs use [`AnyValue`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Value<T> {
    /// Not set.
    #[default]
    Null,
    /// To be known after apply, or given by something not created yet.
    Unknown,
    /// A concrete value.
    Known(T),
}

impl<T> Value<T> {
    /// Whether the value is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether the value is unknown.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// Whether the value is concrete.
    pub fn is_known(&self) -> bool {
        matches!(self, Self::Known(_))
    }

    /// The concrete value, if there is one.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Null | Self::Unknown => None,
        }
    }

    /// The same value, borrowed.
    pub fn as_ref(&self) -> Value<&T> {
        match self {
            Self::Null => Value::Null,
            Self::Unknown => Value::Unknown,
            Self::Known(value) => Value::Known(value),
        }
    }

    /// Applies `f` to a concrete value; null and unknown pass.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Value<U> {
        match self {
            Self::Null => Value::Null,
            Self::Unknown => Value::Unknown,
            Self::Known(value) => Value::Known(f(value)),
        }
    }

    /// Applies `f` to a concrete value; null and unknown pass.
    pub fn and_then<U>(self, f: impl FnOnce(T) -> Value<U>) -> Value<U> {
        match self {
            Self::Null => Value::Null,
            Self::Unknown => Value::Unknown,
            Self::Known(value) => f(value),
        }
    }
}

impl<T> From<Option<T>> for Value<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Known)
    }
}

impl Value<Text> {
    /// A known string.
    pub fn text(value: impl Into<String>) -> Self {
        Self::Known(Text::new(value))
    }

    /// The concrete string, if there is one.
    pub fn as_str(&self) -> Option<&str> {
        self.known().map(Deref::deref)
    }
}

/// A string. Any of them may be a credential, so every one is wiped when
/// dropped and never shown by `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Text(Zeroizing<String>);

impl Text {
    /// Takes the string over.
    pub fn new(value: impl Into<String>) -> Self {
        Self(Zeroizing::new(value.into()))
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Text {
    fn from(value: &str) -> Self {
        Self::new(value)
    }
}

impl From<String> for Text {
    fn from(value: String) -> Self {
        Self::new(value)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"…\"")
    }
}

/// A number of any size and precision, kept as it arrived.
///
/// The protocol sends what fits neither an `i64` nor exactly an `f64` as
/// decimal text; both must come back without loss.
#[derive(Debug, Clone, PartialEq)]
pub enum Number {
    /// A whole number that fits.
    Int(i64),
    /// A whole number above `i64::MAX` that fits.
    UInt(u64),
    /// A finite binary fraction.
    Float(f64),
    /// Decimal text, such as `0.1` or a number of fifty digits.
    Decimal(String),
}

/// A value whose type is only known at run time.
pub type AnyValue = Value<Known>;

/// The concrete side of an [`AnyValue`].
#[derive(Debug, Clone, PartialEq)]
pub enum Known {
    /// `bool`
    Bool(bool),
    /// `number`
    Number(Number),
    /// `string`
    String(Text),
    /// `list(T)`
    List(Vec<AnyValue>),
    /// `set(T)`; order carries no meaning.
    Set(Vec<AnyValue>),
    /// `tuple([...])`
    Tuple(Vec<AnyValue>),
    /// `map(T)`
    Map(BTreeMap<String, AnyValue>),
    /// `object({...})`: every attribute is present.
    Object(BTreeMap<String, AnyValue>),
    /// `dynamic`: the value with its type.
    Dynamic(Box<(Type, AnyValue)>),
}
