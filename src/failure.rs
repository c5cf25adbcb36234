//! The one place where a failed request becomes diagnostics.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use terraform_plugin::{Diagnostic, Diagnostics, Path};

use crate::client::{ClientError, ConnectionKind, DataSourceIdError, Identity, TlsProblem};
use crate::settings::API_KEY;
use crate::summary::{Summary, sentences};

/// The role of a key that may update data sources.
const ROLE: &str = "telemetry_data_source_update";

/// Where API keys are created.
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
    /// The client says why, and whose key it was, where that may be the reason.
    #[error("{error}")]
    Client {
        error: ClientError,
        identity: Option<Box<Identity>>,
    },
}

/// What was told in full already, by its summary.
#[derive(Debug, Default)]
pub(crate) struct Told(Mutex<BTreeSet<Summary>>);

impl Told {
    /// Whether this summary is told for the first time.
    fn is_first(&self, summary: Summary) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.insert(summary)
    }

    /// An error that is told in full once.
    fn error(&self, summary: Summary, full: String, short: String) -> Diagnostics {
        let is_first = self.is_first(summary);
        Diagnostic::error(summary, if is_first { full } else { short }).into()
    }
}

impl Failure {
    /// A failure that has nothing to do with whose key it was.
    pub(crate) fn client(error: ClientError) -> Self {
        Self::Client {
            error,
            identity: None,
        }
    }

    /// The client's error, if it is one.
    pub(crate) fn error(&self) -> Option<&ClientError> {
        match self {
            Self::Client { error, .. } => Some(error),
            _ => None,
        }
    }

    /// Whether a write that ended like this may have been carried out all the same.
    pub(crate) fn leaves_in_doubt(&self) -> bool {
        self.error().is_some_and(ClientError::leaves_in_doubt)
    }

    /// Whether the API said that there is no such data source.
    pub(crate) fn is_not_found(&self) -> bool {
        self.error().is_some_and(ClientError::is_not_found)
    }

    /// A sentence about whose key was used; empty where nothing is known.
    pub(crate) fn whose_key(&self) -> String {
        match self {
            Self::Client {
                identity: Some(identity),
                ..
            } => whose_key(identity),
            _ => String::new(),
        }
    }

    /// What to tell the practitioner. `doing` is what was attempted, such as
    /// `update data source "01G…"`; `in_doubt`, of a write, the sentence to add where nobody knows
    /// whether it was carried out; `attribute` finds the attribute behind a field that the API
    /// names. What has nothing to do with one data source is told in full once.
    pub(crate) fn into_diagnostics(
        self,
        doing: &str,
        in_doubt: Option<&str>,
        attribute: impl Fn(&str) -> Option<Path>,
        told: &Told,
    ) -> Diagnostics {
        let whose_key = self.whose_key();
        let error = match &self {
            Self::MissingKey => {
                let full = format!(
                    "No API key is configured, so this provider cannot {doing}. Set api_key in the \
                     provider block, or the environment variable {API_KEY}. Create a key with the \
                     role {ROLE} at {KEYS}."
                );
                let short = format!("Without an API key, this provider cannot {doing} either.");
                return told.error(Summary::MissingKey, full, short);
            }
            Self::UnknownSettings => {
                let full = format!(
                    "The provider's api_key or endpoint depends on something that does not exist \
                     yet, so this provider cannot {doing}. Create that first with terraform apply \
                     -target, or set {API_KEY} instead."
                );
                let short = format!("Without its settings, this provider cannot {doing} either.");
                return told.error(Summary::UnknownSettings, full, short);
            }
            Self::InvalidId(error) => {
                return Diagnostic::error(
                    Summary::NoRequestWithId,
                    format!("Could not {doing}: {error}. Check the ID."),
                )
                .at(attribute("id").unwrap_or_else(Path::root))
                .into();
            }
            Self::Client { error, .. } => error,
        };
        let in_doubt = in_doubt.filter(|_| error.leaves_in_doubt());
        let in_doubt = in_doubt.unwrap_or_default();
        let refused = refused_values(error, doing, in_doubt, &attribute);
        if !refused.is_empty() {
            return refused;
        }
        let path = attribute("id").filter(|_| error.is_not_found());
        let (summary, advice) = advice(error);
        let what = format!("Could not {doing}: {error}.");
        // What is of one data source alone does not count as told: it has advice of its own.
        let detail = if !is_general(error) || told.is_first(summary) {
            sentences(&[&what, &whose_key, &advice, in_doubt])
        } else {
            let advice = "The first error of this kind says how to fix it.";
            sentences(&[&what, advice, in_doubt])
        };
        Diagnostic::error(summary, detail)
            .at(path.unwrap_or_else(Path::root))
            .into()
    }
}

