use crate::codec::type_to_json;
use crate::proto::tfplugin6::resource_identity_schema::IdentityAttribute;
use crate::proto::tfplugin6::schema as proto;
use crate::proto::tfplugin6::{self, ResourceIdentitySchema, StringKind};
use crate::schema::{Attribute, Block, Mode, Nesting, Schema, Shape};

/// A schema. Its block is always there: core crashes without it.
pub(crate) fn schema(schema: &Schema) -> tfplugin6::Schema {
    tfplugin6::Schema {
        version: schema.version,
        block: Some(proto::Block {
            version: schema.version,
            ..block(schema.description, &schema.attributes, &schema.blocks)
        }),
    }
}

/// The schema of an identity. Nothing nested comes here: `Schema::problems` has refused it.
pub(crate) fn identity_schema(schema: &Schema) -> ResourceIdentitySchema {
    let attributes = schema.attributes.iter();
    let attributes = attributes.map(|attribute| IdentityAttribute {
        required_for_import: attribute.mode == Mode::Required,
        optional_for_import: attribute.mode == Mode::Optional,
        name: attribute.name.to_owned(),
        r#type: match &attribute.shape {
            Shape::Value(ty) => type_to_json(ty),
            Shape::Nested(..) => Vec::new(),
        },
        description: attribute.description.clone().into_owned(),
    });
    ResourceIdentitySchema {
        version: schema.identity_version(),
        identity_attributes: attributes.collect(),
    }
}

fn block(description: &str, attributes: &[Attribute], blocks: &[Block]) -> proto::Block {
    proto::Block {
        attributes: attributes.iter().map(attribute).collect(),
        block_types: blocks.iter().map(nested_block).collect(),
        description: description.to_owned(),
        description_kind: StringKind::Markdown.into(),
        ..proto::Block::default()
    }
}

fn attribute(attribute: &Attribute) -> proto::Attribute {
    let (ty, nested_type) = match &attribute.shape {
        Shape::Value(ty) => (type_to_json(ty), None),
        Shape::Nested(nesting, attributes) => (Vec::new(), Some(object(*nesting, attributes))),
    };
    proto::Attribute {
        name: attribute.name.to_owned(),
        r#type: ty,
        nested_type,
        description: attribute.description.clone().into_owned(),
        description_kind: StringKind::Markdown.into(),
        required: attribute.mode == Mode::Required,
        optional: matches!(attribute.mode, Mode::Optional | Mode::OptionalComputed),
        computed: attribute.mode.is_computed(),
        sensitive: attribute.sensitive,
        write_only: attribute.write_only,
        ..proto::Attribute::default()
    }
}

fn object(nesting: Nesting, attributes: &[Attribute]) -> proto::Object {
    use proto::object::NestingMode;
    let nesting = match nesting {
        Nesting::Single => NestingMode::Single,
        Nesting::List => NestingMode::List,
        Nesting::Set => NestingMode::Set,
        Nesting::Map => NestingMode::Map,
    };
    proto::Object {
        attributes: attributes.iter().map(attribute).collect(),
        nesting: nesting.into(),
        ..proto::Object::default()
    }
}

fn nested_block(nested: &Block) -> proto::NestedBlock {
    use proto::nested_block::NestingMode;
    let nesting = match nested.nesting {
        Nesting::Single => NestingMode::Single,
        Nesting::List => NestingMode::List,
        Nesting::Set => NestingMode::Set,
        Nesting::Map => NestingMode::Map,
    };
    proto::NestedBlock {
        type_name: nested.name.to_owned(),
        block: Some(block(
            nested.description,
            &nested.attributes,
            &nested.blocks,
        )),
        nesting: nesting.into(),
        ..proto::NestedBlock::default()
    }
}
