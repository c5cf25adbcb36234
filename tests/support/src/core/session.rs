//! One run of the provider as core sees it: configured anew, every answer judged.

use tonic::Status;

use super::commands::Object;
use super::encoding::{aged, dynamic, refined};
use super::generation::Generation;
use super::rules::value::{decode, path};
use super::rules::{Rule, Verdict, apply, diagnostics, identity, plan, stored};
use super::schemas::{Schemas, TYPE_NAME};
use super::told::Told;
use super::values::{AnyValue, Known, Path, Value, to_json};
use crate::plugin_client::Channel;
use crate::proto::tfplugin6 as proto;
use crate::proto::tfplugin6::provider_client::ProviderClient;
use crate::proto::tfplugin6::schema::Block;

/// Part of every secret of a walk, and no base64: hashes must not hold it by chance.
pub const MARKER: &str = "zq9-";

/// A configured provider.
pub struct Session<'a> {
    /// The provider.
    pub client: ProviderClient<Channel>,
    /// What it answered when it was asked for them.
    pub schemas: &'a Schemas,
    /// Which release this is.
    pub generation: Generation,
    /// Whether this run applies; it plans otherwise.
    pub apply_walk: bool,
    /// The judgement of every answer so far.
    pub verdict: Verdict,
    /// How many calls were made.
    pub calls: u64,
    /// The gRPC error of the last call that had one.
    pub status: Option<Status>,
}

/// What `ReadResource` or `ApplyResourceChange` answers.
#[derive(Debug)]
pub struct StateAnswer {
    /// The new state.
    pub state: AnyValue,
    /// The private state.
    pub private: Vec<u8>,
    /// The identity, of a client that keeps them.
    pub identity: Option<AnyValue>,
    /// What was said.
    pub diagnostics: Told,
}

/// What `PlanResourceChange` answers.
#[derive(Debug)]
pub struct PlanAnswer {
    /// The planned state.
    pub planned: AnyValue,
    /// The paths that require a replacement.
    pub replace: Vec<Path>,
    /// The planned private state.
    pub private: Vec<u8>,
    /// The planned identity, of a client that keeps them.
    pub identity: Option<AnyValue>,
    /// What was said.
    pub diagnostics: Told,
}

/// What `PlanResourceChange` is asked.
#[derive(Debug, Clone)]
pub struct PlanCall {
    /// The prior state; null for a create.
    pub prior: AnyValue,
    /// The proposed new state.
    pub proposed: AnyValue,
    /// The configuration; null for a destroy.
    pub config: AnyValue,
    /// The private state.
    pub prior_private: Vec<u8>,
    /// The planned private state of the plan before, where the release hands it over.
    pub planned_private: Vec<u8>,
    /// The identity of the prior state, if one is stored.
    pub prior_identity: Option<AnyValue>,
}

/// What `ApplyResourceChange` is asked.
#[derive(Debug, Clone)]
pub struct ApplyCall {
    /// The prior state; null for a create.
    pub prior: AnyValue,
    /// The planned state; null for a destroy.
    pub planned: AnyValue,
    /// The configuration; null for a destroy.
    pub config: AnyValue,
    /// The private state beside the prior state, which is not sent.
    pub prior_private: Vec<u8>,
    /// The planned private state.
    pub planned_private: Vec<u8>,
    /// The planned identity.
    pub planned_identity: Option<AnyValue>,
}

/// What `MoveResourceState` is asked.
#[derive(Debug, Clone)]
pub struct MoveCall {
    /// Where the provider of the source is.
    pub source_address: &'static str,
    /// The type that the object has had.
    pub source_type: &'static str,
    /// The state as it was stored.
    pub state: serde_json::Value,
    /// The private state beside it.
    pub private: Vec<u8>,
    /// The identity beside it.
    pub identity: Option<AnyValue>,
}

/// Calls one RPC; a gRPC error is a finding, and an empty answer.
macro_rules! call {
    ($session:ident . $rpc:ident ($request:expr)) => {{
        $session.calls += 1;
        let answer = $session.client.$rpc($request).await;
        $session
            .verdict
            .check(Rule::CallAnswered, &Path::root(), answer.is_ok());
        match answer {
            Ok(answer) => answer.into_inner(),
            Err(status) => {
                $session.status = Some(status);
                Default::default()
            }
        }
    }};
}

