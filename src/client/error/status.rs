//! An answer that is an error, or not what it should be.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use http::StatusCode;

/// An answer of the API with a status of 400 and above.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StatusError {
    /// The HTTP status code.
    pub(crate) status: u16,
    /// The API's `type`, such as `validation_error`.
    pub(crate) kind: Option<String>,
    /// The API's `errors`, in its order.
    pub(crate) errors: Vec<ApiMessage>,
    /// The API's `metadata.scope`: what the key lacks.
    pub(crate) scope: Option<String>,
    /// The API's `request_id`, or the header `x-request-id`: what its support asks for.
    pub(crate) request_id: Option<String>,
    /// What the body was, if it was not the API's error format.
    pub(crate) body: Option<String>,
    /// How long the API asked to wait, if it did.
    pub(crate) retry_after: Option<Duration>,
    /// How many attempts had failed before this one.
    pub(crate) retries: u32,
}

/// One entry of the API's `errors`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiMessage {
    /// The API's `code`, such as `is_required`; may be empty.
    pub(crate) code: String,
    /// The API's `message`; may be empty.
    pub(crate) message: String,
    /// The API's `source.field`, such as `grafana_config.api_key`.
    pub(crate) field: Option<String>,
}

impl fmt::Display for ApiMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = if self.message.is_empty() {
            &self.code
        } else {
            &self.message
        };
        match &self.field {
            Some(field) => write!(f, "{field}: {text}"),
            None => f.write_str(text),
        }
    }
}

impl StatusError {
    /// What the API said, its messages joined by semicolons; `None` if it said nothing.
    pub(crate) fn message(&self) -> Option<String> {
        let messages: Vec<_> = self
            .errors
            .iter()
            .map(ToString::to_string)
            .filter(|text| !text.is_empty())
            .collect();
        if messages.is_empty() {
            self.body.clone()
        } else {
            Some(messages.join("; "))
        }
    }
}

impl StdError for StatusError {}

impl fmt::Display for StatusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the API answered {}", status_line(self.status))?;
        if let Some(kind) = &self.kind {
            write!(f, " ({kind})")?;
        }
        let told = self.message().unwrap_or_default();
        if !told.is_empty() {
            write!(f, ": {}", told.trim_end_matches('.'))?;
        }
        // The message names it, mostly.
        if let Some(scope) = self.scope.as_ref().filter(|scope| !told.contains(*scope)) {
            write!(f, " (the key lacks the scope {scope})")?;
        }
        write_request_id(f, self.request_id.as_deref())
    }
}

/// An answer of the API that claims success and cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DecodeError {
    /// The HTTP status code, 200 to 299.
    pub(crate) status: u16,
    /// What is wrong with the body.
    pub(crate) problem: DecodeProblem,
    /// The header `x-request-id`.
    pub(crate) request_id: Option<String>,
}

/// What is wrong with a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DecodeProblem {
    /// There is none.
    Empty,
    /// JSON that ends in the middle.
    Truncated,
    /// More than an answer of this API can reasonably be; how many bytes are allowed.
    TooLarge(usize),
    /// Something else than it should be, summed up.
    Unexpected(String),
}

impl StdError for DecodeError {}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the API answered {} with ", status_line(self.status))?;
        match &self.problem {
            DecodeProblem::Empty => f.write_str("an empty body"),
            DecodeProblem::Truncated => f.write_str("JSON that ends in the middle"),
            DecodeProblem::TooLarge(limit) => write!(f, "more than {} KiB", limit / 1024),
            DecodeProblem::Unexpected(what) => f.write_str(what),
        }?;
        write_request_id(f, self.request_id.as_deref())
    }
}

/// `404 Not Found`.
pub(super) fn status_line(status: u16) -> String {
    match StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
    {
        Some(reason) => format!("{status} {reason}"),
        None => status.to_string(),
    }
}

fn write_request_id(f: &mut fmt::Formatter<'_>, request_id: Option<&str>) -> fmt::Result {
    match request_id {
        Some(id) => write!(f, " (request id {id})"),
        None => Ok(()),
    }
}
