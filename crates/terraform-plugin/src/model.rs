//! Typed views of values, so that resource code never touches string maps.

use std::collections::BTreeMap;

use crate::path::{Path, Step};
use crate::value::{AnyValue, Known, Name, Number, Text, Value};

/// A Rust type that a known value converts to and from.
///
/// | Terraform | Rust |
/// |---|---|
/// | `string`, `bool`, `number` | [`Text`], `bool`, [`Number`] |
/// | a whole `number` | `i64` |
/// | `list(T)` and blocks in a list | `Vec<Value<T>>` |
/// | `set(T)` and blocks in a set | [`Set<T>`] |
/// | `map(T)` and blocks in a map | `BTreeMap<String, Value<T>>` |
/// | an object, and a single block | a struct declared by [`model!`](crate::model) |
pub trait Model: Sized {
    /// The typed view. What the wire carries has the schema's type by then, so for a model that
    /// fits its schema only a number can turn out wrong.
    ///
    /// # Errors
    /// Says what is required and where: the number of an `i64` may turn out to be a fraction.
    fn from_known(known: Known) -> Result<Self, Mismatch>;

    /// The untyped value.
    fn into_known(self) -> Known;
}

/// A value that its typed view cannot hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{expected} is required")]
pub struct Mismatch {
    /// Where it is, from the value that was converted.
    pub path: Path,
    /// What is required, with its article.
    pub expected: &'static str,
}

impl Mismatch {
    /// A mismatch of the value itself.
    pub const fn new(expected: &'static str) -> Self {
        Self {
            path: Path::root(),
            expected,
        }
    }

    /// The same mismatch, seen from the value around it.
    #[must_use]
    pub fn within(self, step: Step) -> Self {
        let inner = self.path.steps().iter().cloned();
        let path = inner.fold(Path::root().join(step), |path, step| path.join(step));
        Self { path, ..self }
    }
}

/// A set: elements in an order that carries no meaning.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Set<T>(pub Vec<Value<T>>);

macro_rules! scalar {
    ($ty:ty, $variant:ident, $expected:literal) => {
        impl Model for $ty {
            fn from_known(known: Known) -> Result<Self, Mismatch> {
                match known {
                    Known::$variant(value) => Ok(value),
                    _ => Err(Mismatch::new($expected)),
                }
            }

            fn into_known(self) -> Known {
                Known::$variant(self)
            }
        }
    };
}

scalar!(Text, String, "a string");
scalar!(bool, Bool, "a bool");
scalar!(Number, Number, "a number");

impl Model for i64 {
    fn from_known(known: Known) -> Result<Self, Mismatch> {
        let number = Number::from_known(known)?;
        let whole = number.to_i64();
        whole.ok_or(Mismatch::new("a whole number of at most 64 bits"))
    }

    fn into_known(self) -> Known {
        Known::Number(self.into())
    }
}

impl<T: Model> Model for Vec<Value<T>> {
    fn from_known(known: Known) -> Result<Self, Mismatch> {
        let Known::List(elements) = known else {
            return Err(Mismatch::new("a list"));
        };
        let typed = (0..).zip(elements).map(|(index, element)| {
            Value::from_any(element).map_err(|mismatch| mismatch.within(Step::Index(index)))
        });
        typed.collect()
    }

    fn into_known(self) -> Known {
        Known::List(self.into_iter().map(Value::into_any).collect())
    }
}

impl<T: Model> Model for Set<T> {
    fn from_known(known: Known) -> Result<Self, Mismatch> {
        let Known::Set(elements) = known else {
            return Err(Mismatch::new("a set"));
        };
        let typed = elements.into_iter().map(Value::from_any);
        // No path leads to an element of a set, so the set is to blame.
        let typed = typed.collect::<Result<_, Mismatch>>();
        typed
            .map(Self)
            .map_err(|mismatch| Mismatch::new(mismatch.expected))
    }

    fn into_known(self) -> Known {
        Known::Set(self.0.into_iter().map(Value::into_any).collect())
    }
}

impl<T: Model> Model for BTreeMap<String, Value<T>> {
    fn from_known(known: Known) -> Result<Self, Mismatch> {
        let Known::Map(elements) = known else {
            return Err(Mismatch::new("a map"));
        };
        let typed = elements.into_iter().map(|(key, element)| {
            let element = Value::from_any(element);
            let element = element.map_err(|mismatch| mismatch.within(Step::Key(key.to_string())));
            Ok((key.into_owned(), element?))
        });
        typed.collect()
    }