impl<'a> Session<'a> {
    /// A run with a provider that was configured before, if it was at all.
    pub fn new(
        client: &ProviderClient<Channel>,
        schemas: &'a Schemas,
        generation: Generation,
        apply_walk: bool,
    ) -> Self {
        Self {
            client: client.clone(),
            schemas,
            generation,
            apply_walk,
            verdict: Verdict::default(),
            calls: 0,
            status: None,
        }
    }

    /// A new run: the provider forgets what it saw in the one before. `validate`: core always does;
    /// the same block need not be judged each time.
    pub async fn open(
        client: &ProviderClient<Channel>,
        schemas: &'a Schemas,
        generation: Generation,
        apply_walk: bool,
        provider: &[(&str, AnyValue)],
        validate: bool,
    ) -> Self {
        let mut session = Self::new(client, schemas, generation, apply_walk);
        let attributes = schemas.provider.attributes.iter();
        let attributes = attributes.map(|attribute| {
            let set = provider.iter().find(|(name, _)| *name == attribute.name);
            let value = set.map_or(Value::Null, |(_, value)| value.clone());
            (attribute.name.clone().into(), value)
        });
        let config = Value::Known(Known::Object(attributes.collect()));
        if validate {
            let request = proto::validate_provider_config::Request {
                config: Some(dynamic(&config, &schemas.provider_type)),
            };
            let answer = call!(session.validate_provider_config(request));
            session.diagnostics(&schemas.provider, answer.diagnostics);
        }
        session.configure(&config).await;
        session
    }

    /// Puts a provider block in force, and lifts a stop.
    pub async fn configure(&mut self, config: &AnyValue) -> Told {
        let request = proto::configure_provider::Request {
            terraform_version: self.generation.version.to_owned(),
            config: Some(dynamic(config, &self.schemas.provider_type)),
            client_capabilities: self.capabilities(),
        };
        let answer = call!(self.configure_provider(request));
        self.diagnostics(&self.schemas.provider, answer.diagnostics)
    }

    fn diagnostics(&mut self, block: &Block, given: Vec<proto::Diagnostic>) -> Told {
        self.verdict.extend(diagnostics::judge(block, &given));
        for diagnostic in &given {
            for text in [&diagnostic.summary, &diagnostic.detail] {
                self.no_secret(text.as_bytes());
            }
        }
        Told(given)
    }

    fn no_secret(&mut self, artefact: &[u8]) {
        self.verdict.extend(stored::judge_secrets(MARKER, artefact));
    }

    fn no_deferral(&mut self, deferred: bool) {
        self.verdict
            .check(Rule::NoDeferral, &Path::root(), !deferred);
    }

    fn capabilities(&self) -> Option<proto::ClientCapabilities> {
        self.generation.capabilities(self.apply_walk)
    }

    fn dynamic(&self, value: &AnyValue) -> proto::DynamicValue {
        dynamic(value, &self.schemas.resource_type)
    }

    fn value(&mut self, answer: Option<&proto::DynamicValue>) -> AnyValue {
        decode(answer, &self.schemas.resource_type, &mut self.verdict)
    }

    fn identity_data(&self, identity: Option<&AnyValue>) -> Option<proto::ResourceIdentityData> {
        let identity = identity.filter(|_| self.generation.identities)?;
        Some(proto::ResourceIdentityData {
            identity_data: Some(dynamic(identity, &self.schemas.identity_type)),
        })
    }

    /// The identity in an answer, judged whether the client keeps it or not.
    fn identity(
        &mut self,
        before: Option<&AnyValue>,
        answer: Option<&proto::ResourceIdentityData>,
    ) -> Option<AnyValue> {
        let before = before.filter(|_| self.generation.identities);
        let (verdict, identity) = identity::judge(&self.schemas.identity_type, before, answer);
        self.verdict.extend(verdict);
        identity.filter(|_| self.generation.identities)
    }

