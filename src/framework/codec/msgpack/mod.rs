//! Values as msgpack, the form in which the protocol carries them.

mod reader;
mod writer;

pub use reader::decode;
pub use writer::encode;

use std::collections::BTreeMap;

use super::Reason;
use crate::framework::schema::Type;
use crate::framework::value::AnyValue;

/// Whether an object has exactly the attributes of its type. Both maps are
/// sorted, so that they can be walked side by side afterwards.
pub(super) fn check_attributes(
    types: &BTreeMap<String, Type>,
    attributes: &BTreeMap<String, AnyValue>,
) -> Result<(), Reason> {
    if let Some(missing) = types.keys().find(|name| !attributes.contains_key(*name)) {
        return Err(Reason::MissingAttribute(missing.clone()));
    }
    if types.len() != attributes.len() {
        return Err(Reason::UnsupportedAttribute);
    }
    Ok(())
}
