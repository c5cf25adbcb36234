//! Does to a provider what Terraform's core does in a run: configure, refresh, plan, apply.
//!
//! Values are JSON here; [`UNKNOWN`] stands for what is not known yet. `core-rules.md` is in
//! `crates/terraform-plugin/docs`.

use std::sync::Arc;

use serde_json::{Map, Value};
use tonic::Status;

use crate::msgpack;
use crate::plugin_client::{Channel, PluginClient};
use crate::proto::tfplugin6::provider_client::ProviderClient;
use crate::proto::tfplugin6::{
    ClientCapabilities, Diagnostic, DynamicValue, RawState, Schema, apply_resource_change,
    configure_provider, diagnostic, get_provider_schema, invoke_action, move_resource_state,
    plan_action, plan_resource_change, read_resource, schema, stop_provider,
    validate_action_config,
};

pub use crate::msgpack::UNKNOWN;

/// The one resource.
pub const RESOURCE: &str = "incident_telemetry_data_source";

/// One provider process, for any number of callers.
#[derive(Clone)]
pub struct Host {
    /// For calls that need something else than what is below.
    pub provider: ProviderClient<Channel>,
    schemas: Arc<Schemas>,
    stores_planned_private: bool,
}

struct Schemas {
    provider: Vec<schema::Attribute>,
    resource: Vec<schema::Attribute>,
}

/// What a state file holds of one resource.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The attributes, as JSON.
    pub value: Value,
    /// The private state, as the provider gave it.
    pub private: Vec<u8>,
}

/// A plan, with all that its apply needs.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The prior state; none for a creation.
    pub prior: Option<State>,
    /// The configuration, with every attribute.
    pub config: Value,
    /// The planned state.
    pub planned: Value,
    /// The planned private state.
    pub private: Vec<u8>,
    /// What the provider said of it.
    pub told: Told,
}

/// The diagnostics of a call or a run.
#[derive(Clone, Debug, Default)]
pub struct Told(pub Vec<Diagnostic>);

/// What `terraform apply` did.
#[derive(Clone, Debug)]
pub struct Run {
    /// What was said, from the refresh to the apply.
    pub told: Told,
    /// Whether the plan had changes.
    pub changes: bool,
}

impl Told {
    fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        let is_error = |told: &&Diagnostic| told.severity() == diagnostic::Severity::Error;
        self.0.iter().filter(is_error)
    }

    /// Whether anything failed.
    pub fn has_errors(&self) -> bool {
        self.errors().next().is_some()
    }

    /// Whether there is neither an error nor a warning.
    pub fn is_silent(&self) -> bool {
        self.0.is_empty()
    }

    /// All of it, as one text.
    pub fn text(&self) -> String {
        let lines = self.0.iter().map(|told| {
            let severity = told.severity();
            format!("{severity:?}: {}: {}\n", told.summary, told.detail)
        });
        lines.collect::<Vec<_>>().concat()
    }
}

impl Planned {
    /// Whether it differs from the prior state.
    pub fn changes(&self) -> bool {
        self.prior.as_ref().map(|prior| &prior.value) != Some(&self.planned)
    }
}

impl Host {
    /// Asks for the schemas first, as core does.
    pub async fn new(client: &PluginClient) -> Self {
        let mut provider = client.provider.clone();
        let schemas = provider
            .get_provider_schema(get_provider_schema::Request {})
            .await
            .unwrap()
            .into_inner();
        let attributes =
            |schema: Option<&Schema>| schema.unwrap().block.clone().unwrap().attributes;
        Self {
            provider,
            schemas: Arc::new(Schemas {
                provider: attributes(schemas.provider.as_ref()),
                resource: attributes(schemas.resource_schemas.get(RESOURCE)),
            }),
            stores_planned_private: false,
        }
    }

    /// As Terraform from 1.16 on, which hands planned private state over when it plans again.
    #[must_use]
    pub fn storing_planned_private(mut self) -> Self {
        self.stores_planned_private = true;
        self
    }

    /// A state or configuration of the resource, with everything that is left out.
    pub fn complete(&self, value: Value) -> Value {
        complete(&self.schemas.resource, value)
    }

    /// Puts a provider block in force, and lifts a stop.
    pub async fn configure(&self, block: Value) -> Told {
        let block = complete(&self.schemas.provider, block);
        let request = configure_provider::Request {
            terraform_version: "1.14.0".to_owned(),
            config: Some(dynamic(&block)),
            client_capabilities: None,
        };
        let answer = self.provider.clone().configure_provider(request).await;
        Told(answer.unwrap().into_inner().diagnostics)
    }

    /// Tells the provider to cancel what it is doing, as Ctrl-C does.
    pub async fn stop(&self) {
        let answer = self
            .provider
            .clone()
            .stop_provider(stop_provider::Request {})
            .await;
        assert_eq!(answer.unwrap().into_inner().error, "");
    }

