//! The schema of a whole configuration or state.

use super::attribute::Attribute;
use super::block::Block;
use super::field::Fields;
use crate::value::Type;

/// The schema of a provider block, a resource or a data source.
/// Source: `tfplugin6.Schema`.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    /// The version of the state's shape, from 0; raised when a state needs
    /// [upgrading](crate::Resource::upgrade).
    pub version: i64,
    /// One paragraph of Markdown.
    pub description: &'static str,
    /// In the order in which docs list them.
    pub attributes: Vec<Attribute>,
    /// Nested blocks, likewise.
    pub blocks: Vec<Block>,
}

impl Schema {
    /// A schema of version 0 without blocks.
    pub fn new(description: &'static str, attributes: Vec<Attribute>) -> Self {
        Self {
            description,
            attributes,
            ..Self::default()
        }
    }

    /// The same, and a nested block.
    #[must_use]
    pub fn block(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    /// The type of a whole configuration or state.
    pub fn ty(&self) -> Type {
        self.fields().ty()
    }

    /// The version of an identity of this shape, as Terraform is told: from 1. OpenTofu leaves the
    /// identity of another type on an object that is moved, mostly of version 0, and ends with an
    /// error if it is of the same version and does not fit.
    pub(crate) const fn identity_version(&self) -> i64 {
        self.version.saturating_add(1)
    }

    /// Attributes and blocks alike.
    pub(crate) fn fields(&self) -> Fields<'_> {
        Fields::new(&self.attributes, &self.blocks)
    }
}
