//! One request: taken down, and answered as the API does or as a fault has it.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use tokio::time::sleep;

use crate::{
    answer::{Answer, Payload},
    fault::{self, Fault, Quirk, Write},
    journal::Entry,
    shared::Shared,
    wire::Takeover,
};

/// Bodies beyond this many bytes are a 413.
const MAX_BODY: usize = 16 << 20;

/// Serves one request, as the API does or as a fault has it.
pub(crate) async fn answer(
    shared: Arc<Shared>,
    request: Request<Incoming>,
) -> Result<Response<Payload>, Takeover> {
    let (head, body) = request.into_parts();
    let body = match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => Some(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => None,
        // The client left halfway through: that was no request.
        Err(_) => return Err(Takeover::Reset),
    };
    let too_large = body.is_none();
    let (entry, fault, latency) = {
        let mut world = shared.lock();
        let (entry, fault) = world.arrive(head, body.as_ref());
        (entry, fault, world.options.latency)
    };
    shared.journal_changed();
    if !latency.is_zero() {
        sleep(latency).await;
    }

    let visit = Visit {
        shared: &shared,
        entry: &entry,
        too_large,
    };
    let Some(fault) = fault else {
        let answer = visit.api();
        return Ok(visit.send(answer));
    };
    match fault {
        Fault::Refuse { lasting } => Err(Takeover::Refuse(lasting)),
        Fault::Reset(write) => {
            visit.maybe(write);
            Err(Takeover::Reset)
        }
        Fault::Close(write) => {
            visit.maybe(write);
            Err(Takeover::Send(Bytes::new(), None))
        }
        Fault::Hang(write, lasting) => {
            visit.maybe(write);
            Err(Takeover::Hang(lasting))
        }
        Fault::Garbage(write, bytes) => {
            visit.maybe(write);
            Err(Takeover::Send(bytes, None))
        }
        Fault::HalfAnswer => Err(visit.by_hand(|whole| (whole, whole / 2), None)),
        Fault::Drip { pause } => Err(visit.by_hand(|whole| (whole, whole), Some(pause))),
        Fault::LengthTooLong => Err(visit.by_hand(|whole| (whole + 64, whole), None)),
        Fault::LengthTooShort => Err(visit.by_hand(|whole| (whole / 2, whole), None)),
        Fault::Answer(write, answer) => {
            visit.maybe(write);
            let answer = shared.lock().finish(answer);
            Ok(visit.send(answer))
        }
        Fault::Echo(escape) => {
            let answer = shared.lock().finish(fault::echo(&entry, escape));
            Ok(visit.send(answer))
        }
        Fault::Edit(edit) => {
            let quirk = Quirk {
                edit,
                ..Quirk::default()
            };
            Ok(visit.send(visit.api_with(&quirk)))
        }
        Fault::Stale => {
            let quirk = Quirk {
                stale: true,
                ..Quirk::default()
            };
            Ok(visit.send(visit.api_with(&quirk)))
        }
        Fault::EmptyPut(empty_put) => {
            let quirk = Quirk {
                empty_put: Some(empty_put),
                ..Quirk::default()
            };
            Ok(visit.send(visit.api_with(&quirk)))
        }
        Fault::SlowToTake(pause) => {
            sleep(pause).await;
            let answer = visit.api();
            Ok(visit.send(answer))
        }
        Fault::SlowToAnswer(pause) => {
            let answer = visit.api();
            sleep(pause).await;
            Ok(visit.send(answer))
        }
    }
}

/// A request under way.
struct Visit<'a> {
    shared: &'a Shared,
    entry: &'a Entry,
    too_large: bool,
}

impl Visit<'_> {
    /// Lets the API take the request, and returns its answer.
    fn api(&self) -> Answer {
        self.api_with(&Quirk::default())
    }

    fn api_with(&self, quirk: &Quirk) -> Answer {
        let answer = {
            let mut world = self.shared.lock();
            let answer = world.handle(self.entry, self.too_large, quirk);
            world.finish(answer)
        };
        self.shared.journal_changed();
        answer
    }

    /// Lets the API take the request if the write is not to be lost.
    fn maybe(&self, write: Write) {
        if write == Write::Taken {
            self.api();
        }
    }

    /// Notes the status and hands the answer to hyper.
    fn send(&self, answer: Answer) -> Response<Payload> {
        self.shared.settle(self.entry.number, answer.code());
        answer.into_response()
    }

    /// The API's answer as bytes. From the body's length, `framing` makes the length that the
    /// head claims and the length that is sent.
    fn by_hand(
        &self,
        framing: impl Fn(usize) -> (usize, usize),
        pause: Option<Duration>,
    ) -> Takeover {
        let answer = self.api();
        self.shared.settle(self.entry.number, answer.code());
        let body = answer.content();
        let (claimed, sent) = framing(body.len());
        let mut bytes = Vec::from(answer.head(claimed));
        bytes.extend_from_slice(&body[..sent.min(body.len())]);
        Takeover::Send(bytes.into(), pause)
    }
}
