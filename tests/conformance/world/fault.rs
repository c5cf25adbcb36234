//! Faults of the API, and what a read or a write comes to under them.

use bytes::Bytes;
use incident_sandbox::{Answer, Escape, Fault, Write};
use serde_json::json;

/// One thing that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    ServerError,
    GatewayTaken,
    Unauthorized,
    Forbidden,
    NotFound,
    Unprocessable,
    RateLimited,
    Reset,
    ResetTaken,
    Close,
    CloseTaken,
    HalfAnswer,
    LengthTooLong,
    LengthTooShort,
    Garbage,
    GarbageTaken,
    OtherShape,
    EmptyBody,
    EchoPlain,
    EchoJson,
    EchoUrl,
}

/// What a read comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Struck {
    /// The plan goes on with what is known.
    Refused,
    /// There is no such source.
    Gone,
    /// The plan ends.
    Failed,
}

impl Kind {
    pub const ALL: [Self; 21] = [
        Self::ServerError,
        Self::GatewayTaken,
        Self::Unauthorized,
        Self::Forbidden,
        Self::NotFound,
        Self::Unprocessable,
        Self::RateLimited,
        Self::Reset,
        Self::ResetTaken,
        Self::Close,
        Self::CloseTaken,
        Self::HalfAnswer,
        Self::LengthTooLong,
        Self::LengthTooShort,
        Self::Garbage,
        Self::GarbageTaken,
        Self::OtherShape,
        Self::EmptyBody,
        Self::EchoPlain,
        Self::EchoJson,
        Self::EchoUrl,
    ];

    pub fn fault(self) -> Fault {
        let lost = |answer| Fault::Answer(Write::Lost, answer);
        match self {
            Self::ServerError => lost(Answer::json(500, &json!({"type": "internal_error"}))),
            Self::GatewayTaken => Fault::Answer(Write::Taken, Answer::html(502)),
            Self::Unauthorized => lost(Answer::json(
                401,
                &json!({"type": "authentication_error", "status": 401}),
            )),
            Self::Forbidden => lost(Answer::json(
                403,
                &json!({"type": "forbidden", "status": 403}),
            )),
            Self::NotFound => lost(Answer::json(
                404,
                &json!({"type": "not_found", "status": 404}),
            )),
            Self::Unprocessable => lost(Answer::json(
                422,
                &json!({"type": "validation_error", "status": 422}),
            )),
            Self::RateLimited => lost(Answer::rate_limited()),
            Self::Reset => Fault::Reset(Write::Lost),
            Self::ResetTaken => Fault::Reset(Write::Taken),
            Self::Close => Fault::Close(Write::Lost),
            Self::CloseTaken => Fault::Close(Write::Taken),
            Self::HalfAnswer => Fault::HalfAnswer,
            Self::LengthTooLong => Fault::LengthTooLong,
            Self::LengthTooShort => Fault::LengthTooShort,
            Self::Garbage => Fault::Garbage(Write::Lost, Bytes::from_static(b"gibberish\r\n\r\n")),
            Self::GarbageTaken => {
                Fault::Garbage(Write::Taken, Bytes::from_static(b"gibberish\r\n\r\n"))
            }
            Self::OtherShape => lost(Answer::json(200, &json!({"data_source": {"id": 7}}))),
            Self::EmptyBody => Fault::Answer(Write::Taken, Answer::status(200)),
            Self::EchoPlain => Fault::Echo(Escape::Plain),
            Self::EchoJson => Fault::Echo(Escape::Json),
            Self::EchoUrl => Fault::Echo(Escape::Url),
        }
    }

    pub fn on_read(self) -> Struck {
        match self {
            Self::Forbidden
            | Self::Unprocessable
            | Self::EchoPlain
            | Self::EchoJson
            | Self::EchoUrl => Struck::Refused,
            Self::NotFound => Struck::Gone,
            _ => Struck::Failed,
        }
    }

    /// Whether the API's own answer arrives, damaged.
    pub fn garbles(self) -> bool {
        matches!(
            self,
            Self::HalfAnswer | Self::LengthTooLong | Self::LengthTooShort
        )
    }

    /// Whether the answer to a write that the API would take says clearly that
    /// it did not.
    pub fn leaves_in_doubt(self) -> bool {
        !matches!(
            self,
            Self::Unauthorized
                | Self::Forbidden
                | Self::NotFound
                | Self::Unprocessable
                | Self::RateLimited
                | Self::EchoPlain
                | Self::EchoJson
                | Self::EchoUrl
        )
    }

    /// Whether the API has taken the write that fails.
    pub fn takes_write(self) -> bool {
        matches!(
            self,
            Self::GatewayTaken
                | Self::ResetTaken
                | Self::CloseTaken
                | Self::HalfAnswer
                | Self::LengthTooLong
                | Self::LengthTooShort
                | Self::GarbageTaken
                | Self::EmptyBody
        )
    }
}
