//! Nested blocks.

use super::attribute::{Attribute, Nesting};

/// A nested block: `name { … }`. Unlike a nested attribute, Terraform refuses a name in it that the
/// schema does not have. Source: `tfplugin6.Schema.NestedBlock`.
#[derive(Debug, Clone)]
pub struct Block {
    /// Its name, as of an attribute, and not that of an attribute beside it.
    pub name: &'static str,
    /// How blocks of this name are arranged. An absent [`Nesting::Single`] block is null, absent
    /// blocks of the others are an empty collection.
    pub nesting: Nesting,
    /// Markdown, for docs and editors.
    pub description: &'static str,
    /// What it holds.
    pub attributes: Vec<Attribute>,
    /// Blocks within it.
    pub blocks: Vec<Block>,
}

impl Block {
    /// A block without blocks of its own.
    pub const fn new(
        name: &'static str,
        nesting: Nesting,
        description: &'static str,
        attributes: Vec<Attribute>,
    ) -> Self {
        Self {
            name,
            nesting,
            description,
            attributes,
            blocks: Vec::new(),
        }
    }
}
