//! What must hold of a schema before a host may see it: core refuses a provider for some of it,
//! crashes on some, and leaves the rest to those who write providers. `GetProviderSchema` answers
//! with an error where a schema has a problem, and a unit test finds it earlier.

use std::collections::BTreeSet;

use super::attribute::{Attribute, Mode, Nesting, Planned, Shape};
use super::definition::Schema;
use super::field::{Content, Field, Fields};
use crate::path::Path;
use crate::value::Type;

/// What a schema is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A provider block.
    Provider,
    /// A managed resource.
    Resource,
    /// A data source.
    DataSource,
    /// The `config` block of an action.
    Action,
    /// The identity of a managed resource.
    Identity,
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
            // Their blocks hold nothing else.
            Self::Action | Self::Identity => &[],
        }
    }
}

impl Schema {
    /// Everything that is wrong with the schema, one sentence each, with the path of what it is
    /// about in front: `size: no description`. `docs/core-rules.md` has the rules in section 3.
    pub fn problems(&self, kind: Kind) -> Vec<String> {
        let mut problems = Vec::new();
        if self.version < 0 {
            problems.push("the version is negative".to_owned());
        }
        if kind == Kind::Identity && !self.blocks.is_empty() {
            problems.push("blocks in an identity".to_owned());
        }
        for field in self.fields().iter() {
            if kind.reserved().contains(&field.name) {
                problems.push(format!("{}: the name is reserved", field.name));
            }
        }
        Check {
            kind,
            problems: &mut problems,
        }
        .fields(self.fields(), &Path::root(), Outer::default());
        problems
    }
}

struct Check<'a> {
    kind: Kind,
    problems: &'a mut Vec<String>,
}

/// What lies around a field.
#[derive(Clone, Copy, Default)]
struct Outer<'a> {
    attribute: Option<&'a Attribute>,
    in_collection: bool,
    in_set: bool,
}

impl Check<'_> {
    fn fields(&mut self, fields: Fields<'_>, at: &Path, outer: Outer<'_>) {
        let mut names = BTreeSet::new();
        for field in fields.iter() {
            let at = at.attribute(field.name);
            let mut claim = |holds: bool, problem: &str| {
                if !holds {
                    self.problems.push(format!("{at}: {problem}"));
                }
            };
            claim(names.insert(field.name), "the name is there twice");
            claim(is_identifier(field.name), "the name is no identifier");
            if let Some(attribute) = field.attribute {
                self.attribute(attribute, &at, outer);
            }
            self.content(&field, &at, outer);
        }
    }

    fn attribute(&mut self, attribute: &Attribute, at: &Path, outer: Outer<'_>) {
        let mut claim = |holds: bool, problem: &str| {
            if !holds {
                self.problems.push(format!("{at}: {problem}"));
            }
        };
        claim(!attribute.description.is_empty(), "no description");
        let computed = attribute.mode.is_computed();
        if attribute.write_only {
            claim(!computed, "write-only and computed");
            claim(!outer.in_set, "write-only within a set");
            let allowed = matches!(self.kind, Kind::Resource | Kind::Action);
            claim(allowed, "write-only outside managed resources and actions");
        }
        if self.kind == Kind::Action {
            claim(!computed, "computed in an action");
        }
        if self.kind == Kind::Identity {
            claim(!computed, "computed in an identity");
            claim(!attribute.sensitive, "sensitive in an identity");
            claim(
                matches!(&attribute.shape, Shape::Value(ty) if is_simple(ty)),
                "no string, bool, number or list of these in an identity",
            );
        }
        claim(
            !(attribute.requires_replace && outer.in_set),
            "another object required from within a set",
        );
        // A new element of a set cannot be told from a changed one. A set that is the provider's own
        // is planned as a whole.
        let of_the_provider = outer
            .attribute
            .is_some_and(|parent| parent.mode == Mode::Computed);
        claim(
            !(computed && outer.in_set) || of_the_provider,
            "computed within a set",
        );
        if let Planned::Default(literal) = attribute.planned {
            claim(computed, "a default without being computed");
            let fits = matches!(&attribute.shape, Shape::Value(ty) if *ty == literal.ty());
            claim(fits, "a default of another type");
        }
        if let Some(parent) = outer.attribute {
            claim(
                attribute.write_only || !parent.write_only,
                "not write-only inside one that is",
            );
            claim(
                parent.mode != Mode::Computed || attribute.mode == Mode::Computed,
                "configurable inside one that is not",
            );
        }
    }

    fn content(&mut self, field: &Field<'_>, at: &Path, outer: Outer<'_>) {
        match field.content {
            Content::Value(ty) if !is_sound(ty, outer.in_collection) => {
                self.problems
                    .push(format!("{at}: dynamic inside a collection"));
            }
            Content::Value(_) => {}
            Content::Nested(nesting, fields) => {
                let inner = Outer {
                    attribute: field.attribute,
                    in_collection: outer.in_collection || nesting != Nesting::Single,
                    in_set: outer.in_set || nesting == Nesting::Set,
                };
                self.fields(fields, at, inner);
            }
        }
    }
}

