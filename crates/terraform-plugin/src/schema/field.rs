//! Attributes and blocks alike, for whoever walks through a value along its schema.

use super::attribute::{Attribute, Nesting, Shape};
use super::block::Block;
use crate::value::{AnyValue, Known, Type, Value};

/// What an object holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a> {
    attributes: &'a [Attribute],
    blocks: &'a [Block],
}

/// One attribute or block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field<'a> {
    pub(crate) name: &'static str,
    /// `None` for a block.
    pub(crate) attribute: Option<&'a Attribute>,
    pub(crate) content: Content<'a>,
}

/// What an attribute or block holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Content<'a> {
    Value(&'a Type),
    Nested(Nesting, Fields<'a>),
}

impl<'a> Fields<'a> {
    pub(crate) const fn new(attributes: &'a [Attribute], blocks: &'a [Block]) -> Self {
        Self { attributes, blocks }
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Field<'a>> {
        let attributes = self.attributes.iter().map(|attribute| Field {
            name: attribute.name,
            attribute: Some(attribute),
            content: match &attribute.shape {
                Shape::Value(ty) => Content::Value(ty),
                Shape::Nested(nesting, inner) => Content::Nested(*nesting, Self::new(inner, &[])),
            },
        });
        let blocks = self.blocks.iter().map(|block| Field {
            name: block.name,
            attribute: None,
            content: Content::Nested(block.nesting, Self::new(&block.attributes, &block.blocks)),
        });
        attributes.chain(blocks)
    }

    /// Whether anything in here is sensitive, at whatever depth.
    pub(crate) fn have_secrets(self) -> bool {
        self.iter().any(|field| match field.content {
            _ if field.is_sensitive() => true,
            Content::Nested(_, inner) => inner.have_secrets(),
            Content::Value(_) => false,
        })
    }

    /// The same, leaving out what is in blocks.
    pub(crate) fn attributes_have_secrets(self) -> bool {
        Self::new(self.attributes, &[]).have_secrets()
    }

    pub(crate) fn ty(self) -> Type {
        Type::Object(
            self.iter()
                .map(|field| (field.name.into(), field.ty()))
                .collect(),
        )
    }
}

impl Field<'_> {
    pub(crate) fn is_sensitive(&self) -> bool {
        self.attribute
            .is_some_and(|attribute| attribute.sensitive || attribute.write_only)
    }

    fn ty(&self) -> Type {
        match self.content {
            Content::Value(ty) => ty.clone(),
            Content::Nested(Nesting::Single, fields) => fields.ty(),
            Content::Nested(Nesting::List, fields) => Type::List(Box::new(fields.ty())),
            Content::Nested(Nesting::Set, fields) => Type::Set(Box::new(fields.ty())),
            Content::Nested(Nesting::Map, fields) => Type::Map(Box::new(fields.ty())),
        }
    }
}

/// The objects in a value that the schema arranges in some way: itself, or its elements.
pub(crate) fn elements_mut(value: &mut AnyValue, nesting: Nesting) -> Vec<&mut AnyValue> {
    match (nesting, value) {
        (Nesting::Single, value) => vec![value],
        (_, Value::Known(Known::List(elements) | Known::Set(elements))) => {
            elements.iter_mut().collect()
        }
        (_, Value::Known(Known::Map(elements))) => elements.values_mut().collect(),
        _ => Vec::new(),
    }
}
