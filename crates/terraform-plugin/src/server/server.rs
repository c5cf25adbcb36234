//! The list of calls.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

use super::guard::answer;
use super::rpc::{absent, data_source, provider, resource};
use crate::diagnostic::Diagnostic;
use crate::lifecycle::{Data, Managed};
use crate::proto::tfplugin6 as proto;
use crate::provider::Provider;
use crate::schema::{Schema, Type};

/// A provider, served. Clones serve the same one.
#[derive(Clone)]
pub struct Server(Arc<Inner>);

/// What the calls share.
pub(super) struct Inner {
    pub(super) provider: Arc<dyn Provider>,
    pub(super) provider_schema: Schema,
    pub(super) provider_type: Type,
    pub(super) resources: BTreeMap<&'static str, Managed>,
    pub(super) data_sources: BTreeMap<&'static str, Data>,
    /// Encoded when asked for first; most processes are never asked.
    schemas: OnceLock<proto::get_provider_schema::Response>,
    /// Given to every call; cancelled by `StopProvider`.
    stop: Mutex<CancellationToken>,
}

impl Server {
    /// Asks the provider once what it offers.
    pub fn new(provider: Arc<dyn Provider>) -> Self {
        let provider_schema = provider.schema();
        let resources = provider.resources().into_iter().map(Managed::new);
        let data_sources = provider.data_sources().into_iter().map(Data::new);
        Self(Arc::new(Inner {
            provider_type: provider_schema.ty(),
            provider_schema,
            resources: resources.map(|each| (each.type_name(), each)).collect(),
            data_sources: data_sources.map(|each| (each.type_name(), each)).collect(),
            provider,
            schemas: OnceLock::new(),
            stop: Mutex::new(CancellationToken::new()),
        }))
    }

    /// Asks calls in flight, and those that begin later, to end. They still
    /// answer with what they have. The next `ConfigureProvider` lifts it.
    pub fn stop(&self) {
        self.0.token().cancel();
    }
}

impl Inner {
    pub(super) fn resource(&self, name: &str) -> Result<&Managed, Diagnostic> {
        let found = self.resources.get(name);
        found.ok_or_else(|| absent::unknown("resource", name))
    }

    pub(super) fn data_source(&self, name: &str) -> Result<&Data, Diagnostic> {
        let found = self.data_sources.get(name);
        found.ok_or_else(|| absent::unknown("data source", name))
    }

    /// What a call that begins now has to heed.
    fn token(&self) -> CancellationToken {
        let stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        stop.clone()
    }

    /// Calls from now on are not stopped. Those in flight stay so.
    pub(super) fn resume(&self) {
        let mut stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        if stop.is_cancelled() {
            *stop = CancellationToken::new();
        }
    }
}

#[tonic::async_trait]
impl proto::provider_server::Provider for Server {
    async fn get_metadata(
        &self,
        _request: Request<proto::get_metadata::Request>,
    ) -> Result<Response<proto::get_metadata::Response>, Status> {
        let call = async move { Ok(provider::metadata(&self.0)) };
        answer("GetMetadata", call).await
    }

    async fn get_provider_schema(
        &self,
        _request: Request<proto::get_provider_schema::Request>,
    ) -> Result<Response<proto::get_provider_schema::Response>, Status> {
        let call = async move {
            let schemas = self.0.schemas.get_or_init(|| provider::schemas(&self.0));
            Ok(schemas.clone())
        };
        answer("GetProviderSchema", call).await
    }

    async fn get_resource_identity_schemas(
        &self,
        _request: Request<proto::get_resource_identity_schemas::Request>,
    ) -> Result<Response<proto::get_resource_identity_schemas::Response>, Status> {
        let call = async move { Ok(proto::get_resource_identity_schemas::Response::default()) };
        answer("GetResourceIdentitySchemas", call).await
    }

    async fn validate_provider_config(
        &self,
        request: Request<proto::validate_provider_config::Request>,
    ) -> Result<Response<proto::validate_provider_config::Response>, Status> {
        let call = async move { provider::validate(&self.0, request.into_inner()) };
        answer("ValidateProviderConfig", call).await
    }

    async fn configure_provider(
        &self,
        request: Request<proto::configure_provider::Request>,
    ) -> Result<Response<proto::configure_provider::Response>, Status> {
        let call = async move { provider::configure(&self.0, request.into_inner()) };
        answer("ConfigureProvider", call).await
    }

