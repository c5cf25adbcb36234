//! The schema of a whole configuration or state.

use super::attribute::Attribute;
use super::block::Block;
use super::field::{Content, Fields};
use crate::path::{Path, Step};
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

    /// Whether the source line that belongs to a path may show a sensitive value: that of a
    /// sensitive attribute, of whatever is in one, and of what has one in it, which may stand on
    /// one line.
    pub(crate) fn shows_secret(&self, path: &Path) -> bool {
        let mut fields = self.fields();
        for step in path.steps() {
            // A key or an index leads to an element, of the same fields.
            let Step::Attribute(name) = step else {
                continue;
            };
            let Some(field) = fields.iter().find(|field| field.name == name.as_str()) else {
                return false;
            };
            match field.content {
                _ if field.is_sensitive() => return true,
                Content::Nested(_, inner) => fields = inner,
                Content::Value(_) => return false,
            }
        }
        fields.have_secrets()
    }

    /// Attributes and blocks alike.
    pub(crate) fn fields(&self) -> Fields<'_> {
        Fields::new(&self.attributes, &self.blocks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Mode, Nesting};

    #[test]
    fn what_is_on_a_line_with_a_secret_is_known() {
        let text = |name: &'static str| Attribute::string(name, Mode::Optional, "A text.");
        let nested = |name, nesting, inner| {
            Attribute::nested(name, nesting, Mode::Optional, "A group.", inner)
        };
        let many = || vec![text("key").sensitive(), text("plain")];
        let schema = Schema::new(
            "A schema.",
            vec![
                text("name"),
                text("wo").write_only(),
                nested("list", Nesting::List, many()),
                nested("open", Nesting::Map, vec![text("plain")]),
                nested("closed", Nesting::Single, vec![text("plain")]).sensitive(),
            ],
        )
        .block(Block::new("block", Nesting::Single, "A block.", many()));
        let step = |path: Path, step| path.join(step);
        let list = step(Path::attributes("list"), Step::Index(3));
        let open = step(Path::attributes("open"), Step::Key("key".to_owned()));
        for (path, shows) in [
            (Path::attributes("name"), false),
            (Path::attributes("no_such"), false),
            (Path::attributes("name.deeper"), false),
            (Path::attributes("wo"), true),
            (Path::attributes("list"), true),
            (list.clone(), true),
            (list.attribute("key"), true),
            (list.attribute("plain"), false),
            (Path::attributes("open"), false),
            (open, false),
            (Path::attributes("closed.plain"), true),
            (Path::attributes("block"), true),
            (Path::attributes("block.key"), true),
            (Path::attributes("block.plain"), false),
        ] {
            assert_eq!(schema.shows_secret(&path), shows, "{path}");
        }
    }
}
