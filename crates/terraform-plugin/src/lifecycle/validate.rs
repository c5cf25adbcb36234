//! What core leaves for providers to check in a configuration.

use super::{Data, Managed};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::path::Place;
use crate::provider::Provider;
use crate::resource::ClientCapabilities;
use crate::schema::{Attribute, Mode, Schema, Shape};
use crate::value::{AnyValue, Known, Value};

impl Managed {
    /// Everything that is wrong with a configuration: by the schema, then by
    /// the resource's own rules. Unknown values pass.
    pub fn validate(&self, config: AnyValue, capabilities: ClientCapabilities) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        let mut check = Check {
            write_only_allowed: capabilities.write_only_attributes,
            diagnostics: &mut diagnostics,
        };
        check.object(&config, &self.schema.attributes, &Place::Root);
        diagnostics.extend(self.resource.validate(config));
        diagnostics
    }
}

impl Data {
    /// Everything that is wrong with a configuration, likewise.
    pub fn validate(&self, config: AnyValue) -> Diagnostics {
        let mut diagnostics = by_schema(&config, &self.schema);
        diagnostics.extend(self.inner.validate(config));
        diagnostics
    }
}

/// Everything that is wrong with a provider block, likewise.
pub fn validate_provider(
    provider: &dyn Provider,
    schema: &Schema,
    config: AnyValue,
) -> Diagnostics {
    let mut diagnostics = by_schema(&config, schema);
    diagnostics.extend(provider.validate(config));
    diagnostics
}

fn by_schema(config: &AnyValue, schema: &Schema) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let mut check = Check {
        write_only_allowed: true,
        diagnostics: &mut diagnostics,
    };
    check.object(config, &schema.attributes, &Place::Root);
    diagnostics
}

struct Check<'a> {
    write_only_allowed: bool,
    diagnostics: &'a mut Diagnostics,
}

impl Check<'_> {
    fn object(&mut self, value: &AnyValue, attributes: &[Attribute], at: &Place<'_>) {
        let Value::Known(Known::Object(object)) = value else {
            return;
        };
        for attribute in attributes {
            if let Some(value) = object.get(attribute.name) {
                self.attribute(value, attribute, &at.attribute(attribute.name));
            }
        }
    }

    fn attribute(&mut self, value: &AnyValue, attribute: &Attribute, at: &Place<'_>) {
        if value.is_null() && attribute.mode == Mode::Required {
            let at = at.path();
            self.diagnostics.push(
                Diagnostic::error(
                    "Missing Configuration for Required Attribute",
                    format!(
                        "The attribute {at} must have a value, and the configuration gives it \
                         null. Give it a value that is not null."
                    ),
                )
                .at(at),
            );
            return;
        }
        if !value.is_known() {
            return;
        }
        if attribute.mode == Mode::Computed {
            let at = at.path();
            self.diagnostics.push(
                Diagnostic::error(
                    "Invalid Configuration for Read-Only Attribute",
                    format!(
                        "The attribute {at} is set by the provider alone. Remove it from the \
                         configuration."
                    ),
                )
                .at(at),
            );
            return;
        }
        // A value that is unknown so far may turn out null: it is asked for
        // again with every later plan.
        if attribute.write_only && !self.write_only_allowed {
            let at = at.path();
            self.diagnostics.push(
                Diagnostic::error(
                    "Write-only Attribute Not Allowed",
                    format!(
                        "The attribute {at} is write-only: its value must never be stored, and \
                         this version of Terraform or OpenTofu would store it. Write-only \
                         attributes need Terraform 1.11 or OpenTofu 1.11, or later."
                    ),
                )
                .at(at),
            );
            return;
        }
        if let Shape::Object(attributes) = &attribute.shape {
            self.object(value, attributes, at);
        }
    }
}
