//! `GenerateResourceConfig`: the configuration that would have made a state.

use super::answered::Answered;
use super::shape::Shape;
use crate::diagnostic::Diagnostics;
use crate::proto::tfplugin6::generate_resource_config::{Request, Response};
use crate::schema::{Content, Fields, Nesting, elements_mut};
use crate::value::{AnyValue, Known, Value};
use crate::wire::decode::Received;
use crate::wire::encode;

impl Shape {
    /// A configuration for an imported state. What only the provider may set is left out, and so is
    /// every secret: generated files are read by many.
    pub(super) fn generate_resource_config(&self, request: Request) -> Answered<Response> {
        let received = Received::new(request.state);
        let mut config = received.decode(&self.ty, "The state")?;
        strip(&mut config, self.schema.fields());
        let config = encode::value(&config, &self.ty, "The generated configuration")?;
        let response = Response {
            config: Some(config),
            diagnostics: Vec::new(),
        };
        Ok((response, Diagnostics::new()))
    }
}

fn strip(state: &mut AnyValue, fields: Fields<'_>) {
    let Value::Known(Known::Object(object)) = state else {
        return;
    };
    for field in fields.iter() {
        let Some(value) = object.get_mut(field.name) else {
            continue;
        };
        let hidden = field.attribute.is_some_and(|attribute| {
            !attribute.mode.is_configurable() || attribute.write_only || attribute.sensitive
        });
        if hidden {
            *value = Value::Null;
        } else if let Content::Nested(nesting, fields) = field.content {
            for element in elements_mut(value, nesting) {
                strip(element, fields);
            }
            if nesting == Nesting::Single && is_empty(value) {
                *value = Value::Null;
            }
        }
    }
}

/// Whether nothing in an object is set.
fn is_empty(value: &AnyValue) -> bool {
    match value {
        Value::Known(Known::Object(object)) => object.values().all(Value::is_null),
        Value::Known(_) | Value::Unknown => false,
        Value::Null => true,
    }
}