    /// Core holds a lock meanwhile, so this waits for nothing.
    async fn stop_provider(
        &self,
        _request: Request<proto::stop_provider::Request>,
    ) -> Result<Response<proto::stop_provider::Response>, Status> {
        let call = async move {
            self.stop();
            Ok(proto::stop_provider::Response::default())
        };
        answer("StopProvider", call).await
    }

    async fn validate_resource_config(
        &self,
        request: Request<proto::validate_resource_config::Request>,
    ) -> Result<Response<proto::validate_resource_config::Response>, Status> {
        let call = async move { resource::validate(&self.0, request.into_inner()) };
        answer("ValidateResourceConfig", call).await
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<proto::upgrade_resource_state::Request>,
    ) -> Result<Response<proto::upgrade_resource_state::Response>, Status> {
        let call = async move { resource::upgrade(&self.0, request.into_inner()) };
        answer("UpgradeResourceState", call).await
    }

    async fn read_resource(
        &self,
        request: Request<proto::read_resource::Request>,
    ) -> Result<Response<proto::read_resource::Response>, Status> {
        let call =
            async move { resource::read(&self.0, self.0.token(), request.into_inner()).await };
        answer("ReadResource", call).await
    }

    async fn plan_resource_change(
        &self,
        request: Request<proto::plan_resource_change::Request>,
    ) -> Result<Response<proto::plan_resource_change::Response>, Status> {
        let call =
            async move { resource::plan(&self.0, self.0.token(), request.into_inner()).await };
        answer("PlanResourceChange", call).await
    }

    async fn apply_resource_change(
        &self,
        request: Request<proto::apply_resource_change::Request>,
    ) -> Result<Response<proto::apply_resource_change::Response>, Status> {
        let call =
            async move { resource::apply(&self.0, self.0.token(), request.into_inner()).await };
        answer("ApplyResourceChange", call).await
    }

    async fn import_resource_state(
        &self,
        request: Request<proto::import_resource_state::Request>,
    ) -> Result<Response<proto::import_resource_state::Response>, Status> {
        let call = async move { resource::import(&self.0, request.into_inner()) };
        answer("ImportResourceState", call).await
    }

    async fn generate_resource_config(
        &self,
        request: Request<proto::generate_resource_config::Request>,
    ) -> Result<Response<proto::generate_resource_config::Response>, Status> {
        let call = async move { resource::generate_config(&self.0, request.into_inner()) };
        answer("GenerateResourceConfig", call).await
    }

    async fn move_resource_state(
        &self,
        request: Request<proto::move_resource_state::Request>,
    ) -> Result<Response<proto::move_resource_state::Response>, Status> {
        let call = async move {
            let request = request.into_inner();
            Err(absent::move_state(
                &request.source_type_name,
                &request.target_type_name,
            ))
        };
        answer("MoveResourceState", call).await
    }

    async fn upgrade_resource_identity(
        &self,
        request: Request<proto::upgrade_resource_identity::Request>,
    ) -> Result<Response<proto::upgrade_resource_identity::Response>, Status> {
        let call = async move { Err(absent::upgrade_identity(&request.into_inner().type_name)) };
        answer("UpgradeResourceIdentity", call).await
    }

    async fn validate_data_resource_config(
        &self,
        request: Request<proto::validate_data_resource_config::Request>,
    ) -> Result<Response<proto::validate_data_resource_config::Response>, Status> {
        let call = async move { data_source::validate(&self.0, request.into_inner()) };
        answer("ValidateDataResourceConfig", call).await
    }

    async fn read_data_source(
        &self,
        request: Request<proto::read_data_source::Request>,
    ) -> Result<Response<proto::read_data_source::Response>, Status> {
        let call =
            async move { data_source::read(&self.0, self.0.token(), request.into_inner()).await };
        answer("ReadDataSource", call).await
    }

    async fn validate_ephemeral_resource_config(
        &self,
        request: Request<proto::validate_ephemeral_resource_config::Request>,
    ) -> Result<Response<proto::validate_ephemeral_resource_config::Response>, Status> {
        let call = async move {
            Err(absent::unknown("ephemeral resource", &request.into_inner().type_name).into())
        };
        answer("ValidateEphemeralResourceConfig", call).await
    }

    async fn open_ephemeral_resource(
        &self,
        request: Request<proto::open_ephemeral_resource::Request>,
    ) -> Result<Response<proto::open_ephemeral_resource::Response>, Status> {
        let call = async move {
            Err(absent::unknown("ephemeral resource", &request.into_inner().type_name).into())
        };
        answer("OpenEphemeralResource", call).await
    }

