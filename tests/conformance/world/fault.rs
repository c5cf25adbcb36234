//! What goes wrong with the API, and what a read or a write comes to then.

use std::time::Duration;

use bytes::Bytes;
use incident_sandbox::{Answer, Escape, Fault, Write};
use serde_json::json;

use crate::table::reading::Reading;

/// What becomes of a write that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailedWrite {
    /// Whether the API has taken it.
    pub taken: bool,
    /// Whether the provider cannot know.
    pub in_doubt: bool,
}

macro_rules! faults {
    ($($kind:ident => $read:ident, $taken:ident $doubt:ident;)+) => {
        /// One thing that goes wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind { $($kind,)+ }

        impl Kind {
            pub const ALL: &'static [Self] = &[$(Self::$kind,)+];

            /// What a read comes to.
            pub const fn reading(self) -> Reading {
                match self { $(Self::$kind => Reading::$read,)+ }
            }

            /// What a write comes to that the API would have taken.
            pub const fn write(self) -> FailedWrite {
                match self {
                    $(Self::$kind => FailedWrite { taken: $taken, in_doubt: $doubt },)+
                }
            }
        }
    };
}

// Only an answer that says so clearly is a refused write; anything else leaves it in doubt.
const TAKEN: bool = true;
const LOST: bool = false;
const DOUBT: bool = true;
const REFUSED: bool = false;

faults! {
    // Fault         a reading   a write
    // Only a read can be stale here. All is well otherwise.
    Stale          => Found,     TAKEN REFUSED;
    ServerError    => Failed,    LOST  DOUBT;
    GatewayTaken   => Failed,    TAKEN DOUBT;
    Unauthorized   => Failed,    LOST  REFUSED;
    Forbidden      => Refused,   LOST  REFUSED;
    NotFound       => Absent,    LOST  REFUSED;
    // Of a gateway, or of a proxy: what they say of the data source is not the API's word.
    OtherNotFound  => Failed,    LOST  REFUSED;
    BlockPage      => Failed,    LOST  REFUSED;
    Unprocessable  => Refused,   LOST  REFUSED;
    RateLimited    => Failed,    LOST  REFUSED;
    Reset          => Failed,    LOST  DOUBT;
    ResetTaken     => Failed,    TAKEN DOUBT;
    Close          => Failed,    LOST  DOUBT;
    CloseTaken     => Failed,    TAKEN DOUBT;
    HalfAnswer     => Failed,    TAKEN DOUBT;
    LengthTooLong  => Failed,    TAKEN DOUBT;
    LengthTooShort => Failed,    TAKEN DOUBT;
    Garbage        => Failed,    LOST  DOUBT;
    GarbageTaken   => Failed,    TAKEN DOUBT;
    OtherShape     => Failed,    LOST  DOUBT;
    EmptyBody      => Failed,    TAKEN DOUBT;
    EchoPlain      => Refused,   LOST  REFUSED;
    EchoJson       => Refused,   LOST  REFUSED;
    EchoUrl        => Refused,   LOST  REFUSED;
    Hang           => Failed,    LOST  DOUBT;
    HangTaken      => Failed,    TAKEN DOUBT;
}

impl Kind {
    pub fn fault(self) -> Fault {
        let lost = |answer| Fault::Answer(Write::Lost, answer);
        let gibberish = |write| Fault::Garbage(write, Bytes::from_static(b"gibberish\r\n\r\n"));
        // Until the client has had enough.
        let hang = |write| Fault::Hang(write, Duration::from_secs(30));
        match self {
            Self::Stale => Fault::Stale,
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
            Self::OtherNotFound => lost(Answer::html(404)),
            Self::BlockPage => lost(Answer::html(403)),
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
            Self::Garbage => gibberish(Write::Lost),
            Self::GarbageTaken => gibberish(Write::Taken),
            Self::OtherShape => lost(Answer::json(200, &json!({"data_source": {"id": 7}}))),
            Self::EmptyBody => Fault::Answer(Write::Taken, Answer::status(200)),
            Self::EchoPlain => Fault::Echo(Escape::Plain),
            Self::EchoJson => Fault::Echo(Escape::Json),
            Self::EchoUrl => Fault::Echo(Escape::Url),
            Self::Hang => hang(Write::Lost),
            Self::HangTaken => hang(Write::Taken),
        }
    }

    /// Whether the API's own answer arrives, damaged: its status still tells.
    pub const fn garbles(self) -> bool {
        matches!(
            self,
            Self::HalfAnswer | Self::LengthTooLong | Self::LengthTooShort
        )
    }

    /// Whether all of that answer's body arrives for all that: an error can be read, and is the
    /// API's own word.
    pub const fn spares_the_body(self) -> bool {
        matches!(self, Self::LengthTooLong)
    }

    /// Whether nothing is answered at all, for as long as the client waits.
    pub const fn hangs(self) -> bool {
        matches!(self, Self::Hang | Self::HangTaken)
    }

    /// Whether it may be for want of the right key: a 401, 403 or 404, whoever answers it.
    pub const fn questions_the_key(self) -> bool {
        matches!(
            self,
            Self::Unauthorized
                | Self::Forbidden
                | Self::NotFound
                | Self::OtherNotFound
                | Self::BlockPage
        )
    }
}
