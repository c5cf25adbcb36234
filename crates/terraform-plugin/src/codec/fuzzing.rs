//! What holds for any bytes; checked with random ones by the tests, and with better ones by
//! cargo-fuzz.

#[cfg(fuzzing)]
use std::{collections::BTreeMap, sync::LazyLock};

use super::{decode, encode, from_json, type_from_json, type_to_json};
use crate::value::{AnyValue, Type};

/// Bytes are no value of the type, or one that can be sent and comes back, in one form.
pub(crate) fn any_msgpack(bytes: &[u8], ty: &Type) {
    match decode(bytes, ty) {
        Ok(value) => comes_back(&value, ty),
        Err(error) => drop(error.to_string()),
    }
}

/// JSON is no state of the type, or one that is wholly known and can be sent.
pub(crate) fn any_json(bytes: &[u8], ty: &Type) {
    let Ok(json) = serde_json::from_slice(bytes) else {
        return;
    };
    match from_json(json, ty) {
        Ok(value) => {
            assert_eq!(value.first_unknown(), None);
            comes_back(&value, ty);
        }
        Err(error) => drop(error.to_string()),
    }
}

/// Bytes are no type, or one that comes back.
pub(crate) fn any_type(bytes: &[u8]) {
    if let Ok(ty) = type_from_json(bytes) {
        assert_eq!(type_from_json(&type_to_json(&ty)), Ok(ty));
    }
}

fn comes_back(value: &AnyValue, ty: &Type) {
    let bytes = match encode(value, ty) {
        Ok(bytes) => bytes,
        Err(error) => panic!("what was decoded cannot be encoded: {error}"),
    };
    let again = match decode(&bytes, ty) {
        Ok(again) => again,
        Err(error) => panic!("what was encoded cannot be decoded: {error}"),
    };
    assert_eq!(&again, value);
    assert_eq!(value, &again);
    assert_eq!(encode(&again, ty), Ok(bytes));
    assert_eq!(again.first_unknown(), value.first_unknown());
}

/// A type by the first byte, and the bytes after it.
#[cfg(fuzzing)]
pub(crate) fn typed(data: &[u8]) -> Option<(&'static Type, &[u8])> {
    let (first, rest) = data.split_first()?;
    Some((&TYPES[usize::from(*first) % TYPES.len()], rest))
}

/// In the order of the letters that pick them, from `@` on: `@` is dynamic, `A` a string.
#[cfg(fuzzing)]
static TYPES: LazyLock<Vec<Type>> = LazyLock::new(|| {
    let list = |ty| Type::List(Box::new(ty));
    let set = |ty| Type::Set(Box::new(ty));
    let map = |ty| Type::Map(Box::new(ty));
    let object = |members: &[(&'static str, Type)]| {
        let members = members
            .iter()
            .map(|(name, ty)| ((*name).into(), ty.clone()));
        Type::Object(members.collect::<BTreeMap<_, _>>())
    };
    let source = object(&[
        ("id", Type::String),
        ("enabled", Type::Bool),
        (
            "grafana_config",
            object(&[
                ("api_key", Type::String),
                ("api_key_wo_version", Type::Number),
            ]),
        ),
    ]);
    vec![
        Type::Dynamic,
        Type::String,
        Type::Number,
        Type::Bool,
        list(Type::Number),
        set(Type::String),
        map(Type::Dynamic),
        Type::Tuple(vec![Type::Bool, Type::Dynamic, Type::Number]),
        source.clone(),
        list(source.clone()),
        set(source.clone()),
        map(source),
        set(set(Type::Number)),
        object(&[("any", Type::Dynamic), ("all", set(Type::Dynamic))]),
        object(&[]),
        Type::Tuple(vec![]),
    ]
});
