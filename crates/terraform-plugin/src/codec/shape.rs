//! What all forms of a value have in common.

use std::collections::BTreeMap;

use super::error::Reason;
use crate::value::{AnyValue, Name, Type};

/// How many values may lie inside one another. The type bounds the depth, except through `dynamic`,
/// where the bytes bring types of their own.
pub(super) const MAX_DEPTH: usize = 100;

/// Whether an object has exactly the attributes of its type. Both maps are
/// sorted, so that they can be walked side by side afterwards.
pub(super) fn check_attributes(
    types: &BTreeMap<Name, Type>,
    attributes: &BTreeMap<Name, AnyValue>,
) -> Result<(), Reason> {
    if types.keys().eq(attributes.keys()) {
        return Ok(());
    }
    let missing = types.keys().find(|name| !attributes.contains_key(*name));
    Err(match missing {
        Some(name) => Reason::MissingAttribute(name.to_string()),
        None => Reason::UnsupportedAttribute,
    })
}

/// What a type asks for, in words.
pub(super) const fn kind(ty: &Type) -> &'static str {
    match ty {
        Type::String => "a string",
        Type::Bool => "a bool",
        Type::Number => "a number",
        Type::Dynamic => "a value with its type",
        Type::List(_) => "a list",
        Type::Set(_) => "a set",
        Type::Map(_) => "a map",
        Type::Tuple(_) => "a tuple",
        Type::Object(_) => "an object",
    }
}
