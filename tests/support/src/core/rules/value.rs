//! Decoding an answer's values as core does (section 2), and looking into them.

use std::collections::BTreeMap;

use super::super::values::{self, AnyValue, Known, Name, Path, Step, Type, Value, type_from_json};
use super::{Rule, Verdict};
use crate::proto::tfplugin6::schema::nested_block::NestingMode as BlockNesting;
use crate::proto::tfplugin6::schema::object::NestingMode;
use crate::proto::tfplugin6::schema::{Attribute, Block};
use crate::proto::tfplugin6::{AttributePath, DynamicValue, attribute_path};

/// The type that a block's values have.
pub fn block_type(block: &Block) -> Type {
    let attributes = block
        .attributes
        .iter()
        .map(|attribute| (attribute.name.clone().into(), attribute_type(attribute)));
    let blocks = block.block_types.iter().map(|nested| {
        let ty = nested.block.as_ref().map_or(Type::Dynamic, block_type);
        let ty = match BlockNesting::try_from(nested.nesting) {
            Ok(BlockNesting::List) => Type::List(Box::new(ty)),
            Ok(BlockNesting::Set) => Type::Set(Box::new(ty)),
            Ok(BlockNesting::Map) => Type::Map(Box::new(ty)),
            _ => ty,
        };
        (nested.type_name.clone().into(), ty)
    });
    Type::Object(attributes.chain(blocks).collect())
}

fn attribute_type(attribute: &Attribute) -> Type {
    let Some(object) = &attribute.nested_type else {
        return type_from_json(&attribute.r#type).unwrap_or(Type::Dynamic);
    };
    let inner = object.attributes.iter();
    let inner = Type::Object(
        inner
            .map(|attribute| (attribute.name.clone().into(), attribute_type(attribute)))
            .collect(),
    );
    match object.nesting() {
        NestingMode::List => Type::List(Box::new(inner)),
        NestingMode::Set => Type::Set(Box::new(inner)),
        NestingMode::Map => Type::Map(Box::new(inner)),
        NestingMode::Single | NestingMode::Invalid => inner,
    }
}

/// The value in an answer: a missing one is null.
pub fn decode(answer: Option<&DynamicValue>, ty: &Type, verdict: &mut Verdict) -> AnyValue {
    let root = Path::root();
    let Some(answer) = answer else {
        return Value::Null;
    };
    verdict.check(Rule::AnswerIsMsgpack, &root, answer.json.is_empty());
    if answer.msgpack.is_empty() {
        return Value::Null;
    }
    verdict.check(
        Rule::UnknownIsPlain,
        &root,
        unknowns_are_plain(&answer.msgpack),
    );
    match values::decode(&answer.msgpack, ty) {
        Ok(value) => {
            verdict.check(Rule::ValueFits, &root, true);
            value
        }
        Err(error) => {
            verdict.check(Rule::ValueFits, &error.path, false);
            Value::Null
        }
    }
}

/// Whether every extension in msgpack is `d4 00 00`. Bytes that are not msgpack are the decoder's
/// to refuse.
fn unknowns_are_plain(bytes: &[u8]) -> bool {
    fn number(rest: &mut &[u8], width: usize) -> Option<usize> {
        let (head, tail) = rest.split_at_checked(width)?;
        *rest = tail;
        let number = head
            .iter()
            .fold(0, |sum, &byte| sum << 8 | usize::from(byte));
        Some(number)
    }
    fn skip(rest: &mut &[u8], plain: &mut bool) -> Option<()> {
        let marker = number(rest, 1)?;
        let mut elements = 0;
        let bytes = match marker {
            0x00..=0x7f | 0xc0..=0xc3 | 0xe0.. => 0,
            0x80..=0x8f => {
                elements = 2 * (marker & 0xf);
                0
            }
            0x90..=0x9f => {
                elements = marker & 0xf;
                0
            }
            0xa0..=0xbf => marker & 0x1f,
            0xc4 | 0xd9 => number(rest, 1)?,
            0xc5 | 0xda => number(rest, 2)?,
            0xc6 | 0xdb => number(rest, 4)?,
            0xca | 0xce | 0xd2 => 4,
            0xcb | 0xcf | 0xd3 => 8,
            0xcc | 0xd0 => 1,
            0xcd | 0xd1 => 2,
            0xd4 => {
                *plain &= rest.get(..2)? == [0, 0];
                2
            }
            0xc7..=0xc9 | 0xd5..=0xd8 => {
                *plain = false;
                return None;
            }
            0xdc => {
                elements = number(rest, 2)?;
                0
            }
            0xdd => {
                elements = number(rest, 4)?;
                0
            }
            0xde => {
                elements = 2 * number(rest, 2)?;
                0
            }
            _ => {
                elements = 2 * number(rest, 4)?;
                0
            }
        };
        *rest = rest.get(bytes..)?;
        for _ in 0..elements {
            skip(rest, plain)?;
        }
        Some(())
    }
    let mut plain = true;
    let mut rest = bytes;
    let _ = skip(&mut rest, &mut plain);
    plain
}

/// The members of a known object, or map.
pub fn members(value: &AnyValue) -> Option<&BTreeMap<Name, AnyValue>> {
    match value {
        Value::Known(Known::Object(members) | Known::Map(members)) => Some(members),
        _ => None,
    }
}

/// The elements of a known list, set or tuple.
pub fn elements(value: &AnyValue) -> Option<&[AnyValue]> {
    match value {
        Value::Known(Known::List(elements) | Known::Set(elements) | Known::Tuple(elements)) => {
            Some(elements)
        }
        _ => None,
    }
}

/// What is at a path: `None` where there is no such place.
pub fn at<'a>(value: &'a AnyValue, path: &Path) -> Option<&'a AnyValue> {
    path.steps()
        .iter()
        .try_fold(value, |value, step| match step {
            Step::Attribute(name) | Step::Key(name) => members(value)?.get(name.as_str()),
            Step::Index(index) => elements(value)?.get(usize::try_from(*index).ok()?),
        })
}

