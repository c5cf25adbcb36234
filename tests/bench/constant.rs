//! A provider that decides nothing: it gives back what it is sent. It has the real one's schema and transport, so the
//! time of a plan with it is core's own work on such objects, the launches and the calls; what the real one takes
//! beyond that is its own.
//!
//! This executable is that provider when a host starts it.

use std::convert::Infallible;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use prost::Message;
use terraform_provider_incident::plugin;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::codegen::http::{Request, Response};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic_prost::ProstCodec;

use crate::Outcome;
use crate::support::plugin_client::{COOKIE, Launch};
use crate::support::proto::tfplugin6 as proto;

/// Names the file with the encoded answer to `GetProviderSchema`.
const SCHEMA_VARIABLE: &str = "BENCH_PROVIDER_SCHEMA";

const SCHEMA: &str = "schema";

/// Puts the provider into `folder`, with the real one's schema beside it.
pub(crate) fn install(folder: &Path) -> Outcome<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::copy(
        std::env::current_exe()?,
        folder.join("terraform-provider-incident"),
    )?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let schema = runtime.block_on(async {
        let mut client = Launch::new().start().await;
        let request = proto::get_provider_schema::Request {};
        let schema = client.provider.get_provider_schema(request).await;
        client.shutdown().await;
        schema
    })?;
    std::fs::write(folder.join(SCHEMA), schema.into_inner().encode_to_vec())?;
    Ok(())
}

/// What it needs to run from `folder`.
pub(crate) fn environment(folder: &Path) -> Outcome<Vec<(&'static str, String)>> {
    let schema = folder.join(SCHEMA);
    let schema = schema.to_str().ok_or("a folder that is not UTF-8")?;
    Ok(vec![(SCHEMA_VARIABLE, schema.to_owned())])
}

/// Whether a host has started this process.
pub(crate) fn is_asked_for() -> bool {
    std::env::var_os(COOKIE.0).is_some()
}

/// Serves until the host is done.
pub(crate) fn serve() -> Outcome<()> {
    let schema = std::env::var(SCHEMA_VARIABLE)?;
    let config = plugin::Config::from_lookup(|name| std::env::var(name).ok())?;
    let plugin = plugin::announce(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let provider = Constant {
        schema: Path::new(&schema).into(),
    };
    Ok(runtime.block_on(plugin.serve(provider, || {}))?)
}

/// The provider. Clones are the same one.
#[derive(Clone)]
struct Constant {
    /// Where the schema is.
    schema: Arc<Path>,
}

impl NamedService for Constant {
    const NAME: &'static str = "tfplugin6.Provider";
}

type Answer = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

impl Service<Request<Body>> for Constant {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    /// The calls of a plan that finds nothing to do.
    fn call(&mut self, request: Request<Body>) -> Answer {
        match request.uri().path().rsplit('/').next() {
            Some("GetProviderSchema") => {
                let path = Arc::clone(&self.schema);
                answer(request, move |_: proto::get_provider_schema::Request| {
                    let encoded = std::fs::read(&path)?;
                    proto::get_provider_schema::Response::decode(&*encoded)
                        .map_err(std::io::Error::other)
                })
            }
            Some("ValidateProviderConfig") => {
                answer(request, |_: proto::validate_provider_config::Request| {
                    Ok(proto::validate_provider_config::Response::default())
                })
            }
            Some("ConfigureProvider") => {
                answer(request, |_: proto::configure_provider::Request| {
                    Ok(proto::configure_provider::Response::default())
                })
            }
            Some("ValidateResourceConfig") => {
                answer(request, |_: proto::validate_resource_config::Request| {
                    Ok(proto::validate_resource_config::Response::default())
                })
            }
            Some("UpgradeResourceState") => answer(
                request,
                |request: proto::upgrade_resource_state::Request| {
                    let upgraded_state = request.raw_state.map(|state| proto::DynamicValue {
                        json: state.json,
                        ..Default::default()
                    });
                    Ok(proto::upgrade_resource_state::Response {
                        upgraded_state,
                        ..Default::default()
                    })
                },
            ),
            Some("ReadResource") => answer(request, |request: proto::read_resource::Request| {
                Ok(proto::read_resource::Response {
                    new_state: request.current_state,
                    private: request.private,
                    ..Default::default()
                })
            }),
            Some("PlanResourceChange") => {
                answer(request, |request: proto::plan_resource_change::Request| {
                    Ok(proto::plan_resource_change::Response {
                        planned_state: request.prior_state,
                        planned_private: request.prior_private,
                        ..Default::default()
                    })
                })
            }
            _ => Box::pin(async { Ok(Status::unimplemented("not in a plan").into_http()) }),
        }
    }
}

fn answer<Q, A>(
    request: Request<Body>,
    decide: impl FnOnce(Q) -> std::io::Result<A> + Send + 'static,
) -> Answer
where
    Q: Message + Default + Send + 'static,
    A: Message + Send + 'static,
{
    Box::pin(async {
        let mut grpc = Grpc::new(ProstCodec::<A, Q>::default());
        Ok(grpc.unary(Call(Some(decide)), request).await)
    })
}

/// One call, as tonic wants it.
struct Call<F>(Option<F>);

impl<Q, A, F> UnaryService<Q> for Call<F>
where
    F: FnOnce(Q) -> std::io::Result<A>,
{
    type Response = A;
    type Future = std::future::Ready<Result<tonic::Response<A>, Status>>;

    fn call(&mut self, request: tonic::Request<Q>) -> Self::Future {
        let decided = match self.0.take() {
            Some(decide) => {
                decide(request.into_inner()).map_err(|error| Status::internal(error.to_string()))
            }
            None => Err(Status::internal("asked twice")),
        };
        std::future::ready(decided.map(tonic::Response::new))
    }
}
