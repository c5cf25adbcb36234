//! Values from JSON, the form in which state is stored.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use zeroize::Zeroize;

use super::error::{Error, Reason};
use super::shape::{MAX_DEPTH, kind};
use super::types::from_value;
use crate::place::Place;
use crate::value::{AnyValue, Known, Number, Text, Type, Value};

/// The value of a type that JSON holds.
///
/// Attributes that an object lacks are null, and those that its type lacks
/// are dropped, since a stored state may be of another version.
///
/// # Errors
/// An [`Error`] with the attribute whose JSON is of another kind.
pub fn from_json(json: Json, ty: &Type) -> Result<AnyValue, Error> {
    read(json, ty, &Place::Root, MAX_DEPTH)
}

/// Overwrites the strings in JSON that may hold secrets, keys among them.
pub(crate) fn wipe_json(json: Json) {
    match json {
        Json::String(mut text) => text.zeroize(),
        Json::Array(elements) => elements.into_iter().for_each(wipe_json),
        Json::Object(members) => {
            for (mut key, value) in members {
                key.zeroize();
                wipe_json(value);
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

fn read(json: Json, ty: &Type, at: &Place<'_>, depth: usize) -> Result<AnyValue, Error> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(Reason::TooDeep.at(at));
    };
    let known = match (ty, json) {
        (_, Json::Null) => return Ok(Value::Null),
        (Type::String, Json::String(text)) => Known::String(Text::new(text)),
        (Type::Bool, Json::Bool(value)) => Known::Bool(value),
        (Type::Number, Json::Number(number)) => {
            let number = Number::parse(number.as_str());
            Known::Number(number.ok_or_else(|| Reason::NotANumber.at(at))?)
        }
        (Type::List(element), Json::Array(elements)) => {
            let mut list = Vec::with_capacity(elements.len());
            for (index, json) in (0..).zip(elements) {
                list.push(read(json, element, &at.index(index), depth)?);
            }
            Known::List(list)
        }
        (Type::Set(element), Json::Array(elements)) => {
            let elements = elements.into_iter();
            let set = elements.map(|json| read(json, element, &at.element(), depth));
            Known::Set(set.collect::<Result<_, _>>()?)
        }
        (Type::Tuple(types), Json::Array(elements)) => {
            if types.len() != elements.len() {
                return Err(Reason::Length {
                    expected: types.len(),
                    given: elements.len(),
                }
                .at(at));
            }
            let mut tuple = Vec::with_capacity(elements.len());
            for (index, (ty, json)) in (0..).zip(types.iter().zip(elements)) {
                tuple.push(read(json, ty, &at.index(index), depth)?);
            }
            Known::Tuple(tuple)
        }
        (Type::Map(element), Json::Object(members)) => {
            let mut map = BTreeMap::new();
            for (key, json) in members {
                let value = read(json, element, &at.key(&key), depth)?;
                map.insert(key.into(), value);
            }
            Known::Map(map)
        }
        (Type::Object(types), Json::Object(mut members)) => {
            let mut object = BTreeMap::new();
            for (name, ty) in types {
                let json = members.remove(name.as_ref()).unwrap_or_default();
                object.insert(name.clone(), read(json, ty, &at.attribute(name), depth)?);
            }
            wipe_json(Json::Object(members));
            Known::Object(object)
        }
        (Type::Dynamic, Json::Object(mut members)) => {
            let ty = members.remove("type");
            let ty = ty.and_then(|json| from_value(&json, MAX_DEPTH));
            let ty = ty.ok_or_else(|| Reason::InvalidJson("a type").at(at))?;
            let value = members.remove("value").unwrap_or_default();
            let value = read(value, &ty, at, depth)?;
            Known::Dynamic(Box::new((ty, value)))
        }
        (ty, json) => {
            wipe_json(json);
            return Err(Reason::kind(kind(ty)).at(at));
        }
    };
    Ok(Value::Known(known))
}
