//! Telemetry data sources (API reference, *Telemetry V2*).

use std::{fmt, io};

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use super::{Client, error::ClientError, secret::Secret, transport::Request, window::AnswerWindow};

/// Everything but what RFC 3986 calls unreserved is encoded within a path segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

impl Client {
    /// Changes a data source (`PUT /v2/telemetry/data_sources/{id}`), or reads it with an empty `change`: this API
    /// has no GET for it. Sending the same change twice has the effect of sending it once, so it is tried again when
    /// an answer is lost.
    ///
    /// Once `stop` is cancelled nothing new is sent and no wait goes on. A read in flight is given up; a change in
    /// flight is waited for, no longer than the request timeout, and its answer returned.
    ///
    /// Dropping the future gives up the request where it stands: nothing is sent or tried again afterwards, and
    /// whether a change in flight was carried out stays open, as after a crash.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn update_data_source(
        &self,
        id: &DataSourceId,
        change: &DataSourceUpdate,
        stop: &CancellationToken,
    ) -> Result<Observed, ClientError> {
        let request = Request {
            method: Method::PUT,
            path: format!(
                "/v2/telemetry/data_sources/{}",
                utf8_percent_encode(&id.0, SEGMENT)
            ),
            body: change.body(),
            secrets: change.secrets().cloned().collect(),
            writes: !change.is_empty(),
        };
        let (UpdateResult { data_source }, window) = self.transport.send(&request, stop).await?;
        Ok(Observed {
            data_source,
            window,
        })
    }
}

/// The id of a data source. Opaque: any text that can be one segment of a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DataSourceId(String);

/// Why a text cannot be a [`DataSourceId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DataSourceIdError {
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
    pub fn parse(text: &str) -> Result<Self, DataSourceIdError> {
        match text {
            "" => Err(DataSourceIdError::Empty),
            "." | ".." => Err(DataSourceIdError::Dots),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// The id as the API writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DataSourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What to change of a data source (`TelemetryUpdateDataSourcePayloadV2`); what is `None` stays and is not sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DataSourceUpdate {
    /// The name in incident.io.
    pub name: Option<String>,
    /// For a source of the kind `grafana` only.
    pub grafana_config: Option<GrafanaUpdate>,
    /// For a source of the kind `datadog` only.
    pub datadog_config: Option<DatadogUpdate>,
}

/// How incident.io reaches Grafana (`TelemetryGrafanaUpdateConfigV2`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GrafanaUpdate {
    /// A service account token.
    pub api_key: Option<Secret>,
    /// Host and path without a scheme, such as `grafana.example.com`.
    pub api_url: Option<String>,
}

/// How incident.io reaches Datadog (`TelemetryDatadogUpdateConfigV2`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DatadogUpdate {
    /// An API key.
    pub api_key: Option<Secret>,
    /// An application key.
    pub app_key: Option<Secret>,
}

impl DataSourceUpdate {
    /// Whether this changes nothing, and so only reads. A config block without content counts as absent.
    pub fn is_empty(&self) -> bool {
        self.name.is_none() && self.grafana().is_none() && self.datadog().is_none()
    }

    /// Every secret that will be sent.
    fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let grafana = self
            .grafana_config
            .iter()
            .flat_map(|config| &config.api_key);
        let datadog = self
            .datadog_config
            .iter()
            .flat_map(|config| config.api_key.iter().chain(&config.app_key));
        grafana.chain(datadog)
    }

    /// The JSON, in a buffer that is wiped when the last reference to it goes.
    fn body(&self) -> Bytes {
        let wire = WireUpdate {
            name: self.name.as_deref(),
            grafana_config: self.grafana(),
            datadog_config: self.datadog(),
        };
        // A buffer that grew would leave copies behind, so measure first. Neither pass can fail: there are no maps
        // with odd keys, and neither writer has a limit.
        let mut length = Length(0);
        let _ = serde_json::to_writer(&mut length, &wire);
        let mut json = Zeroizing::new(Vec::with_capacity(length.0));
        let _ = serde_json::to_writer(&mut *json, &wire);
        Bytes::from_owner(json)
    }

    fn grafana(&self) -> Option<WireGrafana<'_>> {
        let GrafanaUpdate { api_key, api_url } = self.grafana_config.as_ref()?;
        let wire = WireGrafana {
            api_key: api_key.as_ref().map(Secret::expose),
            api_url: api_url.as_deref(),
        };
        (wire.api_key.is_some() || wire.api_url.is_some()).then_some(wire)
    }

    fn datadog(&self) -> Option<WireDatadog<'_>> {
        let DatadogUpdate { api_key, app_key } = self.datadog_config.as_ref()?;
        let wire = WireDatadog {
            api_key: api_key.as_ref().map(Secret::expose),
            app_key: app_key.as_ref().map(Secret::expose),
        };
        (wire.api_key.is_some() || wire.app_key.is_some()).then_some(wire)
    }
}

/// A data source as the API returns it (`TelemetryDataSourceV2`). Fields that are not listed are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DataSource {
    /// Its id.
    pub id: String,
    /// Its name in incident.io.
    pub name: String,
    /// What it is connected through, such as `grafana`; open-ended.
    pub provider: String,
    /// What it is, such as `grafana` or `prometheus`; open-ended.
    pub source_type: String,
    /// Whether incident.io uses it.
    pub enabled: bool,
    /// RFC 3339, verbatim.
    pub created_at: String,
    /// RFC 3339, verbatim.
    pub updated_at: String,
    /// The version of the tool behind it; not every source has one, and older API versions do not say.
    #[serde(default)]
    pub version: Option<String>,
}

/// A data source, and when it was like this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// What the API answered.
    pub data_source: DataSource,
    /// When it did, by its own clock.
    pub window: AnswerWindow,
}

/// `TelemetryUpdateDataSourceResultV2`.
#[derive(Deserialize)]
struct UpdateResult {
    data_source: DataSource,
}

// The wire forms borrow, so that `Secret` itself stays impossible to serialise.

#[derive(Serialize)]
struct WireUpdate<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grafana_config: Option<WireGrafana<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    datadog_config: Option<WireDatadog<'a>>,
}

#[derive(Serialize)]
struct WireGrafana<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_url: Option<&'a str>,
}

#[derive(Serialize)]
struct WireDatadog<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_key: Option<&'a str>,
}

/// Counts what is written.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
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
                datadog(DatadogUpdate {
                    api_key: Some(secret("a")),
                    app_key: Some(secret("b")),
                }),
                r#"{"datadog_config":{"api_key":"a","app_key":"b"}}"#,
                2,
            ),
        ] {
            assert_eq!(update.body(), expected.as_bytes());
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
            assert_eq!(
                utf8_percent_encode(id.as_str(), SEGMENT).to_string(),
                encoded
            );
            // Nothing is left for the URL parser to interpret.
            let url = reqwest::Url::parse(&format!("https://h/v2/{encoded}")).unwrap();
            assert_eq!(url.path(), format!("/v2/{encoded}"));
        }
    }

    #[test]
    fn answers_are_read_leniently() {
        let json = r#"{"data_source":{"id":"1","name":"n","provider":"new","source_type":"newer","enabled":false,
            "created_at":"2021-08-17T13:28:57.801578Z","updated_at":"soon","version":null,"more":{}},"more":1}"#;
        let UpdateResult { data_source } = serde_json::from_str(json).unwrap();
        assert_eq!(
            (data_source.version, data_source.updated_at.as_str()),
            (None, "soon")
        );
        let without: UpdateResult =
            serde_json::from_str(&json.replace("\"version\":null,", "")).unwrap();
        assert_eq!(without.data_source.version, None);
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