    fn into_known(self) -> Known {
        let elements = self.into_iter();
        Known::Map(
            elements
                .map(|(key, element)| (key.into(), element.into_any()))
                .collect(),
        )
    }
}

impl<T: Model> Value<T> {
    /// The typed view of an untyped value.
    ///
    /// # Errors
    /// See [`Model::from_known`].
    pub fn from_any(value: AnyValue) -> Result<Self, Mismatch> {
        Ok(match value {
            Value::Null => Self::Null,
            Value::Unknown => Self::Unknown,
            Value::Known(known) => Self::Known(T::from_known(known)?),
        })
    }

    /// The untyped value.
    pub fn into_any(self) -> AnyValue {
        self.map(T::into_known)
    }
}

/// Takes one attribute out of an object. Used by [`model!`](crate::model).
#[doc(hidden)]
pub fn take<T: Model>(
    object: &mut BTreeMap<Name, AnyValue>,
    name: &'static str,
) -> Result<Value<T>, Mismatch> {
    let value = object.remove(name).ok_or(Mismatch::new("an attribute"));
    value
        .and_then(Value::from_any)
        .map_err(|mismatch| mismatch.within(Step::Attribute(name.to_owned())))
}

/// Declares a struct whose fields are the attributes and blocks of an object, each a
/// [`Value`](crate::Value) of the type given, and its [`Model`](crate::Model) implementation.
#[macro_export]
macro_rules! model {
    (
        $(#[$struct_meta:meta])*
        $vis:vis struct $name:ident {
            $( $(#[$field_meta:meta])* $field:ident: $ty:ty, )*
        }
    ) => {
        $(#[$struct_meta])*
        #[derive(Debug, Clone, Default, PartialEq)]
        $vis struct $name {
            $( $(#[$field_meta])* $vis $field: $crate::Value<$ty>, )*
        }

        impl $crate::Model for $name {
            fn from_known(known: $crate::Known) -> Result<Self, $crate::Mismatch> {
                let $crate::Known::Object(mut object) = known else {
                    return Err($crate::Mismatch::new("an object"));
                };
                let model = Self {
                    $( $field: $crate::model::take(&mut object, stringify!($field))?, )*
                };
                match object.pop_first() {
                    None => Ok(model),
                    Some(_) => Err($crate::Mismatch::new("an object of other attributes")),
                }
            }

            fn into_known(self) -> $crate::Known {
                $crate::Known::Object(std::collections::BTreeMap::from([
                    $( (stringify!($field).into(), self.$field.into_any()), )*
                ]))
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    model! {
        struct Inner {
            count: i64,
        }
    }

    model! {
        struct Outer {
            list: Vec<Value<Inner>>,
            map: BTreeMap<String, Value<bool>>,
            set: Set<Text>,
        }
    }

    fn object<const N: usize>(members: [(&'static str, AnyValue); N]) -> AnyValue {
        let members = members.map(|(name, value)| (name.into(), value));
        Value::Known(Known::Object(members.into()))
    }

    fn outer(count: &str) -> AnyValue {
        let count = Known::Number(Number::parse(count).unwrap());
        let inner = object([("count", Value::Known(count))]);
        let map = [("k".into(), Value::Known(Known::Bool(true)))];
        let text = Value::Known(Known::String(Text::from("x")));
        object([
            ("list", Value::Known(Known::List(vec![Value::Null, inner]))),
            ("map", Value::Known(Known::Map(map.into()))),
            ("set", Value::Known(Known::Set(vec![text, Value::Unknown]))),
        ])
    }

    #[test]
    fn collections_come_back() {
        let value = outer("7");
        let typed = Value::<Outer>::from_any(value.clone()).unwrap();
        let list = typed.known().unwrap().list.known().unwrap();
        assert!(matches!(list[1].known().unwrap().count, Value::Known(7)));
        assert_eq!(typed.into_any(), value);
    }

    #[test]
    fn a_mismatch_says_where() {
        for (value, path, expected) in [
            (
                outer("0.5"),
                "list[1].count",
                "a whole number of at most 64 bits",
            ),
            (
                outer("9223372036854775808"),
                "list[1].count",
                "a whole number of at most 64 bits",
            ),
            (object([("list", Value::Null)]), "map", "an attribute"),
            (Value::Known(Known::Bool(true)), "", "an object"),
        ] {
            let mismatch = Value::<Outer>::from_any(value).unwrap_err();
            assert_eq!(
                (mismatch.path.to_string().as_str(), mismatch.expected),
                (path, expected)
            );
        }
    }
}
