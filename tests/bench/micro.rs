//! What the calls of a plan cost inside the provider, without sockets and host: decoding, deciding,
//! encoding. Calls go into the service that the process serves, through the client that tests use:
//! `stop_provider` does nothing, and shows what that takes.
//!
//! `cargo bench --bench micro`

#[path = "../support/mod.rs"]
#[expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "shared with tests, which end at the first surprise"
)]
mod support;

use std::sync::Arc;

use divan::Bencher;
use serde_json::{Value, json};
use support::msgpack;
use support::proto::tfplugin6::provider_client::ProviderClient;
use support::proto::tfplugin6::{
    DynamicValue, RawState, configure_provider, get_provider_schema, plan_resource_change,
    stop_provider, upgrade_resource_state, validate_resource_config,
};
use terraform_plugin::server::{self, Server};
use terraform_provider_incident::provider::IncidentProvider;
use tokio::runtime::Builder;

const RESOURCE: &str = "incident_telemetry_data_source";

fn main() {
    divan::main();
}

/// A state as Terraform stores it.
fn state() -> Value {
    json!({
        "created_at": "2021-08-17T13:28:57.801578Z",
        "credentials_updated_at": "2026-11-24T01:48:17.750887Z",
        "data_source_id": "01G0J1EXE7AXZ2C93K60000000",
        "datadog_config": null,
        "enabled": true,
        "grafana_config": {
            "api_key": "glsa_0", "api_key_wo": null, "api_key_wo_version": null,
            "api_url": "grafana.example.com"
        },
        "id": "01G0J1EXE7AXZ2C93K60000000",
        "name": "Grafana 0",
        "on_external_change": null,
        "provider_name": "grafana",
        "source_type": "prometheus",
        "updated_at": "2026-11-24T01:48:17.750887Z",
        "version": "8.5.27"
    })
}

/// The configuration that it came from: what the provider computes is null.
fn configuration() -> Value {
    let mut configuration = state();
    let configured = ["data_source_id", "grafana_config", "name"];
    for (name, value) in configuration.as_object_mut().into_iter().flatten() {
        if !configured.contains(&name.as_str()) {
            *value = Value::Null;
        }
    }
    configuration
}

fn dynamic(value: &Value) -> DynamicValue {
    DynamicValue {
        msgpack: msgpack::encode(value),
        ..Default::default()
    }
}

/// A client of a provider in this process, configured so that it asks nobody.
macro_rules! client {
    ($runtime:expr) => {{
        let service = server::service(Server::new(Arc::new(IncidentProvider::default())));
        let mut client =
            ProviderClient::with_origin(service, http::Uri::from_static("http://localhost"));
        let request = get_provider_schema::Request {};
        let schema = $runtime.block_on(client.get_provider_schema(request));
        let block = schema.ok().and_then(|it| it.into_inner().provider?.block);
        let mut config = Value::default();
        for attribute in block.unwrap_or_default().attributes {
            config[attribute.name] = Value::Null;
        }
        config["api_key"] = "inc_0".into();
        config["drift_detection"] = false.into();
        let request = configure_provider::Request {
            config: Some(dynamic(&config)),
            ..Default::default()
        };
        let configured = $runtime.block_on(client.configure_provider(request));
        assert!(configured.is_ok_and(|it| it.into_inner().diagnostics.is_empty()));
        client
    }};
}

/// Benchmarks one call, `$ok` of whose answer has to hold.
macro_rules! bench {
    ($name:ident, $request:expr, $ok:expr) => {
        #[divan::bench]
        fn $name(bencher: Bencher<'_, '_>) {
            let Ok(runtime) = Builder::new_current_thread().build() else {
                panic!("no runtime");
            };
            let mut client = client!(runtime);
            bencher
                .with_inputs(|| $request)
                .bench_local_values(|request| match runtime.block_on(client.$name(request)) {
                    Ok(answer) => assert!($ok(answer.into_inner())),
                    Err(status) => panic!("{status}"),
                });
        }
    };
}

bench!(
    stop_provider,
    stop_provider::Request {},
    |answer: stop_provider::Response| answer.error.is_empty()
);

bench!(
    upgrade_resource_state,
    upgrade_resource_state::Request {
        type_name: RESOURCE.to_owned(),
        raw_state: Some(RawState {
            json: state().to_string().into_bytes(),
            ..Default::default()
        }),
        ..Default::default()
    },
    |answer: upgrade_resource_state::Response| answer.diagnostics.is_empty()
);

bench!(
    validate_resource_config,
    validate_resource_config::Request {
        type_name: RESOURCE.to_owned(),
        config: Some(dynamic(&configuration())),
        ..Default::default()
    },
    |answer: validate_resource_config::Response| answer.diagnostics.is_empty()
);

bench!(
    plan_resource_change,
    plan_resource_change::Request {
        type_name: RESOURCE.to_owned(),
        prior_state: Some(dynamic(&state())),
        proposed_new_state: Some(dynamic(&state())),
        config: Some(dynamic(&configuration())),
        ..Default::default()
    },
    |answer: plan_resource_change::Response| {
        answer.planned_state == Some(dynamic(&state())) && answer.diagnostics.is_empty()
    }
);
