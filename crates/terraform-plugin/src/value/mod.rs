//! Values as Terraform sees them: null, unknown until apply, or known.

#[cfg(fuzzing)]
pub(crate) mod fuzzing;
mod number;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;

use zeroize::Zeroizing;

use crate::path::{Path, Step};
use crate::place::Place;

pub(crate) use self::number::Canonical;
pub use self::number::Number;

/// A value that may be absent (`Null`) or not yet decided (`Unknown`).
///
/// Resource code uses it with a concrete `T` ([`Text`], `bool`, [`Number`], a
/// [`Model`](crate::Model)); codecs use [`AnyValue`].
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

/// The name of an object's attribute, or the key of a map's element. Names in a schema are part of
/// the executable, and copied at no cost; others came with a value.
pub type Name = Cow<'static, str>;

/// A type in Terraform's type system. Source: `type` of `tfplugin6.Schema.Attribute`, which is
/// JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// `string`
    String,
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// Any type, which comes with the value.
    Dynamic,
    /// `list(T)`
    List(Box<Type>),
    /// `set(T)`
    Set(Box<Type>),
    /// `map(T)`
    Map(Box<Type>),
    /// `tuple([...])`
    Tuple(Vec<Type>),
    /// `object({...})`
    Object(BTreeMap<Name, Type>),
}

/// A value whose type is only known at run time. Source: `tfplugin6.DynamicValue`.
pub type AnyValue = Value<Known>;

impl AnyValue {
    /// Where the first unknown in it is, if there is one. An unknown element
    /// of a set is said to be where the set is.
    pub fn first_unknown(&self) -> Option<Path> {
        self.find_unknown(&Place::Root)
    }

    /// The same without the type that comes with a dynamic value: null and unknown have one, too.
    pub(crate) fn bare(&self) -> &Self {
        match self {
            Self::Known(Known::Dynamic(typed)) => &typed.1,
            other => other,
        }
    }

    /// What a path leads to, if there is something.
    pub(crate) fn at(&self, path: &Path) -> Option<&Self> {
        path.steps()
            .iter()
            .try_fold(self, |value, step| match (value, step) {
                (Self::Known(Known::Object(members)), Step::Attribute(name))
                | (Self::Known(Known::Map(members)), Step::Key(name)) => members.get(name.as_str()),
                (Self::Known(Known::List(elements)), Step::Index(index)) => {
                    elements.get(usize::try_from(*index).ok()?)
                }
                _ => None,
            })
    }

    fn find_unknown(&self, at: &Place<'_>) -> Option<Path> {
        let known = match self {
            Self::Null => return None,
            Self::Unknown => return Some(at.path()),
            Self::Known(known) => known,
        };
        match known {
            Known::Bool(_) | Known::Number(_) | Known::String(_) => None,
            Known::List(elements) | Known::Tuple(elements) => (0..)
                .zip(elements)
                .find_map(|(index, element)| element.find_unknown(&at.index(index))),
            Known::Set(elements) => elements
                .iter()
                .find_map(|element| element.find_unknown(&at.element())),
            Known::Map(elements) => elements
                .iter()
                .find_map(|(key, element)| element.find_unknown(&at.key(key))),
            Known::Object(attributes) => attributes
                .iter()
                .find_map(|(name, attribute)| attribute.find_unknown(&at.attribute(name))),
            Known::Dynamic(typed) => typed.1.find_unknown(at),
        }
    }
}

/// The concrete side of an [`AnyValue`]. Sets are equal in whatever order.
#[derive(Debug, Clone)]
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
    Map(BTreeMap<Name, AnyValue>),
    /// `object({...})`: every attribute is present.
    Object(BTreeMap<Name, AnyValue>),
    /// `dynamic`: the value with its type.
    Dynamic(Box<(Type, AnyValue)>),
}

impl PartialEq for Known {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::String(a), Self::String(b)) => a == b,
            (Self::List(a), Self::List(b)) | (Self::Tuple(a), Self::Tuple(b)) => a == b,
            (Self::Set(a), Self::Set(b)) => same_elements(a, b),
            (Self::Map(a), Self::Map(b)) | (Self::Object(a), Self::Object(b)) => a == b,
            (Self::Dynamic(a), Self::Dynamic(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Known {}

/// Elements have no order to sort by, so this is quadratic where the order differs.
fn same_elements(a: &[AnyValue], b: &[AnyValue]) -> bool {
    if a == b {
        return true;
    }
    let mut rest: Vec<&AnyValue> = b.iter().collect();
    a.len() == b.len()
        && a.iter().all(|element| {
            let found = rest.iter().position(|other| *other == element);
            found.map(|position| rest.swap_remove(position)).is_some()
        })
}

#[cfg(test)]
mod tests {
    use zeroize::ZeroizeOnDrop;

    use super::*;

    // Checked by the compiler: no string of a configuration is written out by accident.
    static_assertions::assert_not_impl_any!(Text: serde::Serialize, fmt::Display, Into<String>);
    static_assertions::assert_not_impl_any!(Value<Text>: serde::Serialize, fmt::Display);
    static_assertions::assert_not_impl_any!(AnyValue: serde::Serialize, fmt::Display);

    #[test]
    fn texts_are_not_shown_and_are_wiped() {
        fn wiped(_: &impl ZeroizeOnDrop) {}
        let text = Text::new("glsa_123");
        wiped(&text.0);
        let object = AnyValue::Known(Known::Object(BTreeMap::from([(
            "api_key".into(),
            Value::Known(Known::List(vec![Value::Known(Known::String(text))])),
        )])));
        for shown in [format!("{object:?}"), format!("{object:#?}")] {
            assert!(shown.contains("api_key"), "{shown}");
            assert!(!shown.contains("glsa"), "{shown}");
        }
    }
}
