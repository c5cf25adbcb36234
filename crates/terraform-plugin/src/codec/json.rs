//! Values as JSON, the form in which state is stored.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use zeroize::Zeroize;

use super::types::{from_value, to_value};
use super::{Error, MAX_DEPTH, Reason};
use crate::number::Number;
use crate::path::Place;
use crate::schema::Type;
use crate::value::{AnyValue, Known, Text, Value};

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

/// The JSON of a value.
///
/// # Errors
/// An [`Error`] with the attribute that is unknown or not of the type.
pub fn to_json(value: &AnyValue, ty: &Type) -> Result<Json, Error> {
    write(value, ty, &Place::Root)
}

/// Overwrites the strings in JSON that may hold secrets.
pub fn wipe_json(json: Json) {
    match json {
        Json::String(mut text) => text.zeroize(),
        Json::Array(elements) => elements.into_iter().for_each(wipe_json),
        Json::Object(members) => members.into_iter().for_each(|(_, value)| wipe_json(value)),
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
            let set = elements.map(|json| read(json, element, at, depth));
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

fn write(value: &AnyValue, ty: &Type, at: &Place<'_>) -> Result<Json, Error> {
    let known = match value {
        Value::Null => return Ok(Json::Null),
        Value::Unknown => return Err(Reason::Unknown.at(at)),
        Value::Known(known) => known,
    };
    let list = |elements: &[AnyValue], element: &Type| {
        let elements = (0..).zip(elements);
        let elements = elements.map(|(i, value)| write(value, element, &at.index(i)));
        elements.collect::<Result<Vec<_>, _>>().map(Json::Array)
    };
    match (ty, known) {
        (Type::String, Known::String(text)) => Ok(Json::String((**text).to_owned())),
        (Type::Bool, Known::Bool(value)) => Ok(Json::Bool(*value)),
        (Type::Number, Known::Number(number)) => {
            let number = number.to_json_text().and_then(|text| text.parse().ok());
            number
                .map(Json::Number)
                .ok_or_else(|| Reason::NotANumber.at(at))
        }
        (Type::List(element), Known::List(elements)) => list(elements, element),
        (Type::Set(element), Known::Set(elements)) => {
            let elements = elements.iter().map(|value| write(value, element, at));
            elements.collect::<Result<Vec<_>, _>>().map(Json::Array)
        }
        (Type::Tuple(types), Known::Tuple(elements)) if types.len() == elements.len() => {
            let elements = (0..).zip(types.iter().zip(elements));
            elements
                .map(|(i, (ty, value))| write(value, ty, &at.index(i)))
                .collect::<Result<Vec<_>, _>>()
                .map(Json::Array)
        }
        (Type::Map(element), Known::Map(elements)) => elements
            .iter()
            .map(|(key, value)| {
                let value = write(value, element, &at.key(key))?;
                Ok((key.to_string(), value))
            })
            .collect::<Result<Map<_, _>, _>>()
            .map(Json::Object),
        (Type::Object(types), Known::Object(attributes)) => {
            super::msgpack::check_attributes(types, attributes).map_err(|reason| reason.at(at))?;
            types
                .iter()
                .zip(attributes.values())
                .map(|((name, ty), value)| {
                    Ok((name.to_string(), write(value, ty, &at.attribute(name))?))
                })
                .collect::<Result<Map<_, _>, _>>()
                .map(Json::Object)
        }
        (Type::Dynamic, Known::Dynamic(typed)) => {
            let (ty, value) = &**typed;
            let mut members = Map::new();
            members.insert("value".to_owned(), write(value, ty, at)?);
            members.insert("type".to_owned(), to_value(ty));
            Ok(Json::Object(members))
        }
        (ty, _) => Err(Reason::kind(kind(ty)).at(at)),
    }
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