/// A wire path; `None` where a step says nothing.
pub fn path(wire: &AttributePath) -> Option<Path> {
    use attribute_path::step::Selector;
    wire.steps.iter().try_fold(Path::root(), |path, step| {
        Some(path.join(match step.selector.as_ref()? {
            Selector::AttributeName(name) => Step::Attribute(name.clone()),
            Selector::ElementKeyString(key) => Step::Key(key.clone()),
            Selector::ElementKeyInt(index) => Step::Index(*index),
        }))
    })
}

/// What a schema has at a path.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// A block, or the root.
    Block(&'a Block),
    /// An attribute, nested ones too.
    Attribute(&'a Attribute),
    /// Inside an attribute's type.
    Inner,
}

/// What the schema has at a path: `None` where it has nothing, or where core cannot go, as into a
/// set.
pub fn place<'a>(block: &'a Block, path: &Path) -> Option<Place<'a>> {
    walk(Place::Block(block), path.steps())
}

fn walk<'a>(place: Place<'a>, steps: &[Step]) -> Option<Place<'a>> {
    let Some((step, rest)) = steps.split_first() else {
        return Some(place);
    };
    match (place, step) {
        (Place::Block(block), Step::Attribute(name)) => {
            if let Some(found) = block.attributes.iter().find(|found| found.name == *name) {
                return walk(Place::Attribute(found), rest);
            }
            let nested = block
                .block_types
                .iter()
                .find(|found| found.type_name == *name)?;
            let inner = Place::Block(nested.block.as_ref()?);
            match (nested.nesting(), rest.split_first()) {
                (_, None) => Some(inner),
                (BlockNesting::Single | BlockNesting::Group, _) => walk(inner, rest),
                (BlockNesting::List, Some((Step::Index(_), rest)))
                | (BlockNesting::Map, Some((Step::Key(_), rest))) => walk(inner, rest),
                _ => None,
            }
        }
        (Place::Attribute(attribute), step) => {
            let Some(object) = &attribute.nested_type else {
                let ty = type_from_json(&attribute.r#type).ok()?;
                return in_type(&ty, steps).then_some(Place::Inner);
            };
            let inner = |name: &str| {
                let found = object.attributes.iter().find(|found| found.name == name);
                found.map(Place::Attribute)
            };
            match (object.nesting(), step, rest.split_first()) {
                (NestingMode::Single, Step::Attribute(name), _) => walk(inner(name)?, rest),
                (NestingMode::List, Step::Index(_), None)
                | (NestingMode::Map, Step::Key(_), None) => Some(Place::Inner),
                (NestingMode::List, Step::Index(_), Some((Step::Attribute(name), rest)))
                | (NestingMode::Map, Step::Key(_), Some((Step::Attribute(name), rest))) => {
                    walk(inner(name)?, rest)
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn in_type(ty: &Type, steps: &[Step]) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        return true;
    };
    match (ty, step) {
        (Type::List(element), Step::Index(_)) | (Type::Map(element), Step::Key(_)) => {
            in_type(element, rest)
        }
        (Type::Tuple(types), Step::Index(index)) => usize::try_from(*index)
            .ok()
            .and_then(|index| types.get(index))
            .is_some_and(|ty| in_type(ty, rest)),
        (Type::Object(types), Step::Attribute(name)) => {
            types.get(name.as_str()).is_some_and(|ty| in_type(ty, rest))
        }
        (Type::Dynamic, _) => true,
        _ => false,
    }
}

/// Visits every attribute that a value holds, with its place.
pub fn visit<'a>(
    value: &'a AnyValue,
    block: &'a Block,
    at: &Path,
    seen: &mut dyn FnMut(&'a Attribute, &'a AnyValue, &Path),
) {
    let Some(object) = members(value) else { return };
    for attribute in &block.attributes {
        if let Some(value) = object.get(attribute.name.as_str()) {
            visit_attribute(attribute, value, &at.attribute(&attribute.name), seen);
        }
    }
    for nested in &block.block_types {
        let (Some(block), Some(value)) = (&nested.block, object.get(nested.type_name.as_str()))
        else {
            continue;
        };
        let at = at.attribute(&nested.type_name);
        match nested.nesting() {
            BlockNesting::Single | BlockNesting::Group | BlockNesting::Invalid => {
                visit(value, block, &at, seen);
            }
            BlockNesting::List | BlockNesting::Set | BlockNesting::Map => {
                for (step, value) in each(value) {
                    visit(value, block, &at.join(step), seen);
                }
            }
        }
    }
}

fn visit_attribute<'a>(
    attribute: &'a Attribute,
    value: &'a AnyValue,
    at: &Path,
    seen: &mut dyn FnMut(&'a Attribute, &'a AnyValue, &Path),
) {
    seen(attribute, value, at);
    let Some(object) = &attribute.nested_type else {
        return;
    };
    let mut inner = |value: &'a AnyValue, at: &Path| {
        let Some(members) = members(value) else {
            return;
        };
        for attribute in &object.attributes {
            if let Some(value) = members.get(attribute.name.as_str()) {
                visit_attribute(attribute, value, &at.attribute(&attribute.name), seen);
            }
        }
    };
    match object.nesting() {
        NestingMode::Single | NestingMode::Invalid => inner(value, at),
        NestingMode::List | NestingMode::Set | NestingMode::Map => {
            for (step, value) in each(value) {
                inner(value, &at.join(step));
            }
        }
    }
}

/// The elements of a known collection, with the step to each.
pub fn each(value: &AnyValue) -> Vec<(Step, &AnyValue)> {
    match value {
        Value::Known(Known::Map(members) | Known::Object(members)) => members
            .iter()
            .map(|(key, value)| (Step::Key(key.to_string()), value))
            .collect(),
        value => (0..)
            .zip(elements(value).unwrap_or_default())
            .map(|(index, value)| (Step::Index(index), value))
            .collect(),
    }
}
