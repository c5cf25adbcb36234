//! What answers are about: one of each kind of attribute and block, with a configuration, a plan
//! and a state of it.

use std::collections::BTreeMap;

use crate::support::proto::tfplugin6::schema::nested_block::NestingMode as BlockNesting;
use crate::support::proto::tfplugin6::schema::object::NestingMode;
use crate::support::proto::tfplugin6::schema::{Attribute, Block, NestedBlock, Object};
use crate::values::{AnyValue, Known, Value};

pub(super) const STRING: &str = "\"string\"";

pub(super) fn attribute(name: &str, ty: &str) -> Attribute {
    Attribute {
        name: name.to_owned(),
        r#type: ty.as_bytes().to_vec(),
        optional: true,
        ..Attribute::default()
    }
}

pub(super) fn computed(name: &str) -> Attribute {
    Attribute {
        optional: false,
        computed: true,
        ..attribute(name, STRING)
    }
}

pub(super) fn write_only(name: &str) -> Attribute {
    Attribute {
        sensitive: true,
        write_only: true,
        ..attribute(name, STRING)
    }
}

pub(super) fn nested(name: &str, nesting: NestingMode, attributes: Vec<Attribute>) -> Attribute {
    Attribute {
        r#type: Vec::new(),
        nested_type: Some(Object {
            attributes,
            nesting: nesting.into(),
            ..Object::default()
        }),
        ..attribute(name, "")
    }
}

pub(super) fn child(name: &str, nesting: BlockNesting, block: Block) -> NestedBlock {
    NestedBlock {
        type_name: name.to_owned(),
        block: Some(block),
        nesting: nesting.into(),
        ..NestedBlock::default()
    }
}

pub(super) fn block(attributes: Vec<Attribute>, block_types: Vec<NestedBlock>) -> Block {
    Block {
        attributes,
        block_types,
        ..Block::default()
    }
}

/// One of each kind of attribute and block that values are judged by.
pub(super) fn subject() -> Block {
    block(
        vec![
            attribute("set", STRING),
            computed("given"),
            Attribute {
                computed: true,
                ..attribute("either", STRING)
            },
            write_only("hidden"),
            nested(
                "one",
                NestingMode::Single,
                vec![attribute("inner", STRING), write_only("secret")],
            ),
            nested("many", NestingMode::List, vec![attribute("inner", STRING)]),
            nested("bag", NestingMode::Set, vec![attribute("inner", STRING)]),
        ],
        vec![child(
            "items",
            BlockNesting::List,
            block(vec![attribute("inner", STRING)], Vec::new()),
        )],
    )
}

pub(super) fn text(text: &str) -> AnyValue {
    Value::text(text).into_any()
}

pub(super) fn object<const N: usize>(members: [(&'static str, AnyValue); N]) -> AnyValue {
    let members = members.map(|(name, value)| (name.into(), value));
    Value::Known(Known::Object(BTreeMap::from(members)))
}

pub(super) fn list(elements: Vec<AnyValue>) -> AnyValue {
    Value::Known(Known::List(elements))
}

pub(super) fn set(elements: Vec<AnyValue>) -> AnyValue {
    Value::Known(Known::Set(elements))
}

pub(super) fn inner(value: &str) -> AnyValue {
    object([("inner", text(value))])
}

/// A configuration of [`subject`].
pub(super) fn config() -> AnyValue {
    object([
        ("set", text("s")),
        ("given", Value::Null),
        ("either", Value::Null),
        ("hidden", Value::Null),
        (
            "one",
            object([("inner", text("i")), ("secret", Value::Null)]),
        ),
        ("many", list(vec![inner("m")])),
        ("bag", set(vec![inner("b")])),
        ("items", list(vec![inner("x")])),
    ])
}

/// A value with one member of it put elsewhere.
pub(super) fn with(value: &AnyValue, path: &str, new: AnyValue) -> AnyValue {
    fn put(value: &mut AnyValue, mut steps: std::str::Split<'_, char>, new: AnyValue) {
        let Some(step) = steps.next() else {
            *value = new;
            return;
        };
        match value {
            Value::Known(Known::Object(members)) => put(members.get_mut(step).unwrap(), steps, new),
            Value::Known(Known::List(elements)) => {
                put(&mut elements[step.parse::<usize>().unwrap()], steps, new);
            }
            _ => panic!("no way through {step}"),
        }
    }
    let mut value = value.clone();
    put(&mut value, path.split('.'), new);
    value
}

/// The plan of [`config`], as a create.
pub(super) fn planned() -> AnyValue {
    let planned = with(&config(), "given", Value::Unknown);
    with(&planned, "either", Value::Unknown)
}

/// What becomes of [`planned`].
pub(super) fn applied() -> AnyValue {
    let applied = with(&planned(), "given", text("g"));
    with(&applied, "either", text("e"))
}
