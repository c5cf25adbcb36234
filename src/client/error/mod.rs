//! What can go wrong with a request.

mod connection;
mod status;

use std::time::Duration;

use http::StatusCode;
use thiserror::Error;

pub(crate) use self::connection::{ConnectionError, ConnectionKind, TlsProblem};
use self::status::status_line;
pub(crate) use self::status::{ApiMessage, DecodeError, DecodeProblem, Foreign, StatusError};
use super::text;

/// Why a request has no result. Its text is one sentence without a final full stop, and so is each
/// variant's; none contains a secret, a control character or a body.
#[derive(Debug, Error)]
pub(crate) enum ClientError {
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
        "the API answered {} and redirected to {}; redirects are not followed, because that would \
         send it the API key",
        status_line(*status),
        target.as_deref().unwrap_or("nowhere"),
    )]
    Redirect {
        /// The status code, 300 to 399.
        status: u16,
        /// Scheme and host of where it pointed, or that it pointed to another path of the same
        /// host.
        target: Option<String>,
    },
    /// The API answered success, with something else than what it should answer.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The caller stopped the request. A write that was in flight then has been waited for, and
    /// failed as `last` says.
    #[error("stopped before the API answered{}", before(last.as_deref()))]
    Stopped {
        /// What the last attempt failed with, if there was one.
        last: Option<Box<ClientError>>,
        /// Whether an attempt may have been carried out.
        in_doubt: bool,
    },
    /// The last of several attempts failed, or no further one made sense.
    #[error("{}", exhausted(*attempts, *spent, cause, last))]
    RetriesExhausted {
        /// How many requests were sent: 0 if the API had asked to be left alone for too long
        /// already.
        attempts: u32,
        /// Time from the first attempt to giving up.
        spent: Duration,
        /// Why there was no further attempt.
        cause: GaveUp,
        /// Whether an attempt may have been carried out.
        in_doubt: bool,
        /// What the last attempt failed with.
        #[source]
        last: Box<ClientError>,
    },
}

/// Why there was no further attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GaveUp {
    /// As many attempts as the settings allow have failed.
    MaxRetries,
    /// The time that the settings allow is over, or would be before the next attempt.
    RetryTimeout,
    /// The API asked for a wait (given) longer than the time left.
    WaitTooLong(Duration),
}

impl ClientError {
    /// The HTTP status that the API answered with, in the last attempt if there were several.
    pub(crate) fn status(&self) -> Option<u16> {
        match self.last() {
            Self::Status(error) => Some(error.status),
            Self::Redirect { status, .. } => Some(*status),
            Self::Decode(error) => Some(error.status),
            _ => None,
        }
    }

    /// 401 of the API itself: it does not know the key.
    pub(crate) fn is_unauthorized(&self) -> bool {
        self.is_refusal(StatusCode::UNAUTHORIZED)
    }

    /// 403 of the API itself: the key may not do this.
    pub(crate) fn is_forbidden(&self) -> bool {
        self.is_refusal(StatusCode::FORBIDDEN)
    }

    /// The API's word that there is no such data source, or none that the key can see. Not what a
    /// gateway or another server says, whatever its status.
    pub(crate) fn is_not_found(&self) -> bool {
        self.status_error().is_some_and(StatusError::is_not_found)
    }

    /// Not found, by the word of the API or of something else.
    fn is_missing(&self) -> bool {
        self.is_not_found() || self.status() == Some(StatusCode::NOT_FOUND.as_u16())
    }

