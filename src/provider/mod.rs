//! incident.io as Terraform sees it: the provider block, the resources and the
//! data sources. A new resource is a module and a line in
//! [`IncidentProvider::resources`].

mod config;
mod configured;
mod data_sources;
mod diagnostics;
mod resources;
mod validators;

use std::sync::Arc;

use self::config::ProviderBlock;
use self::configured::Shared;
use self::data_sources::telemetry_data_source::TelemetryDataSourceDataSource;
use self::resources::telemetry_data_source::TelemetryDataSourceResource;
use terraform_plugin::provider::{ConfigureRequest, Provider};
use terraform_plugin::schema::Schema;
use terraform_plugin::{AnyValue, Diagnostic, Diagnostics, DynDataSource, DynResource, Value};

/// The provider.
#[derive(Debug, Default)]
pub struct IncidentProvider {
    shared: Arc<Shared>,
}

impl Provider for IncidentProvider {
    fn schema(&self) -> Schema {
        config::schema()
    }

    fn validate(&self, config: AnyValue) -> Diagnostics {
        match block(config) {
            Ok(block) => config::validate(&block),
            Err(defect) => defect.into(),
        }
    }

    fn configure(&self, request: ConfigureRequest) -> Diagnostics {
        match block(request.config) {
            Ok(block) => {
                let environment = |name: &str| std::env::var(name).ok();
                let (settings, diagnostics) =
                    config::settings(&block, &request.terraform_version, &environment);
                self.shared.configure(settings);
                diagnostics
            }
            Err(defect) => defect.into(),
        }
    }

    fn resources(&self) -> Vec<Box<dyn DynResource>> {
        vec![Box::new(TelemetryDataSourceResource::new(Arc::clone(
            &self.shared,
        )))]
    }

    fn data_sources(&self) -> Vec<Box<dyn DynDataSource>> {
        vec![Box::new(TelemetryDataSourceDataSource::new(Arc::clone(
            &self.shared,
        )))]
    }
}

/// The typed provider block. One that is wholly unknown or null says nothing.
fn block(config: AnyValue) -> Result<ProviderBlock, Diagnostic> {
    match Value::from_any(config) {
        Some(Value::Known(block)) => Ok(block),
        Some(Value::Null | Value::Unknown) => Ok(ProviderBlock::default()),
        None => Err(Diagnostic::defect(
            "The provider block does not have the shape of its schema.",
        )),
    }
}