    /// Of an identity that is not there yet: Terraform asks with version 0 and without bytes.
    pub async fn upgrade_identity(&mut self) -> Option<AnyValue> {
        let request = proto::upgrade_resource_identity::Request {
            type_name: TYPE_NAME.to_owned(),
            ..proto::upgrade_resource_identity::Request::default()
        };
        let answer = call!(self.upgrade_resource_identity(request));
        self.diagnostics(&self.schemas.resource, answer.diagnostics);
        let answer = answer.upgraded_identity?.identity_data;
        let identity_type = &self.schemas.identity_type;
        let identity = decode(answer.as_ref(), identity_type, &mut self.verdict);
        (!identity.is_null()).then_some(identity)
    }

    /// Of the resource.
    pub async fn validate(&mut self, config: &AnyValue) -> Told {
        let request = proto::validate_resource_config::Request {
            type_name: TYPE_NAME.to_owned(),
            config: Some(refined(self.dynamic(config))),
            client_capabilities: self.capabilities(),
        };
        let answer = call!(self.validate_resource_config(request));
        self.diagnostics(&self.schemas.resource, answer.diagnostics)
    }

    /// Of a state that is of the current version, as core stored it.
    pub async fn upgrade(&mut self, state: &AnyValue) -> AnyValue {
        let mut json = to_json(state);
        if self.calls.is_multiple_of(2) {
            aged(&mut json);
        }
        let request = proto::upgrade_resource_state::Request {
            type_name: TYPE_NAME.to_owned(),
            version: 0,
            raw_state: Some(proto::RawState {
                json: serde_json::to_vec_pretty(&json).unwrap(),
                ..proto::RawState::default()
            }),
        };
        let answer = call!(self.upgrade_resource_state(request));
        self.diagnostics(&self.schemas.resource, answer.diagnostics);
        let upgraded = self.value(answer.upgraded_state.as_ref());
        let judged = stored::judge_upgrade(&self.schemas.resource, state, &upgraded);
        self.verdict.extend(judged);
        upgraded
    }

    /// A refresh.
    pub async fn read(
        &mut self,
        state: &AnyValue,
        private: &[u8],
        identity: Option<&AnyValue>,
    ) -> StateAnswer {
        let request = proto::read_resource::Request {
            type_name: TYPE_NAME.to_owned(),
            current_state: Some(self.dynamic(state)),
            private: private.to_vec(),
            current_identity: self.identity_data(identity),
            client_capabilities: self.capabilities(),
            ..proto::read_resource::Request::default()
        };
        let answer = call!(self.read_resource(request));
        let diagnostics = self.diagnostics(&self.schemas.resource, answer.diagnostics);
        let state = self.value(answer.new_state.as_ref());
        self.no_deferral(answer.deferred.is_some());
        self.no_secret(&answer.private);
        let judged = stored::judge(&self.schemas.resource, &state);
        self.verdict.extend(judged);
        self.verdict
            .extend(stored::judge_private(private, &answer.private));
        let identity = if diagnostics.has_errors() {
            identity.cloned()
        } else {
            self.identity(identity, answer.new_identity.as_ref())
        };
        StateAnswer {
            state,
            private: answer.private,
            identity,
            diagnostics,
        }
    }

