//! `InvokeAction`: the one call that answers bit by bit.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::Stream;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tonic::Status;

use super::guard;
use super::shared::Server;
use crate::action::Progress;
use crate::proto::tfplugin6::invoke_action::event::{self, Completed, Type};
use crate::proto::tfplugin6::invoke_action::{Event, Request};
use crate::wire::encode;

/// What an action says while it is invoked, and last of all how it ended.
///
/// It runs as far as the host reads, not in a task of its own: where the host hangs up, it is given
/// up as it stands, as an apply is.
///
/// Once it is stopped, nothing comes but the end: core reads no further than the next line then,
/// and Terraform 1.14 and 1.15 crash over whatever follows.
pub(crate) struct Invocation {
    stop: CancellationToken,
    lines: mpsc::UnboundedReceiver<String>,
    call: Pin<Box<dyn Future<Output = Completed> + Send>>,
    stage: Stage,
}

enum Stage {
    Running,
    /// What it said at the end comes first.
    Ended(Completed),
    Told,
}

impl Invocation {
    pub(super) fn new(server: &Server, request: Request) -> Self {
        let (sender, lines) = mpsc::unbounded_channel();
        let shared = server.0.clone();
        let stop = shared.token();
        let heeded = stop.clone();
        let call = async move {
            let progress = Progress::new(sender);
            let call = async {
                let action = shared.action(&request.action_type)?;
                action.invoke(request, &progress, &heeded).await
            };
            let ((), diagnostics) = guard::outcome("InvokeAction", call).await;
            Completed {
                diagnostics: encode::diagnostics(diagnostics, shared.report_url),
            }
        };
        Self {
            stop,
            lines,
            call: Box::pin(call),
            stage: Stage::Running,
        }
    }
}

impl Stream for Invocation {
    type Item = Result<Event, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if matches!(self.stage, Stage::Running)
            && let Poll::Ready(completed) = self.call.as_mut().poll(cx)
        {
            self.stage = Stage::Ended(completed);
        }
        while let Poll::Ready(Some(message)) = self.lines.poll_recv(cx) {
            if !self.stop.is_cancelled() {
                let message = encode::printable(message);
                return told(Type::Progress(event::Progress { message }));
            }
        }
        match std::mem::replace(&mut self.stage, Stage::Told) {
            Stage::Running => {
                self.stage = Stage::Running;
                Poll::Pending
            }
            Stage::Ended(completed) => told(Type::Completed(completed)),
            Stage::Told => Poll::Ready(None),
        }
    }
}

/// An event always has a member: one without crashes core.
fn told(member: Type) -> Poll<Option<Result<Event, Status>>> {
    Poll::Ready(Some(Ok(Event {
        r#type: Some(member),
    })))
}
