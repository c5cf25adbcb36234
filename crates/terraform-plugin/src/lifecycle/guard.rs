//! The last look at a value before it is stored.

use super::NewState;
use crate::diagnostic::Diagnostic;
use crate::schema::{Attribute, Shape};
use crate::value::{AnyValue, Known, Value};

/// Makes every write-only value null. Says whether there was one.
pub(super) fn null_write_only(value: &mut AnyValue, attributes: &[Attribute]) -> bool {
    let Value::Known(Known::Object(object)) = value else {
        return false;
    };
    let mut found = false;
    for attribute in attributes {
        let Some(value) = object.get_mut(attribute.name) else {
            continue;
        };
        if attribute.write_only {
            found |= !value.is_null();
            *value = Value::Null;
        } else if let Shape::Object(attributes) = &attribute.shape {
            found |= null_write_only(value, attributes);
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

/// `answer` or, where it says the same as the request's state, that.
pub(super) fn same_or_new(given: Option<&AnyValue>, answer: AnyValue) -> NewState {
    if given == Some(&answer) {
        NewState::Same
    } else {
        NewState::Value(answer)
    }
}

/// A whole object that is null, as `None`.
pub(super) fn present(value: AnyValue) -> Option<AnyValue> {
    Some(value).filter(|value| !value.is_null())
}