    /// A plan of a create, an update or a destroy.
    pub async fn plan(&mut self, call: PlanCall) -> PlanAnswer {
        let request = proto::plan_resource_change::Request {
            type_name: TYPE_NAME.to_owned(),
            prior_state: Some(self.dynamic(&call.prior)),
            proposed_new_state: Some(refined(self.dynamic(&call.proposed))),
            config: Some(refined(self.dynamic(&call.config))),
            prior_private: call.prior_private.clone(),
            planned_private: call.planned_private.clone(),
            prior_identity: self.identity_data(call.prior_identity.as_ref()),
            client_capabilities: self.capabilities(),
            ..proto::plan_resource_change::Request::default()
        };
        let answer = call!(self.plan_resource_change(request));
        let block = &self.schemas.resource;
        let diagnostics = self.diagnostics(block, answer.diagnostics);
        let planned = self.value(answer.planned_state.as_ref());
        self.no_deferral(answer.deferred.is_some());
        let legacy = answer.legacy_type_system;
        self.verdict
            .check(Rule::NoLegacyTypeSystem, &Path::root(), !legacy);
        self.no_secret(&answer.planned_private);
        let paths: Vec<_> = answer.requires_replace.iter().map(path).collect();
        if !diagnostics.has_errors() {
            self.verdict
                .extend(stored::write_only_null(block, &planned));
            if call.config.is_null() {
                self.verdict.extend(plan::judge_destroy(&planned));
            } else {
                self.verdict
                    .extend(plan::judge(block, &call.prior, &call.config, &planned));
                self.verdict
                    .extend(plan::judge_replace(block, &call.prior, &planned, &paths));
                if !call.prior.is_null() && paths.is_empty() {
                    self.verdict.extend(stored::judge_private(
                        &call.prior_private,
                        &answer.planned_private,
                    ));
                }
            }
        }
        // Core drops that of a destroy. What is created under an id that is not known yet has none:
        // core takes it, and cannot show it (5.13).
        let is_new = call.prior.is_null() || !paths.is_empty();
        let pending = is_new && self.schemas.identity_is_pending(&planned);
        let identity = if diagnostics.has_errors() || call.config.is_null() {
            None
        } else if pending {
            let given = answer.planned_identity.is_some();
            self.verdict
                .check(Rule::IdentityKnown, &Path::root(), !given);
            None
        } else {
            let prior = call.prior_identity.as_ref().filter(|_| !is_new);
            self.identity(prior, answer.planned_identity.as_ref())
        };
        PlanAnswer {
            planned,
            replace: paths.into_iter().flatten().collect(),
            private: answer.planned_private,
            identity,
            diagnostics,
        }
    }

    /// Carries out what was planned.
    pub async fn apply(&mut self, call: ApplyCall) -> StateAnswer {
        let request = proto::apply_resource_change::Request {
            type_name: TYPE_NAME.to_owned(),
            prior_state: Some(self.dynamic(&call.prior)),
            planned_state: Some(self.dynamic(&call.planned)),
            config: Some(self.dynamic(&call.config)),
            planned_private: call.planned_private.clone(),
            planned_identity: self.identity_data(call.planned_identity.as_ref()),
            ..proto::apply_resource_change::Request::default()
        };
        let answer = call!(self.apply_resource_change(request));
        let block = &self.schemas.resource;
        let diagnostics = self.diagnostics(block, answer.diagnostics);
        let state = self.value(answer.new_state.as_ref());
        let legacy = answer.legacy_type_system;
        self.verdict
            .check(Rule::NoLegacyTypeSystem, &Path::root(), !legacy);
        self.no_secret(&answer.private);
        if call.planned.is_null() {
            let judged = apply::judge_destroy(&state, diagnostics.has_errors());
            self.verdict.extend(judged);
        } else {
            let judged = apply::judge(block, &call.planned, &state, diagnostics.has_errors());
            self.verdict.extend(judged);
            if state.is_known() && !call.prior.is_null() {
                // What a plan adds may be for this apply alone.
                self.verdict
                    .extend(stored::judge_private(&call.prior_private, &answer.private));
            }
        }
        let identity = match answer.new_identity.as_ref() {
            _ if !state.is_known() => None,
            new => self.identity(call.planned_identity.as_ref(), new),
        };
        StateAnswer {
            state,
            private: answer.private,
            identity,
            diagnostics,
        }
    }

    /// What was imported, where there was no error. By an identity, if one is given, else by its
    /// id.
    pub async fn import(
        &mut self,
        id: &str,
        identity: Option<&AnyValue>,
    ) -> (Option<Object>, Told) {
        let request = proto::import_resource_state::Request {
            type_name: TYPE_NAME.to_owned(),
            id: identity.map_or_else(|| id.to_owned(), |_| String::new()),
            client_capabilities: self.capabilities(),
            identity: self.identity_data(identity),
        };
        let answer = call!(self.import_resource_state(request));
        let diagnostics = self.diagnostics(&self.schemas.resource, answer.diagnostics);
        if diagnostics.has_errors() {
            return (None, diagnostics);
        }
        self.no_deferral(answer.deferred.is_some());
        let mut imported = Vec::new();
        for object in &answer.imported_resources {
            let state = self.value(object.state.as_ref());
            imported.push((object.type_name.clone(), state));
        }
        let judged = stored::judge_import(&self.schemas.resource, TYPE_NAME, &imported);
        self.verdict.extend(judged);
        let first = imported.into_iter().zip(answer.imported_resources).next();
        let object = first.map(|((_, state), object)| Object {
            state,
            private: object.private,
            identity: self.identity(identity, object.identity.as_ref()),
            tainted: false,
        });
        (object, diagnostics)
    }

