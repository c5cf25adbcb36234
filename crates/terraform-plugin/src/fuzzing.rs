//! What the targets under `fuzz/` call: bytes in, a panic where a rule is broken. Compiled by
//! cargo-fuzz alone.

use crate::{codec, process, schema};

/// Msgpack, as the protocol carries values: a byte that picks a type, then the value.
pub fn msgpack(data: &[u8]) {
    if let Some((ty, bytes)) = codec::fuzzing::typed(data) {
        codec::fuzzing::any_msgpack(bytes, ty);
    }
}

/// JSON, as state is stored: a byte that picks a type, then the value.
pub fn json(data: &[u8]) {
    if let Some((ty, bytes)) = codec::fuzzing::typed(data) {
        codec::fuzzing::any_json(bytes, ty);
    }
    codec::fuzzing::any_type(data);
}

/// Decimal text: two numbers, each on a line.
pub fn number(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let (a, b) = text.split_once('\n').unwrap_or((text, text));
        crate::value::fuzzing::any_numbers(a, b);
    }
}

/// A configuration and a prior state of one schema: the length of the first in two bytes, then both
/// as msgpack.
pub fn proposal(data: &[u8]) {
    schema::fuzzing::any_proposal(data);
}

/// The environment that a process is started with: `NAME=value`, each followed by a zero byte.
pub fn environment(data: &[u8]) {
    process::fuzzing::any_environment(&String::from_utf8_lossy(data));
}
