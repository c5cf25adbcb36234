//! Every diagnostic, as a user reads it.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::json;
use terraform_plugin::{
    Diagnostic, Diagnostics, Known, Model as _, Number, Path, Summary as _, Value,
};

use super::Summary;
use crate::checks;
use crate::client::testing::{answered, connections};
use crate::client::{ClientError, DataSourceId, Identity};
use crate::failure::{Failure, Told};
use crate::settings::{ProviderBlock, SETTINGS, settings};
use crate::telemetry::samples;

const ID: &str = "01G0J1EXE7AXZ2C93K61WBPYEH";

#[test]
fn every_diagnostic() {
    let mut text = String::new();
    for &summary in Summary::ALL {
        let examples = examples(summary);
        assert!(!examples.is_empty(), "no example of {summary:?}");
        for example in examples {
            assert_eq!(
                example.summary(),
                summary.text(),
                "{summary:?}: {example:?}"
            );
            write(&mut text, &example);
        }
    }
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("every_diagnostic", text);
    });
}

/// As Terraform shows it, but for the line of the configuration.
fn write(text: &mut String, diagnostic: &Diagnostic) {
    let severity = if diagnostic.is_error() {
        "Error"
    } else {
        "Warning"
    };
    let path = diagnostic.path.as_ref();
    let at = path.map_or_else(String::new, |path| format!("  with {path}\n\n"));
    let (summary, detail) = (diagnostic.summary(), wrapped(&diagnostic.detail));
    writeln!(text, "{severity}: {summary}\n\n{at}{detail}\n\n").unwrap();
}

fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().unwrap();
        if line.len() + word.len() < 100 {
            let blank = if line.is_empty() { "" } else { " " };
            let _ = write!(line, "{blank}{word}");
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.join("\n")
}

fn examples(summary: Summary) -> Vec<Diagnostic> {
    use Summary as S;
    match summary {
        S::InvalidVariable => [
            ("INCIDENT_API_KEY", "  "),
            ("INCIDENT_API_KEY", "\"inc_live_1\""),
            ("INCIDENT_API_KEY", "Bearer inc_live_1"),
            ("INCIDENT_DRIFT_DETECTION", "maybe"),
        ]
        .into_iter()
        .flat_map(|(variable, value)| configured(None, Some((variable, value))))
        .collect(),
        S::InvalidEndpoint => [
            "api.incident.io",
            "ftp://api.incident.io",
            "http://api.incident.io",
            "https://me:secret@api.incident.io",
            "https://api.incident.io?x",
            "https://api.incident.io/v2",
            "https://[",
        ]
        .into_iter()
        .flat_map(|address| configured(Some(&("endpoint", Known::String(address.into()))), None))
        .chain(configured(None, Some(("INCIDENT_ENDPOINT", "localhost"))))
        .collect(),
        S::InvalidNumber => {
            let number = Known::Number(Number::from(101_i64));
            configured(Some(&("max_retries", number)), None)
        }
        S::InvalidDuration => configured(Some(&("retry_timeout", Known::String("5".into()))), None),
        S::Blank => check(checks::not_blank(&Value::text(" "), &name())),
        S::StrayCharacters => ["Grafana ", "two\nlines", "zero\u{200b}width"]
            .into_iter()
            .filter_map(|text| checks::single_line(&Value::text(text), &name()))
            .collect(),
        S::StrayInKey => ["Bearer x", "'x'", "x\u{feff}", "x\n", "x\ny"]
            .into_iter()
            .filter_map(|key| checks::secret(&Value::text(key), &Path::attributes("api_key")))
            .collect(),
        S::NotInList => {
            let path = Path::attributes("on_external_change");
            check(checks::one_of(
                &Value::text("warm"),
                &path,
                &["warn", "reapply", "ignore"],
            ))
        }
        S::MissingKey => twice(|| Failure::MissingKey),
        S::UnknownSettings => twice(|| Failure::UnknownSettings),
        S::NoRequestWithId => {
            let error = DataSourceId::parse("..").unwrap_err();
            explained(Failure::InvalidId(error))
        }
        S::InvalidKey => explained(Failure::client(ClientError::InvalidCredential(
            "it contains a line break",
        ))),
        S::KeyNotAccepted => twice(|| {
            Failure::client(api(
                401,
                "authentication_error",
                &json!([said("invalid_api_key", "The API key is not valid")]),
            ))
        }),
        S::NotPermitted => {
            let message = "You need the scope telemetry_data_source.update";
            let error = api(
                403,
                "authorization_error",
                &json!([said("missing_scope", message)]),
            );
            explained(Failure::Client {
                error,
                identity: Some(Box::new(identity())),
            })
        }
        S::NotFound => {
            let error = api(
                404,
                "not_found",
                &json!([said("not_found", "Resource not found")]),
            );
            explained(Failure::Client {
                error,
                identity: Some(Box::new(identity())),
            })
        }
        S::ValueRefused => {
            let errors = json!([
                {
                    "code": "invalid_value",
                    "message": "The token was not accepted by Grafana.",
                    "source": {"field": "grafana_config.api_key"},
                },
                {"code": "invalid_value", "message": "Something else is wrong"},
            ]);
            explained(Failure::client(api(422, "validation_error", &errors)))
        }
        S::RequestRefused => {
            let errors = json!([said("invalid_value", "Integrations are locked")]);
            explained(Failure::client(api(422, "validation_error", &errors)))
        }
        S::RateLimit => {
            let errors = json!([said("too_many_requests", "Slow down")]);
            explained(Failure::client(api(429, "too_many_requests", &errors)))
        }
        S::NoAnswer => {
            let after = Duration::from_secs(30);
            explained(Failure::client(ClientError::Timeout { after }))
        }
        S::NoConnection => {
            let errors = connections().into_iter();
            errors
                .flat_map(|error| explained(Failure::client(error)))
                .collect()
        }
        S::Unexpected => {
            let ours = api(500, "internal_error", &json!([said("internal", "Oh no")]));
            let theirs = answered(502, &[], &json!("Bad gateway"));
            let odd = answered(200, &[("x-request-id", "8f2c")], &json!({"data_source": 1}));
            let errors = [ours, theirs, odd].into_iter();
            errors
                .flat_map(|error| explained(Failure::client(error)))
                .collect()
        }
        S::UnexpectedHere => {
            let gateway = answered(404, &[], &json!("No such page"));
            let location = ("location", "https://login.example.com/");
            let redirect = answered(302, &[location], &json!(""));
            let errors = [gateway, redirect].into_iter();
            errors
                .flat_map(|error| explained(Failure::client(error)))
                .collect()
        }
        S::Interrupted => explained(Failure::client(ClientError::Stopped {
            last: None,
            in_doubt: true,
        })),
        _ => samples::of(summary),
    }
}

