//! The list of calls: what `tfplugin6.Provider` asks, and who answers.

use tonic::{Request, Response, Status, Streaming};

use super::absent::{self, Answers};
use super::guard::{answer, fine};
use super::invocation::Invocation;
use super::schemas;
use super::shared::Server;
use crate::proto::tfplugin6 as proto;

/// Writes each row as a method of tonic's trait: the call runs under the guard, and its errors
/// become diagnostics. `server` is what the calls share, `stop` what a call has to heed.
macro_rules! calls {
    (
        $( $method:ident $rpc:literal($message:ident) => |$server:ident, $request:pat_param, $stop:pat_param| $call:expr; )*
        ---
        $( $other:tt )*
    ) => {
        #[tonic::async_trait]
        impl proto::provider_server::Provider for Server {
            $(
                async fn $method(
                    &self,
                    request: Request<proto::$message::Request>,
                ) -> Result<Response<proto::$message::Response>, Status> {
                    let $server = &*self.0;
                    let stop = self.0.token();
                    let ($stop, $request) = (&stop, request.into_inner());
                    answer($rpc, $server.report_url, async move { $call }).await
                }
            )*
            $( $other )*
        }
    };
}

calls! {
    get_metadata "GetMetadata"(get_metadata)
        => |server, _, _| fine(schemas::metadata(server));
    get_provider_schema "GetProviderSchema"(get_provider_schema)
        => |server, _, _| {
            let schemas = server.schemas.get_or_init(|| schemas::schemas(server));
            fine(schemas.clone()?)
        };
    get_resource_identity_schemas "GetResourceIdentitySchemas"(get_resource_identity_schemas)
        => |server, _, _| fine(schemas::identities(server));
    validate_provider_config "ValidateProviderConfig"(validate_provider_config)
        => |server, request, _| server.provider.validate(request);
    // A process that is debugged serves run after run, each of which begins here: what was stopped
    // before may go on.
    configure_provider "ConfigureProvider"(configure_provider)
        => |server, request, _| {
            server.resume();
            server.provider.configure(request)
        };
    // Core holds a lock meanwhile, so this waits for nothing.
    stop_provider "StopProvider"(stop_provider)
        => |server, _, stop| {
            stop.cancel();
            fine(proto::stop_provider::Response::default())
        };

    validate_resource_config "ValidateResourceConfig"(validate_resource_config)
        => |server, request, _| server.resource(&request.type_name)?.validate(request);
    upgrade_resource_state "UpgradeResourceState"(upgrade_resource_state)
        => |server, request, _| server.resource(&request.type_name)?.upgrade(request);
    read_resource "ReadResource"(read_resource)
        => |server, request, stop| server.resource(&request.type_name)?.read(request, stop).await;
    plan_resource_change "PlanResourceChange"(plan_resource_change)
        => |server, request, stop| server.resource(&request.type_name)?.plan(request, stop).await;
    apply_resource_change "ApplyResourceChange"(apply_resource_change)
        => |server, request, stop| server.resource(&request.type_name)?.apply(request, stop).await;
    import_resource_state "ImportResourceState"(import_resource_state)
        => |server, request, _| server.resource(&request.type_name)?.import(request);
    generate_resource_config "GenerateResourceConfig"(generate_resource_config)
        => |server, request, _| server.resource(&request.type_name)?.generate(request);
    move_resource_state "MoveResourceState"(move_resource_state)
        => |server, request, _| server.resource(&request.target_type_name)?.move_state(request);
    upgrade_resource_identity "UpgradeResourceIdentity"(upgrade_resource_identity)
        => |server, request, _| server.resource(&request.type_name)?.upgrade_identity();

    validate_data_resource_config "ValidateDataResourceConfig"(validate_data_resource_config)
        => |server, request, _| server.data_source(&request.type_name)?.validate(request);
    read_data_source "ReadDataSource"(read_data_source)
        => |server, request, stop| server.data_source(&request.type_name)?.read(request, stop).await;

    validate_action_config "ValidateActionConfig"(validate_action_config)
        => |server, request, _| server.action(&request.type_name)?.validate(request);
    plan_action "PlanAction"(plan_action)
        => |server, request, stop| server.action(&request.action_type)?.plan(request, stop).await;

    validate_ephemeral_resource_config "ValidateEphemeralResourceConfig"(validate_ephemeral_resource_config)
        => |server, request, _| Err(absent::unknown("ephemeral resource", &request.type_name));
    open_ephemeral_resource "OpenEphemeralResource"(open_ephemeral_resource)
        => |server, request, _| Err(absent::unknown("ephemeral resource", &request.type_name));
    renew_ephemeral_resource "RenewEphemeralResource"(renew_ephemeral_resource)
        => |server, request, _| Err(absent::unknown("ephemeral resource", &request.type_name));
    close_ephemeral_resource "CloseEphemeralResource"(close_ephemeral_resource)
        => |server, request, _| Err(absent::unknown("ephemeral resource", &request.type_name));
    validate_list_resource_config "ValidateListResourceConfig"(validate_list_resource_config)
        => |server, request, _| Err(absent::unknown("list resource", &request.type_name));
    call_function "CallFunction"(call_function)
        => |server, request, _| Err(absent::unknown("function", &request.name));
    get_functions "GetFunctions"(get_functions)
        => |server, _, _| fine(proto::get_functions::Response::default());
    ---
    type ListResourceStream = Answers<proto::list_resource::Event>;

    async fn list_resource(
        &self,
        request: Request<proto::list_resource::Request>,
    ) -> Result<Response<Self::ListResourceStream>, Status> {
        Ok(absent::list(&request.into_inner().type_name))
    }

    type InvokeActionStream = Invocation;

    async fn invoke_action(
        &self,
        request: Request<proto::invoke_action::Request>,
    ) -> Result<Response<Self::InvokeActionStream>, Status> {
        Ok(Response::new(Invocation::new(self, request.into_inner())))
    }

    type ReadStateBytesStream = Answers<proto::read_state_bytes::Response>;

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
