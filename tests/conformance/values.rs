//! Terraform's values, as the framework under test has them: the one place that names it.

use serde_json::Value as Json;
pub use terraform_plugin::codec::{decode, encode, type_from_json};
pub use terraform_plugin::schema::{Name, Type};
pub use terraform_plugin::{AnyValue, Known, Number, Path, Step, Value};

/// A known value as core writes it into a state file.
pub fn to_json(value: &AnyValue, ty: &Type) -> Json {
    terraform_plugin::codec::to_json(value, ty).expect("a value that is known throughout")
}
