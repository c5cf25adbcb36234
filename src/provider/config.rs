//! The provider block and the environment, turned into settings. For every
//! setting the order is: configuration, environment, default.

use std::time::Duration;

use crate::client::{
    ClientSettings, DEFAULT_MAX_CONCURRENT_REQUESTS, DEFAULT_MAX_RETRIES, DEFAULT_REQUEST_TIMEOUT,
    DEFAULT_REQUESTS_PER_MINUTE, DEFAULT_RETRY_TIMEOUT, Endpoint, Secret,
};
use crate::provider::validators;
use terraform_plugin::model;
use terraform_plugin::schema::{Attribute, Mode, Schema};
use terraform_plugin::{Diagnostic, Diagnostics, Number, Path, Text, Value};

/// The API key.
pub(crate) const API_KEY: &str = "INCIDENT_API_KEY";
/// The endpoint.
const ENDPOINT: &str = "INCIDENT_ENDPOINT";
/// Whether plans read.
const DRIFT_DETECTION: &str = "INCIDENT_DRIFT_DETECTION";
/// Appended to the user agent; every Terraform provider honours it.
const APPEND_USER_AGENT: &str = "TF_APPEND_USER_AGENT";

model! {
    /// The provider block.
    pub(crate) struct ProviderBlock {
        api_key: Text,
        drift_detection: bool,
        endpoint: Text,
        max_concurrent_requests: Number,
        max_retries: Number,
        request_timeout: Text,
        requests_per_minute: Number,
        retry_timeout: Text,
    }
}

/// What the provider block and the environment come to.
#[derive(Debug)]
pub(crate) struct Settings {
    /// How to reach the API.
    pub(crate) access: Access,
    /// Whether plans may read.
    pub(crate) drift_detection: bool,
}

/// How to reach the API.
#[derive(Debug)]
pub(crate) enum Access {
    /// Like this.
    Ready(Box<ClientSettings>),
    /// The key or the endpoint comes from something that does not exist yet.
    Unknown,
    /// There is no key. That is an error once one is needed, not before.
    MissingKey,
}

/// Looks up an environment variable; tests supply their own.
pub(crate) type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

pub(crate) fn schema() -> Schema {
    Schema {
        version: 0,
        description: "Manages incident.io telemetry data sources.",
        attributes: vec![
            Attribute::string(
                "api_key",
                Mode::Optional,
                "API key of incident.io, with the permission to update telemetry data sources. Defaults to the environment variable `INCIDENT_API_KEY`.",
            )
            .sensitive(),
            Attribute::string(
                "endpoint",
                Mode::Optional,
                "Address of the API; a path in it is kept. Plain `http` only for loopback. Defaults to the environment variable `INCIDENT_ENDPOINT`, then to `https://api.incident.io`.",
            ),
            Attribute::bool(
                "drift_detection",
                Mode::Optional,
                "Whether a plan reads each data source, which takes one empty update each. `false`: a plan makes no request at all, and sees no drift; only a state that has just been imported is still read. Defaults to the environment variable `INCIDENT_DRIFT_DETECTION`, then to `true`.",
            ),
            Attribute::string(
                "request_timeout",
                Mode::Optional,
                "How long one attempt of a request may take, such as `45s`. Defaults to `30s`.",
            ),
            Attribute::number(
                "max_retries",
                Mode::Optional,
                "How often a request is tried again after a failure that may pass: a rate limit, a server error, a lost connection. `0` turns retries off. Defaults to `4`.",
            ),
            Attribute::string(
                "retry_timeout",
                Mode::Optional,
                "How long a request may take with all its attempts and the waits between them, such as `10m`. Defaults to `5m`.",
            ),
            Attribute::number(
                "requests_per_minute",
                Mode::Optional,
                "How many requests a minute this provider makes at most, with that many at once to begin with. `0` turns the limit off. Defaults to `1200`, the limit of incident.io's API.",
            ),
            Attribute::number(
                "max_concurrent_requests",
                Mode::Optional,
                "How many requests are under way at a time at most. Defaults to `10`.",
            ),
        ],
    }
}

/// Checks the block by itself. What is unknown passes.
pub(crate) fn validate(block: &ProviderBlock) -> Diagnostics {
    settings(block, "", &|_| None)
        .1
        .into_iter()
        .chain(validators::secret(
            &block.api_key,
            &Path::attributes("api_key"),
        ))
        .collect()
}