    /// Whether another key may have got another answer.
    pub(crate) fn may_be_the_key(&self) -> bool {
        let refused = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN];
        let refused = refused.map(|status| Some(status.as_u16()));
        refused.contains(&self.status()) || self.is_missing()
    }

    /// Whether the answer to the same request would be the same: a status from 400 to 499 that is
    /// no reason to try again.
    pub(crate) fn is_final(&self) -> bool {
        self.status_error()
            .is_some_and(|error| (400..500).contains(&error.status) && !error.may_pass())
    }

    /// 422: the API does not take these values. Nothing in front of it has a use for this status.
    pub(crate) fn is_unprocessable(&self) -> bool {
        self.status() == Some(StatusCode::UNPROCESSABLE_ENTITY.as_u16())
    }

    /// Whether an answer of 400 and above came in another form than the API's: from a gateway, a
    /// proxy's block page, another server. The text then names the endpoint.
    pub(crate) fn is_foreign(&self) -> bool {
        self.status_error()
            .is_some_and(|error| !error.is_from_api())
    }

    /// Whether this repeats the 401 of an earlier request of the same client, without a request.
    pub(crate) fn is_repeated(&self) -> bool {
        self.status_error().is_some_and(|error| error.repeated)
    }

    /// Whether the caller's stop ended the request.
    pub(crate) fn is_stopped(&self) -> bool {
        matches!(self, Self::Stopped { .. })
    }

    /// Whether a write that ended like this may have been carried out: unless nothing was sent, or
    /// the API refused each attempt, nobody can tell.
    pub(crate) fn leaves_in_doubt(&self) -> bool {
        match self {
            Self::InvalidCredential(_) => false,
            Self::Status(error) => error.in_doubt,
            Self::Connection(error) => error.in_doubt,
            Self::Stopped { in_doubt, .. } | Self::RetriesExhausted { in_doubt, .. } => *in_doubt,
            Self::Timeout { .. } | Self::Redirect { .. } | Self::Decode(_) => true,
        }
    }

    /// The same error after attempts of which one may have been carried out.
    pub(crate) fn in_doubt(mut self) -> Self {
        match &mut self {
            Self::Status(error) => error.in_doubt = true,
            Self::Connection(error) => error.in_doubt = true,
            Self::Stopped { in_doubt, .. } | Self::RetriesExhausted { in_doubt, .. } => {
                *in_doubt = true;
            }
            // In doubt anyway, or before anything was sent.
            Self::Timeout { .. }
            | Self::Redirect { .. }
            | Self::Decode(_)
            | Self::InvalidCredential(_) => {}
        }
        self
    }

    /// The refusal of the API, in the last attempt if there were several.
    pub(crate) fn status_error(&self) -> Option<&StatusError> {
        match self.last() {
            Self::Status(error) => Some(error),
            _ => None,
        }
    }

    /// What to tell the API's support, if the API said it.
    pub(crate) fn request_id(&self) -> Option<&str> {
        match self.last() {
            Self::Status(error) => error.request_id.as_deref(),
            Self::Decode(error) => error.request_id.as_deref(),
            _ => None,
        }
    }

    /// The fields that the API complains of, as it names them (`grafana_config.api_key`), each with
    /// its message.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.status_error()
            .into_iter()
            .flat_map(|error| &error.errors)
            .filter_map(|error| Some((error.field.as_deref()?, error.text())))
    }

    /// What else the API complains of beside [`fields`](Self::fields).
    pub(crate) fn others(&self) -> impl Iterator<Item = &str> {
        self.status_error()
            .into_iter()
            .flat_map(|error| &error.errors)
            .filter(|error| error.field.is_none())
            .map(ApiMessage::text)
    }

    /// A few words for a log line: no text of the API.
    pub(super) fn brief(&self) -> String {
        match self {
            Self::InvalidCredential(_) => "invalid API key".to_owned(),
            Self::Connection(error) => error.to_string(),
            Self::Timeout { after } => format!("timeout after {}", text::duration(*after)),
            Self::Status(error) => status_line(error.status),
            Self::Redirect { status, .. } => status_line(*status),
            Self::Decode(error) => format!("{} with an unreadable body", status_line(error.status)),
            Self::Stopped { .. } => "stopped".to_owned(),
            Self::RetriesExhausted { last, .. } => last.brief(),
        }
    }

    /// The error of the last attempt.
    pub(crate) fn last(&self) -> &Self {
        match self {
            Self::RetriesExhausted { last, .. }
            | Self::Stopped {
                last: Some(last), ..
            } => last.last(),
            other => other,
        }
    }

    fn is_refusal(&self, status: StatusCode) -> bool {
        self.status_error()
            .is_some_and(|error| error.is_from_api() && error.status == status.as_u16())
    }
}

fn before(last: Option<&ClientError>) -> String {
    last.map(|last| format!(" (before that: {last})"))
        .unwrap_or_default()
}

fn exhausted(attempts: u32, spent: Duration, cause: &GaveUp, last: &ClientError) -> String {
    let spent = text::duration(spent);
    let attempts = match attempts {
        1 => "1 attempt".to_owned(),
        n => format!("{n} attempts"),
    };
    match cause {
        GaveUp::MaxRetries => {
            format!("gave up after {attempts} in {spent}; the last ended with: {last}")
        }
        GaveUp::RetryTimeout => format!(
            "gave up after {attempts} in {spent}, with no time left for another; the last ended \
             with: {last}"
        ),
        GaveUp::WaitTooLong(wait) => format!(
            "gave up after {attempts} in {spent}, because the API asks to wait {}, longer than the \
             time left: {last}",
            text::duration(*wait)
        ),
    }
}
