//! Types as the JSON that schemas and dynamic values carry.

use serde_json::{Map, Value as Json};

use super::error::Reason;
use super::shape::MAX_DEPTH;
use crate::value::Type;

/// The bytes of a type, such as `["list","string"]`.
pub fn type_to_json(ty: &Type) -> Vec<u8> {
    to_value(ty).to_string().into_bytes()
}

/// The type that such bytes stand for.
///
/// # Errors
/// [`Reason::InvalidJson`] for anything else.
pub fn type_from_json(bytes: &[u8]) -> Result<Type, Reason> {
    serde_json::from_slice(bytes)
        .ok()
        .and_then(|json| from_value(&json, MAX_DEPTH))
        .ok_or(Reason::InvalidJson("a type"))
}

fn to_value(ty: &Type) -> Json {
    let pair = |kind: &str, inner: Json| Json::Array(vec![kind.into(), inner]);
    match ty {
        Type::String => "string".into(),
        Type::Bool => "bool".into(),
        Type::Number => "number".into(),
        Type::Dynamic => "dynamic".into(),
        Type::List(element) => pair("list", to_value(element)),
        Type::Set(element) => pair("set", to_value(element)),
        Type::Map(element) => pair("map", to_value(element)),
        Type::Tuple(elements) => pair("tuple", elements.iter().map(to_value).collect()),
        Type::Object(attributes) => {
            let attributes = attributes
                .iter()
                .map(|(name, ty)| (name.to_string(), to_value(ty)))
                .collect::<Map<_, _>>();
            pair("object", Json::Object(attributes))
        }
    }
}

pub(super) fn from_value(json: &Json, depth: usize) -> Option<Type> {
    let depth = depth.checked_sub(1)?;
    let inner = |json| from_value(json, depth);
    match json {
        Json::String(name) => match name.as_str() {
            "string" => Some(Type::String),
            "bool" => Some(Type::Bool),
            "number" => Some(Type::Number),
            "dynamic" => Some(Type::Dynamic),
            _ => None,
        },
        Json::Array(parts) => match (parts.first()?.as_str()?, parts.get(1)?, parts.len()) {
            ("list", element, 2) => Some(Type::List(Box::new(inner(element)?))),
            ("set", element, 2) => Some(Type::Set(Box::new(inner(element)?))),
            ("map", element, 2) => Some(Type::Map(Box::new(inner(element)?))),
            ("tuple", Json::Array(elements), 2) => {
                let elements = elements.iter().map(inner).collect::<Option<_>>()?;
                Some(Type::Tuple(elements))
            }
            ("object", Json::Object(attributes), 2) => {
                let attributes = attributes
                    .iter()
                    .map(|(name, ty)| Some((name.clone().into(), inner(ty)?)))
                    .collect::<Option<_>>()?;
                Some(Type::Object(attributes))
            }
            _ => None,
        },
        _ => None,
    }
}
