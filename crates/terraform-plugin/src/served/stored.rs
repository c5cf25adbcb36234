//! The last look at a value before it is stored.

use super::shape::Shape;
use crate::diagnostic::Diagnostic;
use crate::proto::tfplugin6::DynamicValue;
use crate::schema::{Content, Fields, elements_mut};
use crate::value::{AnyValue, Known, Value};
use crate::wire::decode::Received;
use crate::wire::encode;

/// A state to answer with.
pub(super) enum NewState {
    /// There is none.
    Null,
    /// The one that the request came with, byte for byte.
    Same,
    /// Another one.
    Value(AnyValue),
}

impl NewState {
    /// `answer` or, where it says the same as what was given, that.
    pub(super) fn same_or_new(given: Option<&AnyValue>, answer: AnyValue) -> Self {
        if given == Some(&answer) {
            Self::Same
        } else {
            Self::Value(answer)
        }
    }

    /// The message. `what` names the state in an error, with its article.
    pub(super) fn encode(
        self,
        received: Received,
        shape: &Shape,
        what: &str,
    ) -> Result<DynamicValue, Diagnostic> {
        match self {
            Self::Same => Ok(received.give_back()),
            Self::Null => encode::value(&Value::Null, &shape.ty, what),
            Self::Value(state) => encode::value(&state, &shape.ty, what),
        }
    }
}

impl Shape {
    /// Makes every write-only value null. Says whether there was one.
    pub(super) fn null_write_only(&self, value: &mut AnyValue) -> bool {
        null_write_only(value, self.schema.fields())
    }
}

fn null_write_only(value: &mut AnyValue, fields: Fields<'_>) -> bool {
    let Value::Known(Known::Object(object)) = value else {
        return false;
    };
    let mut found = false;
    for field in fields.iter() {
        let Some(value) = object.get_mut(field.name) else {
            continue;
        };
        if field
            .attribute
            .is_some_and(|attribute| attribute.write_only)
        {
            found |= !value.is_null();
            *value = Value::Null;
        } else if let Content::Nested(nesting, fields) = field.content {
            for element in elements_mut(value, nesting) {
                found |= null_write_only(element, fields);
            }
        }
    }
    found
}

/// Makes every unknown value null.
pub(super) fn null_unknowns(value: &mut AnyValue) {
    let known = match value {
        Value::Null => return,
        Value::Unknown => {
            *value = Value::Null;
            return;
        }
        Value::Known(known) => known,
    };
    match known {
        Known::Bool(_) | Known::Number(_) | Known::String(_) => {}
        Known::List(elements) | Known::Set(elements) | Known::Tuple(elements) => {
            elements.iter_mut().for_each(null_unknowns);
        }
        Known::Map(elements) | Known::Object(elements) => {
            elements.values_mut().for_each(null_unknowns);
        }
        Known::Dynamic(typed) => null_unknowns(&mut typed.1),
    }
}

/// An error if a value that is to be stored is not wholly known.
pub(super) fn unknown_left(value: &AnyValue, operation: &str) -> Option<Diagnostic> {
    let path = value.first_unknown()?;
    let what = format!("{operation} left a value unknown where all must be known.");
    Some(Diagnostic::defect(what).at(path))
}

/// A whole object that is null, as `None`.
pub(super) fn present(value: AnyValue) -> Option<AnyValue> {
    Some(value).filter(|value| !value.is_null())
}
