//! `plugin.GRPCController`: how a host ends the process.

use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use crate::proto::plugin::Empty;
use crate::proto::plugin::grpc_controller_server::GrpcController;

/// Stops the process when told to.
pub(in crate::process) struct Controller {
    stop: CancellationToken,
}

impl Controller {
    pub(super) fn new(stop: CancellationToken) -> Self {
        Self { stop }
    }
}

#[tonic::async_trait]
impl GrpcController for Controller {
    /// Answers without waiting for anything: the host sets no deadline, and the server drains only
    /// once this call is answered.
    async fn shutdown(&self, _request: Request<Empty>) -> Result<Response<Empty>, Status> {
        tracing::debug!("the host asked the process to end");
        self.stop.cancel();
        Ok(Response::new(Empty {}))
    }
}
