//! One run of the provider as core sees it: configured anew, every answer judged.

use super::generation::Generation;
use crate::rules::value::{block_type, decode, path};
use crate::rules::{Rule, Verdict, diagnostics, schema, stored};
use crate::support::plugin_client::Channel;
use crate::support::proto::tfplugin6 as proto;
use crate::support::proto::tfplugin6::provider_client::ProviderClient;
use crate::support::proto::tfplugin6::schema::Block;
use crate::values::{AnyValue, Known, Path, Type, Value, encode, to_json};

/// The type under test, for the resource and the data source.
pub const TYPE_NAME: &str = "incident_telemetry_data_source";

/// Part of every secret of a walk, and no base64: hashes must not hold it by chance.
pub const MARKER: &str = "zq9-";

/// The schemas, and the types of their values.
#[derive(Debug)]
pub struct Schemas {
    pub provider: Block,
    pub resource: Block,
    pub data: Block,
    pub provider_type: Type,
    pub resource_type: Type,
    pub data_type: Type,
}

impl Schemas {
    /// Asks for the schemas and judges them.
    pub async fn load(client: &mut ProviderClient<Channel>, verdict: &mut Verdict) -> Self {
        let request = proto::get_provider_schema::Request {};
        let answer = client
            .get_provider_schema(request)
            .await
            .unwrap()
            .into_inner();
        verdict.extend(schema::judge_answer(&answer));
        let block = |schema: Option<&proto::Schema>| schema.unwrap().block.clone().unwrap();
        let provider = block(answer.provider.as_ref());
        let resource = block(answer.resource_schemas.get(TYPE_NAME));
        let data = block(answer.data_source_schemas.get(TYPE_NAME));
        Self {
            provider_type: block_type(&provider),
            resource_type: block_type(&resource),
            data_type: block_type(&data),
            provider,
            resource,
            data,
        }
    }
}

/// A configured provider.
pub struct Session<'a> {
    pub client: ProviderClient<Channel>,
    pub schemas: &'a Schemas,
    pub generation: Generation,
    pub apply_walk: bool,
    pub verdict: Verdict,
    /// How many calls were made.
    pub calls: u64,
}

/// What a call tells the practitioner.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics(pub Vec<proto::Diagnostic>);

impl Diagnostics {
    pub fn failed(&self) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.severity == 1)
    }

    /// The summaries, `E` or `W` in front.
    pub fn summaries(&self) -> Vec<String> {
        let line = |diagnostic: &proto::Diagnostic| {
            let kind = if diagnostic.severity == 1 { 'E' } else { 'W' };
            format!("{kind} {}", diagnostic.summary)
        };
        self.0.iter().map(line).collect()
    }

    /// The summaries of the warnings.
    pub fn warnings(&self) -> Vec<&str> {
        let warnings = self.0.iter().filter(|diagnostic| diagnostic.severity == 2);
        warnings.map(|warning| warning.summary.as_str()).collect()
    }
}

pub struct ReadAnswer {
    pub state: AnyValue,
    pub private: Vec<u8>,
    pub diagnostics: Diagnostics,
}

pub struct PlanAnswer {
    pub planned: AnyValue,
    pub replace: Vec<Path>,
    pub private: Vec<u8>,
    pub diagnostics: Diagnostics,
}

/// What `PlanResourceChange` is asked.
#[derive(Debug, Clone)]
pub struct PlanCall {
    pub prior: AnyValue,
    pub proposed: AnyValue,
    pub config: AnyValue,
    pub prior_private: Vec<u8>,
    pub planned_private: Vec<u8>,
}

/// What `ApplyResourceChange` is asked.
#[derive(Debug, Clone)]
pub struct ApplyCall {
    pub prior: AnyValue,
    pub planned: AnyValue,
    pub config: AnyValue,
    pub planned_private: Vec<u8>,
}

pub struct ApplyAnswer {
    pub state: AnyValue,
    pub private: Vec<u8>,
    pub diagnostics: Diagnostics,
}

/// Calls one RPC; a gRPC error is a finding, and an empty answer.
macro_rules! call {
    ($session:ident . $rpc:ident ($request:expr)) => {{
        $session.calls += 1;
        let answer = $session.client.$rpc($request).await;
        $session
            .verdict
            .check(Rule::CallAnswered, &Path::root(), answer.is_ok());
        answer.map(tonic::Response::into_inner).unwrap_or_default()
    }};
}

