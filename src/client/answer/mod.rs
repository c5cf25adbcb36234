//! Reads what the API answers: leniently where it succeeds, suspiciously where it does not.

mod received;
mod refusal;
#[cfg(test)]
mod tests;

use http::header;
use reqwest::Url;
use serde_json::Value;

use self::received::{X_REQUEST_ID, header};
use super::endpoint::Endpoint;
use super::error::{ClientError, DecodeError, DecodeProblem};
use super::scrub::Scrubber;
use super::window::AnswerWindow;
use super::{dates, text};

pub(super) use self::received::{Answer, Ending, LARGEST_BODY, append, room_for};

/// What an answer can be read as.
pub(super) trait FromJson: Sized {
    /// Reads what is there, and leaves out what is not as it should be.
    ///
    /// # Errors
    /// Names the field that has to be there and is not.
    fn from_json(json: &Value) -> Result<Self, &'static str>;
}

/// What a success came to, and when.
pub(super) type Read<T> = (T, AnswerWindow);

/// Reads `answer` as a `T`, sent in response to a request to `endpoint`.
///
/// # Errors
/// Everything that is not a success with a complete `T`.
pub(super) fn read<T: FromJson>(
    answer: Answer,
    endpoint: &Endpoint,
    scrubber: &Scrubber,
) -> Result<Read<T>, ClientError> {
    let date = header(&answer.headers, &header::DATE).and_then(dates::date);
    let window = AnswerWindow::of_answer(date, answer.received, answer.elapsed);
    match answer.status {
        200..300 => success(answer, scrubber).map(|value| (value, window)),
        300..400 => {
            let target = header(&answer.headers, &header::LOCATION)
                .map(|location| redirect_target(location, &endpoint.join("/")));
            let target = target.and_then(|target| text::word(&target, scrubber));
            Err(ClientError::Redirect {
                status: answer.status,
                target,
            })
        }
        _ => Err(Box::new(refusal::read(&answer, date, endpoint, scrubber)).into()),
    }
}

fn success<T: FromJson>(answer: Answer, scrubber: &Scrubber) -> Result<T, ClientError> {
    let problem = match answer.ending {
        Ending::Lost(error) => return Err(error),
        Ending::TooLarge => DecodeProblem::TooLarge(LARGEST_BODY),
        Ending::Complete if answer.body.trim_ascii().is_empty() => DecodeProblem::Empty,
        Ending::Complete => match serde_json::from_slice(&answer.body) {
            Ok(json) => match T::from_json(&json) {
                Ok(value) => return Ok(value),
                Err(missing) => DecodeProblem::Shape(missing),
            },
            Err(error) if error.is_eof() => DecodeProblem::Truncated,
            Err(_) => DecodeProblem::Unexpected(text::describe(&answer.body, true)),
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

/// Scheme and host of where a redirect points. The rest may carry anything, and is of no use to a
/// reader.
fn redirect_target(location: &str, endpoint: &str) -> String {
    let target = Url::parse(endpoint).and_then(|endpoint| endpoint.join(location));
    match target.map(|target| target.origin()) {
        Ok(origin) if origin.is_tuple() => origin.ascii_serialization(),
        _ => "an address that cannot be read".to_owned(),
    }
}
