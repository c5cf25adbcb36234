//! The schema of a whole configuration or state.

use super::attribute::Attribute;
use super::block::Block;
use super::field::{Content, Fields};
use crate::path::{Path, Step};
use crate::value::{AnyValue, Type};

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

    /// Whether the source lines that Terraform shows for a path may have a sensitive value in them.
    ///
    /// 1. Those of a sensitive attribute, and of whatever is in one.
    /// 2. Those of a nested attribute with something sensitive in it, and of any part of it. They
    ///    may be one line; and all of them are shown for a part that is not there and, before
    ///    Terraform 1.15, for any part.
    /// 3. The first line of a block with something sensitive in it, which may be all of it: `config
    ///    { key = "…" }`. It is shown for the block, and for what is not there in a block with a
    ///    sensitive attribute. An attribute that is there has lines of its own.
    ///
    /// `config` says what is there; null is taken for nothing.
    ///
    /// Terraform shows the first line of a resource or provider block in the same way, with a path
    /// and without: nothing hides the key in `provider "acme" { key = "…" }`.
    pub(crate) fn shows_secret(&self, path: &Path, config: &AnyValue) -> bool {
        let is_there = config.at(path).is_some_and(|value| !value.is_null());
        let mut fields = self.fields();
        for step in path.steps() {
            // A key or an index leads to an element, of the same fields.
            let Step::Attribute(name) = step else {
                continue;
            };
            let Some(field) = fields.iter().find(|field| field.name == name.as_str()) else {
                return false;
            };
            let Content::Nested(_, inner) = field.content else {
                return field.is_sensitive();
            };
            let has_own_lines = field.attribute.is_none() && is_there;
            if field.is_sensitive() || (inner.attributes_have_secrets() && !has_own_lines) {
                return true;
            }
            fields = inner;
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
    use serde_json::json;

    use super::*;
    use crate::codec;
    use crate::schema::{Mode, Nesting};
    use crate::value::Value;

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
        .block(Block::new("block", Nesting::Single, "A block.", many()))
        .block(Block {
            blocks: vec![Block::new("blocks", Nesting::List, "A block.", many())],
            ..Block::new("outer", Nesting::Single, "A block.", vec![text("plain")])
        })
        .block(Block::new("blocks", Nesting::List, "Blocks.", many()));
        let step = |path: Path, step| path.join(step);
        let list = step(Path::attributes("list"), Step::Index(3));
        let open = step(Path::attributes("open"), Step::Key("key".to_owned()));
        let blocks = step(Path::attributes("blocks"), Step::Index(0));
        let json = json!({
            "list": [null, null, null, {"plain": "a"}], "block": {"plain": "a"},
            "outer": {"blocks": [{"plain": "a"}]}, "blocks": [{"plain": "a"}, {"key": "b"}],
        });
        let config = codec::from_json(json, &schema.ty()).unwrap();
        for (path, shows, shows_if_there) in [
            (Path::attributes("name"), false, false),
            (Path::attributes("no_such"), false, false),
            (Path::attributes("name.deeper"), false, false),
            (Path::attributes("wo"), true, true),
            (Path::attributes("list"), true, true),
            (list.clone(), true, true),
            (list.attribute("key"), true, true),
            // On one line with the key, perhaps.
            (list.attribute("plain"), true, true),
            (Path::attributes("open"), false, false),
            (open, false, false),
            (Path::attributes("closed.plain"), true, true),
            (Path::attributes("block"), true, true),
            (Path::attributes("block.key"), true, true),
            // Where it is not there, the line of the block is shown.
            (Path::attributes("block.plain"), true, false),
            (blocks.attribute("plain"), true, false),
            (Path::attributes("outer"), true, true),
            (Path::attributes("outer.plain"), false, false),
            (Path::attributes("outer.blocks"), true, true),
        ] {
            assert_eq!(schema.shows_secret(&path, &Value::Null), shows, "{path}");
            let there = schema.shows_secret(&path, &config);
            assert_eq!(there, shows_if_there, "{path}");
        }
        let other = step(Path::attributes("blocks"), Step::Index(1)).attribute("plain");
        assert!(schema.shows_secret(&other, &config), "absent in this one");
    }
}
