//! Values as the JSON that core stores.

use serde_json::{Value as Json, json};
use terraform_plugin::{AnyValue, Known, Value};

/// The JSON of a value that is wholly known; an unknown one is left out as null.
pub fn to_json(value: &AnyValue) -> Json {
    let list = |elements: &[AnyValue]| elements.iter().map(to_json).collect();
    let Value::Known(known) = value else {
        return Json::Null;
    };
    match known {
        Known::Bool(value) => json!(value),
        Known::Number(number) => serde_json::from_str(&number.to_string()).unwrap_or_default(),
        Known::String(text) => json!(&**text),
        Known::List(elements) | Known::Set(elements) | Known::Tuple(elements) => list(elements),
        Known::Map(members) | Known::Object(members) => members
            .iter()
            .map(|(name, value)| (name.to_string(), to_json(value)))
            .collect(),
        Known::Dynamic(typed) => to_json(&typed.1),
    }
}