/// What the block and the environment come to. With errors, the defaults stand
/// in for what is wrong.
pub(crate) fn settings(
    block: &ProviderBlock,
    terraform_version: &str,
    environment: Lookup<'_>,
) -> (Settings, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let set = |name: &str| environment(name).filter(|value| !value.trim().is_empty());

    let endpoint = match &block.endpoint {
        Value::Unknown => None,
        Value::Known(text) => Some(parse_endpoint(text, Source::Attribute, &mut diagnostics)),
        Value::Null => Some(set(ENDPOINT).map_or_else(Endpoint::default, |text| {
            parse_endpoint(&text, Source::Environment, &mut diagnostics)
        })),
    };
    let api_key = match &block.api_key {
        Value::Unknown => None,
        Value::Known(text) => Some(Some(Secret::new(text.to_string()))),
        Value::Null => Some(set(API_KEY).map(Secret::new)),
    };
    let drift_detection = match &block.drift_detection {
        Value::Known(value) => *value,
        Value::Unknown => true,
        Value::Null => set(DRIFT_DETECTION)
            .is_none_or(|text| parse_bool(&text, DRIFT_DETECTION, &mut diagnostics)),
    };
    let request_timeout = duration(
        &block.request_timeout,
        "request_timeout",
        DEFAULT_REQUEST_TIMEOUT,
        &mut diagnostics,
    );
    let retry_timeout = duration(
        &block.retry_timeout,
        "retry_timeout",
        DEFAULT_RETRY_TIMEOUT,
        &mut diagnostics,
    );
    let max_retries = whole_number(
        &block.max_retries,
        "max_retries",
        (0, 100),
        DEFAULT_MAX_RETRIES,
        &mut diagnostics,
    );
    let requests_per_minute = whole_number(
        &block.requests_per_minute,
        "requests_per_minute",
        (0, 1_000_000),
        DEFAULT_REQUESTS_PER_MINUTE,
        &mut diagnostics,
    );
    let max_concurrent_requests = whole_number(
        &block.max_concurrent_requests,
        "max_concurrent_requests",
        (1, 1000),
        DEFAULT_MAX_CONCURRENT_REQUESTS,
        &mut diagnostics,
    );
    let access = match (endpoint, api_key) {
        (None, _) | (_, None) => Access::Unknown,
        (Some(_), Some(None)) => Access::MissingKey,
        (Some(endpoint), Some(Some(api_key))) => Access::Ready(Box::new(ClientSettings {
            endpoint,
            user_agent: user_agent(terraform_version, environment),
            request_timeout,
            max_retries,
            retry_timeout,
            requests_per_minute,
            max_concurrent_requests,
            ..ClientSettings::new(api_key)
        })),
    };
    let settings = Settings {
        access,
        drift_detection,
    };
    (settings, diagnostics)
}

/// `terraform-provider-incident/1.2.3 (+https://…) Terraform/1.11.4`, and what
/// the user appends.
fn user_agent(terraform_version: &str, environment: Lookup<'_>) -> String {
    let printable = |text: &str| {
        text.chars()
            .filter(|c| matches!(c, ' '..='~'))
            .collect::<String>()
            .trim()
            .to_owned()
    };
    let mut agent = concat!(
        env!("CARGO_PKG_NAME"),
        "/",
        env!("CARGO_PKG_VERSION"),
        " (+",
        env!("CARGO_PKG_REPOSITORY"),
        ")"
    )
    .to_owned();
    let host = printable(terraform_version);
    if !host.is_empty() {
        agent.push_str(" Terraform/");
        agent.push_str(&host);
    }
    let appended = environment(APPEND_USER_AGENT).map(|text| printable(&text));
    if let Some(appended) = appended.filter(|text| !text.is_empty()) {
        agent.push(' ');
        agent.push_str(&appended);
    }
    agent
}

/// Where a setting came from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Attribute,
    Environment,
}

fn parse_endpoint(text: &str, source: Source, diagnostics: &mut Diagnostics) -> Endpoint {
    Endpoint::parse(text).unwrap_or_else(|error| {
        let (name, path) = match source {
            Source::Attribute => ("endpoint", Path::attributes("endpoint")),
            Source::Environment => ("The environment variable INCIDENT_ENDPOINT", Path::root()),
        };
        diagnostics.push(
            Diagnostic::error(
                "Invalid Endpoint",
                format!(
                    "{name} cannot be used: {error}. Give an address such as https://api.incident.io."
                ),
            )
            .at(path),
        );
        Endpoint::default()
    })
}

fn parse_bool(text: &str, variable: &str, diagnostics: &mut Diagnostics) -> bool {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => true,
        "false" | "0" => false,
        _ => {
            diagnostics.push(Diagnostic::error(
                "Invalid Environment Variable",
                format!("{variable} has to be true or false. Set it to one of them, or unset it."),
            ));
            true
        }
    }
}

fn duration(
    value: &Value<Text>,
    name: &str,
    default: Duration,
    diagnostics: &mut Diagnostics,
) -> Duration {
    let Some(text) = value.as_str() else {
        return default;
    };
    text.parse::<jiff::SignedDuration>()
        .ok()
        .and_then(|duration| Duration::try_from(duration).ok())
        .filter(|duration| !duration.is_zero() && *duration <= Duration::from_hours(24))
        .unwrap_or_else(|| {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid Duration",
                    format!(
                        "{name} is {text:?}. Give a time above zero and up to a day, with its unit, such as \"30s\" \
                         or \"2m\"."
                    ),
                )
                .at(Path::attributes(name)),
            );
            default
        })
}

fn whole_number<T: TryFrom<u64> + Copy>(
    value: &Value<Number>,
    name: &str,
    (least, most): (u64, u64),
    default: T,
    diagnostics: &mut Diagnostics,
) -> T {
    let Some(number) = value.known() else {
        return default;
    };
    let whole = match number {
        Number::Int(number) => u64::try_from(*number).ok(),
        Number::UInt(number) => Some(*number),
        // Whole numbers arrive as integers; text is one that fits neither.
        Number::Float(_) | Number::Decimal(_) => None,
    };
    whole
        .filter(|number| (least..=most).contains(number))
        .and_then(|number| T::try_from(number).ok())
        .unwrap_or_else(|| {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid Number",
                    format!("{name} has to be a whole number from {least} to {most}."),
                )
                .at(Path::attributes(name)),
            );
            default
        })
}