    /// Refreshes; an error keeps the state, as in core.
    ///
    /// # Errors
    ///
    /// The call failed as such.
    pub async fn refresh(&self, state: &State) -> Result<(Option<State>, Told), Status> {
        let request = read_resource::Request {
            type_name: RESOURCE.to_owned(),
            current_state: Some(dynamic(&state.value)),
            private: state.private.clone(),
            client_capabilities: Some(self.capabilities()),
            ..read_resource::Request::default()
        };
        let answer = self.provider.clone().read_resource(request).await?;
        let answer = answer.into_inner();
        let told = Told(answer.diagnostics);
        if told.has_errors() {
            return Ok((Some(state.clone()), told));
        }
        let value = json(answer.new_state.as_ref());
        let private = answer.private;
        let state = (!value.is_null()).then_some(State { value, private });
        Ok((state, told))
    }

    /// Plans. `config` may leave out what is null.
    ///
    /// # Errors
    ///
    /// The call failed as such.
    pub async fn plan(&self, config: &Value, prior: Option<&State>) -> Result<Planned, Status> {
        self.plan_after(config, prior, Vec::new()).await
    }

    /// Plans again, as core does when it applies, with what is configured by then.
    ///
    /// # Errors
    ///
    /// The call failed as such.
    pub async fn plan_again(&self, config: &Value, first: &Planned) -> Result<Planned, Status> {
        let planned_private = if self.stores_planned_private {
            first.private.clone()
        } else {
            Vec::new()
        };
        self.plan_after(config, first.prior.as_ref(), planned_private)
            .await
    }

    async fn plan_after(
        &self,
        config: &Value,
        prior: Option<&State>,
        planned_private: Vec<u8>,
    ) -> Result<Planned, Status> {
        let config = complete(&self.schemas.resource, config.clone());
        let before = prior.map(|prior| &prior.value);
        let request = plan_resource_change::Request {
            type_name: RESOURCE.to_owned(),
            prior_state: Some(dynamic(before.unwrap_or(&Value::Null))),
            proposed_new_state: Some(dynamic(&proposed(&self.schemas.resource, &config, before))),
            config: Some(dynamic(&config)),
            prior_private: prior.map(|prior| prior.private.clone()).unwrap_or_default(),
            planned_private,
            client_capabilities: Some(self.capabilities()),
            ..plan_resource_change::Request::default()
        };
        let answer = self.provider.clone().plan_resource_change(request).await?;
        let answer = answer.into_inner();
        Ok(Planned {
            prior: prior.cloned(),
            config,
            planned: json(answer.planned_state.as_ref()),
            private: answer.planned_private,
            told: Told(answer.diagnostics),
        })
    }

    /// Applies. What comes with an error is kept where there is a new state, as in core.
    ///
    /// # Errors
    ///
    /// The call failed as such.
    pub async fn apply(&self, plan: &Planned) -> Result<(Option<State>, Told), Status> {
        let before = plan
            .prior
            .as_ref()
            .map_or(&Value::Null, |prior| &prior.value);
        let request = apply_resource_change::Request {
            type_name: RESOURCE.to_owned(),
            prior_state: Some(dynamic(before)),
            planned_state: Some(dynamic(&plan.planned)),
            config: Some(dynamic(&plan.config)),
            planned_private: plan.private.clone(),
            ..apply_resource_change::Request::default()
        };
        let answer = self.provider.clone().apply_resource_change(request).await?;
        let answer = answer.into_inner();
        let told = Told(answer.diagnostics);
        let value = json(answer.new_state.as_ref());
        if value.is_null() && told.has_errors() {
            return Ok((plan.prior.clone(), told));
        }
        if !told.has_errors() {
            conforms(&plan.planned, &value);
        }
        let private = answer.private;
        Ok((Some(State { value, private }), told))
    }

    /// `terraform apply`: refresh, plan, apply. An error ends it.
    pub async fn run(&self, config: &Value, state: &mut Option<State>) -> Run {
        let mut told = Told::default();
        if let Some(before) = state.take() {
            let (refreshed, said) = self.refresh(&before).await.unwrap();
            *state = refreshed;
            told.0.extend(said.0);
        }
        if told.has_errors() {
            return Run {
                told,
                changes: false,
            };
        }
        let plan = self.plan(config, state.as_ref()).await.unwrap();
        told.0.extend(plan.told.0.clone());
        let changes = plan.changes();
        if changes && !told.has_errors() {
            let (after, said) = self.apply(&plan).await.unwrap();
            *state = after;
            told.0.extend(said.0);
        }
        Run { told, changes }
    }

    /// Moves a state of another type, or from another provider, as `moved` does. `state` is JSON as
    /// it was stored.
    ///
    /// # Errors
    ///
    /// The call failed as such.
    pub async fn move_state(
        &self,
        source_type: &str,
        state: &Value,
        private: &[u8],
    ) -> Result<(Option<State>, Told), Status> {
        let request = move_resource_state::Request {
            source_provider_address: "registry.terraform.io/elsewhere/elsewhere".to_owned(),
            source_type_name: source_type.to_owned(),
            source_state: Some(RawState {
                json: state.to_string().into_bytes(),
                ..RawState::default()
            }),
            source_private: private.to_vec(),
            target_type_name: RESOURCE.to_owned(),
            ..move_resource_state::Request::default()
        };
        let answer = self.provider.clone().move_resource_state(request).await?;
        let answer = answer.into_inner();
        let value = json(answer.target_state.as_ref());
        let private = answer.target_private;
        let state = (!value.is_null()).then_some(State { value, private });
        Ok((state, Told(answer.diagnostics)))
    }

