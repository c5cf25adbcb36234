//! The one place where a failed request becomes diagnostics.

use terraform_plugin::{Diagnostic, Diagnostics, Path};

use crate::client::{ClientError, ConnectionKind, DataSourceIdError};
use crate::settings::API_KEY;

/// Where API keys are made.
const KEYS: &str = "https://app.incident.io/settings/api-keys";

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// No key in configuration or environment.
    #[error("there is no API key")]
    MissingKey,
    /// The key or the endpoint is not known yet.
    #[error("the provider's api_key or endpoint is not known yet")]
    UnknownSettings,
    /// The id cannot be part of a URL.
    #[error(transparent)]
    InvalidId(DataSourceIdError),
    /// The client says why.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl Failure {
    /// Whether a write that ended like this may have been carried out all the same.
    pub(crate) fn leaves_in_doubt(&self) -> bool {
        match self {
            Self::MissingKey | Self::UnknownSettings | Self::InvalidId(_) => false,
            Self::Client(error) => error.leaves_in_doubt(),
        }
    }

    /// What to tell the practitioner. `doing` is what was attempted, such as
    /// `updating data source "01G…"`; `attribute` finds the attribute behind a
    /// field that the API names.
    pub(crate) fn into_diagnostics(
        self,
        doing: &str,
        attribute: impl Fn(&str) -> Option<Path>,
    ) -> Diagnostics {
        let error = match &self {
            Self::MissingKey => {
                return Diagnostic::error(
                    "Missing API Key",
                    format!(
                        "An API key is needed for {doing}, and there is none. Set the environment variable \
                         {API_KEY}, or api_key in the provider block. Keys are made at {KEYS}; one that \
                         may update telemetry data sources is needed."
                    ),
                )
                .into();
            }
            Self::UnknownSettings => {
                return Diagnostic::error(
                    "Provider Settings Are Not Known Yet",
                    format!(
                        "The provider's api_key or endpoint comes from something that does not exist yet, and is \
                         needed for {doing}. Create that first, with terraform apply -target, or set \
                         {API_KEY} instead."
                    ),
                )
                .into();
            }
            Self::InvalidId(error) => {
                return Diagnostic::error(
                    "Invalid Data Source ID",
                    format!(
                        "Failed {doing}: {error}. Copy the id of the data source from incident.io."
                    ),
                )
                .at(attribute("id").unwrap_or_else(Path::root))
                .into();
            }
            Self::Client(error) => error,
        };
        let refused_fields: Diagnostics = error
            .fields()
            .filter_map(|(field, message)| {
                let path = attribute(field)?;
                let reference = reference(error);
                Some(
                    Diagnostic::error(
                        "Value Refused by incident.io",
                        format!(
                            "Failed {doing}: incident.io does not accept {path}: {message} ({reference}). Correct \
                             the value and apply again; nothing was changed.",
                            message = message.trim_end_matches('.'),
                        ),
                    )
                    .at(path),
                )
            })
            .collect();
        if !refused_fields.is_empty() {
            return refused_fields;
        }
        let path = if error.is_not_found() {
            attribute("id")
        } else {
            None
        };
        let (summary, advice) = advice(error);
        Diagnostic::error(summary, format!("Failed {doing}: {error}. {advice}"))
            .at(path.unwrap_or_else(Path::root))
            .into()
    }
}

/// Status and request id, for incident.io's support.
fn reference(error: &ClientError) -> String {
    let status = error
        .status()
        .map_or_else(String::new, |status| format!("HTTP {status}"));
    match error.request_id() {
        Some(id) => format!("{status}, request id {id}"),
        None => status,
    }
}

/// A title for an error, and what to do about it.
fn advice(error: &ClientError) -> (&'static str, String) {
    if error.is_stopped() {
        return ("Interrupted", "Run the command again to go on.".to_owned());
    }
    if error.is_unauthorized() {
        return (
            "API Key Not Accepted",
            format!(
                "incident.io does not know this API key. Check {API_KEY} (or api_key in the provider block); keys \
                 are made at {KEYS}."
            ),
        );
    }
    if error.is_forbidden() {
        return (
            "Not Permitted",
            format!(
                "The API key is valid and may not do this. Give it the permission to update telemetry data sources \
                 at {KEYS}, or use another key."
            ),
        );
    }
    if error.is_not_found() {
        return (
            "Telemetry Data Source Not Found",
            "It cannot be created through the API: connect it in incident.io first, and check that the API key \
             belongs to the same organisation."
                .to_owned(),
        );
    }
    let connection = match error.last() {
        ClientError::InvalidCredential(_) => {
            return (
                "Invalid API Key",
                format!(
                    "Check {API_KEY} (or api_key in the provider block) for stray characters, such as a line break."
                ),
            );
        }
        ClientError::Timeout { .. } => {
            return (
                "incident.io Did Not Answer in Time",
                "Run the command again; a longer request_timeout in the provider block gives it more time."
                    .to_owned(),
            );
        }
        ClientError::Status(status) if status.status == 429 => {
            return (
                "Rate Limit of incident.io Reached",
                "Run the command again later. If other programs use the same API key, give this one its own, or a \
                 share of the limit with requests_per_minute in the provider block; a longer retry_timeout lets it \
                 wait longer."
                    .to_owned(),
            );
        }
        ClientError::Connection(connection) => connection.kind,
        _ => {
            return (
                "incident.io Could Not Do This",
                if error.request_id().is_some() && !error.is_foreign() {
                    "Run the command again. If it stays, ask incident.io's support, with the request id."
                } else {
                    "Run the command again. If it stays, check the provider's endpoint, and any proxy in front of it."
                }
                .to_owned(),
            );
        }
    };
    let advice = match connection {
        ConnectionKind::Dns
        | ConnectionKind::NoThread
        | ConnectionKind::Connect
        | ConnectionKind::Lost => {
            "Check the network, and the provider's endpoint if one is set, and run the command again."
        }
        ConnectionKind::Proxy
        | ConnectionKind::ProxySettings
        | ConnectionKind::ProxyAuthentication => {
            "Check the proxy settings in HTTPS_PROXY and NO_PROXY, with user name and password where the proxy wants \
             them."
        }
        ConnectionKind::Tls | ConnectionKind::Trust | ConnectionKind::Setup => {
            "If a proxy or a private API presents its own certificate, name a file with its root certificate in \
             SSL_CERT_FILE."
        }
    };
    ("Cannot Reach incident.io", advice.to_owned())
}