/// Errors on the attributes whose values the API does not take, and one more for whatever it
/// complains of beside them; none where it complains of no attribute, or not of values.
fn refused_values(
    error: &ClientError,
    doing: &str,
    in_doubt: &str,
    attribute: impl Fn(&str) -> Option<Path>,
) -> Diagnostics {
    let reference = reference(error);
    let mut refused = Diagnostics::new();
    if !error.is_final() || error.is_not_found() {
        return refused;
    }
    // An attempt before this one may have been carried out.
    let outcome = if in_doubt.is_empty() {
        "Nothing was changed."
    } else {
        in_doubt
    };
    let mut others: Vec<String> = error.others().map(str::to_owned).collect();
    for (field, message) in error.fields() {
        let Some(path) = attribute(field) else {
            others.push(format!("{field}: {message}"));
            continue;
        };
        refused.push(
            Diagnostic::error(
                Summary::ValueRefused,
                format!(
                    "Could not {doing}: incident.io does not accept {path}: {message} \
                     ({reference}). {outcome} Correct the value and apply again.",
                    message = message.trim_end_matches('.'),
                ),
            )
            .at(path),
        );
    }
    if !refused.is_empty() && !others.is_empty() {
        refused.push(Diagnostic::error(
            Summary::ValueRefused,
            format!(
                "Could not {doing}: incident.io also says: {others} ({reference}).",
                others = others.join("; ").trim_end_matches('.'),
            ),
        ));
    }
    refused
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

/// `The API key "CI" belongs to the organisation at https://… Its role is viewer.`
fn whose_key(identity: &Identity) -> String {
    let Identity {
        name,
        dashboard_url,
        roles,
    } = identity;
    let name = name.as_ref().map(|name| format!(" {name:?}"));
    let name = name.unwrap_or_default();
    let organisation = match dashboard_url {
        Some(url) => format!("belongs to the organisation at {url}"),
        None => "belongs to an organisation that incident.io does not name".to_owned(),
    };
    let roles = match &roles[..] {
        [] => String::new(),
        [role] => format!(" Its role is {role}."),
        roles => format!(" Its roles are {}.", roles.join(", ")),
    };
    format!("The API key{name} {organisation}.{roles}")
}

/// Whether an error would be the same for any data source.
fn is_general(error: &ClientError) -> bool {
    let of_the_key = error.is_unauthorized() || error.is_forbidden();
    let of_the_way = matches!(
        error.last(),
        ClientError::InvalidCredential(_)
            | ClientError::Timeout { .. }
            | ClientError::Connection(_)
            | ClientError::Redirect { .. }
    );
    of_the_key || of_the_way || error.is_foreign()
}

/// Whether something else than incident.io answered, and will again.
fn is_of_another_server(error: &ClientError) -> bool {
    let is_redirect = matches!(error.last(), ClientError::Redirect { .. });
    is_redirect || error.is_foreign() && error.is_final()
}

/// A title for an error, and what to do about it.
fn advice(error: &ClientError) -> (Summary, String) {
    if error.is_stopped() {
        return (
            Summary::Interrupted,
            "Run the command again to continue.".to_owned(),
        );
    }
    if error.is_unauthorized() {
        return (
            Summary::KeyNotAccepted,
            format!(
                "incident.io does not know this API key. Check {API_KEY}, or api_key in the \
                 provider block. Keys are created at {KEYS}."
            ),
        );
    }
    if error.is_forbidden() {
        return (
            Summary::NotPermitted,
            format!(
                "The API key is valid but lacks the permission telemetry_data_source.update. Give \
                 it the role {ROLE} at {KEYS}, or use another key."
            ),
        );
    }
    if error.is_not_found() {
        return (
            Summary::NotFound,
            "Either the data source was disconnected, or the API key belongs to another \
             organisation. The API cannot create a data source: connect it in incident.io, or \
             correct data_source_id or the key."
                .to_owned(),
        );
    }
    let is_unreadable = matches!(error.last(), ClientError::Decode(_));
    let (summary, advice) = match error.last() {
        ClientError::InvalidCredential(_) => {
            return (
                Summary::InvalidKey,
                format!(
                    "Check {API_KEY} (or api_key in the provider block) for stray characters, such \
                     as a line break."
                ),
            );
        }
        ClientError::Timeout { .. } => (
            Summary::NoAnswer,
            "Run the command again. If it keeps happening, set a longer request_timeout in the \
             provider block.",
        ),
        ClientError::Status(status) if status.status == 429 => (
            Summary::RateLimit,
            "Run the command again later. If other programs use the same API key, give Terraform \
             its own key, or a share of the limit with requests_per_minute in the provider block. \
             To wait longer, set a longer retry_timeout.",
        ),
        ClientError::Connection(connection) => (
            Summary::NoConnection,
            match (connection.kind, connection.tls) {
                (ConnectionKind::Tls, problem)
                | (ConnectionKind::Proxy, problem @ Some(TlsProblem::UnknownIssuer)) => {
                    tls_advice(problem)
                }
                (kind, _) => connection_advice(kind),
            },
        ),
        _ if is_of_another_server(error) => (
            Summary::UnexpectedHere,
            "This answer is not from incident.io's API. Check the provider's endpoint, and any \
             proxy or gateway in front of it.",
        ),
        _ if error.is_foreign() || is_unreadable && error.request_id().is_none() => (
            Summary::Unexpected,
            "Run the command again. If the problem persists, check the provider's endpoint, and \
             any proxy in front of it.",
        ),
        _ if !error.is_final() => {
            let advice = "Run the command again. If the problem persists, contact incident.io";
            return (Summary::Unexpected, support(advice, error));
        }
        _ => {
            let advice = "Correct what the message names. If you find nothing wrong, contact \
                          incident.io";
            return (Summary::RequestRefused, support(advice, error));
        }
    };
    (summary, advice.to_owned())
}

/// Ends `advice` with what support needs.
fn support(advice: &str, error: &ClientError) -> String {
    let quote = error.request_id().map(|_| " and quote the request ID");
    format!("{advice} support{}.", quote.unwrap_or_default())
}

const fn connection_advice(kind: ConnectionKind) -> &'static str {
    match kind {
        ConnectionKind::Dns | ConnectionKind::Connect | ConnectionKind::Lost => {
            "Check the network, and the provider's endpoint if one is set. Then run the command \
             again."
        }
        ConnectionKind::NoThread => {
            "Raise the limit on processes or threads of this machine or container, or lower \
             Terraform's -parallelism."
        }
        ConnectionKind::Proxy
        | ConnectionKind::ProxySettings
        | ConnectionKind::ProxyAuthentication => {
            "Check the proxy settings in HTTPS_PROXY and NO_PROXY, including the user name and \
             password if the proxy requires them."
        }
        ConnectionKind::Trust => {
            "Correct SSL_CERT_FILE or SSL_CERT_DIR, or unset it to use the system's certificates."
        }
        ConnectionKind::Tls | ConnectionKind::Setup => {
            "Check the provider's endpoint, and any proxy in front of it."
        }
    }
}