impl<'a> Session<'a> {
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
        let mut session = Self {
            client: client.clone(),
            schemas,
            generation,
            apply_walk,
            verdict: Verdict::default(),
            calls: 0,
        };
        let attributes = schemas.provider.attributes.iter();
        let attributes = attributes.map(|attribute| {
            let set = provider.iter().find(|(name, _)| *name == attribute.name);
            let value = set.map_or(Value::Null, |(_, value)| value.clone());
            (attribute.name.clone().into(), value)
        });
        let config = Value::Known(Known::Object(attributes.collect()));
        let config = dynamic(&config, &schemas.provider_type);
        if validate {
            let request = proto::validate_provider_config::Request {
                config: Some(config.clone()),
            };
            let answer = call!(session.validate_provider_config(request));
            session.diagnostics(&schemas.provider, answer.diagnostics);
        }
        let request = proto::configure_provider::Request {
            terraform_version: generation.version.to_owned(),
            config: Some(config),
            client_capabilities: generation.capabilities(apply_walk),
        };
        let answer = call!(session.configure_provider(request));
        session.diagnostics(&schemas.provider, answer.diagnostics);
        session
    }

    fn diagnostics(&mut self, block: &Block, given: Vec<proto::Diagnostic>) -> Diagnostics {
        self.verdict.extend(diagnostics::judge(block, &given));
        for diagnostic in &given {
            for text in [&diagnostic.summary, &diagnostic.detail] {
                self.no_secret(text.as_bytes());
            }
        }
        Diagnostics(given)
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

    pub async fn validate(&mut self, config: &AnyValue) -> Diagnostics {
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

    pub async fn read(&mut self, state: &AnyValue, private: &[u8]) -> ReadAnswer {
        let request = proto::read_resource::Request {
            type_name: TYPE_NAME.to_owned(),
            current_state: Some(self.dynamic(state)),
            private: private.to_vec(),
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
        ReadAnswer {
            state,
            private: answer.private,
            diagnostics,
        }
    }

    pub async fn plan(&mut self, call: PlanCall) -> PlanAnswer {
        let request = proto::plan_resource_change::Request {
            type_name: TYPE_NAME.to_owned(),
            prior_state: Some(self.dynamic(&call.prior)),
            proposed_new_state: Some(refined(self.dynamic(&call.proposed))),
            config: Some(refined(self.dynamic(&call.config))),
            prior_private: call.prior_private.clone(),
            planned_private: call.planned_private.clone(),
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
        if !diagnostics.failed() {
            self.verdict
                .extend(stored::write_only_null(block, &planned));
            if call.config.is_null() {
                self.verdict
                    .extend(crate::rules::plan::judge_destroy(&planned));
            } else {
                self.verdict.extend(crate::rules::plan::judge(
                    block,
                    &call.prior,
                    &call.config,
                    &planned,
                ));
                self.verdict.extend(crate::rules::plan::judge_replace(
                    block,
                    &call.prior,
                    &planned,
                    &paths,
                ));
                if !call.prior.is_null() && paths.is_empty() {
                    self.verdict.extend(stored::judge_private(
                        &call.prior_private,
                        &answer.planned_private,
                    ));
                }
            }
        }
        PlanAnswer {
            planned,
            replace: paths.into_iter().flatten().collect(),
            private: answer.planned_private,
            diagnostics,
        }
    }

    pub async fn apply(&mut self, call: ApplyCall) -> ApplyAnswer {
        let request = proto::apply_resource_change::Request {
            type_name: TYPE_NAME.to_owned(),
            prior_state: Some(self.dynamic(&call.prior)),
            planned_state: Some(self.dynamic(&call.planned)),
            config: Some(self.dynamic(&call.config)),
            planned_private: call.planned_private.clone(),
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
            let judged = crate::rules::apply::judge_destroy(&state, diagnostics.failed());
            self.verdict.extend(judged);
        } else {
            let judged =
                crate::rules::apply::judge(block, &call.planned, &state, diagnostics.failed());
            self.verdict.extend(judged);
            if state.is_known() && !call.prior.is_null() {
                self.verdict.extend(stored::judge_private(
                    &call.planned_private,
                    &answer.private,
                ));
            }
        }
        ApplyAnswer {
            state,
            private: answer.private,
            diagnostics,
        }
    }

    /// The imported state and its private state, where there was no error.
    pub async fn import(&mut self, id: &str) -> (Option<(AnyValue, Vec<u8>)>, Diagnostics) {
        let request = proto::import_resource_state::Request {
            type_name: TYPE_NAME.to_owned(),
            id: id.to_owned(),
            client_capabilities: self.capabilities(),
            ..proto::import_resource_state::Request::default()
        };
        let answer = call!(self.import_resource_state(request));
        let diagnostics = self.diagnostics(&self.schemas.resource, answer.diagnostics);
        if diagnostics.failed() {
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
        let private = answer.imported_resources.into_iter().next();
        let private = private.map(|object| object.private).unwrap_or_default();
        let state = imported.into_iter().next().map(|(_, state)| state);
        (state.map(|state| (state, private)), diagnostics)
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
    pub async fn read_data(&mut self, id: &str) -> (AnyValue, Diagnostics) {
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
        if !diagnostics.failed() {
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

/// The state as a provider of another time wrote it: attributes that it did not know are missing,
/// and there is one that is known no more.
fn aged(json: &mut serde_json::Value) {
    if let Some(object) = json.as_object_mut() {
        object.retain(|_, value| !value.is_null());
        object.values_mut().for_each(aged);
        object.insert("of_another_time".to_owned(), serde_json::json!([1]));
    }
}

/// The value with what core often says of an unknown one: that it is not null. No text of ours
/// holds these bytes.
fn refined(mut value: proto::DynamicValue) -> proto::DynamicValue {
    let mut bytes = Vec::with_capacity(value.msgpack.len());
    let mut rest = value.msgpack.as_slice();
    while let Some((first, tail)) = rest.split_first() {
        if let Some(tail) = rest.strip_prefix(&[0xd4, 0, 0]) {
            bytes.extend([0xc7, 3, 12, 0x81, 1, 0xc2]);
            rest = tail;
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    value.msgpack = bytes;
    value
}

fn dynamic(value: &AnyValue, ty: &Type) -> proto::DynamicValue {
    proto::DynamicValue {
        msgpack: encode(value, ty).unwrap(),
        json: Vec::new(),
    }
}
