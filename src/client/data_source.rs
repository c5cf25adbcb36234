//! A data source as the API answers it, and what to change of it.

use serde::{Serialize, Serializer};
use serde_json::Value;
use zeroize::Zeroizing;

use super::answer::FromJson;
use super::secret::Secret;
use super::window::AnswerWindow;

/// A data source (`TelemetryUpdateDataSourceResultV2`), and when it was like this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UpdateResult {
    /// What the API answered.
    pub(crate) data_source: DataSource,
    /// When it did, by its own clock.
    pub(crate) window: AnswerWindow,
}

/// A data source as the API returns it (`TelemetryDataSourceV2`). Fields that are not listed are
/// ignored.
///
/// Only the id has to be there and text, as it tells that this is a data source at all. Every other
/// field informs: one that is missing, null or of another type is `None` and named in `unreadable`,
/// so that a change of the API does not stop each plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DataSource {
    /// Its id.
    pub(crate) id: String,
    /// Its name in incident.io.
    pub(crate) name: Option<String>,
    /// What it is connected through, such as `grafana`; open-ended.
    pub(crate) provider: Option<String>,
    /// What it is, such as `grafana` or `prometheus`; open-ended.
    pub(crate) source_type: Option<String>,
    /// Whether incident.io uses it.
    pub(crate) enabled: Option<bool>,
    /// RFC 3339, verbatim.
    pub(crate) created_at: Option<String>,
    /// RFC 3339, verbatim.
    pub(crate) updated_at: Option<String>,
    /// The version of the tool behind it. Not every source has one, and older API versions do not
    /// say: missing or null is nothing to complain of.
    pub(crate) version: Option<String>,
    /// The API's names of the fields that could not be read, in the order above.
    pub(crate) unreadable: Vec<&'static str>,
}

impl FromJson for DataSource {
    fn from_json(json: &Value) -> Result<Self, &'static str> {
        let source = json
            .get("data_source")
            .filter(|source| source.is_object())
            .ok_or("data_source")?;
        let id = source.get("id").and_then(Value::as_str);
        let id = id.ok_or("data_source.id")?.to_owned();
        let mut fields = Fields {
            source,
            unreadable: Vec::new(),
        };
        let version = source.get("version").filter(|version| !version.is_null());
        Ok(Self {
            id,
            name: fields.text("name"),
            provider: fields.text("provider"),
            source_type: fields.text("source_type"),
            enabled: fields.read("enabled", Value::as_bool),
            created_at: fields.text("created_at"),
            updated_at: fields.text("updated_at"),
            version: version.and_then(|_| fields.text("version")),
            unreadable: fields.unreadable,
        })
    }
}

/// Reads fields and keeps the names of those that it cannot.
struct Fields<'a> {
    source: &'a Value,
    unreadable: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    fn read<T>(&mut self, name: &'static str, read: fn(&'a Value) -> Option<T>) -> Option<T> {
        let value = self.source.get(name).and_then(read);
        if value.is_none() {
            self.unreadable.push(name);
        }
        value
    }

    fn text(&mut self, name: &'static str) -> Option<String> {
        self.read(name, Value::as_str).map(str::to_owned)
    }
}

/// What to change of a data source (`TelemetryUpdateDataSourcePayloadV2`); what is `None` stays and
/// is not sent, and a config block without content counts as `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct DataSourceUpdate {
    /// The name in incident.io.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// For a source of the kind `grafana` only.
    #[serde(skip_serializing_if = "is_empty")]
    pub(crate) grafana_config: Option<GrafanaUpdate>,
    /// For a source of the kind `datadog` only.
    #[serde(skip_serializing_if = "is_empty")]
    pub(crate) datadog_config: Option<DatadogUpdate>,
    /// Keys that are not sent, and that an answer may echo all the same.
    #[serde(skip)]
    pub(crate) in_place: Vec<Secret>,
}

/// How incident.io reaches Grafana (`TelemetryGrafanaUpdateConfigV2`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct GrafanaUpdate {
    /// A service account token.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    pub(crate) api_key: Option<Secret>,
    /// Host and path without a scheme, such as `grafana.example.com`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) api_url: Option<String>,
}

/// How incident.io reaches Datadog (`TelemetryDatadogUpdateConfigV2`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct DatadogUpdate {
    /// An API key.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    pub(crate) api_key: Option<Secret>,
    /// An application key.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    pub(crate) app_key: Option<Secret>,
}

impl DataSourceUpdate {
    /// Whether this changes nothing, and so only reads.
    pub(crate) fn is_empty(&self) -> bool {
        self.name.is_none() && is_empty(&self.grafana_config) && is_empty(&self.datadog_config)
    }

    /// Every secret that will be sent.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let grafana = self.grafana_config.iter();
        let datadog = self.datadog_config.iter();
        grafana
            .flat_map(|config| &config.api_key)
            .chain(datadog.flat_map(|config| config.api_key.iter().chain(&config.app_key)))
    }

    /// The body to send, in a buffer that is wiped when it is dropped.
    pub(super) fn json(&self) -> Zeroizing<Vec<u8>> {
        let mut json = Zeroizing::new(Vec::with_capacity(self.longest()));
        // Cannot fail: there are no maps with odd keys, and the writer has no limit.
        let _ = serde_json::to_writer(&mut *json, self);
        json
    }

    /// No less than the length of the JSON: a buffer that grew would leave copies of keys behind.
    fn longest(&self) -> usize {
        // All names and punctuation together.
        const FRAME: usize = 160;
        // One byte becomes `\u0000` at worst.
        const ESCAPED: usize = 6;
        let grafana = self.grafana_config.as_ref();
        let texts = [
            self.name.as_deref(),
            grafana.and_then(|config| config.api_url.as_deref()),
        ];
        let texts = texts.into_iter().flatten();
        let bytes: usize = texts
            .chain(self.secrets().map(Secret::expose))
            .map(str::len)
            .sum();
        FRAME + ESCAPED * bytes
    }
}

