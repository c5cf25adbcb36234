//! Values as core writes them.

use super::values::{AnyValue, Type, encode};
use crate::proto::tfplugin6 as proto;

/// The state as a provider of another time wrote it: attributes that it did not know are missing,
/// and there is one that is known no more.
pub(super) fn aged(json: &mut serde_json::Value) {
    if let Some(object) = json.as_object_mut() {
        object.retain(|_, value| !value.is_null());
        object.values_mut().for_each(aged);
        object.insert("of_another_time".to_owned(), serde_json::json!([1]));
    }
}

/// The value with what core often says of an unknown one: that it is not null. No text of ours
/// holds these bytes.
pub(super) fn refined(mut value: proto::DynamicValue) -> proto::DynamicValue {
    let mut bytes = Vec::with_capacity(value.msgpack.len());
    let mut rest = value.msgpack.as_slice();
    while let Some((first, tail)) = rest.split_first() {
        if let Some(tail) = rest.strip_prefix(&[0xd4, 0, 0]) {
            bytes.extend([0xc7, 3, 12, 0x81, 1, 0xc2]);
            rest = tail;
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    value.msgpack = bytes;
    value
}

pub(super) fn dynamic(value: &AnyValue, ty: &Type) -> proto::DynamicValue {
    proto::DynamicValue {
        msgpack: encode(value, ty).unwrap(),
        json: Vec::new(),
    }
}
