//! A provider that decides nothing: it answers with what it is sent, or with what the real one has answered before.
//! Schema and transport are the real one's, so the time of a plan with it is core's own work on such objects, the
//! launches and the calls; what the real one takes beyond that is its own.
//!
//! This executable is that provider when a host starts it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use bytes::Bytes;
use prost::Message;
use serde::Deserialize;
use terraform_plugin::process;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::codegen::http::{Request, Response};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic_prost::ProstCodec;

use crate::Outcome;
use crate::support::plugin_client::{COOKIE, Launch};
use crate::support::proto::tfplugin6 as proto;

/// Names the folder with what to answer.
const ANSWERS_VARIABLE: &str = "BENCH_PROVIDER_ANSWERS";

/// The encoded answer to `GetProviderSchema`.
const SCHEMA: &str = "schema";

/// The ids of data sources with their states, as the real provider answers `UpgradeResourceState`: each a
/// [`proto::RawState`] with the id, and a [`proto::DynamicValue`].
const STATES: &str = "states";

/// Puts the provider into `folder`, with the real one's answers for the states in `state_file` beside it.
pub(crate) fn install(folder: &Path, state_file: &Path) -> Outcome<()> {
    std::fs::create_dir_all(folder)?;
    let program = folder.join("terraform-provider-incident");
    std::fs::copy(std::env::current_exe()?, program)?;
    let state: StateFile = serde_json::from_slice(&std::fs::read(state_file)?)?;
    let instances = state.resources.into_iter().flat_map(|each| each.instances);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut client = Launch::new().start().await;
        let request = proto::get_provider_schema::Request {};
        let schema = client.provider.get_provider_schema(request).await?;
        std::fs::write(folder.join(SCHEMA), schema.into_inner().encode_to_vec())?;
        let mut states = Vec::new();
        for instance in instances {
            let json = serde_json::to_vec(&instance.attributes)?;
            let id = Identified::read(&json)?;
            let request = proto::upgrade_resource_state::Request {
                type_name: "incident_telemetry_data_source".to_owned(),
                raw_state: Some(proto::RawState {
                    json,
                    ..Default::default()
                }),
                ..Default::default()
            };
            let answer = client.provider.upgrade_resource_state(request).await?;
            let state = answer.into_inner().upgraded_state.ok_or("no state")?;
            let key = proto::RawState {
                json: id.into_bytes(),
                ..Default::default()
            };
            key.encode_length_delimited(&mut states)?;
            state.encode_length_delimited(&mut states)?;
        }
        std::fs::write(folder.join(STATES), states)?;
        client.shutdown().await;
        Ok(())
    })
}

/// What is read of a state file.
#[derive(Deserialize)]
struct StateFile {
    resources: Vec<StateOfResource>,
}

#[derive(Deserialize)]
struct StateOfResource {
    instances: Vec<StateOfInstance>,
}

#[derive(Deserialize)]
struct StateOfInstance {
    attributes: serde_json::Value,
}

/// What is read of a state.
#[derive(Deserialize)]
struct Identified {
    data_source_id: String,
}

impl Identified {
    fn read(json: &[u8]) -> serde_json::Result<String> {
        serde_json::from_slice(json).map(|state: Self| state.data_source_id)
    }
}

/// What it needs to run from `folder`.
pub(crate) fn environment(folder: &Path) -> Outcome<Vec<(&'static str, String)>> {
    let folder = folder.to_str().ok_or("a folder that is not UTF-8")?;
    Ok(vec![(ANSWERS_VARIABLE, folder.to_owned())])
}

/// Whether a host has started this process.
pub(crate) fn is_asked_for() -> bool {
    std::env::var_os(COOKIE.0).is_some()
}

/// Serves until the host is done.
pub(crate) fn serve() -> Outcome<()> {
    let config = process::Config::from_lookup("INCIDENT", |name| std::env::var(name).ok())?;
    let plugin = process::announce(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let provider = Constant {
        folder: PathBuf::from(std::env::var(ANSWERS_VARIABLE)?).into(),
        states: Arc::default(),
    };
    Ok(runtime.block_on(plugin.serve(provider, || {}))?)
}

/// The provider. Clones are the same one.
#[derive(Clone)]
struct Constant {
    folder: Arc<Path>,
    /// Read when first asked for.
    states: Arc<OnceLock<HashMap<String, proto::DynamicValue>>>,
}

impl Constant {
    fn schema(&self) -> std::io::Result<proto::get_provider_schema::Response> {
        let encoded = std::fs::read(self.folder.join(SCHEMA))?;
        Ok(proto::get_provider_schema::Response::decode(&*encoded)?)
    }

    fn state(&self, json: &[u8]) -> std::io::Result<Option<proto::DynamicValue>> {
        let states = if let Some(states) = self.states.get() {
            states
        } else {
            let mut encoded = Bytes::from(std::fs::read(self.folder.join(STATES))?);
            let mut states = HashMap::new();
            while !encoded.is_empty() {
                let id = proto::RawState::decode_length_delimited(&mut encoded)?.json;
                let state = proto::DynamicValue::decode_length_delimited(&mut encoded)?;
                states.insert(String::from_utf8_lossy(&id).into_owned(), state);
            }
            self.states.get_or_init(|| states)
        };
        Ok(states.get(&Identified::read(json)?).cloned())
    }
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
                let this = self.clone();
                answer(request, move |_: proto::get_provider_schema::Request| {
                    this.schema()
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
            Some("UpgradeResourceState") => {
                let this = self.clone();
                answer(
                    request,
                    move |request: proto::upgrade_resource_state::Request| {
                        Ok(proto::upgrade_resource_state::Response {
                            upgraded_state: this
                                .state(&request.raw_state.unwrap_or_default().json)?,
                            ..Default::default()
                        })
                    },
                )
            }
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
