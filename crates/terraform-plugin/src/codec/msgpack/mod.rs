//! Values as msgpack, the form in which the protocol carries them.

mod reader;
mod writer;

pub use reader::decode;
pub use writer::encode;

use std::collections::BTreeMap;

use super::Reason;
use crate::schema::{Name, Type};
use crate::value::AnyValue;

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
