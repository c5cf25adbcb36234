//! The action `incident_telemetry_rotate_credentials`: sends credentials to a data source, and
//! leaves no trace in any state.

use std::sync::Arc;

use terraform_plugin::schema::{Attribute, Block as SchemaBlock, Mode, Nesting, Schema};
use terraform_plugin::{
    Action, CancellationToken, Diagnostic, Diagnostics, Progress, Text, Value, model,
};

use super::attributes::{Block, Field, attribute_of};
use super::model::{DatadogConfig, GrafanaConfig, TelemetryDataSource};
use super::validate;
use crate::client::DataSourceUpdate;
use crate::connection::Connections;
use crate::summary::{Summary, listed};

model! {
    /// The attributes, typed.
    pub(crate) struct Rotation {
        data_source_id: Text,
        datadog_config: DatadogKeys,
        grafana_config: GrafanaKeys,
    }
}

model! {
    /// `grafana_config`
    pub(crate) struct GrafanaKeys {
        api_key: Text,
        api_url: Text,
    }
}

model! {
    /// `datadog_config`
    pub(crate) struct DatadogKeys {
        api_key: Text,
        app_key: Text,
    }
}

impl Rotation {
    /// The same as the resource has it, so that its rules hold here too.
    fn as_resource(&self) -> TelemetryDataSource {
        TelemetryDataSource {
            data_source_id: self.data_source_id.clone(),
            grafana_config: self.grafana_config.as_ref().map(|block| GrafanaConfig {
                api_key: block.api_key.clone(),
                api_url: block.api_url.clone(),
                ..GrafanaConfig::default()
            }),
            datadog_config: self.datadog_config.as_ref().map(|block| DatadogConfig {
                api_key: block.api_key.clone(),
                app_key: block.app_key.clone(),
                ..DatadogConfig::default()
            }),
            ..TelemetryDataSource::default()
        }
    }
}

/// The action.
pub(crate) struct RotateCredentials {
    connections: Arc<Connections>,
}

impl RotateCredentials {
    pub(crate) fn new(connections: Arc<Connections>) -> Self {
        Self { connections }
    }
}

/// The names of the keys that fit the blocks that are there, or of all.
fn names(config: &TelemetryDataSource) -> String {
    let there = |field: &Field| field.row().block.of(config).is_known();
    let mut fields: Vec<_> = Field::keys().filter(there).collect();
    if fields.is_empty() {
        fields.extend(Field::keys());
    }
    listed(fields, "or")
}

fn has_key(config: &TelemetryDataSource) -> bool {
    let may_come = |block: Block| block.of(config).is_unknown();
    Block::ALL.into_iter().any(may_come)
        || Field::keys().any(|field| !field.of(config).plain.is_null())
}

impl Action for RotateCredentials {
    type Model = Rotation;

    const TYPE_NAME: &'static str = "incident_telemetry_rotate_credentials";

    fn schema(&self) -> Schema {
        let key = |name, description| {
            let key = Attribute::string(name, Mode::Optional, description);
            key.sensitive().write_only()
        };
        let block = |block: Block, description, attributes| {
            SchemaBlock::new(block.name(), Nesting::Single, description, attributes)
        };
        Schema::new(
            "Sends credentials to a telemetry data source. incident.io validates and stores them, \
             and nothing is kept in the state.",
            vec![Attribute::string(
                "data_source_id",
                Mode::Required,
                "ID of the data source.",
            )],
        )
        .block(block(
            Block::Grafana,
            "Access to Grafana, for a Grafana data source.",
            vec![
                key(
                    "api_key",
                    "Service account token. Accepts ephemeral values.",
                ),
                Attribute::string(
                    "api_url",
                    Mode::Optional,
                    "Address of Grafana, such as `grafana.example.com`. It is only sent together \
                     with a key.",
                ),
            ],
        ))
        .block(block(
            Block::Datadog,
            "Access to Datadog, for a Datadog data source.",
            vec![
                key("api_key", "API key. Accepts ephemeral values."),
                key("app_key", "Application key. Accepts ephemeral values."),
            ],
        ))
    }

