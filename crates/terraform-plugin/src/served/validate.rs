//! `ValidateResourceConfig`, and what core leaves for providers to check in any configuration.

use super::answered::Answered;
use super::resource::ServedResource;
use super::typed::typed;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::messages;
use crate::place::Place;
use crate::proto::tfplugin6::validate_resource_config::{Request, Response};
use crate::resource::Resource;
use crate::schema::{Attribute, Content, Fields, Mode, Nesting, Schema};
use crate::value::{AnyValue, Known, Value};
use crate::wire::decode::{self, Received};

impl<R: Resource> ServedResource<R> {
    /// Everything that is wrong with a configuration: by the schema, then by the resource's own
    /// rules.
    pub(super) fn validate_resource_config(&self, request: Request) -> Answered<Response> {
        let received = Received::new(request.config);
        let config = received.decode(&self.shape.ty, "The configuration")?;
        let host = decode::capabilities(request.client_capabilities);
        let mut diagnostics = by_schema(&config, &self.shape.schema, host.write_only_attributes);
        diagnostics.extend(match typed(config) {
            Ok(config) => self.resource.validate(&config),
            Err(unfit) => unfit.into(),
        });
        Ok((Response::default(), diagnostics))
    }
}

/// Everything that is wrong with a configuration by its schema. Unknown values pass.
pub(crate) fn by_schema(
    config: &AnyValue,
    schema: &Schema,
    write_only_allowed: bool,
) -> Diagnostics {
    let mut check = Check {
        write_only_allowed,
        diagnostics: Diagnostics::new(),
    };
    check.object(config, schema.fields(), &Place::Root);
    check.diagnostics
}

struct Check {
    write_only_allowed: bool,
    diagnostics: Diagnostics,
}

impl Check {
    fn object(&mut self, value: &AnyValue, fields: Fields<'_>, at: &Place<'_>) {
        let Value::Known(Known::Object(object)) = value else {
            return;
        };
        for field in fields.iter() {
            let Some(value) = object.get(field.name) else {
                continue;
            };
            let at = at.attribute(field.name);
            if let Some(problem) = field
                .attribute
                .and_then(|attribute| self.attribute(value, attribute, &at))
            {
                self.diagnostics.push(problem.at(at.path()));
            } else if let Content::Nested(nesting, fields) = field.content {
                self.nested(value, nesting, fields, &at);
            }
        }
    }

    fn nested(&mut self, value: &AnyValue, nesting: Nesting, fields: Fields<'_>, at: &Place<'_>) {
        match (nesting, value) {
            (Nesting::Single, value) => self.object(value, fields, at),
            (_, Value::Known(Known::List(elements))) => {
                for (index, element) in (0..).zip(elements) {
                    self.object(element, fields, &at.index(index));
                }
            }
            (_, Value::Known(Known::Map(elements))) => {
                for (key, element) in elements {
                    self.object(element, fields, &at.key(key));
                }
            }
            (_, Value::Known(Known::Set(elements))) => {
                for element in elements {
                    self.object(element, fields, &at.element());
                }
            }
            _ => {}
        }
    }

    fn attribute(
        &self,
        value: &AnyValue,
        attribute: &Attribute,
        at: &Place<'_>,
    ) -> Option<Diagnostic> {
        let value = value.bare();
        if value.is_null() && attribute.mode == Mode::Required {
            return Some(messages::missing(&at.names()));
        }
        if !value.is_known() {
            return None;
        }
        if attribute.mode == Mode::Computed {
            return Some(messages::read_only(&at.names()));
        }
        // A value that is unknown so far may turn out null: it is asked for again with every later
        // plan.
        (attribute.write_only && !self.write_only_allowed)
            .then(|| messages::write_only(&at.names()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Type;

    #[test]
    fn a_null_or_unknown_with_a_type_is_no_value() {
        let any = |name, mode| Attribute::value(name, Type::Dynamic, mode, "d");
        let schema = Schema::new(
            "d",
            vec![
                any("given", Mode::Computed),
                any("needed", Mode::Required),
                any("key_wo", Mode::Optional).write_only(),
            ],
        );
        let told = |value: AnyValue| {
            let typed = || Value::Known(Known::Dynamic(Box::new((Type::Bool, value.clone()))));
            let members = ["given", "needed", "key_wo"].map(|name| (name.into(), typed()));
            let config = Value::Known(Known::Object(members.into()));
            by_schema(&config, &schema, false).iter().count()
        };
        assert_eq!(told(Value::Null), 1, "what is needed is missing");
        assert_eq!(told(Value::Unknown), 0);
        assert_eq!(told(Value::Known(Known::Bool(true))), 2);
    }
}
