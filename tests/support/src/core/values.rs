//! Terraform's values, as the framework under test has them: the one place that names it.

use serde_json::{Value as Json, json};
pub use terraform_plugin::codec::{decode, encode, type_from_json};
pub use terraform_plugin::value::{Name, Type};
pub use terraform_plugin::{AnyValue, Known, Number, Path, Step, Value};

/// A value that is known throughout, as core writes it into a state file.
pub fn to_json(value: &AnyValue) -> Json {
    let list = |elements: &[AnyValue]| elements.iter().map(to_json).collect();
    let known = match value {
        Value::Null => return Json::Null,
        Value::Unknown => panic!("a state holds no unknown value"),
        Value::Known(known) => known,
    };
    match known {
        Known::Bool(value) => json!(value),
        Known::Number(number) => serde_json::from_str(&number.to_string()).unwrap(),
        Known::String(text) => json!(&**text),
        Known::List(elements) | Known::Set(elements) | Known::Tuple(elements) => list(elements),
        Known::Map(members) | Known::Object(members) => members
            .iter()
            .map(|(name, value)| (name.to_string(), to_json(value)))
            .collect(),
        Known::Dynamic(typed) => to_json(&typed.1),
    }
}
