//! The provider block and the environment, turned into settings. For every setting the order is:
//! configuration, environment, default.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::ops::RangeInclusive;
use std::time::Duration;

use terraform_plugin::schema::{Attribute, Mode, Schema};
use terraform_plugin::{
    AnyValue, Diagnostic, Diagnostics, Known, Mismatch, Model, Path, Text, Value,
};

use crate::checks;
use crate::client::{ClientSettings, Endpoint, Secret};
use crate::summary::Summary;

/// One setting: a row, from which come the schema, the parser and the tables in the docs.
pub struct Setting {
    /// The attribute of the provider block.
    pub name: &'static str,
    /// The environment variable that is asked where the block says nothing.
    pub variable: Option<&'static str>,
    /// What holds where neither says anything, as a practitioner would write it.
    pub default: Option<&'static str>,
    /// What it is for.
    pub words: &'static str,
    kind: Kind,
}

/// What a setting holds, and where it goes.
enum Kind {
    /// The API key.
    Key,
    /// The address of the API.
    Endpoint,
    Switch(fn(&mut Draft, bool)),
    Duration(fn(&mut Draft, Duration)),
    Count(RangeInclusive<u32>, fn(&mut Draft, u32)),
}

/// In the order in which docs list them.
pub static SETTINGS: &[Setting] = &[
    Setting {
        name: "api_key",
        variable: Some("INCIDENT_API_KEY"),
        default: None,
        words: "API key of incident.io, with the role `telemetry_data_source_update`.",
        kind: Kind::Key,
    },
    Setting {
        name: "endpoint",
        variable: Some("INCIDENT_ENDPOINT"),
        default: Some("https://api.incident.io"),
        words: "Address of the API. A path in it is kept. Plain `http` is for loopback addresses \
            only.",
        kind: Kind::Endpoint,
    },
    Setting {
        name: "drift_detection",
        variable: Some("INCIDENT_DRIFT_DETECTION"),
        default: Some("true"),
        words: "Whether a plan reads each data source, with one empty update each. With `false`, a \
            plan makes no request and sees no drift, except that a state which has just been \
            imported, or moved from a resource of another type, is still read.",
        kind: Kind::Switch(|draft, wanted| draft.drift_detection = wanted),
    },
    Setting {
        name: "request_timeout",
        variable: None,
        default: Some("30s"),
        words: "How long one attempt of a request may take, such as `45s`.",
        kind: Kind::Duration(|draft, timeout| draft.client.request_timeout = timeout),
    },
    Setting {
        name: "max_retries",
        variable: None,
        default: Some("4"),
        words: "How often a request is tried again after a failure that may pass: a rate limit, a \
            server error, a lost connection. `0` turns retries off, except after a rate limit that \
            says how long to wait.",
        kind: Kind::Count(0..=100, |draft, retries| draft.client.max_retries = retries),
    },
    Setting {
        name: "retry_timeout",
        variable: None,
        default: Some("5m"),
        words: "How long a request may take with all its attempts and the waits between them, such \
            as `10m`.",
        kind: Kind::Duration(|draft, timeout| draft.client.retry_timeout = timeout),
    },
    Setting {
        name: "requests_per_minute",
        variable: None,
        default: Some("1200"),
        words: "How many requests a minute this provider makes at most. It may begin with that \
            many at once. `0` turns the limit off. The default is the limit of incident.io's API.",
        kind: Kind::Count(0..=1_000_000, |draft, limit| {
            draft.client.requests_per_minute = limit;
        }),
    },
    Setting {
        name: "max_concurrent_requests",
        variable: None,
        default: Some("10"),
        words: "How many requests this provider makes at a time at most.",
        kind: Kind::Count(1..=1000, |draft, limit| {
            draft.client.max_concurrent_requests = usize::try_from(limit).unwrap_or(usize::MAX);
        }),
    },
];

impl Setting {
    fn attribute(&self) -> Attribute {
        let default = match (self.variable, self.default) {
            (None, None) => String::new(),
            (None, Some(default)) => format!(" Defaults to `{default}`."),
            (Some(variable), None) => {
                format!(" Defaults to the environment variable `{variable}`.")
            }
            (Some(variable), Some(default)) => {
                format!(" Defaults to the environment variable `{variable}`, then to `{default}`.")
            }
        };
        let words = format!("{}{default}", self.words);
        match self.kind {
            Kind::Key => Attribute::string(self.name, Mode::Optional, words).sensitive(),
            Kind::Endpoint | Kind::Duration(_) => {
                Attribute::string(self.name, Mode::Optional, words)
            }
            Kind::Switch(_) => Attribute::bool(self.name, Mode::Optional, words),
            Kind::Count(..) => Attribute::number(self.name, Mode::Optional, words),
        }
    }
}

