//! Telemetry data sources (API reference, *Telemetry V2*).

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde::{Serialize, Serializer};
use thiserror::Error;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use super::Client;
use super::data_source::UpdateResult;
use super::error::ClientError;
use super::secret::Secret;
use super::transport::{Errand, Request};

/// Everything but what RFC 3986 calls unreserved is encoded within a path segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

impl Client {
    /// Changes a data source (`PUT /v2/telemetry/data_sources/{id}`), or reads it with an empty
    /// `change`: this API has no GET for it. Sending the same change twice has the effect of
    /// sending it once, so it is tried again when an answer is lost.
    ///
    /// Once `stop` is cancelled nothing new is sent and no wait goes on. A read in flight is given
    /// up; a change in flight is waited for, no longer than the request timeout, and its answer
    /// returned.
    ///
    /// Dropping the future gives up the request where it stands: nothing is sent or tried again
    /// afterwards, and whether a change in flight was carried out stays open, as after a crash.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub(crate) async fn update_data_source(
        &self,
        id: &DataSourceId,
        change: &DataSourceUpdate,
        stop: &CancellationToken,
    ) -> Result<UpdateResult, ClientError> {
        let request = Request {
            method: Method::PUT,
            path: id.path(),
            body: Bytes::from_owner(change.json()),
            secrets: change.secrets().cloned().collect(),
            errand: if change.is_empty() {
                Errand::Read
            } else {
                Errand::Write
            },
        };
        let (data_source, window) = self.transport.send(&request, stop).await?;
        Ok(UpdateResult {
            data_source,
            window,
        })
    }
}

/// The id of a data source. Opaque: any text that can be one segment of a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct DataSourceId(String);

/// Why a text cannot be a [`DataSourceId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum DataSourceIdError {
    /// Nothing at all.
    #[error("it must not be empty")]
    Empty,
    /// `.` or `..`, which no encoding keeps from being taken for a folder.
    #[error("it must not be \".\" or \"..\"")]
    Dots,
}

impl DataSourceId {
    /// Takes any text for an id, except what could not be sent as one.
    ///
    /// # Errors
    /// If `text` is empty or consists of one or two dots.
    pub(crate) fn parse(text: &str) -> Result<Self, DataSourceIdError> {
        match text {
            "" => Err(DataSourceIdError::Empty),
            "." | ".." => Err(DataSourceIdError::Dots),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// Where the data source is, from the endpoint on.
    pub(super) fn path(&self) -> String {
        let segment = utf8_percent_encode(&self.0, SEGMENT);
        format!("/v2/telemetry/data_sources/{segment}")
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
    fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let grafana = self.grafana_config.iter();
        let datadog = self.datadog_config.iter();
        grafana
            .flat_map(|config| &config.api_key)
            .chain(datadog.flat_map(|config| config.api_key.iter().chain(&config.app_key)))
    }

    /// The body to send, in a buffer that is wiped when it is dropped.
    fn json(&self) -> Zeroizing<Vec<u8>> {
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
    use super::*;

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
    fn ids() {
        assert_eq!(DataSourceId::parse(""), Err(DataSourceIdError::Empty));
        assert_eq!(DataSourceId::parse("."), Err(DataSourceIdError::Dots));
        assert_eq!(DataSourceId::parse(".."), Err(DataSourceIdError::Dots));
        for (id, encoded) in [
            ("01G0J1EXE7AXZ2C93K61WBPYEH", "01G0J1EXE7AXZ2C93K61WBPYEH"),
            ("a-b_c.d~e", "a-b_c.d~e"),
            ("...", "..."),
            ("../x", "..%2Fx"),
            ("%2e%2e", "%252e%252e"),
            ("a/b?c#d e", "a%2Fb%3Fc%23d%20e"),
            ("é\\;\u{0}", "%C3%A9%5C%3B%00"),
        ] {
            let id = DataSourceId::parse(id).unwrap();
            assert_eq!(utf8_percent_encode(&id.0, SEGMENT).to_string(), encoded);
            // Nothing is left for the URL parser to interpret.
            let url = reqwest::Url::parse(&format!("https://h/v2/{encoded}")).unwrap();
            assert_eq!(url.path(), format!("/v2/{encoded}"));
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
