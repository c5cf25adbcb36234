//! Values from msgpack, the form in which the protocol carries them.

use std::collections::BTreeMap;

use rmp::Marker;
use rmp::decode as mp;

use super::error::{Error, Reason};
use super::shape::{MAX_DEPTH, check_attributes, kind};
use super::types::type_from_json;
use crate::place::Place;
use crate::value::{AnyValue, Known, Number, Text, Type, Value};

/// The value of a type that msgpack holds, all of it.
///
/// Every extension is an unknown value; refinements are not looked at, as the
/// protocol permits.
///
/// # Errors
/// An [`Error`] with the attribute whose bytes are not a value of its type.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<AnyValue, Error> {
    let mut reader = Reader { rest: bytes };
    let value = reader.value(ty, &Place::Root, MAX_DEPTH)?;
    if reader.rest.is_empty() {
        Ok(value)
    } else {
        Err(Reason::TrailingBytes.at(&Place::Root))
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn value(&mut self, ty: &Type, at: &Place<'_>, depth: usize) -> Result<AnyValue, Error> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(Reason::TooDeep.at(at));
        };
        match self.marker().map_err(|reason| reason.at(at))? {
            Marker::Null => {
                self.rest = &self.rest[1..];
                Ok(Value::Null)
            }
            Marker::FixExt1
            | Marker::FixExt2
            | Marker::FixExt4
            | Marker::FixExt8
            | Marker::FixExt16
            | Marker::Ext8
            | Marker::Ext16
            | Marker::Ext32 => {
                self.skip_extension().map_err(|reason| reason.at(at))?;
                Ok(Value::Unknown)
            }
            _ => self.known(ty, at, depth).map(Value::Known),
        }
    }

    fn known(&mut self, ty: &Type, at: &Place<'_>, depth: usize) -> Result<Known, Error> {
        let expected = Reason::kind(kind(ty));
        Ok(match ty {
            Type::String => {
                let text = self.str(expected).map_err(|reason| reason.at(at))?;
                Known::String(Text::new(text))
            }
            Type::Bool => {
                let value = mp::read_bool(&mut self.rest);
                Known::Bool(value.map_err(|_| expected.at(at))?)
            }
            Type::Number => Known::Number(self.number().map_err(|reason| reason.at(at))?),
            Type::List(element) => {
                let len = self.array(expected).map_err(|reason| reason.at(at))?;
                // Not reserved ahead: the length is only a claim.
                let mut list = Vec::new();
                for index in 0..len {
                    let at = at.index(i64::from(index));
                    list.push(self.value(element, &at, depth)?);
                }
                Known::List(list)
            }
            Type::Set(element) => {
                let len = self.array(expected).map_err(|reason| reason.at(at))?;
                let mut set = Vec::new();
                for _ in 0..len {
                    set.push(self.value(element, &at.element(), depth)?);
                }
                Known::Set(set)
            }
            Type::Tuple(types) => {
                let len = self.array(expected).map_err(|reason| reason.at(at))?;
                expect_length(types.len(), len).map_err(|reason| reason.at(at))?;
                let mut tuple = Vec::new();
                for (index, ty) in (0..).zip(types) {
                    tuple.push(self.value(ty, &at.index(index), depth)?);
                }
                Known::Tuple(tuple)
            }
            Type::Map(element) => {
                let len = self.map(expected).map_err(|reason| reason.at(at))?;
                let mut map = BTreeMap::new();
                for _ in 0..len {
                    let key = self.key().map_err(|reason| reason.at(at))?;
                    let at = at.key(key);
                    let value = self.value(element, &at, depth)?;
                    if map.insert(key.to_owned().into(), value).is_some() {
                        return Err(Reason::DuplicateKey.at(&at));
                    }
                }
                Known::Map(map)
            }
            Type::Object(types) => {
                let len = self.map(expected).map_err(|reason| reason.at(at))?;
                let mut object = BTreeMap::new();
                for _ in 0..len {
                    let name = self.key().map_err(|reason| reason.at(at))?;
                    let Some((name, ty)) = types.get_key_value(name) else {
                        return Err(Reason::UnsupportedAttribute.at(at));
                    };
                    let at = at.attribute(name);
                    if object
                        .insert(name.clone(), self.value(ty, &at, depth)?)
                        .is_some()
                    {
                        return Err(Reason::DuplicateKey.at(&at));
                    }
                }
                check_attributes(types, &object).map_err(|reason| reason.at(at))?;
                Known::Object(object)
            }
            Type::Dynamic => {
                let len = self.array(expected).map_err(|reason| reason.at(at))?;
                expect_length(2, len).map_err(|reason| reason.at(at))?;
                let ty = self.dynamic_type().map_err(|reason| reason.at(at))?;
                let value = self.value(&ty, at, depth)?;
                Known::Dynamic(Box::new((ty, value)))
            }
        })
    }

    fn marker(&self) -> Result<Marker, Reason> {
        let first = self.rest.first().ok_or(Reason::Truncated)?;
        Ok(Marker::from_u8(*first))
    }

    fn take(&mut self, len: u32) -> Result<&'a [u8], Reason> {
        let len = usize::try_from(len).map_err(|_| Reason::Truncated)?;
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(Reason::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    fn skip_extension(&mut self) -> Result<(), Reason> {
        let meta = mp::read_ext_meta(&mut self.rest).map_err(|_| Reason::Truncated)?;
        self.take(meta.size).map(drop)
    }

    fn str(&mut self, otherwise: Reason) -> Result<&'a str, Reason> {
        let len = mp::read_str_len(&mut self.rest);
        let len = len.map_err(|error| kind_or_truncated(&error, otherwise))?;
        std::str::from_utf8(self.take(len)?).map_err(|_| Reason::NotUtf8)
    }

    fn key(&mut self) -> Result<&'a str, Reason> {
        self.str(Reason::kind("a string as key"))
    }

    fn array(&mut self, otherwise: Reason) -> Result<u32, Reason> {
        let len = mp::read_array_len(&mut self.rest);
        let len = len.map_err(|error| kind_or_truncated(&error, otherwise))?;
        self.plausible(len, 1)
    }

    fn map(&mut self, otherwise: Reason) -> Result<u32, Reason> {
        let len = mp::read_map_len(&mut self.rest);
        let len = len.map_err(|error| kind_or_truncated(&error, otherwise))?;
        self.plausible(len, 2)
    }

    /// An element takes a byte at least, so most lies about lengths end here.
    fn plausible(&self, len: u32, bytes_each: u64) -> Result<u32, Reason> {
        let available = u64::try_from(self.rest.len()).unwrap_or(u64::MAX);
        if u64::from(len) * bytes_each <= available {
            Ok(len)
        } else {
            Err(Reason::Truncated)
        }
    }

    fn number(&mut self) -> Result<Number, Reason> {
        let truncated = Reason::Truncated;
        match self.marker()? {
            Marker::F32 => {
                let value = mp::read_f32(&mut self.rest).map_err(|_| truncated)?;
                Number::from_f64(f64::from(value)).ok_or(Reason::NotANumber)
            }
            Marker::F64 => {
                let value = mp::read_f64(&mut self.rest).map_err(|_| truncated)?;
                Number::from_f64(value).ok_or(Reason::NotANumber)
            }
            Marker::U64 => {
                let value: u64 = mp::read_int(&mut self.rest).map_err(|_| truncated)?;
                Ok(Number::from(value))
            }
            Marker::FixPos(_)
            | Marker::FixNeg(_)
            | Marker::U8
            | Marker::U16
            | Marker::U32
            | Marker::I8
            | Marker::I16
            | Marker::I32
            | Marker::I64 => {
                let value: i64 = mp::read_int(&mut self.rest).map_err(|_| truncated)?;
                Ok(Number::from(value))
            }
            _ => {
                let text = self.str(Reason::kind("a number"))?;
                Number::parse(text).ok_or(Reason::NotANumber)
            }
        }
    }

    /// Core sends the type as bin; str is the same to us.
    fn dynamic_type(&mut self) -> Result<Type, Reason> {
        let otherwise = Reason::InvalidJson("a type");
        let bytes = match self.marker()? {
            Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => {
                let len = mp::read_bin_len(&mut self.rest).map_err(|_| Reason::Truncated)?;
                self.take(len)?
            }
            _ => self.str(otherwise)?.as_bytes(),
        };
        type_from_json(bytes)
    }
}

fn expect_length(expected: usize, given: u32) -> Result<(), Reason> {
    match usize::try_from(given) {
        Ok(given) if given == expected => Ok(()),
        Ok(given) => Err(Reason::Length { expected, given }),
        Err(_) => Err(Reason::TooLarge),
    }
}

/// Wrong kinds are told apart from bytes that end in the middle of a length.
fn kind_or_truncated<E: mp::RmpReadErr>(error: &mp::ValueReadError<E>, kind: Reason) -> Reason {
    match error {
        mp::ValueReadError::TypeMismatch(_) => kind,
        mp::ValueReadError::InvalidMarkerRead(_) | mp::ValueReadError::InvalidDataRead(_) => {
            Reason::Truncated
        }
    }
}
