//! Reads what the API answers: leniently where it succeeds, suspiciously where it does not.

use std::time::Duration;

use http::{HeaderMap, HeaderName, header};
use jiff::Timestamp;
use reqwest::Url;
use serde::de::DeserializeOwned;
use serde_json::{Value, error::Category};
use zeroize::Zeroizing;

use super::{
    dates,
    error::{ApiMessage, ClientError, DecodeError, DecodeProblem, StatusError},
    scrub::Scrubber,
    text,
    window::AnswerWindow,
};

/// The largest body that is read. An answer has about 300 bytes.
pub(super) const LARGEST_BODY: usize = 1024 * 1024;
/// How many of the API's messages are kept.
const MOST_MESSAGES: usize = 20;
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// An answer as it came.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    /// At most [`LARGEST_BODY`]; wiped, as it may echo a key.
    pub(super) body: Zeroizing<Vec<u8>>,
    pub(super) ending: Ending,
    /// Our own clock when the status came.
    pub(super) received: Timestamp,
    /// From the start of the attempt to when the status came.
    pub(super) elapsed: Duration,
}

/// Where the body stopped.
#[derive(Debug)]
pub(super) enum Ending {
    Complete,
    TooLarge,
    /// The connection broke.
    Lost(ClientError),
}

/// What a success came to, and when.
pub(super) type Read<T> = (T, AnswerWindow);

/// Reads `answer` as a `T`, sent in response to a request to `endpoint`.
///
/// # Errors
/// Everything that is not a success with a complete `T`.
pub(super) fn read<T: DeserializeOwned>(
    answer: Answer,
    endpoint: &str,
    scrubber: &Scrubber,
) -> Result<Read<T>, ClientError> {
    let date = header(&answer.headers, &header::DATE).and_then(dates::date);
    let window = AnswerWindow::of_answer(date, answer.received, answer.elapsed);
    match answer.status {
        200..300 => success(answer, scrubber).map(|value| (value, window)),
        300..400 => {
            let target = header(&answer.headers, &header::LOCATION)
                .map(|location| redirect_target(location, endpoint));
            let target = target.and_then(|target| text::word(&target, scrubber));
            Err(ClientError::Redirect {
                status: answer.status,
                target,
            })
        }
        _ => Err(Box::new(refusal(&answer, date, scrubber)).into()),
    }
}

fn success<T: DeserializeOwned>(answer: Answer, scrubber: &Scrubber) -> Result<T, ClientError> {
    let problem = match answer.ending {
        Ending::Lost(error) => return Err(error),
        Ending::TooLarge => DecodeProblem::TooLarge(LARGEST_BODY),
        Ending::Complete if answer.body.trim_ascii().is_empty() => DecodeProblem::Empty,
        Ending::Complete => match serde_json::from_slice(&answer.body) {
            Ok(value) => return Ok(value),
            Err(error) => match error.classify() {
                Category::Eof => DecodeProblem::Truncated,
                Category::Data => DecodeProblem::Shape(text::message(&error.to_string(), scrubber)),
                Category::Syntax | Category::Io => {
                    DecodeProblem::NotJson(text::describe(&answer.body, true, scrubber))
                }
            },
        },
    };
    let request_id = header(&answer.headers, &X_REQUEST_ID).and_then(|id| text::word(id, scrubber));
    Err(DecodeError {
        status: answer.status,
        problem,
        request_id,
    }
    .into())
}

/// Picks what there is out of an error, whatever is missing or of another type than the API reference says.
fn refusal(answer: &Answer, date: Option<Timestamp>, scrubber: &Scrubber) -> StatusError {
    let complete = matches!(answer.ending, Ending::Complete);
    let envelope = serde_json::from_slice(&answer.body)
        .ok()
        .filter(Value::is_object);
    let body = match &envelope {
        None => Some(text::describe(&answer.body, complete, scrubber)),
        Some(_) => None,
    };
    let envelope = envelope.unwrap_or(Value::Null);
    let at = |pointer: &str| envelope.pointer(pointer).and_then(Value::as_str);
    let word = |pointer: &str| at(pointer).and_then(|text| text::word(text, scrubber));
    let entries = envelope
        .get("errors")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();

    let now = date.unwrap_or(answer.received);
    let waits = [
        envelope.pointer("/rate_limit/retry_after").and_then(scalar),
        header(&answer.headers, &header::RETRY_AFTER).map(str::to_owned),
    ];
    StatusError {
        status: answer.status,
        kind: word("/type"),
        errors: entries
            .iter()
            .take(MOST_MESSAGES)
            .map(|entry| api_message(entry, scrubber))
            .collect(),
        scope: word("/metadata/scope").or_else(|| {
            entries
                .iter()
                .find_map(|entry| pick(entry, "/metadata/scope", scrubber))
        }),
        request_id: word("/request_id").or_else(|| {
            header(&answer.headers, &X_REQUEST_ID).and_then(|id| text::word(id, scrubber))
        }),
        body,
        // If they differ, waiting for both does no harm.
        retry_after: waits
            .iter()
            .flatten()
            .filter_map(|wait| dates::retry_after(wait, now))
            .max(),
        retries: 0,
    }
}

