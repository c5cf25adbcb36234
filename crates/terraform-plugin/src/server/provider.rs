//! A provider with its model taken away.

use crate::diagnostic::Diagnostic;
use crate::proto::tfplugin6::{DynamicValue, configure_provider, validate_provider_config};
use crate::provider::{Host, Provider};
use crate::schema::Schema;
use crate::served::{Answered, Shape, by_schema, covered, typed};
use crate::value::{AnyValue, Known, Type, Value};
use crate::wire::decode::Received;

/// A [`Provider`] of any model.
pub(super) trait AnyProvider: Send + Sync {
    fn schema(&self) -> &Schema;

    fn validate(
        &self,
        request: validate_provider_config::Request,
    ) -> Answered<validate_provider_config::Response>;

    fn configure(
        &self,
        request: configure_provider::Request,
    ) -> Answered<configure_provider::Response>;
}

/// A provider with its schema at hand.
pub(super) struct ServedProvider<P> {
    provider: P,
    shape: Shape,
}

impl<P: Provider> ServedProvider<P> {
    pub(super) fn new(provider: P) -> Self {
        let shape = Shape::new(provider.schema());
        Self { provider, shape }
    }

    /// A missing block is one in which nothing is set.
    fn block(&self, config: Option<DynamicValue>) -> Result<AnyValue, Diagnostic> {
        let config = Received::new(config).decode(&self.shape.ty, "The provider block")?;
        if config.is_known() {
            return Ok(config);
        }
        let Type::Object(attributes) = &self.shape.ty else {
            return Ok(config);
        };
        let nulls = attributes.keys().map(|name| (name.clone(), Value::Null));
        Ok(Value::Known(Known::Object(nulls.collect())))
    }

    fn validate_provider_config(
        &self,
        request: validate_provider_config::Request,
    ) -> Answered<validate_provider_config::Response> {
        let config = self.block(request.config)?;
        let mut diagnostics = by_schema(&config, &self.shape.schema, true);
        diagnostics.extend(match typed(config) {
            Ok(config) => self.provider.validate(&config),
            Err(unfit) => unfit.into(),
        });
        Ok((validate_provider_config::Response::default(), diagnostics))
    }

    fn configure_provider(
        &self,
        request: configure_provider::Request,
    ) -> Answered<configure_provider::Response> {
        let config = typed(self.block(request.config)?)?;
        let host = Host {
            version: request.terraform_version,
        };
        let diagnostics = self.provider.configure(config, &host);
        Ok((configure_provider::Response::default(), diagnostics))
    }
}

impl<P: Provider> AnyProvider for ServedProvider<P> {
    fn schema(&self) -> &Schema {
        &self.shape.schema
    }

    fn validate(
        &self,
        request: validate_provider_config::Request,
    ) -> Answered<validate_provider_config::Response> {
        let config = Received::new(request.config.clone());
        covered(
            self.validate_provider_config(request),
            &self.shape,
            Some(&config),
        )
    }

    fn configure(
        &self,
        request: configure_provider::Request,
    ) -> Answered<configure_provider::Response> {
        let config = Received::new(request.config.clone());
        covered(self.configure_provider(request), &self.shape, Some(&config))
    }
}