/// The API key's variable, for messages.
pub(crate) const API_KEY: &str = "INCIDENT_API_KEY";

/// Appended to the user agent; every Terraform provider honours it.
const APPEND_USER_AGENT: &str = "TF_APPEND_USER_AGENT";

/// The provider block: a value for each row of [`SETTINGS`].
#[derive(Debug, Clone, Default)]
pub struct ProviderBlock(BTreeMap<&'static str, AnyValue>);

impl Model for ProviderBlock {
    fn from_known(known: Known) -> Result<Self, Mismatch> {
        let Known::Object(mut object) = known else {
            return Err(Mismatch::new("an object"));
        };
        let values = SETTINGS.iter().map(|setting| {
            let value = object.remove(setting.name);
            Ok((setting.name, value.ok_or(Mismatch::new("an attribute"))?))
        });
        Ok(Self(values.collect::<Result<_, _>>()?))
    }

    fn into_known(self) -> Known {
        let values = self.0.into_iter();
        Known::Object(values.map(|(name, value)| (name.into(), value)).collect())
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
    /// With these settings.
    Ready(Box<ClientSettings>),
    /// The key or the endpoint comes from something that does not exist yet.
    Unknown,
    /// There is no key. That is an error once one is needed, not before.
    MissingKey,
}

/// Before the provider is configured.
impl Default for Settings {
    fn default() -> Self {
        Self {
            access: Access::MissingKey,
            drift_detection: true,
        }
    }
}

/// Looks up an environment variable; tests supply their own.
pub(crate) type Lookup<'a> = &'a dyn Fn(&str) -> Option<OsString>;

pub(crate) fn schema() -> Schema {
    Schema {
        description: "Manages incident.io telemetry data sources.",
        attributes: SETTINGS.iter().map(Setting::attribute).collect(),
        ..Schema::default()
    }
}

/// Checks the block by itself. What is unknown passes.
pub(crate) fn validate(block: &ProviderBlock) -> Diagnostics {
    let (_, mut diagnostics) = settings(block, "", &|_| None);
    if let Some(Value::Known(Known::String(key))) = block.0.get("api_key") {
        let key = Value::Known(key.clone());
        diagnostics.extend(checks::secret(&key, &Path::attributes("api_key")));
    }
    diagnostics
}

/// What the block and the environment come to. With errors, the defaults stand in for what is
/// wrong.
pub(crate) fn settings(
    block: &ProviderBlock,
    terraform_version: &str,
    environment: Lookup<'_>,
) -> (Settings, Diagnostics) {
    let mut draft = Draft::default();
    draft.client.user_agent = user_agent(terraform_version, environment);
    for setting in SETTINGS {
        let by_default = setting
            .default
            .map_or(Ok(()), |text| setting.parse(text, setting.name, &mut draft));
        let parsed = by_default.and_then(|()| match block.0.get(setting.name) {
            Some(Value::Unknown) => {
                draft.is_unknown |= matches!(setting.kind, Kind::Key | Kind::Endpoint);
                Ok(())
            }
            Some(Value::Known(known)) => setting.configured(known, &mut draft),
            Some(Value::Null) | None => setting.given_by_environment(environment, &mut draft),
        });
        if let Err(problem) = parsed {
            draft.diagnostics.push(problem);
        }
    }
    let access = match draft.api_key {
        _ if draft.is_unknown => Access::Unknown,
        None => Access::MissingKey,
        Some(api_key) => Access::Ready(Box::new(ClientSettings {
            api_key,
            ..draft.client
        })),
    };
    let settings = Settings {
        access,
        drift_detection: draft.drift_detection,
    };
    (settings, draft.diagnostics)
}

/// Settings in the making.
struct Draft {
    client: ClientSettings,
    api_key: Option<Secret>,
    drift_detection: bool,
    /// The key or the endpoint is unknown.
    is_unknown: bool,
    diagnostics: Diagnostics,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            client: ClientSettings::new(Secret::new(String::new())),
            api_key: None,
            drift_detection: true,
            is_unknown: false,
            diagnostics: Diagnostics::new(),
        }
    }
}

impl Setting {
    fn path(&self) -> Path {
        Path::attributes(self.name)
    }

