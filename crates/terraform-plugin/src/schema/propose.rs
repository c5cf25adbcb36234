//! What a plan comes to by the schema alone.

use std::collections::BTreeMap;

use super::attribute::{Nesting, Planned};
use super::definition::Schema;
use super::field::{Content, Field, Fields};
use crate::path::Path;
use crate::place::Place;
use crate::value::{AnyValue, Known, Name, Value};

impl Schema {
    /// The state to expect after a create (no prior state) or an update: what is configured, and
    /// for computed attributes that are not, what [`Planned`] says. Write-only values are null.
    /// Where nothing changes this is the prior state.
    ///
    /// Elements of a list are compared with those of the same index, of a map with those of the
    /// same key.
    pub fn propose(&self, config: &AnyValue, prior: Option<&AnyValue>) -> AnyValue {
        // As if nothing changed, to find out whether anything does.
        let unchanged = merged(self.fields(), config, prior, false);
        match prior {
            Some(prior) if *prior == unchanged => unchanged,
            _ => merged(self.fields(), config, prior, true),
        }
    }

    /// The attributes that need another object for the change from `prior` to `planned`. One that is
    /// unknown where `config` asks for nothing does not: any update makes it so.
    pub(crate) fn replacements(
        &self,
        config: &AnyValue,
        prior: &AnyValue,
        planned: &AnyValue,
    ) -> Vec<Path> {
        let mut wanted = planned.clone();
        keep_what_is_not_asked_for(&mut wanted, config, prior);
        let mut found = Vec::new();
        replacements(self.fields(), prior, &wanted, &Place::Root, &mut found);
        found
    }
}

fn merged(
    fields: Fields<'_>,
    config: &AnyValue,
    prior: Option<&AnyValue>,
    changes: bool,
) -> AnyValue {
    let Value::Known(Known::Object(config)) = config else {
        return config.clone();
    };
    let prior = prior.and_then(as_object);
    let merged = fields.iter().filter_map(|field| {
        let config = config.get(field.name)?;
        let prior = prior.and_then(|prior| prior.get(field.name));
        Some((
            field.name.into(),
            merged_field(&field, config, prior, changes),
        ))
    });
    Value::Known(Known::Object(merged.collect()))
}

fn merged_field(
    field: &Field<'_>,
    config: &AnyValue,
    prior: Option<&AnyValue>,
    changes: bool,
) -> AnyValue {
    if let Some(attribute) = field.attribute {
        if attribute.write_only {
            return Value::Null;
        }
        if config.bare().is_null() && attribute.mode.is_computed() {
            // Nothing is stored of an attribute that an import left out, or that is newer than the
            // state: a null in a plan would keep the apply from setting it.
            let prior = prior.filter(|prior| {
                !changes || (attribute.planned == Planned::Prior && !prior.bare().is_null())
            });
            return match (attribute.planned, prior) {
                (Planned::Default(literal), _) => Value::Known(literal.known()),
                (_, Some(prior)) => prior.clone(),
                (_, None) => Value::Unknown,
            };
        }
    }
    let Content::Nested(nesting, fields) = field.content else {
        return config.clone();
    };
    let element = |config, prior| merged(fields, config, prior, changes);
    match (nesting, config) {
        (Nesting::Single, config) => element(config, prior),
        (_, Value::Known(Known::List(elements))) => {
            let prior = match prior {
                Some(Value::Known(Known::List(prior))) => prior.as_slice(),
                _ => &[],
            };
            let elements = elements.iter().enumerate();
            let elements = elements.map(|(index, config)| element(config, prior.get(index)));
            Value::Known(Known::List(elements.collect()))
        }
        (_, Value::Known(Known::Map(elements))) => {
            let prior = match prior {
                Some(Value::Known(Known::Map(prior))) => Some(prior),
                _ => None,
            };
            let elements = elements.iter().map(|(key, config)| {
                let prior = prior.and_then(|prior| prior.get(key));
                (key.clone(), element(config, prior))
            });
            Value::Known(Known::Map(elements.collect()))
        }
        (_, Value::Known(Known::Set(elements))) => {
            let elements = elements.iter().map(|config| element(config, None));
            Value::Known(Known::Set(elements.collect()))
        }
        (_, other) => other.clone(),
    }
}

