//! The data source `incident_telemetry_data_source`: reads a telemetry data source that something
//! else manages.

use std::sync::Arc;

use terraform_plugin::schema::{Attribute, Mode, Schema};
use terraform_plugin::{CancellationToken, DataSource, Diagnostics, Path, Text, model};

use super::checks::identifier;
use super::messages;
use crate::client::DataSourceUpdate;
use crate::connection::Connections;

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
pub(crate) struct TelemetryDataSourceDataSource {
    connections: Arc<Connections>,
}

impl TelemetryDataSourceDataSource {
    pub(crate) fn new(connections: Arc<Connections>) -> Self {
        Self { connections }
    }
}

impl DataSource for TelemetryDataSourceDataSource {
    type Model = TelemetryDataSourceData;

    const TYPE_NAME: &'static str = "incident_telemetry_data_source";

    fn schema(&self) -> Schema {
        let computed = |name, description| Attribute::string(name, Mode::Computed, description);
        Schema {
            description: "Reads an incident.io telemetry data source that is managed elsewhere. A \
                read is an empty update, so it needs an API key that may update data sources. \
                Credentials are never returned.",
            attributes: vec![
                Attribute::string("id", Mode::Required, "ID of the data source."),
                computed("name", "Name shown in incident.io."),
                computed(
                    "provider_name",
                    "Kind of the data source, such as `grafana` or `datadog` (`provider` in the \
                     API).",
                ),
                computed(
                    "source_type",
                    "Type of the source, such as `grafana` or `prometheus`.",
                ),
                Attribute::bool("enabled", Mode::Computed, "Whether incident.io queries it."),
                computed(
                    "version",
                    "Version of the upstream tool, where incident.io knows it.",
                ),
                computed("created_at", "When it was connected, in RFC 3339."),
                computed("updated_at", "When it was last changed, in RFC 3339."),
            ],
            ..Schema::default()
        }
    }

    fn validate(&self, config: &TelemetryDataSourceData) -> Diagnostics {
        let problem = identifier(&config.id, &Path::attributes("id"));
        problem.into_iter().collect()
    }

    async fn read(
        &self,
        config: TelemetryDataSourceData,
        stop: &CancellationToken,
    ) -> Result<(TelemetryDataSourceData, Diagnostics), Diagnostics> {
        let id = config.id.as_str().unwrap_or_default().to_owned();
        let connection = self.connections.current();
        let read = connection
            .update_data_source(&id, &DataSourceUpdate::default(), stop)
            .await;
        let found = read.map_err(|failure| {
            let at_id = |field: &str| (field == "id").then(|| Path::attributes("id"));
            connection.explain(failure, &format!("read data source {id:?}"), None, at_id)
        })?;
        let found = found.data_source;
        let unreadable = messages::unreadable(&id, &found.unreadable);
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
        Ok((state, unreadable.into_iter().collect()))
    }
}
