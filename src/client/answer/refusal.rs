//! Reads an answer of 400 and above.

use http::header::RETRY_AFTER;
use jiff::Timestamp;
use serde_json::Value;

use super::received::{Answer, Ending, X_REQUEST_ID, header};
use crate::client::endpoint::Endpoint;
use crate::client::error::{ApiMessage, Foreign, StatusError};
use crate::client::scrub::Scrubber;
use crate::client::{dates, text};

/// How many of the API's messages are kept.
const MOST_MESSAGES: usize = 20;

/// Picks what there is out of an error, whatever is missing or of another type than the API
/// reference says.
pub(super) fn read(
    answer: &Answer,
    date: Option<Timestamp>,
    endpoint: &Endpoint,
    scrubber: &Scrubber,
) -> StatusError {
    let complete = matches!(answer.ending, Ending::Complete);
    let envelope = serde_json::from_slice(&answer.body)
        .ok()
        .filter(Value::is_object);
    let envelope = envelope.unwrap_or(Value::Null);
    let foreign = (!is_envelope(&envelope)).then(|| Foreign {
        endpoint: endpoint.to_string(),
        body: text::describe(&answer.body, complete),
        cut_off: matches!(answer.ending, Ending::Lost(_)),
    });
    let at = |pointer: &str| envelope.pointer(pointer).and_then(Value::as_str);
    let word = |pointer: &str| at(pointer).and_then(|text| text::word(text, scrubber));
    let entries = envelope
        .get("errors")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();

    let now = date.unwrap_or(answer.received);
    let told = header(&answer.headers, &RETRY_AFTER).and_then(|wait| dates::retry_after(wait, now));
    let told_in_body = || {
        let wait = scalar(envelope.pointer("/rate_limit/retry_after")?)?;
        dates::retry_after(&wait, now)
    };
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
        foreign,
        // The API's word on when one request will succeed, to be preferred to everything else.
        retry_after: told.or_else(told_in_body),
        repeated: false,
        // Gateways give up waiting, and servers fail half way.
        in_doubt: answer.status >= 500 || answer.status == 408,
    }
}

/// Whether this is how the API writes errors (`ErrorEnvelope`): with a `type` in its own way of
/// naming, and a `status` or `errors`. Other servers answer JSON too, some with a `type`.
fn is_envelope(json: &Value) -> bool {
    let named = json
        .get("type")
        .and_then(Value::as_str)
        .is_some_and(|name| {
            let mut letters = name.bytes();
            !name.is_empty() && letters.all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        });
    let status = json.get("status").is_some_and(Value::is_number);
    named && (status || json.get("errors").is_some_and(Value::is_array))
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
