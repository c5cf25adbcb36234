//! `plugin.GRPCStdio`: would carry what is printed after the handshake.

use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use super::stream::OpenUntilStop;
use crate::proto::plugin::StdioData;
use crate::proto::plugin::grpc_stdio_server::GrpcStdio;

/// Stays silent: a host logs whatever comes here as unexpected. Logs go to standard error.
pub(in crate::process) struct Stdio {
    stop: CancellationToken,
}

impl Stdio {
    pub(super) fn new(stop: CancellationToken) -> Self {
        Self { stop }
    }
}

#[tonic::async_trait]
impl GrpcStdio for Stdio {
    type StreamStdioStream = OpenUntilStop<StdioData>;

    async fn stream_stdio(
        &self,
        _request: Request<()>,
    ) -> Result<Response<Self::StreamStdioStream>, Status> {
        Ok(Response::new(OpenUntilStop::new(None, &self.stop)))
    }
}
