//! What can go wrong with a request.

use std::{error::Error as StdError, fmt, time::Duration};

use http::StatusCode;
use thiserror::Error;

use super::text;

/// Why a request has no result. Its text is one sentence without a final full stop, and so is each variant's; none
/// contains a secret, a control character or a body.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The API key cannot be the value of a header; says why.
    #[error("the API key cannot be sent: {0}")]
    InvalidCredential(&'static str),
    /// No answer, or not the whole of it.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// An attempt took too long.
    #[error("no complete answer within {}", text::duration(*after))]
    Timeout {
        /// How long the attempt had.
        after: Duration,
    },
    /// The API answered that it will not.
    #[error(transparent)]
    Status(#[from] Box<StatusError>),
    /// The API sent us elsewhere, where we do not go: the key would go along.
    #[error(
        "the API answered {} and pointed to {}, which is not followed as it would be given the API key",
        status_line(*status),
        target.as_deref().unwrap_or("nowhere"),
    )]
    Redirect {
        /// The status code, 300 to 399.
        status: u16,
        /// Scheme and host of where it pointed, or that it pointed to another path of the same host.
        target: Option<String>,
    },
    /// The API answered success, with something else than what it should answer.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The caller stopped the request. A write that was in flight then has been waited for, and failed as `last` says.
    #[error("stopped before the API could answer{}", last.as_ref().map(|last| format!(" (before that: {last})")).unwrap_or_default())]
    Stopped {
        /// What the last attempt failed with, if there was one.
        last: Option<Box<ClientError>>,
    },
    /// The last of several attempts failed, or no further one made sense.
    #[error("{}", exhausted(*attempts, *spent, cause, last))]
    RetriesExhausted {
        /// How many requests were sent: 0 if the API had asked to be left alone for too long already.
        attempts: u32,
        /// Time from the first attempt to giving up.
        spent: Duration,
        /// Why there was no further attempt.
        cause: GaveUp,
        /// What the last attempt failed with.
        #[source]
        last: Box<ClientError>,
    },
}

/// Why there was no further attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum GaveUp {
    /// As many attempts as the settings allow have failed.
    MaxRetries,
    /// The time that the settings allow is over, or would be before the next attempt.
    RetryTimeout,
    /// The API asked for a wait (given) longer than the time left.
    WaitTooLong(Duration),
}

/// A request without an answer.
#[derive(Debug, Error)]
#[error("{kind} {host}: {cause}")]
pub struct ConnectionError {
    /// Which step failed.
    pub kind: ConnectionKind,
    /// Host of the endpoint.
    pub host: String,
    /// What the operating system or library said.
    pub cause: String,
    /// The library's error.
    #[source]
    pub(super) source: Option<Box<dyn StdError + Send + Sync>>,
}

/// Which step of reaching the API failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectionKind {
    /// The client could not be set up, say because no trusted certificate could be loaded.
    Setup,
    /// The host name was not found.
    Dns,
    /// No connection.
    Connect,
    /// The proxy of the environment did not connect us.
    Proxy,
    /// The proxy of the environment wants credentials (407).
    ProxyAuthentication,
    /// No agreement on encryption, or a certificate that is not trusted.
    Tls,
    /// The connection was lost after the request, or some of it, had been sent: it may have been carried out.
    Lost,
}

impl fmt::Display for ConnectionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Setup => "cannot prepare a connection to",
            Self::Dns => "cannot find the host",
            Self::Connect => "cannot connect to",
            Self::Proxy => "the proxy gave no connection to",
            Self::ProxyAuthentication => "the proxy asks for credentials before connecting to",
            Self::Tls => "no trusted encrypted connection to",
            Self::Lost => "lost the connection before the whole answer came from",
        })
    }
}

/// An answer of the API with a status of 400 and above.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusError {
    /// The HTTP status code.
    pub status: u16,
    /// The API's `type`, such as `validation_error`.
    pub kind: Option<String>,
    /// The API's `errors`, in its order.
    pub errors: Vec<ApiMessage>,
    /// The API's `metadata.scope`: what the key lacks.
    pub scope: Option<String>,
    /// The API's `request_id`, or the header `x-request-id`: what its support asks for.
    pub request_id: Option<String>,
    /// What the body was, if it was not the API's error format.
    pub body: Option<String>,
    /// How long the API asked to wait, if it did.
    pub retry_after: Option<Duration>,
    /// How many attempts had failed before this one.
    pub retries: u32,
}

/// One entry of the API's `errors`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiMessage {
    /// The API's `code`, such as `is_required`; may be empty.
    pub code: String,
    /// The API's `message`; may be empty.
    pub message: String,
    /// The API's `source.field`, such as `grafana_config.api_key`.
    pub field: Option<String>,
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
    pub fn message(&self) -> Option<String> {
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
pub struct DecodeError {
    /// The HTTP status code, 200 to 299.
    pub status: u16,
    /// What is wrong with the body.
    pub problem: DecodeProblem,
    /// The header `x-request-id`.
    pub request_id: Option<String>,
}

/// What is wrong with a body.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeProblem {
    /// There is none.
    Empty,
    /// JSON that ends in the middle.
    Truncated,
    /// More than an answer of this API can reasonably be; how many bytes are allowed.
    TooLarge(usize),
    /// Something else than JSON, summed up.
    NotJson(String),
    /// JSON of another shape; says where they differ.
    Shape(String),
}

