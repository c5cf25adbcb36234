//! The data source `incident_telemetry_data_source`: reads a telemetry data
//! source that something else manages.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::framework::resource::{DataSource, Pending};
use crate::framework::schema::{Attribute, Mode, Schema};
use crate::framework::{Diagnostics, Path, Text};
use crate::model;
use crate::provider::configured::Shared;
use crate::provider::validators;

model! {
    /// The attributes, typed.
    pub(crate) struct TelemetryDataSourceData {
        created_at: Text,
        enabled: bool,
        id: Text,
        name: Text,
        provider_name: Text,
        source_type: Text,
        updated_at: Text,
        version: Text,
    }
}

/// The data source.
#[derive(Debug)]
pub(crate) struct TelemetryDataSourceDataSource {
    shared: Arc<Shared>,
}

impl TelemetryDataSourceDataSource {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    async fn read(
        &self,
        config: TelemetryDataSourceData,
        stop: &CancellationToken,
    ) -> Result<(TelemetryDataSourceData, Diagnostics), Diagnostics> {
        let id = config.id.as_str().unwrap_or_default().to_owned();
        let at_id = |field: &str| (field == "id").then(|| Path::attributes("id"));
        let doing = format!("reading data source {id:?}");
        let observed = self
            .shared
            .configured()
            .look(&id, stop)
            .await
            .map_err(|failure| failure.into_diagnostics(&doing, at_id))?;
        let found = observed.data_source;
        let state = TelemetryDataSourceData {
            created_at: found.created_at.map(Text::from).into(),
            enabled: found.enabled.into(),
            id: config.id,
            name: found.name.map(Text::from).into(),
            provider_name: found.provider.map(Text::from).into(),
            source_type: found.source_type.map(Text::from).into(),
            updated_at: found.updated_at.map(Text::from).into(),
            version: found.version.map(Text::from).into(),
        };
        Ok((state, Diagnostics::new()))
    }
}

impl DataSource for TelemetryDataSourceDataSource {
    type Model = TelemetryDataSourceData;

    fn type_name(&self) -> &'static str {
        "incident_telemetry_data_source"
    }

    fn schema(&self) -> Schema {
        let computed = |name, description| Attribute::string(name, Mode::Computed, description);
        Schema {
            version: 0,
            description: "Reads an incident.io telemetry data source that is managed elsewhere. A read is an empty update, so it needs an API key that may update data sources. Credentials are never returned.",
            attributes: vec![
                Attribute::string(
                    "id",
                    Mode::Required,
                    "ID of the data source, as incident.io shows it.",
                ),
                computed("name", "Name shown in incident.io."),
                computed(
                    "provider_name",
                    "Kind of the data source, such as `grafana` or `datadog` (`provider` in the API).",
                ),
                computed(
                    "source_type",
                    "What is behind it, such as `grafana` or `prometheus`.",
                ),
                Attribute::bool("enabled", Mode::Computed, "Whether incident.io queries it."),
                computed(
                    "version",
                    "Version of the upstream tool, where incident.io knows it.",
                ),
                computed("created_at", "When it was connected, in RFC 3339."),
                computed("updated_at", "When it was last changed, in RFC 3339."),
            ],
        }
    }

    fn validate(&self, config: &TelemetryDataSourceData) -> Diagnostics {
        validators::identifier(&config.id, &Path::attributes("id"))
            .into_iter()
            .collect()
    }

    fn read<'a>(
        &'a self,
        config: TelemetryDataSourceData,
        stop: &'a CancellationToken,
    ) -> Pending<'a, Result<(TelemetryDataSourceData, Diagnostics), Diagnostics>> {
        Box::pin(self.read(config, stop))
    }
}
