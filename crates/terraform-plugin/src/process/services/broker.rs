//! `plugin.GRPCBroker`: Terraform opens its stream on connecting, and offers no connection on it.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::Stream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

use super::stream::OpenUntilStop;
use crate::proto::plugin::ConnInfo;
use crate::proto::plugin::grpc_broker_server::GrpcBroker;

/// Keeps the stream open, and takes no connection that is offered on it.
pub(in crate::process) struct Broker {
    stop: CancellationToken,
}

impl Broker {
    pub(super) fn new(stop: CancellationToken) -> Self {
        Self { stop }
    }
}

#[tonic::async_trait]
impl GrpcBroker for Broker {
    type StartStreamStream = Answers;

    async fn start_stream(
        &self,
        request: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<Self::StartStreamStream>, Status> {
        Ok(Response::new(Answers {
            offers: request.into_inner(),
            until_stop: OpenUntilStop::new(None, &self.stop),
        }))
    }
}

/// Says nothing, and ends when the host's side does or the process is to stop.
pub(in crate::process) struct Answers {
    offers: Streaming<ConnInfo>,
    until_stop: OpenUntilStop<ConnInfo>,
}

impl Stream for Answers {
    type Item = Result<ConnInfo, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match Pin::new(&mut self.offers).poll_next(cx) {
                Poll::Ready(Some(Ok(_offer))) => {}
                Poll::Ready(Some(Err(_)) | None) => return Poll::Ready(None),
                Poll::Pending => return Pin::new(&mut self.until_stop).poll_next(cx),
            }
        }
    }
}