    async fn renew_ephemeral_resource(
        &self,
        request: Request<proto::renew_ephemeral_resource::Request>,
    ) -> Result<Response<proto::renew_ephemeral_resource::Response>, Status> {
        let call = async move {
            Err(absent::unknown("ephemeral resource", &request.into_inner().type_name).into())
        };
        answer("RenewEphemeralResource", call).await
    }

    async fn close_ephemeral_resource(
        &self,
        request: Request<proto::close_ephemeral_resource::Request>,
    ) -> Result<Response<proto::close_ephemeral_resource::Response>, Status> {
        let call = async move {
            Err(absent::unknown("ephemeral resource", &request.into_inner().type_name).into())
        };
        answer("CloseEphemeralResource", call).await
    }

    async fn validate_list_resource_config(
        &self,
        request: Request<proto::validate_list_resource_config::Request>,
    ) -> Result<Response<proto::validate_list_resource_config::Response>, Status> {
        let call = async move {
            Err(absent::unknown("list resource", &request.into_inner().type_name).into())
        };
        answer("ValidateListResourceConfig", call).await
    }

    async fn validate_action_config(
        &self,
        request: Request<proto::validate_action_config::Request>,
    ) -> Result<Response<proto::validate_action_config::Response>, Status> {
        let call =
            async move { Err(absent::unknown("action", &request.into_inner().type_name).into()) };
        answer("ValidateActionConfig", call).await
    }

    async fn plan_action(
        &self,
        request: Request<proto::plan_action::Request>,
    ) -> Result<Response<proto::plan_action::Response>, Status> {
        let call =
            async move { Err(absent::unknown("action", &request.into_inner().action_type).into()) };
        answer("PlanAction", call).await
    }

    async fn call_function(
        &self,
        request: Request<proto::call_function::Request>,
    ) -> Result<Response<proto::call_function::Response>, Status> {
        let call =
            async move { Err(absent::unknown("function", &request.into_inner().name).into()) };
        answer("CallFunction", call).await
    }

    async fn get_functions(
        &self,
        _request: Request<proto::get_functions::Request>,
    ) -> Result<Response<proto::get_functions::Response>, Status> {
        let call = async move { Ok(proto::get_functions::Response::default()) };
        answer("GetFunctions", call).await
    }

    type ListResourceStream = absent::Answers<proto::list_resource::Event>;

    async fn list_resource(
        &self,
        request: Request<proto::list_resource::Request>,
    ) -> Result<Response<Self::ListResourceStream>, Status> {
        Ok(absent::list(&request.into_inner().type_name))
    }

    type InvokeActionStream = absent::Answers<proto::invoke_action::Event>;

    async fn invoke_action(
        &self,
        request: Request<proto::invoke_action::Request>,
    ) -> Result<Response<Self::InvokeActionStream>, Status> {
        Ok(absent::invoke(&request.into_inner().action_type))
    }

    type ReadStateBytesStream = absent::Answers<proto::read_state_bytes::Response>;

    async fn read_state_bytes(
        &self,
        _request: Request<proto::read_state_bytes::Request>,
    ) -> Result<Response<Self::ReadStateBytesStream>, Status> {
        absent::state_store()
    }

    async fn write_state_bytes(
        &self,
        _request: Request<Streaming<proto::write_state_bytes::RequestChunk>>,
    ) -> Result<Response<proto::write_state_bytes::Response>, Status> {
        absent::state_store()
    }

    async fn validate_state_store_config(
        &self,
        _request: Request<proto::validate_state_store::Request>,
    ) -> Result<Response<proto::validate_state_store::Response>, Status> {
        absent::state_store()
    }

    async fn configure_state_store(
        &self,
        _request: Request<proto::configure_state_store::Request>,
    ) -> Result<Response<proto::configure_state_store::Response>, Status> {
        absent::state_store()
    }

    async fn lock_state(
        &self,
        _request: Request<proto::lock_state::Request>,
    ) -> Result<Response<proto::lock_state::Response>, Status> {
        absent::state_store()
    }

    async fn unlock_state(
        &self,
        _request: Request<proto::unlock_state::Request>,
    ) -> Result<Response<proto::unlock_state::Response>, Status> {
        absent::state_store()
    }

    async fn get_states(
        &self,
        _request: Request<proto::get_states::Request>,
    ) -> Result<Response<proto::get_states::Response>, Status> {
        absent::state_store()
    }

    async fn delete_state(
        &self,
        _request: Request<proto::delete_state::Request>,
    ) -> Result<Response<proto::delete_state::Response>, Status> {
        absent::state_store()
    }
}
