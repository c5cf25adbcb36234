//! Write-only keys towards hosts that the installed CLI is not: older than
//! 1.11, and 1.16 or later.

use incident_sandbox::{DEFAULT_KEY, DataSourceSeed, Options, Sandbox};
use serde_json::{Value as Json, json};
use terraform_plugin::provider::Provider as _;
use terraform_plugin::schema::Type;
use terraform_plugin::{AnyValue, Known, Value, codec};
use terraform_provider_incident::provider::IncidentProvider;

use test_support::plugin_client::{Launch, PluginClient};
use test_support::proto::tfplugin6 as proto;

const NAME: &str = "incident_telemetry_data_source";
const ID: &str = "01G0J1EXE7AXZ2C93K61WBPYEH";

fn ty() -> Type {
    let resources = IncidentProvider::default().resources();
    let resource = resources
        .iter()
        .find(|resource| resource.type_name() == NAME);
    resource.unwrap().schema().ty()
}

/// An object as the host writes it; what is not named is null.
fn value(json: Json) -> AnyValue {
    codec::from_json(json, &ty()).unwrap()
}

fn wire(value: &AnyValue) -> proto::DynamicValue {
    proto::DynamicValue {
        msgpack: codec::encode(value, &ty()).unwrap(),
        json: Vec::new(),
    }
}

fn from_wire(value: Option<proto::DynamicValue>) -> AnyValue {
    codec::decode(&value.unwrap().msgpack, &ty()).unwrap()
}

fn attribute<'a>(value: &'a AnyValue, name: &str) -> &'a AnyValue {
    let Value::Known(Known::Object(object)) = value else {
        panic!("no object: {value:?}");
    };
    &object[name]
}

/// Every write-only attribute is null.
fn assert_holds_no_key(value: &AnyValue) {
    let config = attribute(value, "grafana_config");
    assert!(attribute(config, "api_key_wo").is_null(), "{value:?}");
}

fn config(name: &str, key: &str) -> Json {
    json!({
        "data_source_id": ID,
        "name": name,
        "grafana_config": {"api_key_wo": key},
    })
}

/// A host of Terraform 1.16 or later, or one before.
struct Host {
    client: PluginClient,
    hands_over: bool,
}

/// What a call left behind.
struct Left {
    value: AnyValue,
    private: Vec<u8>,
}

impl Left {
    /// By a call that went well, whose state may not hold the write-only key.
    fn by(
        state: Option<proto::DynamicValue>,
        private: Vec<u8>,
        diagnostics: &[proto::Diagnostic],
    ) -> Self {
        assert_eq!(diagnostics, []);
        let value = from_wire(state);
        assert_holds_no_key(&value);
        Self { value, private }
    }
}

impl Host {
    async fn new(sandbox: &Sandbox, hands_over: bool) -> Self {
        let mut client = Launch::new()
            .env("INCIDENT_ENDPOINT", &sandbox.endpoint())
            .env("INCIDENT_API_KEY", DEFAULT_KEY)
            .start()
            .await;
        let schema = IncidentProvider::default().schema().ty();
        let block = codec::from_json(json!({}), &schema).unwrap();
        let request = proto::configure_provider::Request {
            terraform_version: "1.16.0".to_owned(),
            config: Some(proto::DynamicValue {
                msgpack: codec::encode(&block, &schema).unwrap(),
                json: Vec::new(),
            }),
            client_capabilities: None,
        };
        let answer = client.provider.configure_provider(request).await.unwrap();
        assert_eq!(answer.into_inner().diagnostics, []);
        Self { client, hands_over }
    }

    async fn plan(&mut self, prior: &Left, config: &Json, earlier: Option<&Left>) -> Left {
        // Computed attributes as before, configured ones as configured.
        let mut proposed = match &prior.value {
            Value::Null => json!({}),
            known => codec::to_json(known, &ty()).unwrap(),
        };
        for (name, value) in config.as_object().unwrap() {
            proposed[name] = value.clone();
        }
        proposed["grafana_config"]["api_key_wo"] = Json::Null;
        let request = proto::plan_resource_change::Request {
            type_name: NAME.to_owned(),
            prior_state: Some(wire(&prior.value)),
            proposed_new_state: Some(wire(&value(proposed))),
            config: Some(wire(&value(config.clone()))),
            prior_private: prior.private.clone(),
            planned_private: earlier.map(|left| left.private.clone()).unwrap_or_default(),
            client_capabilities: Some(proto::ClientCapabilities {
                write_only_attributes_allowed: true,
                store_planned_private: self.hands_over,
                ..proto::ClientCapabilities::default()
            }),
            ..proto::plan_resource_change::Request::default()
        };
        let answer = self.client.provider.plan_resource_change(request).await;
        let answer = answer.unwrap().into_inner();
        Left::by(
            answer.planned_state,
            answer.planned_private,
            &answer.diagnostics,
        )
    }

    async fn apply(&mut self, prior: &Left, planned: &Left, config: &Json) -> Left {
        let request = proto::apply_resource_change::Request {
            type_name: NAME.to_owned(),
            prior_state: Some(wire(&prior.value)),
            planned_state: Some(wire(&planned.value)),
            config: Some(wire(&value(config.clone()))),
            planned_private: planned.private.clone(),
            ..proto::apply_resource_change::Request::default()
        };
        let answer = self.client.provider.apply_resource_change(request).await;
        let answer = answer.unwrap().into_inner();
        Left::by(answer.new_state, answer.private, &answer.diagnostics)
    }

