//! The last look at a value before it is stored.

use std::collections::BTreeMap;

use super::shape::Shape;
use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::proto::tfplugin6::DynamicValue;
use crate::schema::{Content, Fields, Nesting, elements_mut};
use crate::value::{AnyValue, Known, Value};
use crate::wire::decode::Received;
use crate::wire::encode;

/// A state to answer with.
pub(super) enum NewState {
    /// The one that the request came with, byte for byte.
    Same,
    /// Another one, or null for none.
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
            Self::Value(state) => encode::value(&state, &shape.ty, what),
        }
    }
}

/// What of a value was not as it is to be stored.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Amended {
    /// A write-only value, which is null now.
    pub(super) write_only: bool,
    /// A null for blocks in a list, set or map, which is an empty collection now.
    blocks: bool,
}

impl Amended {
    /// Whether anything was.
    pub(super) const fn any(self) -> bool {
        self.write_only || self.blocks
    }
}

impl Shape {
    /// Makes every write-only value null, and absent blocks empty where they come in a list, set or
    /// map: core takes null for neither. A state that was made from an id, or that is older than
    /// its schema, has such nulls.
    pub(super) fn amend(&self, value: &mut AnyValue) -> Amended {
        let mut amended = Amended::default();
        amend(value, self.schema.fields(), &mut amended);
        amended
    }

    /// A state as it is to be stored. `operation` begins an error about what it left unknown, and
    /// `what` names the state in others, with its article.
    pub(super) fn stored<M: Model>(
        &self,
        state: M,
        operation: &str,
        what: &str,
    ) -> Result<DynamicValue, Diagnostic> {
        let mut state = Value::Known(state.into_known());
        self.amend(&mut state);
        match unknown_left(&state, operation) {
            Some(defect) => Err(defect),
            None => encode::value(&state, &self.ty, what),
        }
    }
}

fn amend(value: &mut AnyValue, fields: Fields<'_>, amended: &mut Amended) {
    let Value::Known(Known::Object(object)) = value else {
        return;
    };
    for field in fields.iter() {
        let Some(value) = object.get_mut(field.name) else {
            continue;
        };
        if field
            .attribute
            .is_some_and(|attribute| attribute.write_only)
        {
            amended.write_only |= !value.is_null();
            *value = Value::Null;
        } else if let Content::Nested(nesting, fields) = field.content {
            if field.attribute.is_none() && value.is_null() {
                let no_blocks = match nesting {
                    Nesting::Single => continue,
                    Nesting::List => Known::List(Vec::new()),
                    Nesting::Set => Known::Set(Vec::new()),
                    Nesting::Map => Known::Map(BTreeMap::new()),
                };
                amended.blocks = true;
                *value = Value::Known(no_blocks);
            }
            for element in elements_mut(value, nesting) {
                amend(element, fields, amended);
            }
        }
    }
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