fn api_message(entry: &Value, scrubber: &Scrubber) -> ApiMessage {
    let message = entry
        .get("message")
        .and_then(Value::as_str)
        .unwrap_or_default();
    ApiMessage {
        code: pick(entry, "/code", scrubber).unwrap_or_default(),
        message: text::message(message, scrubber),
        field: pick(entry, "/source/field", scrubber),
    }
}

fn pick(value: &Value, pointer: &str, scrubber: &Scrubber) -> Option<String> {
    text::word(value.pointer(pointer)?.as_str()?, scrubber)
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Scheme and host of where a redirect points. The rest may carry anything, and is of no use to a reader.
fn redirect_target(location: &str, endpoint: &str) -> String {
    let target = Url::parse(endpoint)
        .and_then(|endpoint| endpoint.join(location))
        .ok();
    match target
        .as_ref()
        .and_then(|target| Some((target, target.host_str()?)))
    {
        Some((target, host)) => match target.port() {
            Some(port) => format!("{}://{host}:{port}", target.scheme()),
            None => format!("{}://{host}", target.scheme()),
        },
        None => "an address that cannot be read".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::client::Secret;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Thing {
        enabled: bool,
    }

    fn answer(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Answer {
        let headers = headers.iter().map(|(name, value)| {
            (
                HeaderName::from_static(name),
                http::HeaderValue::from_static(value),
            )
        });
        Answer {
            status,
            headers: headers.collect(),
            body: Zeroizing::new(body.as_bytes().to_vec()),
            ending: Ending::Complete,
            received: "2025-04-17T12:17:08Z".parse().unwrap(),
            elapsed: Duration::ZERO,
        }
    }

    fn error(answer: Answer) -> ClientError {
        let scrubber = Scrubber::new([Secret::new("glsa_\"1\"".to_owned())]);
        read::<Thing>(answer, "https://api.incident.io/v2/x", &scrubber).unwrap_err()
    }

    #[test]
    fn a_success() {
        let fine = answer(
            201,
            &[("date", "Thu, 17 Apr 2025 11:17:08 GMT")],
            r#"{"new":[1e999],"enabled":true} "#,
        );
        let (thing, window) = read::<Thing>(fine, "https://h", &Scrubber::default()).unwrap();
        assert!(thing.enabled);
        assert!(window.contains("2025-04-17T11:17:08.5Z".parse().unwrap()));
        assert!(!window.contains("2025-04-17T12:17:08Z".parse().unwrap()));
    }

    #[test]
    fn unreadable_successes() {
        for (name, body, expected) in [
            (
                "empty",
                " ",
                "the API answered 200 OK with an empty body (request id r-1)",
            ),
            (
                "half",
                r#"{"enabled":tr"#,
                "the API answered 200 OK with JSON that ends in the middle (request id r-1)",
            ),
            (
                "shape",
                r#"{"enabled":"glsa_\"1\""}"#,
                "the API answered 200 OK with JSON of another shape than expected: invalid type: string \"[redacted]\", expected a boolean at line 1 column 23 (request id r-1)",
            ),
            (
                "portal",
                "<html><title>Please log in</title>",
                "the API answered 200 OK with an HTML page titled \"Please log in\" (request id r-1)",
            ),
        ] {
            assert_eq!(
                error(answer(200, &[("x-request-id", "r-1")], body)).to_string(),
                expected,
                "{name}"
            );
        }
        let mut huge = answer(200, &[], "{");
        huge.ending = Ending::TooLarge;
        assert_eq!(
            error(huge).to_string(),
            "the API answered 200 OK with more than 1024 KiB"
        );
    }

    #[test]
    fn refusals() {
        for (name, status, body, expected) in [
            (
                "as the reference has it",
                422,
                r#"{"type":"validation_error","status":422,"request_id":"r-2","errors":[
                    {"code":"is_required","message":"A key is required.","source":{"field":"grafana_config.api_key"}},
                    {"code":"too_long","message":"Too\nlong"}]}"#,
                "the API answered 422 Unprocessable Entity (validation_error): grafana_config.api_key: A key is required.; Too long (request id r-2)",
            ),
            (
                "with a scope",
                403,
                r#"{"type":"authorisation_error","errors":[{"code":"missing_scope","message":""}],"metadata":{"scope":"telemetry.edit"}}"#,
                "the API answered 403 Forbidden (authorisation_error): missing_scope (the key lacks the scope telemetry.edit) (request id r-1)",
            ),
            (
                "of other types",
                404,
                r#"{"type":7,"errors":{"a":1},"metadata":[],"request_id":{}}"#,
                "the API answered 404 Not Found (request id r-1)",
            ),
            (
                "of odd entries",
                400,
                r#"{"errors":[1,null,{"message":2,"source":"x"}]}"#,
                "the API answered 400 Bad Request (request id r-1)",
            ),
            (
                "no object",
                400,
                "[1]",
                "the API answered 400 Bad Request: JSON that begins \"[1]\" (request id r-1)",
            ),
            (
                "a page",
                502,
                "<html><title>Bad Gateway</title>",
                "the API answered 502 Bad Gateway: an HTML page titled \"Bad Gateway\" (request id r-1)",
            ),
            (
                "nothing",
                599,
                "",
                "the API answered 599: an empty body (request id r-1)",
            ),
            (
                "an echo",
                422,
                r#"{"type":"glsa_\"1\"","errors":[{"code":"glsa_%221%22","message":"bad glsa_\\\"1\\\"","source":{"field":"glsa_\"1\""}}]}"#,
                "the API answered 422 Unprocessable Entity ([redacted]): [redacted]: bad [redacted] (request id r-1)",
            ),
        ] {
            assert_eq!(
                error(answer(status, &[("x-request-id", "r-1")], body)).to_string(),
                expected,
                "{name}"
            );
        }
    }

    #[test]
    fn predicates_and_fields() {
        let body = r#"{"errors":[{"code":"c","message":"m","source":{"field":"name"}},{"code":"c","source":{"field":"grafana_config"}},{"code":"c","message":"m"}]}"#;
        let error = error(answer(422, &[], body));
        assert_eq!(
            error.fields().collect::<Vec<_>>(),
            [("name", "m"), ("grafana_config", "c")]
        );
        assert!(
            error.is_unprocessable()
                && !error.is_not_found()
                && !error.is_forbidden()
                && !error.is_unauthorized()
        );
        assert_eq!(error.status(), Some(422));
    }

    #[test]
    fn many_messages_are_cut() {
        let entry = format!(r#"{{"code":"c","message":"{}"}}"#, "m".repeat(9000));
        let error = error(answer(
            422,
            &[],
            &format!(r#"{{"errors":[{}]}}"#, vec![entry; 50].join(",")),
        ));
        let errors = &error.status_error().unwrap().errors;
        assert_eq!(
            (errors.len(), errors[0].message.chars().count()),
            (20, 1001)
        );
    }

    #[test]
    fn waits() {
        let date = ("date", "Thu, 17 Apr 2025 11:17:08 GMT");
        let ours = "2025-04-17T12:17:08Z"; // an hour fast, see `answer`
        for (name, headers, body, expected) in [
            ("seconds", vec![date, ("retry-after", "5")], "", Some(5)),
            (
                "date, by the server's clock",
                vec![date, ("retry-after", "Thu, 17 Apr 2025 11:17:18 GMT")],
                "",
                Some(10),
            ),
            (
                "date, by our clock",
                vec![("retry-after", "Thu, 17 Apr 2025 12:17:18 GMT")],
                "",
                Some(10),
            ),
            (
                "body",
                vec![date],
                r#"{"rate_limit":{"retry_after":"Thu, 17 Apr 2025 11:17:18 UTC"}}"#,
                Some(10),
            ),
            (
                "body, number",
                vec![date],
                r#"{"rate_limit":{"retry_after":3}}"#,
                Some(3),
            ),
            (
                "both",
                vec![date, ("retry-after", "5")],
                r#"{"rate_limit":{"retry_after":3}}"#,
                Some(5),
            ),
            (
                "nonsense",
                vec![("retry-after", "later")],
                r#"{"rate_limit":{"retry_after":[]}}"#,
                None,
            ),
            ("nothing", vec![], "", None),
        ] {
            let error = error(answer(429, &headers, body));
            let wait = error.status_error().unwrap().retry_after;
            assert_eq!(wait, expected.map(Duration::from_secs), "{name} at {ours}");
        }
    }

    #[test]
    fn redirects() {
        for (location, expected) in [
            ("https://evil.example/glsa?key=1", "https://evil.example"),
            ("/login?next=x", "https://api.incident.io"),
            ("http://10.0.0.1:81/x", "http://10.0.0.1:81"),
            ("mailto:x@y", "an address that cannot be read"),
        ] {
            let ClientError::Redirect {
                status: 307,
                target,
            } = error(answer(307, &[("location", location)], ""))
            else {
                panic!("not a redirect");
            };
            assert_eq!(target.as_deref(), Some(expected));
        }
        assert_eq!(
            error(answer(304, &[], "")).to_string(),
            "the API answered 304 Not Modified and pointed to nowhere, which is not followed as it would be given the API key"
        );
    }
}
