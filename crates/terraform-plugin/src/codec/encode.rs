//! Values as msgpack, the form in which the protocol carries them.

use rmp::encode::{self as mp, ByteBuf};

use super::error::{Error, Reason};
use super::shape::{check_attributes, kind};
use super::types::type_to_json;
use crate::place::Place;
use crate::value::{AnyValue, Canonical, Known, Type, Value};

/// An unknown value without refinements: extension 0 with one zero byte.
const UNKNOWN: [u8; 3] = [0xd4, 0x00, 0x00];

/// The msgpack of a value: objects with every attribute, keys sorted.
///
/// # Errors
/// An [`Error`] with the attribute that is not of the type.
pub fn encode(value: &AnyValue, ty: &Type) -> Result<Vec<u8>, Error> {
    let mut out = ByteBuf::new();
    write(&mut out, value, ty, &Place::Root)?;
    Ok(out.into_vec())
}

fn write(out: &mut ByteBuf, value: &AnyValue, ty: &Type, at: &Place<'_>) -> Result<(), Error> {
    let known = match value {
        Value::Null => return written(mp::write_nil(out), at),
        Value::Unknown => {
            out.as_mut_vec().extend_from_slice(&UNKNOWN);
            return Ok(());
        }
        Value::Known(known) => known,
    };
    match (ty, known) {
        (Type::String, Known::String(text)) => write_str(out, text, at),
        (Type::Bool, Known::Bool(value)) => written(mp::write_bool(out, *value), at),
        (Type::Number, Known::Number(number)) => match number.canonical() {
            Canonical::Int(value) => written(mp::write_sint(out, value), at),
            Canonical::Float(value) => written(mp::write_f64(out, value), at),
            Canonical::Text(text) => write_str(out, &text, at),
        },
        (Type::List(element), Known::List(elements)) => {
            written(mp::write_array_len(out, length(elements.len(), at)?), at)?;
            (0..)
                .zip(elements)
                .try_for_each(|(index, value)| write(out, value, element, &at.index(index)))
        }
        (Type::Set(element), Known::Set(elements)) => {
            written(mp::write_array_len(out, length(elements.len(), at)?), at)?;
            elements
                .iter()
                .try_for_each(|value| write(out, value, element, &at.element()))
        }
        (Type::Tuple(types), Known::Tuple(elements)) => {
            if types.len() != elements.len() {
                return Err(Reason::Length {
                    expected: types.len(),
                    given: elements.len(),
                }
                .at(at));
            }
            written(mp::write_array_len(out, length(elements.len(), at)?), at)?;
            let mut elements = (0..).zip(types.iter().zip(elements));
            elements.try_for_each(|(index, (ty, value))| write(out, value, ty, &at.index(index)))
        }
        (Type::Map(element), Known::Map(elements)) => {
            written(mp::write_map_len(out, length(elements.len(), at)?), at)?;
            elements.iter().try_for_each(|(key, value)| {
                let at = at.key(key);
                write_str(out, key, &at)?;
                write(out, value, element, &at)
            })
        }
        (Type::Object(types), Known::Object(attributes)) => {
            check_attributes(types, attributes).map_err(|reason| reason.at(at))?;
            written(mp::write_map_len(out, length(types.len(), at)?), at)?;
            let mut attributes = types.iter().zip(attributes.values());
            attributes.try_for_each(|((name, ty), value)| {
                let at = at.attribute(name);
                write_str(out, name, &at)?;
                write(out, value, ty, &at)
            })
        }
        (Type::Dynamic, Known::Dynamic(typed)) => {
            let (ty, value) = &**typed;
            written(mp::write_array_len(out, 2), at)?;
            written(mp::write_bin(out, &type_to_json(ty)), at)?;
            write(out, value, ty, at)
        }
        (ty, _) => Err(Reason::kind(kind(ty)).at(at)),
    }
}

fn write_str(out: &mut ByteBuf, text: &str, at: &Place<'_>) -> Result<(), Error> {
    length(text.len(), at)?;
    written(mp::write_str(out, text), at)
}

fn length(len: usize, at: &Place<'_>) -> Result<u32, Error> {
    u32::try_from(len).map_err(|_| Reason::TooLarge.at(at))
}

/// Writing to memory cannot fail; the library's signatures do not know that.
fn written<T, E>(result: Result<T, E>, at: &Place<'_>) -> Result<(), Error> {
    result.map(drop).map_err(|_| Reason::TooLarge.at(at))
}
