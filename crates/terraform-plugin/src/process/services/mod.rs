//! The services beside the provider that go-plugin expects of every plugin.

mod broker;
mod controller;
mod health;
mod stdio;
mod stream;

use tokio_util::sync::CancellationToken;

use crate::proto::health::health_server::HealthServer;
use crate::proto::plugin::grpc_broker_server::GrpcBrokerServer;
use crate::proto::plugin::grpc_controller_server::GrpcControllerServer;
use crate::proto::plugin::grpc_stdio_server::GrpcStdioServer;

/// All of them, as tonic services.
#[derive(Clone)]
pub(super) struct Services {
    pub(super) broker: GrpcBrokerServer<broker::Broker>,
    pub(super) controller: GrpcControllerServer<controller::Controller>,
    pub(super) health: HealthServer<health::Health>,
    pub(super) stdio: GrpcStdioServer<stdio::Stdio>,
}

impl Services {
    /// Services that cancel `stop` when asked to shut down, and end their streams when it is
    /// cancelled.
    pub(super) fn new(stop: &CancellationToken) -> Self {
        Self {
            broker: GrpcBrokerServer::new(broker::Broker::new(stop.clone())),
            controller: GrpcControllerServer::new(controller::Controller::new(stop.clone())),
            health: HealthServer::new(health::Health::new(stop.clone())),
            stdio: GrpcStdioServer::new(stdio::Stdio::new(stop.clone())),
        }
    }
}