    /// Validates and plans an action, whose configuration has every attribute.
    ///
    /// # Errors
    ///
    /// A call failed as such.
    pub async fn plan_action(&self, action: &str, config: &Value) -> Result<Told, Status> {
        let request = validate_action_config::Request {
            type_name: action.to_owned(),
            config: Some(dynamic(config)),
        };
        let mut provider = self.provider.clone();
        let answer = provider.validate_action_config(request).await?;
        let told = Told(answer.into_inner().diagnostics);
        if told.has_errors() {
            return Ok(told);
        }
        let request = plan_action::Request {
            action_type: action.to_owned(),
            config: Some(dynamic(config)),
            client_capabilities: Some(self.capabilities()),
        };
        let answer = provider.plan_action(request).await?;
        Ok(Told(answer.into_inner().diagnostics))
    }

    /// Invokes an action: the lines of its progress, and what it said at the end.
    ///
    /// # Errors
    ///
    /// The call failed as such.
    ///
    /// # Panics
    ///
    /// As core does, where an event says nothing, or the stream does not end with a completion.
    pub async fn invoke(
        &self,
        action: &str,
        config: &Value,
    ) -> Result<(Vec<String>, Told), Status> {
        use invoke_action::event::Type;
        let request = invoke_action::Request {
            action_type: action.to_owned(),
            config: Some(dynamic(config)),
            client_capabilities: Some(self.capabilities()),
        };
        let answer = self.provider.clone().invoke_action(request).await?;
        let (mut events, mut lines, mut told) = (answer.into_inner(), Vec::new(), None);
        while let Some(event) = events.message().await? {
            assert!(told.is_none(), "an event after the completion");
            match event.r#type.expect("an event without a member") {
                Type::Progress(progress) => lines.push(progress.message),
                Type::Completed(completed) => told = Some(Told(completed.diagnostics)),
            }
        }
        Ok((lines, told.expect("no completion")))
    }

    fn capabilities(&self) -> ClientCapabilities {
        ClientCapabilities {
            write_only_attributes_allowed: true,
            store_planned_private: self.stores_planned_private,
            ..ClientCapabilities::default()
        }
    }
}

/// A value as it is sent.
pub fn dynamic(value: &Value) -> DynamicValue {
    DynamicValue {
        msgpack: msgpack::encode(value),
        json: Vec::new(),
    }
}

fn json(value: Option<&DynamicValue>) -> Value {
    value
        .filter(|value| !value.msgpack.is_empty())
        .map_or(Value::Null, |value| msgpack::decode(&value.msgpack))
}

/// Every attribute, those left out being null.
fn complete(attributes: &[schema::Attribute], value: Value) -> Value {
    let Value::Object(mut given) = value else {
        return value;
    };
    let mut whole = Map::new();
    for attribute in attributes {
        let value = given.remove(&attribute.name).unwrap_or_default();
        let value = match &attribute.nested_type {
            Some(nested) => complete(&nested.attributes, value),
            None => value,
        };
        whole.insert(attribute.name.clone(), value);
    }
    assert!(given.is_empty(), "no such attributes: {given:?}");
    Value::Object(whole)
}

/// What core proposes: the configuration, with what is computed from the state before
/// (`core-rules.md`, section 5, `PlanResourceChange`).
fn proposed(attributes: &[schema::Attribute], config: &Value, prior: Option<&Value>) -> Value {
    let Value::Object(config) = config else {
        return config.clone();
    };
    let propose = |attribute: &schema::Attribute| {
        let given = config[&attribute.name].clone();
        let value = match (&attribute.nested_type, prior) {
            _ if attribute.write_only => Value::Null,
            (Some(nested), _) => proposed(&nested.attributes, &given, None),
            (None, None) if given.is_null() && attribute.computed => UNKNOWN.into(),
            (None, Some(prior)) if given.is_null() && attribute.computed => {
                prior[&attribute.name].clone()
            }
            _ => given,
        };
        (attribute.name.clone(), value)
    };
    Value::Object(attributes.iter().map(propose).collect())
}

/// Core refuses a new state that differs where the plan was known (`core-rules.md`, section 7).
fn conforms(planned: &Value, new: &Value) {
    match (planned, new) {
        (Value::String(planned), _) if planned == UNKNOWN => {}
        (Value::Object(planned), Value::Object(new)) => {
            for (name, planned) in planned {
                conforms(planned, &new[name]);
            }
        }
        _ => assert_eq!(planned, new, "inconsistent result after apply"),
    }
    assert!(
        !new.to_string().contains(UNKNOWN),
        "unknown after apply: {new}"
    );
}