    async fn read(&mut self, state: &Left) -> Left {
        let request = proto::read_resource::Request {
            type_name: NAME.to_owned(),
            current_state: Some(wire(&state.value)),
            private: state.private.clone(),
            ..proto::read_resource::Request::default()
        };
        let answer = self.client.provider.read_resource(request).await;
        let answer = answer.unwrap().into_inner();
        Left::by(answer.new_state, answer.private, &answer.diagnostics)
    }

    async fn adopted(&mut self, config: &Json) -> Left {
        let nothing = Left {
            value: Value::Null,
            private: Vec::new(),
        };
        let planned = self.plan(&nothing, config, None).await;
        let state = self.apply(&nothing, &planned, config).await;
        self.read(&state).await
    }
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    sandbox.add(DataSourceSeed::grafana(ID, "Production Grafana"));
    sandbox
}

fn rotates(planned: &Left) -> bool {
    attribute(&planned.value, "credentials_updated_at").is_unknown()
}

#[tokio::test]
async fn a_host_that_would_store_them_is_told_what_it_takes() {
    let mut client = Launch::new().start().await;
    for (config, expected) in [
        (config("n", "glsa_x"), 1),
        (
            json!({"data_source_id": ID, "grafana_config": {"api_key": "glsa_x"}}),
            0,
        ),
        (
            json!({"data_source_id": ID, "datadog_config": {"api_key_wo": "x1x1", "app_key_wo": "x2x2"}}),
            2,
        ),
    ] {
        let request = |capabilities| proto::validate_resource_config::Request {
            type_name: NAME.to_owned(),
            config: Some(wire(&value(config.clone()))),
            client_capabilities: capabilities,
        };
        let mut ask = async |capabilities| {
            let answer = client
                .provider
                .validate_resource_config(request(capabilities))
                .await;
            answer.unwrap().into_inner().diagnostics
        };
        let capable = proto::ClientCapabilities {
            write_only_attributes_allowed: true,
            ..proto::ClientCapabilities::default()
        };
        assert_eq!(ask(Some(capable)).await, []);
        for capabilities in [None, Some(proto::ClientCapabilities::default())] {
            let diagnostics = ask(capabilities).await;
            assert_eq!(diagnostics.len(), expected, "{diagnostics:?}");
            for diagnostic in diagnostics {
                assert_eq!(diagnostic.summary, "Write-only Attribute Not Allowed");
                assert!(
                    diagnostic
                        .detail
                        .contains("Terraform 1.11 or OpenTofu 1.11")
                );
                assert!(diagnostic.attribute.is_some());
            }
        }
    }
    client.shutdown().await;
}

/// A saved plan of a rename, applied with another value of the key.
#[tokio::test]
async fn a_decision_that_is_handed_over_stands() {
    let sandbox = sandbox();
    let mut host = Host::new(&sandbox, true).await;
    let before = config("Before", "glsa_first");
    let state = host.adopted(&before).await;
    let first = host
        .plan(&state, &config("After", "glsa_first"), None)
        .await;
    assert!(!rotates(&first));

    let at_apply = config("After", "glsa_second");
    let second = host.plan(&state, &at_apply, Some(&first)).await;
    assert_eq!(second.value, first.value, "the plans are consistent");
    sandbox.take_journal();
    let state = host.apply(&state, &second, &at_apply).await;
    assert_eq!(sandbox.bodies(), [json!({"name": "After"})]);
    // The rotation is not lost: the next plan shows it.
    let state = host.read(&state).await;
    let next = host.plan(&state, &at_apply, None).await;
    assert!(rotates(&next));
    sandbox.take_journal();
    let state = host.apply(&state, &next, &at_apply).await;
    assert_eq!(
        sandbox.bodies(),
        [json!({"grafana_config": {"api_key": "glsa_second"}})]
    );
    // And a rotation that was decided on stands as well, whatever the value.
    let third = host
        .plan(&state, &config("After", "glsa_third"), None)
        .await;
    assert!(rotates(&third));
    let again = host.plan(&state, &at_apply, Some(&third)).await;
    assert_eq!(again.value, third.value);
    sandbox.take_journal();
    host.apply(&state, &again, &at_apply).await;
    assert_eq!(
        sandbox.bodies(),
        [json!({"grafana_config": {"api_key": "glsa_second"}})]
    );
    host.client.shutdown().await;
}

/// The same with Terraform before 1.16, which ends the apply there.
#[tokio::test]
async fn without_that_the_second_plan_is_another() {
    let sandbox = sandbox();
    let mut host = Host::new(&sandbox, false).await;
    let state = host.adopted(&config("Before", "glsa_first")).await;
    let first = host
        .plan(&state, &config("After", "glsa_first"), None)
        .await;
    assert!(!rotates(&first));
    let second = host
        .plan(&state, &config("After", "glsa_second"), None)
        .await;
    assert!(rotates(&second));
    host.client.shutdown().await;
}
