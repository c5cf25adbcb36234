//! incident.io as Terraform sees it. A new resource is a folder and a line in
//! [`IncidentProvider::offers`].

use std::sync::Arc;

use terraform_plugin::schema::Schema;
use terraform_plugin::{Abilities, Diagnostics, Host, Offers, Provider};

use crate::connection::Connections;
use crate::settings::{self, ProviderBlock};
use crate::telemetry::{
    RotateCredentials, TelemetryDataSourceDataSource, TelemetryDataSourceResource,
};

/// The provider.
#[derive(Debug, Default)]
pub struct IncidentProvider {
    connections: Arc<Connections>,
}

impl Provider for IncidentProvider {
    type Model = ProviderBlock;

    fn schema(&self) -> Schema {
        settings::schema()
    }

    fn validate(&self, config: &ProviderBlock) -> Diagnostics {
        settings::validate(config)
    }

    fn configure(&self, config: ProviderBlock, host: &Host) -> Diagnostics {
        let environment = |name: &str| std::env::var_os(name);
        let (settings, diagnostics) = settings::settings(&config, &host.version, &environment);
        self.connections.configure(settings);
        diagnostics
    }

    fn offers(&self) -> Offers {
        let connections = || Arc::clone(&self.connections);
        Offers::new()
            .resource_with(
                TelemetryDataSourceResource::new(connections()),
                Abilities::new().identified().move_target(),
            )
            .data_source(TelemetryDataSourceDataSource::new(connections()))
            .action(RotateCredentials::new(connections()))
    }
}
