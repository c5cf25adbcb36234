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
    /// Set unless the body was the API's own envelope.
    pub(crate) foreign: Option<Foreign>,
    /// How long the API asked to wait, if it did.
    pub(crate) retry_after: Option<Duration>,
    /// Whether the request may have been carried out all the same, by this attempt or one before.
    pub(crate) in_doubt: bool,
    /// Whether this is the answer to an earlier request: nothing was sent now, as the same key was
    /// refused before.
    pub(crate) repeated: bool,
}

/// An answer that need not be the API's: a gateway, a block page, another server. What its status
/// means for a data source is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Foreign {
    /// Where the request went.
    pub(crate) endpoint: String,
    /// What the body was, without quoting it.
    pub(crate) body: String,
    /// Whether the connection broke before the body ended: it may have been the API's after all.
    pub(crate) cut_off: bool,
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

impl ApiMessage {
    /// The message; the code where there is none.
    pub(super) fn text(&self) -> &str {
        if self.message.is_empty() {
            &self.code
        } else {
            &self.message
        }
    }
}

impl fmt::Display for ApiMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text();
        match &self.field {
            Some(field) => write!(f, "{field}: {text}"),
            None => f.write_str(text),
        }
    }
}

impl StatusError {
    /// Whether the API itself answered, in its own envelope, and not something in front of it.
    pub(crate) fn is_from_api(&self) -> bool {
        self.foreign.is_none()
    }

    /// Whether the API says that there is no such data source. A reference within the request to
    /// something else that does not exist has the same code and names its field.
    pub(super) fn is_not_found(&self) -> bool {
        const WORD: &str = "not_found";
        let of_entry = |error: &ApiMessage| {
            error.code == WORD && error.field.as_ref().is_none_or(|field| field == "id")
        };
        self.is_from_api()
            && matches!(self.status, 400 | 404 | 410)
            && (self.kind.as_deref() == Some(WORD) || self.errors.iter().any(of_entry))
    }

    /// Whether the same request may be answered otherwise: what [`is_passing`], and half an answer,
    /// which does not tell who sent it, nor what the API meant.
    pub(in crate::client) fn may_pass(&self) -> bool {
        let foreign = self.foreign.as_ref();
        is_passing(self.status) || foreign.is_some_and(|foreign| foreign.cut_off)
    }

    /// What the API said, its messages joined by semicolons; `None` if it said nothing.
    pub(crate) fn message(&self) -> Option<String> {
        let messages: Vec<_> = self
            .errors
            .iter()
            .map(ToString::to_string)
            .filter(|text| !text.is_empty())
            .collect();
        if messages.is_empty() {
            self.foreign.as_ref().map(|foreign| foreign.body.clone())
        } else {
            Some(messages.join("; "))
        }
    }
}

impl StdError for StatusError {}

impl fmt::Display for StatusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = status_line(self.status);
        match &self.foreign {
            // Whose fault a 500 is makes no difference; whose 404 it is makes one.
            Some(Foreign { endpoint, .. }) if (400..500).contains(&self.status) => {
                write!(
                    f,
                    "{endpoint} answered {status}, not in the form of incident.io's API"
                )
            }
            _ => write!(f, "the API answered {status}"),
        }?;
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
    /// Something else than JSON, summed up.
    Unexpected(String),
    /// JSON without the field of this name, or with something else in its place.
    Shape(&'static str),
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
            DecodeProblem::Shape(missing) => {
                write!(
                    f,
                    "JSON in an unexpected shape: {missing} is missing or unreadable"
                )
            }
        }?;
        write_request_id(f, self.request_id.as_deref())
    }
}

/// What the server gave up on (408), a concurrent update (409), what came too early (425), too many
/// requests, and every fault of the server but those that say what it is unable to do
/// (501, 505) and the captive portal (511).
fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 409 | 425 | 429 | 500..=599) && !matches!(status, 501 | 505 | 511)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_status_passes() {
        for (status, expected) in [
            (400, false),
            (401, false),
            (403, false),
            (404, false),
            (407, false),
            (408, true),
            (409, true),
            (412, false),
            (422, false),
            (425, true),
            (429, true),
            (500, true),
            (501, false),
            (502, true),
            (503, true),
            (504, true),
            (505, false),
            (511, false),
            (520, true),
            (599, true),
            (600, false),
        ] {
            assert_eq!(is_passing(status), expected, "{status}");
        }
    }
}