fn name() -> Path {
    Path::attributes("name")
}

fn check(problem: Option<Diagnostic>) -> Vec<Diagnostic> {
    problem.into_iter().collect()
}

/// What is wrong with this attribute of the provider block, or with this variable.
fn configured(
    attribute: Option<&(&str, Known)>,
    variable: Option<(&str, &str)>,
) -> Vec<Diagnostic> {
    let block = SETTINGS.iter().map(|setting| {
        let value = attribute.filter(|(name, _)| *name == setting.name);
        let value = value.map(|(_, known)| known.clone());
        (setting.name.into(), value.into())
    });
    let block = ProviderBlock::from_known(Known::Object(block.collect())).unwrap();
    let lookup = |asked: &str| {
        let found = variable.filter(|(name, _)| *name == asked);
        found.map(|(_, value)| OsString::from(value))
    };
    let (_, diagnostics) = settings(&block, "", &lookup);
    diagnostics.into_iter().collect()
}

fn explain(failure: Failure, told: &Told) -> Diagnostics {
    let attribute = |field: &str| {
        let name = if field == "id" {
            "data_source_id"
        } else {
            field
        };
        Some(Path::attributes(name))
    };
    let doing = format!("update data source {ID:?}");
    failure.into_diagnostics(&doing, Some(samples::IN_DOUBT), attribute, told)
}

fn explained(failure: Failure) -> Vec<Diagnostic> {
    explain(failure, &Told::default()).into_iter().collect()
}

/// In full, and as it is said the second time.
fn twice(failure: impl Fn() -> Failure) -> Vec<Diagnostic> {
    let told = Told::default();
    let [first, second] = [explain(failure(), &told), explain(failure(), &told)];
    first.into_iter().chain(second).collect()
}

/// An error in the API's own words.
fn api(status: u16, kind: &str, errors: &serde_json::Value) -> ClientError {
    let body = json!({"type": kind, "status": status, "request_id": "8f2c", "errors": errors});
    answered(status, &[], &body)
}

fn said(code: &str, message: &str) -> serde_json::Value {
    json!({"code": code, "message": message})
}

fn identity() -> Identity {
    Identity {
        name: Some("CI".to_owned()),
        dashboard_url: Some("https://app.incident.io/acme".to_owned()),
        roles: vec!["viewer".to_owned()],
    }
}
