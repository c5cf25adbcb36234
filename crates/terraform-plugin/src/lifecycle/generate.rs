//! The configuration that would have made a state.

use super::Managed;
use crate::schema::{Attribute, Shape};
use crate::value::{AnyValue, Known, Value};

impl Managed {
    /// A configuration for an imported state. What only the provider may set
    /// is left out, and so is every secret: generated files are read by many.
    pub fn generate_config(&self, state: AnyValue) -> AnyValue {
        strip(state, &self.schema.attributes)
    }
}

fn strip(state: AnyValue, attributes: &[Attribute]) -> AnyValue {
    let Value::Known(Known::Object(mut object)) = state else {
        return state;
    };
    for attribute in attributes {
        let Some(value) = object.get_mut(attribute.name) else {
            continue;
        };
        if !attribute.mode.is_configurable() || attribute.write_only || attribute.sensitive {
            *value = Value::Null;
        } else if let Shape::Object(attributes) = &attribute.shape {
            let stripped = strip(std::mem::take(value), attributes);
            if !is_empty(&stripped) {
                *value = stripped;
            }
        }
    }
    Value::Known(Known::Object(object))
}

/// Whether nothing in an object is set.
fn is_empty(value: &AnyValue) -> bool {
    match value {
        Value::Known(Known::Object(object)) => object.values().all(Value::is_null),
        Value::Known(_) | Value::Unknown => false,
        Value::Null => true,
    }
}
