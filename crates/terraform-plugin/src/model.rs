//! Typed views of objects, so that resource code never touches string maps.

use std::collections::BTreeMap;

use super::schema::Name;
use super::value::{AnyValue, Known, Number, Text, Value};

/// A Rust type that a known value converts to and from.
pub trait Model: Sized {
    /// The typed view; `None` where the value has another type, which a
    /// value decoded by the schema never has.
    fn from_known(known: Known) -> Option<Self>;

    /// The untyped value.
    fn into_known(self) -> Known;
}

impl Model for Text {
    fn from_known(known: Known) -> Option<Self> {
        match known {
            Known::String(text) => Some(text),
            _ => None,
        }
    }

    fn into_known(self) -> Known {
        Known::String(self)
    }
}

impl Model for bool {
    fn from_known(known: Known) -> Option<Self> {
        match known {
            Known::Bool(value) => Some(value),
            _ => None,
        }
    }

    fn into_known(self) -> Known {
        Known::Bool(self)
    }
}

impl Model for Number {
    fn from_known(known: Known) -> Option<Self> {
        match known {
            Known::Number(number) => Some(number),
            _ => None,
        }
    }

    fn into_known(self) -> Known {
        Known::Number(self)
    }
}

impl<T: Model> Value<T> {
    /// The typed view of an untyped value; `None` where the types differ.
    pub fn from_any(value: AnyValue) -> Option<Self> {
        Some(match value {
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
pub fn take<T: Model>(object: &mut BTreeMap<Name, AnyValue>, name: &str) -> Option<Value<T>> {
    Value::from_any(object.remove(name)?)
}

/// Declares a struct whose fields are the attributes of an object, each a
/// [`Value`] of the type given, and its [`Model`] implementation.
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
            fn from_known(known: $crate::Known) -> Option<Self> {
                let $crate::Known::Object(mut object) = known else {
                    return None;
                };
                let model = Self {
                    $( $field: $crate::model::take(&mut object, stringify!($field))?, )*
                };
                object.is_empty().then_some(model)
            }

            fn into_known(self) -> $crate::Known {
                $crate::Known::Object(std::collections::BTreeMap::from([
                    $( (stringify!($field).into(), self.$field.into_any()), )*
                ]))
            }
        }
    };
}