/// Whether a config block is absent or has no content.
#[expect(clippy::ref_option, reason = "the signature that serde calls")]
fn is_empty<T: Default + PartialEq>(config: &Option<T>) -> bool {
    config.as_ref().is_none_or(|config| *config == T::default())
}

#[expect(clippy::ref_option, reason = "the signature that serde calls")]
fn exposed<S: Serializer>(secret: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(Secret::expose).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(fields: &Value) -> DataSource {
        let mut source = json!({
            "id": "1", "name": "n", "provider": "new", "source_type": "newer", "enabled": false,
            "created_at": "2021-08-17T13:28:57.801578Z", "updated_at": "soon", "more": {},
        });
        for (name, value) in fields.as_object().unwrap() {
            source[name] = value.clone();
        }
        DataSource::from_json(&json!({"data_source": source, "more": 1})).unwrap()
    }

    #[test]
    fn what_informs_may_be_anything() {
        let fine = read(&json!({}));
        assert_eq!(fine.updated_at.as_deref(), Some("soon"));
        assert_eq!((fine.version, fine.enabled), (None, Some(false)));
        assert!(fine.unreadable.is_empty());
        for (fields, unreadable) in [
            (json!({"version": null}), vec![]),
            (json!({"version": "8.5.27"}), vec![]),
            (json!({"version": 8.5}), vec!["version"]),
            (json!({"source_type": null}), vec!["source_type"]),
            (json!({"enabled": "yes"}), vec!["enabled"]),
            (
                json!({"name": {}, "provider": [], "source_type": 1e99, "enabled": 1,
                    "created_at": true, "updated_at": null, "version": false}),
                vec![
                    "name",
                    "provider",
                    "source_type",
                    "enabled",
                    "created_at",
                    "updated_at",
                    "version",
                ],
            ),
        ] {
            assert_eq!(read(&fields).unreadable, unreadable, "{fields}");
        }
        assert_eq!(read(&json!({"name": 7})).name, None);
    }

    #[test]
    fn what_decides_has_to_be_there() {
        for (json, missing) in [
            (json!({}), "data_source"),
            (json!([]), "data_source"),
            (json!({"data_source": null}), "data_source"),
            (json!({"data_source": []}), "data_source"),
            (json!({"data_source": {}}), "data_source.id"),
            (json!({"data_source": {"id": 7}}), "data_source.id"),
        ] {
            assert_eq!(DataSource::from_json(&json), Err(missing), "{json}");
        }
        let least = DataSource::from_json(&json!({"data_source": {"id": "1"}})).unwrap();
        assert_eq!((least.id.as_str(), least.unreadable.len()), ("1", 6));
    }

    fn secret(value: &str) -> Secret {
        Secret::new(value.to_owned())
    }

    #[test]
    fn only_what_is_given_is_sent() {
        let named = |name: &str| DataSourceUpdate {
            name: Some(name.to_owned()),
            ..DataSourceUpdate::default()
        };
        let grafana = |config| DataSourceUpdate {
            grafana_config: Some(config),
            ..DataSourceUpdate::default()
        };
        let datadog = |config| DataSourceUpdate {
            datadog_config: Some(config),
            ..DataSourceUpdate::default()
        };
        for (update, expected, secrets) in [
            (DataSourceUpdate::default(), "{}", 0),
            (grafana(GrafanaUpdate::default()), "{}", 0),
            (datadog(DatadogUpdate::default()), "{}", 0),
            (named("a \"b\"\n"), r#"{"name":"a \"b\"\n"}"#, 0),
            (named(""), r#"{"name":""}"#, 0),
            (
                grafana(GrafanaUpdate {
                    api_key: Some(secret("k")),
                    api_url: None,
                }),
                r#"{"grafana_config":{"api_key":"k"}}"#,
                1,
            ),
            (
                grafana(GrafanaUpdate {
                    api_key: None,
                    api_url: Some("g.example".to_owned()),
                }),
                r#"{"grafana_config":{"api_url":"g.example"}}"#,
                0,
            ),
            (
                DataSourceUpdate {
                    name: Some("\u{0}".repeat(99)),
                    ..grafana(GrafanaUpdate {
                        api_key: Some(secret(&"\u{1f}".repeat(99))),
                        api_url: Some("\u{1}".repeat(99)),
                    })
                },
                &format!(
                    r#"{{"name":"{}","grafana_config":{{"api_key":"{}","api_url":"{}"}}}}"#,
                    r"\u0000".repeat(99),
                    r"\u001f".repeat(99),
                    r"\u0001".repeat(99),
                ),
                1,
            ),
            (
                datadog(DatadogUpdate {
                    api_key: Some(secret("a")),
                    app_key: Some(secret("b")),
                }),
                r#"{"datadog_config":{"api_key":"a","app_key":"b"}}"#,
                2,
            ),
        ] {
            let json = update.json();
            assert_eq!(str::from_utf8(&json).unwrap(), expected);
            assert_eq!(json.capacity(), update.longest(), "{expected}: it grew");
            assert_eq!(update.is_empty(), expected == "{}", "{expected}");
            assert_eq!(update.secrets().count(), secrets, "{expected}");
        }
    }

    #[test]
    fn debug_shows_no_key() {
        let update = DataSourceUpdate {
            datadog_config: Some(DatadogUpdate {
                api_key: Some(secret("hunter22")),
                app_key: Some(secret("hunter33")),
            }),
            ..DataSourceUpdate::default()
        };
        assert!(!format!("{update:?}").contains("hunter"));
    }
}