const fn tls_advice(problem: Option<TlsProblem>) -> &'static str {
    match problem {
        // The system's verifier goes by the system's store alone.
        Some(TlsProblem::UnknownIssuer) if cfg!(any(windows, target_vendor = "apple")) => {
            "If a proxy or a private API presents its own certificate, add its root certificate to \
             the system's certificate store."
        }
        Some(TlsProblem::UnknownIssuer) => {
            "If a proxy or a private API presents its own certificate, set SSL_CERT_FILE to a file \
             with its root certificate."
        }
        Some(TlsProblem::Expired) => {
            "Check this machine's clock. If it is right, whoever runs that host, or the proxy in \
             front of it, has to renew the certificate."
        }
        Some(TlsProblem::NotValidYet) => "Check this machine's clock.",
        Some(TlsProblem::WrongHost) => {
            "Check the provider's endpoint: it must be a name that the certificate contains. A \
             proxy may have answered in its place."
        }
        Some(TlsProblem::Algorithm) => {
            "Replace the certificate, or the root that signed it, by one with a supported \
             signature: RSA with SHA-256 or better, ECDSA, or Ed25519."
        }
        Some(TlsProblem::NotTls) => {
            "Check the provider's endpoint and its port: a server or a proxy that speaks plain \
             HTTP may be listening there."
        }
        Some(TlsProblem::NoAgreement) => {
            "Check the proxy or gateway in front of it: the server must offer TLS 1.3, or TLS 1.2 \
             with an ECDHE cipher suite (AES-GCM or ChaCha20)."
        }
        Some(TlsProblem::Other) | None => {
            "Check the provider's endpoint, and any proxy in front of it."
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::client::testing::answered;

    fn said(error: ClientError, told: &Told) -> Vec<(&'static str, String)> {
        let attribute = |field: &str| Some(Path::attributes(field));
        let failure = Failure::client(error);
        let diagnostics = failure.into_diagnostics("write", Some("In doubt."), attribute, told);
        let diagnostics = diagnostics.into_iter();
        diagnostics
            .map(|diagnostic| (diagnostic.summary(), diagnostic.detail))
            .collect()
    }

    fn refused(status: u16, kind: &str, field: &str) -> ClientError {
        let error = json!({"code": "c", "message": "No.", "source": {"field": field}});
        answered(
            status,
            &[],
            &json!({"type": kind, "status": status, "errors": [error]}),
        )
    }

    #[test]
    fn nothing_was_changed_only_where_that_is_known() {
        let error = || refused(422, "validation_error", "name");
        let ends = [
            (error(), "Nothing was changed."),
            (error().in_doubt(), "In doubt."),
        ];
        for (error, says) in ends {
            let said = said(error, &Told::default());
            let [(summary, detail)] = &said[..] else {
                panic!("{said:?}")
            };
            assert_eq!(*summary, "Value Refused by incident.io");
            assert!(
                detail.contains(&format!("{says} Correct the value")),
                "{detail}"
            );
        }
        // A server that fails may name a field, and does not refuse its value.
        let [(summary, detail)] =
            &said(refused(500, "internal_error", "name"), &Told::default())[..]
        else {
            panic!("one of them")
        };
        assert_eq!(*summary, "Unexpected Response from incident.io");
        assert!(detail.ends_with("In doubt."), "{detail}");
    }

    #[test]
    fn what_is_not_found_is_no_value() {
        let [(summary, _)] = &said(refused(404, "not_found", "id"), &Told::default())[..] else {
            panic!("one of them")
        };
        assert_eq!(*summary, "Telemetry Data Source Not Found");
    }

    #[test]
    fn a_refusal_needs_no_request_id() {
        let error = json!({"code": "c", "message": "Integrations are locked"});
        let body = json!({"type": "validation_error", "status": 422, "errors": [error]});
        let [(summary, detail)] = &said(answered(422, &[], &body), &Told::default())[..] else {
            panic!("one of them")
        };
        assert_eq!(*summary, "Request Refused by incident.io");
        assert!(detail.ends_with("contact incident.io support."), "{detail}");
    }

    /// What is of one data source has advice of its own.
    #[test]
    fn told_is_what_is_general() {
        let told = Told::default();
        let api = json!({"type": "internal_error", "status": 500, "request_id": "r"});
        let gateway = || answered(502, &[], &json!("<html>"));
        for (error, says) in [
            (answered(500, &[], &api), "contact incident.io support"),
            (gateway(), "check the provider's endpoint"),
            (gateway(), "The first error of this kind"),
        ] {
            let said = said(error, &told);
            assert!(said[0].1.contains(says), "{said:?}");
        }
    }
}
