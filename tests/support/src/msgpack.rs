//! `MessagePack` as Terraform writes it, to and from JSON. Written for the tests alone, so that a
//! mistake in the provider's own codec cannot hide in both.

use rmp::Marker;
use rmp::encode;
use serde_json::{Map, Value};

/// What stands for an unknown value.
pub const UNKNOWN: &str = "(known after apply)";

pub(crate) fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes, value);
    bytes
}

fn write(bytes: &mut Vec<u8>, value: &Value) {
    let length = |length: usize| u32::try_from(length).unwrap();
    match value {
        Value::Null => bytes.push(0xc0),
        Value::Bool(value) => encode::write_bool(bytes, *value).unwrap(),
        Value::Number(number) => match number.as_i64() {
            Some(number) => {
                encode::write_sint(bytes, number).unwrap();
            }
            None => encode::write_f64(bytes, number.as_f64().unwrap()).unwrap(),
        },
        Value::String(text) if text == UNKNOWN => bytes.extend([0xd4, 0, 0]),
        Value::String(text) => encode::write_str(bytes, text).unwrap(),
        Value::Array(items) => {
            encode::write_array_len(bytes, length(items.len())).unwrap();
            for item in items {
                write(bytes, item);
            }
        }
        Value::Object(fields) => {
            encode::write_map_len(bytes, length(fields.len())).unwrap();
            for (name, value) in fields {
                encode::write_str(bytes, name).unwrap();
                write(bytes, value);
            }
        }
    }
}

/// Panics if the bytes are anything but one whole value.
pub(crate) fn decode(mut bytes: &[u8]) -> Value {
    let value = read(&mut bytes);
    assert!(bytes.is_empty(), "bytes behind a value");
    value
}

fn read(bytes: &mut &[u8]) -> Value {
    let marker = Marker::from_u8(take(bytes, 1)[0]);
    match marker {
        Marker::Null => Value::Null,
        Marker::True => true.into(),
        Marker::False => false.into(),
        Marker::FixPos(number) => number.into(),
        Marker::FixNeg(number) => number.into(),
        Marker::U8 => number(bytes, 1).into(),
        Marker::U16 => number(bytes, 2).into(),
        Marker::U32 => number(bytes, 4).into(),
        Marker::U64 => number(bytes, 8).into(),
        Marker::I64 => i64::from_be_bytes(take(bytes, 8).try_into().unwrap()).into(),
        Marker::F64 => f64::from_be_bytes(take(bytes, 8).try_into().unwrap()).into(),
        Marker::FixStr(length) => text(bytes, length.into()),
        Marker::Str8 => sized(bytes, 1, text),
        Marker::Str16 => sized(bytes, 2, text),
        Marker::Str32 => sized(bytes, 4, text),
        Marker::FixArray(length) => array(bytes, length.into()),
        Marker::Array16 => sized(bytes, 2, array),
        Marker::FixMap(length) => map(bytes, length.into()),
        Marker::Map16 => sized(bytes, 2, map),
        Marker::FixExt1 => {
            take(bytes, 2);
            UNKNOWN.into()
        }
        marker => panic!("unexpected {marker:?}"),
    }
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> &'a [u8] {
    let (taken, rest) = bytes.split_at(length);
    *bytes = rest;
    taken
}

fn number(bytes: &mut &[u8], length: usize) -> u64 {
    let fold = |number, byte: &u8| number << 8 | u64::from(*byte);
    take(bytes, length).iter().fold(0, fold)
}

fn sized(bytes: &mut &[u8], length: usize, read: fn(&mut &[u8], usize) -> Value) -> Value {
    let length = usize::try_from(number(bytes, length)).unwrap();
    read(bytes, length)
}

fn text(bytes: &mut &[u8], length: usize) -> Value {
    std::str::from_utf8(take(bytes, length)).unwrap().into()
}

fn array(bytes: &mut &[u8], length: usize) -> Value {
    (0..length).map(|_| read(bytes)).collect()
}

fn map(bytes: &mut &[u8], length: usize) -> Value {
    let mut fields = Map::new();
    for _ in 0..length {
        let Value::String(name) = read(bytes) else {
            panic!("a key that is no string");
        };
        fields.insert(name, read(bytes));
    }
    Value::Object(fields)
}