    /// An object that had another type or another address, where there was no error.
    pub async fn move_state(&mut self, call: MoveCall) -> (Option<Object>, Told) {
        let json = |value: &serde_json::Value| proto::RawState {
            json: serde_json::to_vec(value).unwrap(),
            ..proto::RawState::default()
        };
        let source_identity = call.identity.as_ref();
        let source_identity = source_identity.filter(|_| self.generation.hands_every_identity);
        let request = proto::move_resource_state::Request {
            source_provider_address: call.source_address.to_owned(),
            source_type_name: call.source_type.to_owned(),
            source_state: Some(json(&call.state)),
            source_private: call.private.clone(),
            source_identity: source_identity.map(|identity| json(&to_json(identity))),
            target_type_name: TYPE_NAME.to_owned(),
            ..proto::move_resource_state::Request::default()
        };
        let answer = call!(self.move_resource_state(request));
        let diagnostics = self.diagnostics(&self.schemas.resource, answer.diagnostics);
        if diagnostics.has_errors() {
            return (None, diagnostics);
        }
        let state = self.value(answer.target_state.as_ref());
        let judged = stored::judge(&self.schemas.resource, &state);
        self.verdict.extend(judged);
        self.no_secret(&answer.target_private);
        let object = Object {
            state,
            private: answer.target_private,
            identity: self.identity(call.identity.as_ref(), answer.target_identity.as_ref()),
            tainted: false,
        };
        (Some(object), diagnostics)
    }

    /// A configuration for a state.
    pub async fn generate(&mut self, state: &AnyValue) -> AnyValue {
        let request = proto::generate_resource_config::Request {
            type_name: TYPE_NAME.to_owned(),
            state: Some(self.dynamic(state)),
        };
        let answer = call!(self.generate_resource_config(request));
        self.diagnostics(&self.schemas.resource, answer.diagnostics);
        let config = self.value(answer.config.as_ref());
        let judged = stored::judge_generated(&self.schemas.resource, &config);
        self.verdict.extend(judged);
        config
    }

    /// The data source of this id.
    pub async fn read_data(&mut self, id: &str) -> (AnyValue, Told) {
        let attributes = self.schemas.data.attributes.iter();
        let attributes = attributes.map(|attribute| {
            let value = match attribute.name.as_str() {
                "id" => Value::text(id).into_any(),
                _ => Value::Null,
            };
            (attribute.name.clone().into(), value)
        });
        let config = Value::Known(Known::Object(attributes.collect()));
        let wire = Some(dynamic(&config, &self.schemas.data_type));
        let request = proto::validate_data_resource_config::Request {
            type_name: TYPE_NAME.to_owned(),
            config: wire.clone(),
        };
        let answer = call!(self.validate_data_resource_config(request));
        self.diagnostics(&self.schemas.data, answer.diagnostics);
        let request = proto::read_data_source::Request {
            type_name: TYPE_NAME.to_owned(),
            config: wire,
            client_capabilities: self.capabilities(),
            ..proto::read_data_source::Request::default()
        };
        let answer = call!(self.read_data_source(request));
        let diagnostics = self.diagnostics(&self.schemas.data, answer.diagnostics);
        let state = decode(
            answer.state.as_ref(),
            &self.schemas.data_type,
            &mut self.verdict,
        );
        if !diagnostics.has_errors() {
            self.no_deferral(answer.deferred.is_some());
            let judged = stored::judge_data(&self.schemas.data, &config, &state);
            self.verdict.extend(judged);
        }
        (state, diagnostics)
    }

    /// Ctrl-C.
    pub async fn stop(&mut self) {
        let request = proto::stop_provider::Request {};
        let answer = call!(self.stop_provider(request));
        self.no_secret(answer.error.as_bytes());
    }
}