    fn validate(&self, config: &Rotation) -> Diagnostics {
        let config = config.as_resource();
        let diagnostics = validate::config(&config);
        if diagnostics.has_errors() || has_key(&config) {
            return diagnostics;
        }
        Diagnostic::error(
            Summary::NoKey,
            format!("The action has no key to send. Set {}.", names(&config)),
        )
        .into()
    }

    /// A plan has seen a key, or a value that might have been one.
    fn revalidate(&self, config: &Rotation) -> Diagnostics {
        let resource = config.as_resource();
        if has_key(&resource) {
            self.validate(config)
        } else {
            dropped(&resource).into()
        }
    }

    async fn invoke(
        &self,
        config: Rotation,
        progress: &Progress,
        stop: &CancellationToken,
    ) -> Diagnostics {
        let config = config.as_resource();
        let id = config.data_source_id.as_str().unwrap_or_default();
        let mut update = DataSourceUpdate::default();
        for field in Field::all() {
            if let Value::Known(value) = field.of(&config).plain {
                (field.row().body)(&mut update, (field.row().form)(&value));
            }
        }
        progress.report(format!("Sending credentials to data source {id:?}."));
        let connection = self.connections.current();
        match connection.update_data_source(id, &update, stop).await {
            Ok(result) => {
                let at = result.data_source.updated_at;
                let at = at.map_or_else(String::new, |at| format!(" at {at}"));
                progress.report(format!(
                    "incident.io has validated and stored the credentials of data source \
                     {id:?}{at}."
                ));
                Diagnostics::new()
            }
            Err(failure) => {
                let doing = format!("rotate the credentials of data source {id:?}");
                let in_doubt = "It is not known whether incident.io stored the credentials: invoke \
                                the action again.";
                let attribute = |field: &str| attribute_of(&config, field);
                connection.explain(failure, &doing, Some(in_doubt), attribute)
            }
        }
    }
}

/// A plan has seen a key, and now there is none.
pub(crate) fn dropped(config: &TelemetryDataSource) -> Diagnostic {
    Diagnostic::error(
        Summary::KeyDropped,
        format!(
            "Nothing was sent, because no value arrived for {keys}. If the value is ephemeral, that \
             is why: Terraform 1.16 and 1.17 drop it with -invoke. Invoke the action from an \
             action_trigger in the lifecycle block of a resource, or give it a value that is not \
             ephemeral.",
            keys = names(config),
        ),
    )
}

#[cfg(test)]
mod tests {
    use terraform_plugin::Summary as _;

    use super::*;

    fn grafana(api_key: Value<Text>, api_url: &str) -> Rotation {
        Rotation {
            data_source_id: Value::text("01JZ0000000000000000000001"),
            grafana_config: Value::Known(GrafanaKeys {
                api_key,
                api_url: Value::text(api_url),
            }),
            ..Rotation::default()
        }
    }

    #[test]
    fn what_a_plan_did_not_know_is_checked_before_it_is_sent() {
        let action = RotateCredentials::new(Arc::default());
        let told = |config: &Rotation| {
            let diagnostics = action.revalidate(config).into_iter();
            diagnostics.map(|each| each.summary()).collect::<Vec<_>>()
        };
        let known = |key, url| told(&grafana(Value::text(key), url));
        assert_eq!(known("glsa_a", "grafana.example.com"), [""; 0]);
        assert_eq!(
            known("glsa_a", "http://grafana.example.com"),
            [Summary::InvalidUrl.text()]
        );
        // Not that there is no key to send: a plan has seen one.
        let dropped = told(&grafana(Value::Null, "grafana.example.com"));
        assert_eq!(dropped, [Summary::KeyDropped.text()]);
    }
}