fn keep_what_is_not_asked_for(planned: &mut AnyValue, config: &AnyValue, prior: &AnyValue) {
    match (planned, config.bare(), prior) {
        (planned @ Value::Unknown, Value::Null, prior) => *planned = prior.clone(),
        (
            Value::Known(Known::Object(planned) | Known::Map(planned)),
            Value::Known(Known::Object(config) | Known::Map(config)),
            Value::Known(Known::Object(prior) | Known::Map(prior)),
        ) => {
            for (name, planned) in planned {
                if let (Some(config), Some(prior)) = (config.get(name), prior.get(name)) {
                    keep_what_is_not_asked_for(planned, config, prior);
                }
            }
        }
        (
            Value::Known(Known::List(planned)),
            Value::Known(Known::List(config)),
            Value::Known(Known::List(prior)),
        ) => {
            for ((planned, config), prior) in planned.iter_mut().zip(config).zip(prior) {
                keep_what_is_not_asked_for(planned, config, prior);
            }
        }
        _ => {}
    }
}

fn replacements(
    fields: Fields<'_>,
    prior: &AnyValue,
    planned: &AnyValue,
    at: &Place<'_>,
    found: &mut Vec<Path>,
) {
    let (Some(prior), Some(planned)) = (as_object(prior), as_object(planned)) else {
        return;
    };
    for field in fields.iter() {
        let (Some(prior), Some(planned)) = (prior.get(field.name), planned.get(field.name)) else {
            continue;
        };
        let at = at.attribute(field.name);
        if field
            .attribute
            .is_some_and(|attribute| attribute.requires_replace)
        {
            if prior != planned {
                found.push(at.path());
            }
        } else if let Content::Nested(nesting, fields) = field.content {
            match (nesting, prior, planned) {
                (Nesting::Single, ..) => replacements(fields, prior, planned, &at, found),
                (_, Value::Known(Known::List(prior)), Value::Known(Known::List(planned))) => {
                    for (index, (prior, planned)) in (0..).zip(prior.iter().zip(planned)) {
                        replacements(fields, prior, planned, &at.index(index), found);
                    }
                }
                (_, Value::Known(Known::Map(prior)), Value::Known(Known::Map(planned))) => {
                    for (key, prior) in prior {
                        if let Some(planned) = planned.get(key) {
                            replacements(fields, prior, planned, &at.key(key), found);
                        }
                    }
                }
                // No path leads into a set.
                _ => {}
            }
        }
    }
}

