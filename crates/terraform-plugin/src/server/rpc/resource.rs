//! The calls about a managed resource.

use std::mem;

use tokio_util::sync::CancellationToken;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lifecycle::{ApplyChange, Managed, NewState, PlanChange};
use crate::proto::tfplugin6::{
    DynamicValue, apply_resource_change, generate_resource_config, import_resource_state,
    plan_resource_change, read_resource, upgrade_resource_state, validate_resource_config,
};
use crate::server::decode::{self, Received, ReceivedState};
use crate::server::encode;
use crate::server::server::Inner;
use crate::value::Value;

pub(in crate::server) fn validate(
    server: &Inner,
    request: validate_resource_config::Request,
) -> Result<validate_resource_config::Response, Diagnostics> {
    let config = Received::new(request.config);
    let managed = server.resource(&request.type_name)?;
    let config = config.decode(managed.ty(), "The configuration")?;
    let capabilities = decode::capabilities(request.client_capabilities);
    Ok(validate_resource_config::Response {
        diagnostics: encode::diagnostics(managed.validate(config, capabilities)),
    })
}

pub(in crate::server) fn upgrade(
    server: &Inner,
    request: upgrade_resource_state::Request,
) -> Result<upgrade_resource_state::Response, Diagnostics> {
    let raw = ReceivedState::new(request.raw_state);
    let managed = server.resource(&request.type_name)?;
    let state = managed.upgrade(request.version, &raw.stored())?;
    Ok(upgrade_resource_state::Response {
        upgraded_state: Some(encode::value(&state, managed.ty(), "The upgraded state")?),
        diagnostics: Vec::new(),
    })
}

pub(in crate::server) async fn read(
    server: &Inner,
    stop: CancellationToken,
    request: read_resource::Request,
) -> Result<read_resource::Response, Diagnostics> {
    let received = Received::new(request.current_state);
    let mut private = decode::private(request.private);
    let managed = server.resource(&request.type_name)?;
    let state = received.decode(managed.ty(), "The state")?;
    let read = managed.read(state, mem::take(&mut private), &stop).await;
    Ok(read_resource::Response {
        new_state: Some(new_state(read.state, received, managed, "The read state")?),
        diagnostics: encode::diagnostics(read.diagnostics),
        private: read.private,
        // There is no identity schema, so there is none to keep.
        ..read_resource::Response::default()
    })
}

pub(in crate::server) async fn plan(
    server: &Inner,
    stop: CancellationToken,
    request: plan_resource_change::Request,
) -> Result<plan_resource_change::Response, Diagnostics> {
    let prior = Received::new(request.prior_state);
    let proposed = Received::new(request.proposed_new_state);
    let config = Received::new(request.config);
    let mut prior_private = decode::private(request.prior_private);
    let mut planned_private = decode::private(request.planned_private);
    let managed = server.resource(&request.type_name)?;
    let capabilities = decode::capabilities(request.client_capabilities);
    let handed_over = capabilities.store_planned_private && !planned_private.is_empty();
    let change = PlanChange {
        prior: prior.decode(managed.ty(), "The prior state")?,
        proposed: proposed.decode(managed.ty(), "The proposed new state")?,
        config: config.decode(managed.ty(), "The configuration")?,
        prior_private: mem::take(&mut prior_private),
        planned_private: handed_over.then(|| mem::take(&mut *planned_private)),
    };
    drop((proposed, config));
    let planned = managed.plan(change, &stop).await;
    let requires_replace = planned.requires_replace.iter();
    Ok(plan_resource_change::Response {
        planned_state: Some(new_state(
            planned.state,
            prior,
            managed,
            "The planned state",
        )?),
        requires_replace: requires_replace.map(encode::attribute_path).collect(),
        planned_private: planned.private,
        diagnostics: encode::diagnostics(planned.diagnostics),
        ..plan_resource_change::Response::default()
    })
}

/// Runs within its call, not in a task of its own: where the host hangs up, the request is given up
/// as it stands. Going on would change nothing for the better. Nobody could be told how it ended,
/// tries that nobody waits for might still be made, and the process ends with its host anyway. The
/// next plan deals with it as with a killed process.
pub(in crate::server) async fn apply(
    server: &Inner,
    stop: CancellationToken,
    request: apply_resource_change::Request,
) -> Result<apply_resource_change::Response, Diagnostics> {
    let prior = Received::new(request.prior_state);
    let planned = Received::new(request.planned_state);
    let config = Received::new(request.config);
    let mut planned_private = decode::private(request.planned_private);
    let managed = server.resource(&request.type_name)?;
    let change = ApplyChange {
        prior: prior.decode(managed.ty(), "The prior state")?,
        planned: planned.decode(managed.ty(), "The planned state")?,
        config: config.decode(managed.ty(), "The configuration")?,
        planned_private: mem::take(&mut planned_private),
    };
    drop((prior, planned, config));
    let applied = managed.apply(change, &stop).await;
    let mut diagnostics = applied.diagnostics;
    // Without a new state, core keeps the state and private state from before.
    let new_state = applied.state.and_then(|state| {
        encode::value(&state, managed.ty(), "The new state")
            .map_err(|defect| diagnostics.push(defect))
            .ok()
    });
    Ok(apply_resource_change::Response {
        new_state,
        private: applied.private,
        diagnostics: encode::diagnostics(diagnostics),
        ..apply_resource_change::Response::default()
    })
}

pub(in crate::server) fn import(
    server: &Inner,
    request: import_resource_state::Request,
) -> Result<import_resource_state::Response, Diagnostics> {
    let managed = server.resource(&request.type_name)?;
    if request.id.is_empty() && request.identity.is_some() {
        return Err(Diagnostic::error(
            "Import by Identity Not Supported",
            format!(
                "{} has no resource identity. Import it by its id.",
                request.type_name
            ),
        )
        .into());
    }
    let state = managed.import(&request.id)?;
    let imported = import_resource_state::ImportedResource {
        type_name: request.type_name,
        state: Some(encode::value(&state, managed.ty(), "The imported state")?),
        ..import_resource_state::ImportedResource::default()
    };
    Ok(import_resource_state::Response {
        imported_resources: vec![imported],
        ..import_resource_state::Response::default()
    })
}

pub(in crate::server) fn generate_config(
    server: &Inner,
    request: generate_resource_config::Request,
) -> Result<generate_resource_config::Response, Diagnostics> {
    let received = Received::new(request.state);
    let managed = server.resource(&request.type_name)?;
    let state = received.decode(managed.ty(), "The state")?;
    let config = managed.generate_config(state);
    let config = encode::value(&config, managed.ty(), "The generated configuration")?;
    Ok(generate_resource_config::Response {
        config: Some(config),
        diagnostics: Vec::new(),
    })
}

/// A state to answer; one that is the same goes back as it came.
fn new_state(
    state: NewState,
    received: Received,
    managed: &Managed,
    what: &str,
) -> Result<DynamicValue, Diagnostic> {
    match state {
        NewState::Same => Ok(received.give_back()),
        NewState::Null => encode::value(&Value::Null, managed.ty(), what),
        NewState::Value(state) => encode::value(&state, managed.ty(), what),
    }
}
