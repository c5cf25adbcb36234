//! A provider that decides nothing: it is the real one, but for what a plan asks of each resource
//! once its stored state is decoded. There it answers with what it is sent. So the time of a plan
//! with it is core's own work on such objects, the launches and the calls; what the real one takes
//! beyond that is deciding and reading.
//!
//! This executable is that provider when a host starts it.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use prost::Message;
use terraform_plugin::process::{self, GrpcService};
use terraform_plugin::server::{self, Server};
use terraform_provider_incident::provider::IncidentProvider;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::codegen::http::{Request, Response};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic_prost::ProstCodec;

use crate::Outcome;
use crate::support::plugin_client::COOKIE;
use crate::support::proto::tfplugin6::{
    plan_resource_change, read_resource, validate_resource_config,
};

/// Puts the provider into `folder`.
pub(crate) fn install(folder: &Path) -> Outcome<()> {
    std::fs::create_dir_all(folder)?;
    let program = folder.join("terraform-provider-incident");
    std::fs::copy(std::env::current_exe()?, program)?;
    Ok(())
}

/// Whether a host has started this process.
pub(crate) fn is_asked_for() -> bool {
    std::env::var_os(COOKIE.0).is_some()
}

/// Serves until the host is done.
pub(crate) fn serve() -> Outcome<()> {
    let config = process::Config::from_lookup(|name| std::env::var(name).ok())?;
    let plugin = process::announce(config)?;
    let real = server::service(Server::new(Arc::new(IncidentProvider::default())));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(plugin.serve(Constant(real), || {}))?)
}

#[derive(Clone)]
struct Constant<R>(R);

impl<R: NamedService> NamedService for Constant<R> {
    const NAME: &'static str = R::NAME;
}

type Answer = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

impl<R: GrpcService> Service<Request<Body>> for Constant<R> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Answer {
        match request.uri().path().rsplit('/').next() {
            Some("ValidateResourceConfig") => {
                answer(request, |_: validate_resource_config::Request| {
                    validate_resource_config::Response::default()
                })
            }
            Some("ReadResource") => answer(request, |request: read_resource::Request| {
                read_resource::Response {
                    new_state: request.current_state,
                    private: request.private,
                    ..Default::default()
                }
            }),
            Some("PlanResourceChange") => {
                answer(request, |request: plan_resource_change::Request| {
                    plan_resource_change::Response {
                        planned_state: request.prior_state,
                        planned_private: request.prior_private,
                        ..Default::default()
                    }
                })
            }
            _ => Box::pin(self.0.call(request)),
        }
    }
}

fn answer<Q, A>(request: Request<Body>, decide: fn(Q) -> A) -> Answer
where
    Q: Message + Default + 'static,
    A: Message + 'static,
{
    Box::pin(async move {
        let mut grpc = Grpc::new(ProstCodec::<A, Q>::default());
        Ok(grpc.unary(Call(decide), request).await)
    })
}

/// One call, as tonic wants it.
struct Call<Q, A>(fn(Q) -> A);

impl<Q, A> UnaryService<Q> for Call<Q, A> {
    type Response = A;
    type Future = Ready<Result<tonic::Response<A>, tonic::Status>>;

    fn call(&mut self, request: tonic::Request<Q>) -> Self::Future {
        ready(Ok(tonic::Response::new((self.0)(request.into_inner()))))
    }
}