fn as_object(value: &AnyValue) -> Option<&BTreeMap<Name, AnyValue>> {
    match value {
        Value::Known(Known::Object(object)) => Some(object),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Attribute, Block, Literal, Mode};
    use crate::value::{Text, Type};

    fn text(text: &str) -> AnyValue {
        Value::Known(Known::String(Text::from(text)))
    }

    fn object<const N: usize>(members: [(&'static str, AnyValue); N]) -> AnyValue {
        let members = members.map(|(name, value)| (name.into(), value));
        Value::Known(Known::Object(members.into()))
    }

    fn list(elements: Vec<AnyValue>) -> AnyValue {
        Value::Known(Known::List(elements))
    }

    fn schema() -> Schema {
        let computed =
            |name, planned| Attribute::string(name, Mode::Computed, "d").planned(planned);
        let inner = vec![
            Attribute::string("text", Mode::Optional, "d"),
            computed("id", Planned::Prior),
        ];
        Schema {
            attributes: vec![
                Attribute::string("name", Mode::Required, "d").requires_replace(),
                computed("id", Planned::Prior),
                computed("at", Planned::Unknown),
                Attribute::value("on", Type::Bool, Mode::OptionalComputed, "d")
                    .planned(Planned::Default(Literal::Bool(true))),
                Attribute::string("key_wo", Mode::Optional, "d").write_only(),
            ],
            blocks: vec![Block::new("part", Nesting::List, "d", inner)],
            ..Schema::default()
        }
    }

    fn config(name: &str, parts: &[&str]) -> AnyValue {
        let part = |content: &&str| object([("text", text(content)), ("id", Value::Null)]);
        object([
            ("name", text(name)),
            ("id", Value::Null),
            ("at", Value::Null),
            ("on", Value::Null),
            ("key_wo", text("s3cret")),
            ("part", list(parts.iter().map(part).collect())),
        ])
    }

    fn state(name: &str, id: AnyValue, at: AnyValue, parts: Vec<(&str, AnyValue)>) -> AnyValue {
        let part = |(content, id): (&str, AnyValue)| object([("text", text(content)), ("id", id)]);
        object([
            ("name", text(name)),
            ("id", id),
            ("at", at),
            ("on", Value::Known(Known::Bool(true))),
            ("key_wo", Value::Null),
            ("part", list(parts.into_iter().map(part).collect())),
        ])
    }

    #[test]
    fn computed_attributes_become_what_the_schema_says() {
        let unknown = || Value::Unknown;
        let prior = state("a", text("1"), text("noon"), vec![("x", text("x1"))]);
        let cases = [
            (
                "a create",
                config("a", &["x"]),
                None,
                state("a", unknown(), unknown(), vec![("x", unknown())]),
            ),
            (
                "no change",
                config("a", &["x"]),
                Some(&prior),
                prior.clone(),
            ),
            (
                "an update",
                config("a", &["y", "z"]),
                Some(&prior),
                state(
                    "a",
                    text("1"),
                    unknown(),
                    vec![("y", text("x1")), ("z", unknown())],
                ),
            ),
        ];
        for (name, config, prior, expected) in cases {
            assert_eq!(schema().propose(&config, prior), expected, "{name}");
        }
    }

    #[test]
    fn what_is_not_stored_yet_is_unknown_with_the_first_change() {
        let prior = state("a", Value::Null, Value::Null, vec![("x", Value::Null)]);
        let unchanged = schema().propose(&config("a", &["x"]), Some(&prior));
        assert_eq!(unchanged, prior);
        let changed = schema().propose(&config("b", &["x"]), Some(&prior));
        let unknown = || Value::Unknown;
        assert_eq!(
            changed,
            state("b", unknown(), unknown(), vec![("x", unknown())])
        );
    }

    #[test]
    fn a_null_with_a_type_is_null() {
        let any = Attribute::value("any", Type::Dynamic, Mode::OptionalComputed, "d");
        let schema = Schema::new(
            "d",
            vec![
                Attribute::string("name", Mode::Required, "d"),
                any.planned(Planned::Prior).requires_replace(),
            ],
        );
        let null = || Value::Known(Known::Dynamic(Box::new((Type::String, Value::Null))));
        let config = object([("name", text("b")), ("any", null())]);
        let planned = object([("name", text("b")), ("any", Value::Unknown)]);
        assert_eq!(schema.propose(&config, None), planned);
        let prior = object([("name", text("a")), ("any", null())]);
        assert_eq!(schema.propose(&config, Some(&prior)), planned);
        assert_eq!(schema.replacements(&config, &prior, &planned), []);
    }

    #[test]
    fn only_what_says_so_needs_another_object() {
        let prior = state("a", text("1"), text("noon"), Vec::new());
        let planned = |name| state(name, Value::Unknown, Value::Unknown, Vec::new());
        let replacements = |name| schema().replacements(&config(name, &[]), &prior, &planned(name));
        assert_eq!(replacements("a"), []);
        assert_eq!(replacements("b"), [Path::attributes("name")]);
    }

    #[test]
    fn what_nobody_asked_to_change_needs_no_other_object() {
        let place = |planned| {
            let place = Attribute::string("place", Mode::OptionalComputed, "d");
            place.planned(planned).requires_replace()
        };
        let group = |name, nesting| {
            let inner = vec![place(Planned::Unknown)];
            Attribute::nested(name, nesting, Mode::Optional, "d", inner)
        };
        let schema = Schema::new(
            "d",
            vec![
                Attribute::string("name", Mode::Required, "d"),
                place(Planned::Unknown),
                Attribute {
                    name: "zone",
                    ..place(Planned::Prior)
                },
                group("list", Nesting::List),
                group("whole", Nesting::Single).requires_replace(),
            ],
        );
        let part = |place| object([("place", place)]);
        let value = |name, place: AnyValue, zone| {
            object([
                ("name", text(name)),
                ("place", place.clone()),
                ("zone", zone),
                ("list", list(vec![part(place.clone())])),
                ("whole", part(place)),
            ])
        };
        // Of the zone nothing is stored yet.
        let prior = value("a", text("here"), Value::Null);
        let needed = |config: &AnyValue| {
            let planned = schema.propose(config, Some(&prior));
            let paths = schema.replacements(config, &prior, &planned).into_iter();
            paths.map(|path| path.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(needed(&value("b", Value::Null, Value::Null)), [""; 0]);
        let all = ["place", "zone", "list[0].place", "whole"];
        assert_eq!(needed(&value("a", Value::Unknown, Value::Unknown)), all);
        assert_eq!(needed(&value("a", text("there"), text("there"))), all);
    }
}