/// Of what an identity may consist: core has no maps, sets and objects in it.
fn is_simple(ty: &Type) -> bool {
    match ty {
        Type::String | Type::Bool | Type::Number => true,
        Type::List(element) => is_simple(element),
        _ => false,
    }
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && name
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

/// Collections whose elements turn out to differ in type crash core. Of blocks and nested
/// attributes core makes tuples then, whose type would have to go with each value.
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
    use crate::schema::{Block, Literal};

    fn schema(attributes: Vec<Attribute>) -> Schema {
        Schema {
            description: "d",
            attributes,
            ..Schema::default()
        }
    }

    fn single(name: &'static str, mode: Mode, attributes: Vec<Attribute>) -> Attribute {
        Attribute::nested(name, Nesting::Single, mode, "d", attributes)
    }

    #[test]
    fn a_sound_schema_has_no_problems() {
        let id = || Attribute::string("id", Mode::Computed, "d");
        let key = || {
            Attribute::string("key_wo", Mode::Optional, "d")
                .sensitive()
                .write_only()
        };
        let mut schema = schema(vec![
            id(),
            single("config", Mode::Optional, vec![key()]),
            Attribute::nested(
                "set",
                Nesting::Set,
                Mode::Computed,
                "d",
                vec![single("part", Mode::Computed, vec![id()])],
            ),
        ]);
        schema.blocks = vec![Block::new("block", Nesting::List, "d", vec![key()])];
        assert_eq!(schema.problems(Kind::Resource), Vec::<String>::new());
    }

    #[test]
    fn every_problem_is_found() {
        let list = Type::List(Box::new(Type::Dynamic));
        let dynamic = || Attribute::value("any", Type::Dynamic, Mode::Optional, "d");
        let inner = vec![
            Attribute::string("a", Mode::Optional, "d"),
            Attribute::string("a", Mode::Computed, ""),
        ];
        let default = Planned::Default(Literal::Bool(true));
        let mut schema = schema(vec![
            Attribute::string("provider", Mode::Computed, "d"),
            Attribute::string("Bad-Name", Mode::Computed, "d"),
            Attribute::string("wo", Mode::OptionalComputed, "d").write_only(),
            Attribute::value("list", list, Mode::Optional, "d"),
            single("one", Mode::Optional, vec![dynamic()]),
            Attribute::nested(
                "map",
                Nesting::Map,
                Mode::Optional,
                "d",
                vec![single("one", Mode::Optional, vec![dynamic()])],
            ),
            single("outer", Mode::Computed, inner),
            single(
                "secret",
                Mode::Optional,
                vec![Attribute::string("open", Mode::Optional, "d")],
            )
            .write_only(),
            Attribute::string("text", Mode::Optional, "d").planned(default),
        ]);
        let elements = vec![
            Attribute::string("id", Mode::Computed, "d"),
            Attribute::string("key", Mode::Optional, "d").requires_replace(),
        ];
        schema.blocks = vec![
            Block::new("set", Nesting::Set, "d", elements),
            Block::new("list", Nesting::List, "d", vec![dynamic()]),
        ];
        schema.version = -1;
        assert_eq!(
            schema.problems(Kind::DataSource),
            [
                "the version is negative",
                "provider: the name is reserved",
                "Bad-Name: the name is no identifier",
                "wo: write-only and computed",
                "wo: write-only outside managed resources and actions",
                "list: dynamic inside a collection",
                "map.one.any: dynamic inside a collection",
                "outer.a: configurable inside one that is not",
                "outer.a: the name is there twice",
                "outer.a: no description",
                "secret: write-only outside managed resources and actions",
                "secret.open: not write-only inside one that is",
                "text: a default without being computed",
                "text: a default of another type",
                "set.id: computed within a set",
                "set.key: another object required from within a set",
                "list: the name is there twice",
                "list.any: dynamic inside a collection",
            ]
        );
    }

    #[test]
    fn an_action_takes_secrets_and_computes_nothing() {
        let schema = schema(vec![
            Attribute::string("key", Mode::Optional, "d").write_only(),
            Attribute::string("count", Mode::Required, "d"),
            Attribute::string("id", Mode::Computed, "d"),
        ]);
        assert_eq!(schema.problems(Kind::Action), ["id: computed in an action"]);
    }

    #[test]
    fn an_identity_is_plain() {
        let map = |element| Type::Map(Box::new(element));
        let list = |element| Type::List(Box::new(element));
        let mut schema = schema(vec![
            Attribute::string("id", Mode::Required, "d"),
            Attribute::value("parts", list(Type::Number), Mode::Optional, "d"),
            Attribute::string("token", Mode::Optional, "d").sensitive(),
            Attribute::string("given", Mode::Computed, "d"),
            Attribute::value("tags", map(Type::String), Mode::Optional, "d"),
            Attribute::value("maps", list(map(Type::Bool)), Mode::Optional, "d"),
            single("nested", Mode::Optional, Vec::new()),
        ]);
        schema.blocks = vec![Block::new("block", Nesting::List, "d", Vec::new())];
        assert_eq!(
            schema.problems(Kind::Identity),
            [
                "blocks in an identity",
                "token: sensitive in an identity",
                "given: computed in an identity",
                "tags: no string, bool, number or list of these in an identity",
                "maps: no string, bool, number or list of these in an identity",
                "nested: no string, bool, number or list of these in an identity",
            ]
        );
    }
}
