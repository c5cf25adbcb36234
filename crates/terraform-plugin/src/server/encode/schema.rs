use crate::codec::type_to_json;
use crate::proto::tfplugin6::{self, StringKind, schema as proto};
use crate::schema::{Attribute, Mode, Schema, Shape};

/// A schema. Its block is always there: core crashes without it.
pub(in crate::server) fn schema(schema: &Schema) -> tfplugin6::Schema {
    tfplugin6::Schema {
        version: schema.version,
        block: Some(proto::Block {
            version: schema.version,
            attributes: schema.attributes.iter().map(attribute).collect(),
            description: schema.description.to_owned(),
            description_kind: StringKind::Markdown.into(),
            ..proto::Block::default()
        }),
    }
}

fn attribute(attribute: &Attribute) -> proto::Attribute {
    let (ty, nested_type) = match &attribute.shape {
        Shape::Value(ty) => (type_to_json(ty), None),
        Shape::Object(attributes) => (Vec::new(), Some(object(attributes))),
    };
    proto::Attribute {
        name: attribute.name.to_owned(),
        r#type: ty,
        nested_type,
        description: attribute.description.to_owned(),
        description_kind: StringKind::Markdown.into(),
        required: attribute.mode == Mode::Required,
        optional: matches!(attribute.mode, Mode::Optional | Mode::OptionalComputed),
        computed: attribute.mode.is_computed(),
        sensitive: attribute.sensitive,
        write_only: attribute.write_only,
        ..proto::Attribute::default()
    }
}

fn object(attributes: &[Attribute]) -> proto::Object {
    proto::Object {
        attributes: attributes.iter().map(attribute).collect(),
        nesting: proto::object::NestingMode::Single.into(),
        ..proto::Object::default()
    }
}
