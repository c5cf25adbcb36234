//! Does to a provider what Terraform's core does in a run: configure, refresh, plan, apply. What
//! core sends and how it judges the answers is [`core`](crate::core)'s; an answer that it would
//! refuse ends the test.
//!
//! Values are JSON here; [`UNKNOWN`] stands for what is not known yet. They pass through a codec
//! that is not the framework's, so that a mistake in that one shows.

use std::sync::Arc;

use serde_json::{Map, Value};
use tonic::Status;

use crate::core::merge::proposed;
use crate::core::rules::Verdict;
use crate::core::session::{ApplyCall, PlanCall};
use crate::core::values::{AnyValue, Type, decode, encode};
use crate::core::{Generation, Schemas, Session, TERRAFORM_1_14, TERRAFORM_1_16};
use crate::msgpack;
use crate::plugin_client::{Channel, PluginClient};
use crate::proto::tfplugin6::provider_client::ProviderClient;
use crate::proto::tfplugin6::{
    DynamicValue, RawState, invoke_action, move_resource_state, plan_action, schema, stop_provider,
    validate_action_config,
};

pub use crate::core::{TYPE_NAME as RESOURCE, Told};
pub use crate::msgpack::UNKNOWN;

/// One provider process, for any number of callers.
#[derive(Clone)]
pub struct Host {
    /// For calls that need something else than what is below.
    pub provider: ProviderClient<Channel>,
    schemas: Arc<Schemas>,
    generation: Generation,
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

/// What `terraform apply` did.
#[derive(Clone, Debug)]
pub struct Run {
    /// What was said, from the refresh to the apply.
    pub told: Told,
    /// Whether the plan had changes.
    pub changes: bool,
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
        let mut verdict = Verdict::default();
        let schemas = Arc::new(Schemas::load(&mut provider, &mut verdict).await);
        assert_eq!(verdict.findings, []);
        Self {
            provider,
            schemas,
            generation: TERRAFORM_1_14,
        }
    }

    /// As Terraform from 1.16 on, which hands planned private state over when it plans again.
    #[must_use]
    pub fn storing_planned_private(mut self) -> Self {
        self.generation = TERRAFORM_1_16;
        self
    }

    /// As a client of this version: a bridge says what it likes, and tests say nothing.
    #[must_use]
    pub fn of_version(mut self, version: &'static str) -> Self {
        self.generation.version = version;
        self
    }

    /// A state or configuration of the resource, with everything that is left out.
    pub fn complete(&self, value: Value) -> Value {
        complete(&self.schemas.resource, value)
    }

    /// Puts a provider block in force, and lifts a stop.
    pub async fn configure(&self, block: Value) -> Told {
        let block = complete(&self.schemas.provider, block);
        let mut session = self.session();
        let told = session
            .configure(&value(&block, &self.schemas.provider_type))
            .await;
        judged(session).unwrap();
        told
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
        let mut session = self.session();
        let read = session
            .read(&self.value(&state.value), &state.private, None)
            .await;
        judged(session)?;
        if read.diagnostics.has_errors() {
            return Ok((Some(state.clone()), read.diagnostics));
        }
        Ok((self.state(&read.state, read.private), read.diagnostics))
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
        let planned_private = if self.generation.store_planned_private {
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
        let config = self.complete(config.clone());
        let (before, wanted) = (self.prior(prior), self.value(&config));
        let mut session = self.session();
        let answer = session
            .plan(PlanCall {
                proposed: proposed(&self.schemas.resource, &before, &wanted),
                prior: before,
                config: wanted,
                prior_private: prior.map(|prior| prior.private.clone()).unwrap_or_default(),
                planned_private,
                prior_identity: None,
            })
            .await;
        judged(session)?;
        Ok(Planned {
            prior: prior.cloned(),
            config,
            planned: self.json(&answer.planned),
            private: answer.private,
            told: answer.diagnostics,
        })
    }

    /// Applies. What comes with an error is kept where there is a new state, as in core.
    ///
    /// # Errors
    ///
    /// The call failed as such.
    pub async fn apply(&self, plan: &Planned) -> Result<(Option<State>, Told), Status> {
        let mut session = self.session();
        let answer = session
            .apply(ApplyCall {
                prior: self.prior(plan.prior.as_ref()),
                planned: self.value(&plan.planned),
                config: self.value(&plan.config),
                prior_private: plan
                    .prior
                    .as_ref()
                    .map_or_else(Vec::new, |it| it.private.clone()),
                planned_private: plan.private.clone(),
                planned_identity: None,
            })
            .await;
        judged(session)?;
        if answer.state.is_null() && answer.diagnostics.has_errors() {
            return Ok((plan.prior.clone(), answer.diagnostics));
        }
        Ok((
            self.state(&answer.state, answer.private),
            answer.diagnostics,
        ))
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
        let value = answer
            .target_state
            .map_or(Value::Null, |value| msgpack::decode(&value.msgpack));
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
            client_capabilities: self.generation.capabilities(false),
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
            client_capabilities: self.generation.capabilities(false),
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

    fn session(&self) -> Session<'_> {
        Session::new(&self.provider, &self.schemas, self.generation, false)
    }

    fn value(&self, json: &Value) -> AnyValue {
        value(json, &self.schemas.resource_type)
    }

    fn prior(&self, state: Option<&State>) -> AnyValue {
        state.map_or(AnyValue::Null, |state| self.value(&state.value))
    }

    fn json(&self, value: &AnyValue) -> Value {
        msgpack::decode(&encode(value, &self.schemas.resource_type).unwrap())
    }

    /// What a state file holds then; nothing of what is gone.
    fn state(&self, value: &AnyValue, private: Vec<u8>) -> Option<State> {
        let value = self.json(value);
        (!value.is_null()).then_some(State { value, private })
    }
}

/// Ends the test where core would have ended the run.
fn judged(session: Session<'_>) -> Result<(), Status> {
    if let Some(status) = session.status {
        return Err(status);
    }
    assert_eq!(session.verdict.findings, [], "rules of core");
    Ok(())
}

fn value(json: &Value, ty: &Type) -> AnyValue {
    decode(&msgpack::encode(json), ty).unwrap()
}

/// A value as it is sent.
pub fn dynamic(value: &Value) -> DynamicValue {
    DynamicValue {
        msgpack: msgpack::encode(value),
        json: Vec::new(),
    }
}

/// Every attribute and block, those left out being null.
fn complete(block: &schema::Block, value: Value) -> Value {
    let Value::Object(mut given) = value else {
        return value;
    };
    let mut whole = Map::new();
    for attribute in &block.attributes {
        let value = given.remove(&attribute.name).unwrap_or_default();
        whole.insert(attribute.name.clone(), value);
    }
    for nested in &block.block_types {
        let value = given.remove(&nested.type_name).unwrap_or_default();
        let value = complete(nested.block.as_ref().unwrap(), value);
        whole.insert(nested.type_name.clone(), value);
    }
    assert!(given.is_empty(), "no such attributes: {given:?}");
    Value::Object(whole)
}
