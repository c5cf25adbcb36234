//! What must hold of a schema before a host may see it.
//!
//! Core refuses a provider for some of these, crashes on others, and leaves
//! the rest to those who write providers; a unit test is the place to ask.

use std::collections::BTreeSet;

use super::{Attribute, Mode, Schema, Shape, Type};
use crate::path::Path;

/// What a schema is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A provider block.
    Provider,
    /// A managed resource.
    Resource,
    /// A data source.
    DataSource,
}

impl Kind {
    /// Names that Terraform's language takes for itself in such a block.
    const fn reserved(self) -> &'static [&'static str] {
        match self {
            Self::Provider => &[
                "alias",
                "count",
                "depends_on",
                "for_each",
                "lifecycle",
                "locals",
                "source",
                "version",
            ],
            Self::Resource | Self::DataSource => &[
                "connection",
                "count",
                "depends_on",
                "for_each",
                "lifecycle",
                "locals",
                "provider",
                "provisioner",
            ],
        }
    }
}

impl Schema {
    /// Everything that is wrong with the schema, one sentence each.
    pub fn problems(&self, kind: Kind) -> Vec<String> {
        let mut problems = Vec::new();
        if self.version < 0 {
            problems.push("the version is negative".to_owned());
        }
        for attribute in &self.attributes {
            if kind.reserved().contains(&attribute.name) {
                problems.push(format!("{}: the name is reserved", attribute.name));
            }
        }
        Check {
            kind,
            problems: &mut problems,
        }
        .attributes(&self.attributes, &Path::root(), None);
        problems
    }
}

struct Check<'a> {
    kind: Kind,
    problems: &'a mut Vec<String>,
}

impl Check<'_> {
    fn attributes(&mut self, attributes: &[Attribute], at: &Path, parent: Option<&Attribute>) {
        let mut names = BTreeSet::new();
        for attribute in attributes {
            let at = at.attribute(attribute.name);
            let mut claim = |holds: bool, problem: &str| {
                if !holds {
                    self.problems.push(format!("{at}: {problem}"));
                }
            };
            claim(names.insert(attribute.name), "the name is there twice");
            claim(is_identifier(attribute.name), "the name is no identifier");
            claim(!attribute.description.is_empty(), "no description");
            if attribute.write_only {
                claim(!attribute.mode.is_computed(), "write-only and computed");
                claim(
                    self.kind == Kind::Resource,
                    "write-only outside a managed resource",
                );
            }
            if let Some(parent) = parent {
                claim(
                    attribute.write_only || !parent.write_only,
                    "not write-only inside one that is",
                );
                claim(
                    parent.mode != Mode::Computed || attribute.mode == Mode::Computed,
                    "configurable inside one that is not",
                );
            }
            match &attribute.shape {
                Shape::Value(ty) => claim(is_sound(ty, false), "dynamic inside a collection"),
                Shape::Object(attributes) => self.attributes(attributes, &at, Some(attribute)),
            }
        }
    }
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && name
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

/// Collections whose elements turn out to differ in type crash core.
fn is_sound(ty: &Type, in_collection: bool) -> bool {
    match ty {
        Type::String | Type::Bool | Type::Number => true,
        Type::Dynamic => !in_collection,
        Type::List(element) | Type::Set(element) | Type::Map(element) => is_sound(element, true),
        Type::Tuple(elements) => elements.iter().all(|ty| is_sound(ty, in_collection)),
        Type::Object(attributes) => attributes.values().all(|ty| is_sound(ty, in_collection)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(attributes: Vec<Attribute>) -> Schema {
        Schema {
            version: 0,
            description: "d",
            attributes,
        }
    }

    #[test]
    fn a_sound_schema_has_no_problems() {
        let key = Attribute::string("key_wo", Mode::Optional, "d")
            .sensitive()
            .write_only();
        let schema = schema(vec![
            Attribute::string("id", Mode::Computed, "d"),
            Attribute::object("config", Mode::Optional, "d", vec![key]),
        ]);
        assert_eq!(schema.problems(Kind::Resource), Vec::<String>::new());
    }

    #[test]
    fn every_problem_is_found() {
        let list = Attribute {
            shape: Shape::Value(Type::List(Box::new(Type::Dynamic))),
            ..Attribute::string("list", Mode::Optional, "d")
        };
        let inner = vec![
            Attribute::string("a", Mode::Optional, "d"),
            Attribute::string("a", Mode::Computed, ""),
        ];
        let mut schema = schema(vec![
            Attribute::string("provider", Mode::Computed, "d"),
            Attribute::string("Bad-Name", Mode::Computed, "d"),
            Attribute::string("wo", Mode::OptionalComputed, "d").write_only(),
            list,
            Attribute::object("outer", Mode::Computed, "d", inner),
            Attribute::object(
                "secret",
                Mode::Optional,
                "d",
                vec![Attribute::string("open", Mode::Optional, "d")],
            )
            .write_only(),
        ]);
        schema.version = -1;
        assert_eq!(
            schema.problems(Kind::DataSource),
            [
                "the version is negative",
                "provider: the name is reserved",
                "Bad-Name: the name is no identifier",
                "wo: write-only and computed",
                "wo: write-only outside a managed resource",
                "list: dynamic inside a collection",
                "outer.a: configurable inside one that is not",
                "outer.a: the name is there twice",
                "outer.a: no description",
                "secret: write-only outside a managed resource",
                "secret.open: not write-only inside one that is",
            ]
        );
    }

    #[test]
    fn attributes_are_found_by_path() {
        let inner = vec![Attribute::bool("inner", Mode::Optional, "d")];
        let schema = schema(vec![Attribute::object("outer", Mode::Optional, "d", inner)]);
        let find = |path| schema.attribute(&Path::attributes(path));
        assert_eq!(find("outer.inner").map(Attribute::ty), Some(Type::Bool));
        assert!(find("outer").is_some());
        assert!(find("outer.inner.more").is_none());
        assert!(schema.attribute(&Path::root()).is_none());
    }
}