impl StdError for DecodeError {}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the API answered {} with ", status_line(self.status))?;
        match &self.problem {
            DecodeProblem::Empty => f.write_str("an empty body"),
            DecodeProblem::Truncated => f.write_str("JSON that ends in the middle"),
            DecodeProblem::TooLarge(limit) => write!(f, "more than {} KiB", limit / 1024),
            DecodeProblem::NotJson(what) => f.write_str(what),
            DecodeProblem::Shape(what) => write!(f, "JSON of another shape than expected: {what}"),
        }?;
        write_request_id(f, self.request_id.as_deref())
    }
}

impl ClientError {
    /// The HTTP status that the API answered with, in the last attempt if there were several.
    pub fn status(&self) -> Option<u16> {
        match self.last() {
            Self::Status(error) => Some(error.status),
            Self::Redirect { status, .. } => Some(*status),
            Self::Decode(error) => Some(error.status),
            _ => None,
        }
    }

    /// 401: the API does not know the key.
    pub fn is_unauthorized(&self) -> bool {
        self.is_refusal(StatusCode::UNAUTHORIZED)
    }

    /// 403: the key may not do this.
    pub fn is_forbidden(&self) -> bool {
        self.is_refusal(StatusCode::FORBIDDEN)
    }

    /// 404: there is no such object, or it is not visible to the key.
    pub fn is_not_found(&self) -> bool {
        self.is_refusal(StatusCode::NOT_FOUND)
    }

    /// 422: the API does not take these values.
    pub fn is_unprocessable(&self) -> bool {
        self.is_refusal(StatusCode::UNPROCESSABLE_ENTITY)
    }

    /// Whether the caller's stop ended the request.
    pub fn is_stopped(&self) -> bool {
        matches!(self, Self::Stopped { .. })
    }

    /// Whether a write that ended like this may have been carried out: unless nothing was sent, or the API refused
    /// the first attempt, nobody can tell.
    pub fn leaves_in_doubt(&self) -> bool {
        match self {
            Self::InvalidCredential(_)
            | Self::Stopped { last: None }
            | Self::RetriesExhausted { attempts: 0, .. } => false,
            Self::Status(error) => error.retries > 0 || error.status >= 500,
            Self::RetriesExhausted {
                attempts: 1, last, ..
            } => last.leaves_in_doubt(),
            Self::Connection(_)
            | Self::Timeout { .. }
            | Self::Redirect { .. }
            | Self::Decode(_)
            | Self::Stopped { last: Some(_) }
            | Self::RetriesExhausted { .. } => true,
        }
    }

    /// The refusal of the API, in the last attempt if there were several.
    pub fn status_error(&self) -> Option<&StatusError> {
        match self.last() {
            Self::Status(error) => Some(error),
            _ => None,
        }
    }

    /// What to tell the API's support, if the API said it.
    pub fn request_id(&self) -> Option<&str> {
        match self.last() {
            Self::Status(error) => error.request_id.as_deref(),
            Self::Decode(error) => error.request_id.as_deref(),
            _ => None,
        }
    }

    /// The fields that the API complains of, as it names them (`grafana_config.api_key`), each with its message.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.status_error()
            .into_iter()
            .flat_map(|error| &error.errors)
            .filter_map(|error| {
                let text = if error.message.is_empty() {
                    &error.code
                } else {
                    &error.message
                };
                Some((error.field.as_deref()?, text.as_str()))
            })
    }

    /// A few words for a log line: no text of the API.
    pub(super) fn brief(&self) -> String {
        match self {
            Self::InvalidCredential(_) => "invalid API key".to_owned(),
            Self::Connection(error) => format!("{} {}: {}", error.kind, error.host, error.cause),
            Self::Timeout { after } => format!("timeout after {}", text::duration(*after)),
            Self::Status(error) => status_line(error.status),
            Self::Redirect { status, .. } => status_line(*status),
            Self::Decode(error) => format!("{} with an unreadable body", status_line(error.status)),
            Self::Stopped { .. } => "stopped".to_owned(),
            Self::RetriesExhausted { last, .. } => last.brief(),
        }
    }

    /// The error of the last attempt.
    pub fn last(&self) -> &Self {
        match self {
            Self::RetriesExhausted { last, .. } | Self::Stopped { last: Some(last) } => last.last(),
            other => other,
        }
    }

    fn is_refusal(&self, status: StatusCode) -> bool {
        self.status_error()
            .is_some_and(|error| error.status == status.as_u16())
    }
}

fn exhausted(attempts: u32, spent: Duration, cause: &GaveUp, last: &ClientError) -> String {
    let spent = text::duration(spent);
    let attempts = match attempts {
        1 => "1 attempt".to_owned(),
        n => format!("{n} attempts"),
    };
    match cause {
        GaveUp::MaxRetries => format!("gave up after {attempts} in {spent}; the last one: {last}"),
        GaveUp::RetryTimeout => format!(
            "gave up after {attempts} in {spent}, as there is no time for more; the last one: {last}"
        ),
        GaveUp::WaitTooLong(wait) => format!(
            "gave up after {attempts} in {spent}, as the API asks for a wait of {}, longer than the time left: {last}",
            text::duration(*wait)
        ),
    }
}

/// `404 Not Found`.
fn status_line(status: u16) -> String {
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
