//! What the calls of a plan cost inside the provider, without transport and host: values in and out, and deciding.
//!
//! `cargo bench --bench micro`

use divan::Bencher;
use terraform_plugin::codec;
use terraform_plugin::lifecycle::{Managed, NewState, PlanChange, StoredState};
use terraform_plugin::provider::{ConfigureRequest, Provider};
use terraform_plugin::resource::ClientCapabilities;
use terraform_plugin::{AnyValue, Known, Model, Text, Value};
use terraform_provider_incident::provider::IncidentProvider;
use tokio_util::sync::CancellationToken;

/// A state as Terraform stores it.
const STATE: &str = r#"{
    "created_at": "2021-08-17T13:28:57.801578Z",
    "credentials_updated_at": "2026-11-24T01:48:17.750887Z",
    "data_source_id": "01G0J1EXE7AXZ2C93K60000000",
    "datadog_config": null,
    "enabled": true,
    "grafana_config": {
        "api_key": "glsa_0", "api_key_wo": null, "api_key_wo_version": null, "api_url": "grafana.example.com"
    },
    "id": "01G0J1EXE7AXZ2C93K60000000",
    "name": "Grafana 0",
    "on_external_change": null,
    "provider_name": "grafana",
    "source_type": "prometheus",
    "updated_at": "2026-11-24T01:48:17.750887Z",
    "version": "8.5.27"
}"#;

/// The configuration that it came from.
const CONFIGURATION: &str = r#"{
    "data_source_id": "01G0J1EXE7AXZ2C93K60000000",
    "grafana_config": {"api_key": "glsa_0", "api_url": "grafana.example.com"},
    "name": "Grafana 0"
}"#;

fn main() {
    divan::main();
}

/// The resource of a provider that asks nobody.
fn resource() -> Managed {
    let provider = IncidentProvider::default();
    let attributes = provider.schema().attributes.into_iter();
    let attributes = attributes.map(|attribute| {
        let value = match attribute.name {
            "api_key" => Text::from("inc_0").into_known(),
            "drift_detection" => Known::Bool(false),
            _ => return (attribute.name.into(), Value::Null),
        };
        (attribute.name.into(), Value::Known(value))
    });
    let diagnostics = provider.configure(ConfigureRequest {
        config: Value::Known(Known::Object(attributes.collect())),
        terraform_version: "1.11.4".to_owned(),
    });
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    let mut resources = provider.resources();
    Managed::new(resources.remove(0))
}

fn value(resource: &Managed, json: &str) -> AnyValue {
    match resource.upgrade(0, &StoredState::Json(json.as_bytes())) {
        Ok(value) => value,
        Err(diagnostic) => panic!("{diagnostic:?}"),
    }
}

#[divan::bench]
fn upgrade_state(bencher: Bencher<'_, '_>) {
    let resource = resource();
    bencher.bench_local(|| value(&resource, STATE));
}

#[divan::bench]
fn encode_state(bencher: Bencher<'_, '_>) {
    let resource = resource();
    let state = value(&resource, STATE);
    bencher.bench_local(|| codec::encode(&state, resource.ty()));
}

#[divan::bench]
fn decode_state(bencher: Bencher<'_, '_>) {
    let resource = resource();
    let encoded = codec::encode(&value(&resource, STATE), resource.ty());
    let encoded = encoded.unwrap_or_default();
    assert!(!encoded.is_empty());
    bencher.bench_local(|| codec::decode(&encoded, resource.ty()));
}

#[divan::bench]
fn validate_configuration(bencher: Bencher<'_, '_>) {
    let resource = resource();
    let configuration = value(&resource, CONFIGURATION);
    let capabilities = ClientCapabilities {
        write_only_attributes: true,
        store_planned_private: false,
    };
    bencher
        .with_inputs(|| configuration.clone())
        .bench_local_values(|configuration| {
            let diagnostics = resource.validate(configuration, capabilities);
            assert!(!diagnostics.has_errors());
            diagnostics
        });
}

#[divan::bench]
fn plan_without_a_change(bencher: Bencher<'_, '_>) {
    let resource = resource();
    let state = value(&resource, STATE);
    let configuration = value(&resource, CONFIGURATION);
    let stop = CancellationToken::new();
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().build() else {
        panic!("no runtime");
    };
    bencher
        .with_inputs(|| PlanChange {
            prior: state.clone(),
            proposed: state.clone(),
            config: configuration.clone(),
            prior_private: Vec::new(),
            planned_private: None,
        })
        .bench_local_values(|change| {
            let planned = runtime.block_on(resource.plan(change, &stop));
            assert_eq!(planned.state, NewState::Same);
            planned
        });
}
