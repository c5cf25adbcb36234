//! What holds for any configuration and prior state.

use std::sync::LazyLock;

use super::{Attribute, Block, Literal, Mode, Nesting, Planned, Schema};
use crate::codec::{decode, encode};
use crate::value::{AnyValue, Type};

/// What a plan makes of any configuration is of the schema's type, and of itself the same again.
pub(crate) fn any_proposal(data: &[u8]) {
    let Some(([high, low], rest)) = data.split_first_chunk() else {
        return;
    };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    let (config, prior) = rest.split_at(length.min(rest.len()));
    let (schema, ty) = &*SCHEMA;
    let Ok(config) = decode(config, ty) else {
        return;
    };
    let created = proposal(schema, ty, &config, None);
    if let Ok(prior) = decode(prior, ty) {
        let updated = proposal(schema, ty, &config, Some(&prior));
        for path in schema.replacements(&config, &prior, &updated) {
            assert!(!path.is_root());
        }
        assert!(schema.replacements(&config, &updated, &updated).is_empty());
    }
    assert!(schema.replacements(&config, &created, &created).is_empty());
}

fn proposal(schema: &Schema, ty: &Type, config: &AnyValue, prior: Option<&AnyValue>) -> AnyValue {
    let proposed = schema.propose(config, prior);
    assert!(encode(&proposed, ty).is_ok());
    assert_eq!(schema.propose(config, Some(&proposed)), proposed);
    proposed
}

static SCHEMA: LazyLock<(Schema, Type)> = LazyLock::new(|| {
    let text = |name, mode| Attribute::string(name, mode, "d");
    let inner = || {
        vec![
            text("text", Mode::Optional).requires_replace(),
            text("id", Mode::Computed).planned(Planned::Prior),
            text("key_wo", Mode::Optional).write_only(),
        ]
    };
    let in_set = || {
        vec![
            text("text", Mode::Optional),
            text("id", Mode::OptionalComputed).planned(Planned::Default(Literal::String("x"))),
        ]
    };
    let schema = Schema::new(
        "d",
        vec![
            text("name", Mode::Required),
            text("id", Mode::Computed).planned(Planned::Prior),
            text("at", Mode::OptionalComputed),
            Attribute::value("on", Type::Dynamic, Mode::Optional, "d"),
            Attribute::nested("one", Nesting::Single, Mode::OptionalComputed, "d", inner()),
            Attribute::nested("map", Nesting::Map, Mode::Optional, "d", inner()),
            Attribute::nested("set", Nesting::Set, Mode::OptionalComputed, "d", in_set()),
        ],
    );
    let mut block = Block::new("part", Nesting::List, "d", inner());
    block
        .blocks
        .push(Block::new("in", Nesting::Single, "d", inner()));
    let schema = schema.block(block);
    let ty = schema.ty();
    (schema, ty)
});
