//! Which service answers a request, by the first segment of its path.

use std::convert::Infallible;
use std::pin::Pin;

use http::{Request, Response};
use hyper::body::Incoming;
use tokio_util::sync::CancellationToken;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::server::NamedService;

use super::services::Services;

/// A gRPC service as tonic generates it: the provider, of which this room knows nothing else.
pub(crate) trait GrpcService:
    Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send + 'static>
    + NamedService
    + Clone
    + Send
    + 'static
{
}

impl<S> GrpcService for S where
    S: Service<
            Request<Body>,
            Response = Response<Body>,
            Error = Infallible,
            Future: Send + 'static,
        > + NamedService
        + Clone
        + Send
        + 'static
{
}

/// The provider and the services beside it.
#[derive(Clone)]
pub(super) struct Router<S> {
    provider: S,
    services: Services,
}

impl<S: GrpcService> Router<S> {
    pub(super) fn new(provider: S, stop: &CancellationToken) -> Self {
        Self {
            provider,
            services: Services::new(stop),
        }
    }
}

type Answer = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

impl<S: GrpcService> hyper::service::Service<Request<Incoming>> for Router<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answer;

    fn call(&self, request: Request<Incoming>) -> Answer {
        let request = request.map(Body::new);
        match request.uri().path().split('/').nth(1) {
            Some(name) if name == S::NAME => answer(&self.provider, request),
            Some("plugin.GRPCBroker") => answer(&self.services.broker, request),
            Some("plugin.GRPCController") => answer(&self.services.controller, request),
            Some("plugin.GRPCStdio") => answer(&self.services.stdio, request),
            Some("grpc.health.v1.Health") => answer(&self.services.health, request),
            _ => Box::pin(async { Ok(Status::unimplemented("no such service").into_http()) }),
        }
    }
}

/// Services made by tonic are always ready.
fn answer<S: GrpcService>(service: &S, request: Request<Body>) -> Answer {
    Box::pin(service.clone().call(request))
}
