//! `grpc.health.v1.Health`: go-plugin's way to ping a plugin.

use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use super::stream::OpenUntilStop;
use crate::proto::health::health_check_response::ServingStatus;
use crate::proto::health::health_server;
use crate::proto::health::{HealthCheckRequest, HealthCheckResponse};

/// The service that go-plugin asks for; an empty name asks for the server as a whole.
const SERVICES: [&str; 2] = ["plugin", ""];

/// Serving, for as long as the process lives.
pub(in crate::process) struct Health {
    stop: CancellationToken,
}

impl Health {
    pub(super) fn new(stop: CancellationToken) -> Self {
        Self { stop }
    }
}

#[tonic::async_trait]
impl health_server::Health for Health {
    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        match status(&request) {
            ServingStatus::ServiceUnknown => Err(Status::not_found("no such service")),
            status => Ok(Response::new(response(status))),
        }
    }

    type WatchStream = OpenUntilStop<HealthCheckResponse>;

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let now = response(status(&request));
        Ok(Response::new(OpenUntilStop::new(Some(now), &self.stop)))
    }
}

fn status(request: &Request<HealthCheckRequest>) -> ServingStatus {
    if SERVICES.contains(&request.get_ref().service.as_str()) {
        ServingStatus::Serving
    } else {
        ServingStatus::ServiceUnknown
    }
}

fn response(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse {
        status: status.into(),
    }
}