    /// Takes the value that the provider block gives. The decoder has seen to its type.
    fn configured(&self, known: &Known, draft: &mut Draft) -> Result<(), Diagnostic> {
        match (&self.kind, known) {
            (Kind::Switch(store), Known::Bool(wanted)) => store(draft, *wanted),
            (Kind::Count(range, store), Known::Number(number)) => {
                let whole = number
                    .to_i64()
                    .and_then(|number| u32::try_from(number).ok());
                let whole = whole.filter(|number| range.contains(number));
                store(
                    draft,
                    whole.ok_or_else(|| self.invalid_number(range).at(self.path()))?,
                );
            }
            (_, Known::String(text)) => {
                return self
                    .parse(text, self.name, draft)
                    .map_err(|problem| problem.at(self.path()));
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes the value that the environment gives, if there is one.
    fn given_by_environment(
        &self,
        environment: Lookup<'_>,
        draft: &mut Draft,
    ) -> Result<(), Diagnostic> {
        let Some((variable, value)) = self
            .variable
            .and_then(|variable| Some((variable, environment(variable)?)))
        else {
            return Ok(());
        };
        let invalid = |problem: &str, advice: &str| {
            Err(Diagnostic::error(
                Summary::InvalidVariable,
                format!(
                    "The environment variable {variable} {problem} (the value is not shown). \
                     {advice}"
                ),
            ))
        };
        let Ok(text) = value.into_string().map(Text::new) else {
            return invalid("is not UTF-8", "Set it to a value, or unset it.");
        };
        let key_problem = || checks::key_problem(&text).filter(|_| matches!(self.kind, Kind::Key));
        if text.is_empty() {
            // What CI systems make of a variable without a value.
            Ok(())
        } else if text.trim().is_empty() {
            invalid("is blank", "Set it to a value, or unset it.")
        } else if checks::is_quoted(&text) {
            invalid("is in quotation marks", "Set it again without them.")
        } else if let Some((problem, advice)) = key_problem() {
            invalid(problem, advice)
        } else {
            self.parse(&text, variable, draft)
        }
    }

    /// Takes a value in writing. `name` says where it stands.
    fn parse(&self, text: &str, name: &str, draft: &mut Draft) -> Result<(), Diagnostic> {
        match &self.kind {
            Kind::Key => draft.api_key = Some(Secret::new(text.to_owned())),
            Kind::Endpoint => {
                draft.client.endpoint = Endpoint::parse(text).map_err(|error| {
                    let name = if name == self.name {
                        name.to_owned()
                    } else {
                        format!("The environment variable {name}")
                    };
                    Diagnostic::error(
                        Summary::InvalidEndpoint,
                        format!(
                            "{name} cannot be used: {error}. Set an address such as \
                             https://api.incident.io."
                        ),
                    )
                })?;
            }
            Kind::Switch(store) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "1" => store(draft, true),
                "false" | "0" => store(draft, false),
                _ => {
                    return Err(Diagnostic::error(
                        Summary::InvalidVariable,
                        format!(
                            "{name} must be true or false. Set it to one of them, or unset it."
                        ),
                    ));
                }
            },
            Kind::Duration(store) => store(draft, duration(text, name)?),
            Kind::Count(range, store) => {
                let number = text
                    .trim()
                    .parse()
                    .ok()
                    .filter(|number| range.contains(number));
                store(draft, number.ok_or_else(|| self.invalid_number(range))?);
            }
        }
        Ok(())
    }

    fn invalid_number(&self, range: &RangeInclusive<u32>) -> Diagnostic {
        Diagnostic::error(
            Summary::InvalidNumber,
            format!(
                "{} must be a whole number from {} to {}.",
                self.name,
                range.start(),
                range.end(),
            ),
        )
    }
}

fn duration(text: &str, name: &str) -> Result<Duration, Diagnostic> {
    text.parse::<jiff::SignedDuration>()
        .ok()
        .and_then(|duration| Duration::try_from(duration).ok())
        .filter(|duration| !duration.is_zero() && *duration <= Duration::from_hours(24))
        .ok_or_else(|| {
            Diagnostic::error(
                Summary::InvalidDuration,
                format!(
                    "{name} must be a duration between 0 and 24h, such as \"30s\" or \"2m\", got \
                     {text:?}."
                ),
            )
        })
}

/// `terraform-provider-incident/1.2.3 (+https://…) Terraform/1.11.4`, and what the user appends.
fn user_agent(terraform_version: &str, environment: Lookup<'_>) -> String {
    let printable = |text: &str| {
        let printable: String = text.chars().filter(|c| matches!(c, ' '..='~')).collect();
        printable.trim().to_owned()
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
    let appended = environment(APPEND_USER_AGENT);
    let appended = appended.map(|text| printable(&text.to_string_lossy()));
    if let Some(appended) = appended.filter(|text| !text.is_empty()) {
        agent.push(' ');
        agent.push_str(&appended);
    }
    agent
}
