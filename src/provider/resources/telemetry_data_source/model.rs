//! The attributes, typed, and the secrets among them.

use serde::{Deserialize, Serialize};

use terraform_plugin::model;
use terraform_plugin::{Path, Text, Value};

model! {
    /// `incident_telemetry_data_source`, as configuration, plan or state.
    pub(crate) struct TelemetryDataSource {
        /// The `updated_at` that answered the last write with keys in it.
        credentials_updated_at: Text,
        created_at: Text,
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

/// A config block, which is also the kind of data source that it fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Block {
    Grafana,
    Datadog,
}

impl Block {
    pub(crate) const ALL: [Self; 2] = [Self::Grafana, Self::Datadog];

    /// The attribute.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Grafana => "grafana_config",
            Self::Datadog => "datadog_config",
        }
    }

    /// The API's word for this kind, in `provider`.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Grafana => "grafana",
            Self::Datadog => "datadog",
        }
    }

    /// The product's name in prose.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Grafana => "Grafana",
            Self::Datadog => "Datadog",
        }
    }

    pub(crate) fn path(self) -> Path {
        Path::attributes(self.name())
    }
}

/// One of the credentials that the API takes and never returns. Its serialised
/// names stand in private state: they must not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(
    clippy::enum_variant_names,
    reason = "all of them are keys, in the API's words"
)]
pub(crate) enum SecretName {
    #[serde(rename = "grafana_config.api_key")]
    GrafanaApiKey,
    #[serde(rename = "datadog_config.api_key")]
    DatadogApiKey,
    #[serde(rename = "datadog_config.app_key")]
    DatadogAppKey,
}

impl SecretName {
    pub(crate) const ALL: [Self; 3] = [
        Self::GrafanaApiKey,
        Self::DatadogApiKey,
        Self::DatadogAppKey,
    ];

    pub(crate) const fn block(self) -> Block {
        match self {
            Self::GrafanaApiKey => Block::Grafana,
            Self::DatadogApiKey | Self::DatadogAppKey => Block::Datadog,
        }
    }

    /// The attribute that holds the sensitive form; the API's name, too.
    pub(crate) const fn attribute(self) -> &'static str {
        match self {
            Self::GrafanaApiKey | Self::DatadogApiKey => "api_key",
            Self::DatadogAppKey => "app_key",
        }
    }

    /// The path of the sensitive form.
    pub(crate) fn path(self) -> Path {
        self.block().path().attribute(self.attribute())
    }

    /// The path of the write-only form.
    pub(crate) fn write_only_path(self) -> Path {
        self.block()
            .path()
            .attribute(&format!("{}_wo", self.attribute()))
    }

    /// The path of the write-only form's version.
    pub(crate) fn version_path(self) -> Path {
        self.block()
            .path()
            .attribute(&format!("{}_wo_version", self.attribute()))
    }
}

/// What a configuration or state says of one secret.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct SecretInput {
    /// The sensitive form.
    pub(crate) plain: Value<Text>,
    /// The write-only form; null in every state.
    pub(crate) write_only: Value<Text>,
    /// The write-only form's version.
    pub(crate) version: Value<Text>,
}

impl SecretInput {
    /// The secret in whichever form it is given. Unknown where either form may
    /// still turn out to be the one.
    pub(crate) fn value(&self) -> &Value<Text> {
        match (&self.plain, &self.write_only) {
            (Value::Null, write_only) => write_only,
            (plain, _) => plain,
        }
    }
}

impl TelemetryDataSource {
    /// One secret. Under an unknown block, everything is unknown.
    pub(crate) fn secret(&self, name: SecretName) -> SecretInput {
        fn pick<T>(block: &Value<T>, fields: impl Fn(&T) -> [&Value<Text>; 3]) -> SecretInput {
            match block {
                Value::Null => SecretInput::default(),
                Value::Unknown => SecretInput {
                    plain: Value::Unknown,
                    write_only: Value::Unknown,
                    version: Value::Unknown,
                },
                Value::Known(block) => {
                    let [plain, write_only, version] = fields(block).map(Clone::clone);
                    SecretInput {
                        plain,
                        write_only,
                        version,
                    }
                }
            }
        }
        match name {
            SecretName::GrafanaApiKey => pick(&self.grafana_config, |block| {
                [&block.api_key, &block.api_key_wo, &block.api_key_wo_version]
            }),
            SecretName::DatadogApiKey => pick(&self.datadog_config, |block| {
                [&block.api_key, &block.api_key_wo, &block.api_key_wo_version]
            }),
            SecretName::DatadogAppKey => pick(&self.datadog_config, |block| {
                [&block.app_key, &block.app_key_wo, &block.app_key_wo_version]
            }),
        }
    }

    /// `grafana_config.api_url`
    pub(crate) fn api_url(&self) -> Value<Text> {
        self.grafana_config
            .as_ref()
            .and_then(|block| block.api_url.clone())
    }

    /// Whether a config block is there: `Known(true)`, `Null` or `Unknown`.
    pub(crate) fn block(&self, block: Block) -> Value<()> {
        match block {
            Block::Grafana => self.grafana_config.as_ref().map(|_| ()),
            Block::Datadog => self.datadog_config.as_ref().map(|_| ()),
        }
    }

    /// The same with every write-only attribute null, as plan and state need it.
    pub(crate) fn without_write_only(mut self) -> Self {
        if let Value::Known(block) = &mut self.grafana_config {
            block.api_key_wo = Value::Null;
        }
        if let Value::Known(block) = &mut self.datadog_config {
            block.api_key_wo = Value::Null;
            block.app_key_wo = Value::Null;
        }
        self
    }
}

/// The attribute behind a field of the API's body, in the form that the
/// practitioner used; `None` where the schema has none.
pub(crate) fn attribute_of(config: &TelemetryDataSource, field: &str) -> Option<Path> {
    let secret = SecretName::ALL
        .into_iter()
        .find(|name| name.path().to_string() == field);
    match (secret, field) {
        (Some(name), _) if config.secret(name).write_only.is_null() => Some(name.path()),
        (Some(name), _) => Some(name.write_only_path()),
        (None, "id") => Some(Path::attributes("data_source_id")),
        (None, "name" | "grafana_config" | "grafana_config.api_url" | "datadog_config") => {
            Some(Path::attributes(field))
        }
        (None, _) => None,
    }
}

/// A URL as the API wants it: without protocol and trailing slash. State keeps
/// what the practitioner wrote.
pub(crate) fn api_url_for_api(url: &str) -> &str {
    url.strip_prefix("https://")
        .unwrap_or(url)
        .trim_end_matches('/')
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

    /// The mode of a configuration or state; null means the default. A value
    /// that validation refuses counts as the default.
    pub(crate) fn of(model: &TelemetryDataSource) -> Value<Self> {
        match &model.on_external_change {
            Value::Unknown => Value::Unknown,
            Value::Null => Value::Known(Self::default()),
            Value::Known(text) => Value::Known(
                Self::ALL
                    .into_iter()
                    .find(|(name, _)| *name == &**text)
                    .map_or_else(Self::default, |(_, mode)| mode),
            ),
        }
    }
}
