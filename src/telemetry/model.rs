//! The attributes, typed.

use terraform_plugin::{Text, Value, model};

model! {
    /// `incident_telemetry_data_source`, as configuration, plan or state.
    pub(crate) struct TelemetryDataSource {
        created_at: Text,
        credentials_updated_at: Text,
        data_source_id: Text,
        datadog_config: DatadogConfig,
        enabled: bool,
        grafana_config: GrafanaConfig,
        id: Text,
        name: Text,
        on_external_change: Text,
        provider_name: Text,
        source_type: Text,
        updated_at: Text,
        version: Text,
    }
}

model! {
    /// `grafana_config`
    #[expect(clippy::struct_field_names, reason = "the schema's names")]
    pub(crate) struct GrafanaConfig {
        api_key: Text,
        api_key_wo: Text,
        api_key_wo_version: Text,
        api_url: Text,
    }
}

model! {
    /// `datadog_config`
    pub(crate) struct DatadogConfig {
        api_key: Text,
        api_key_wo: Text,
        api_key_wo_version: Text,
        app_key: Text,
        app_key_wo: Text,
        app_key_wo_version: Text,
    }
}

/// What to do about a change of credentials made elsewhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum OnExternalChange {
    /// Say so once.
    #[default]
    Warn,
    /// Send the configured credentials again.
    Reapply,
    /// Nothing.
    Ignore,
}

impl OnExternalChange {
    /// As documented, in that order.
    pub(crate) const ALL: [(&'static str, Self); 3] = [
        ("warn", Self::Warn),
        ("reapply", Self::Reapply),
        ("ignore", Self::Ignore),
    ];

    /// The mode of a configuration or state; null means the default. A value that validation
    /// refuses counts as the default.
    pub(crate) fn of(model: &TelemetryDataSource) -> Value<Self> {
        match &model.on_external_change {
            Value::Unknown => Value::Unknown,
            Value::Null => Value::Known(Self::default()),
            Value::Known(text) => {
                let named = Self::ALL.into_iter().find(|(name, _)| *name == &**text);
                Value::Known(named.map_or_else(Self::default, |(_, mode)| mode))
            }
        }
    }
}
