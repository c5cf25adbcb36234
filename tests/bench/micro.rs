//! What values cost inside the provider, without transport and host: in, out, and proposed.
//!
//! `cargo bench --bench micro`

use divan::Bencher;
use terraform_plugin::schema::Schema;
use terraform_plugin::{AnyValue, Provider as _, codec};
use terraform_provider_incident::IncidentProvider;

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

fn schema() -> Schema {
    let offers = IncidentProvider::default().offers();
    let schema = offers.resources().next().map(|(_, schema)| schema.clone());
    schema.unwrap_or_default()
}

fn value(schema: &Schema, json: &str) -> AnyValue {
    let json = serde_json::from_str(json).unwrap_or_default();
    match codec::from_json(json, &schema.ty()) {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}

#[divan::bench]
fn state_from_json(bencher: Bencher<'_, '_>) {
    let schema = schema();
    bencher.bench_local(|| value(&schema, STATE));
}

#[divan::bench]
fn encode_state(bencher: Bencher<'_, '_>) {
    let (schema, ty) = (schema(), schema().ty());
    let state = value(&schema, STATE);
    bencher.bench_local(|| codec::encode(&state, &ty));
}

#[divan::bench]
fn decode_state(bencher: Bencher<'_, '_>) {
    let (schema, ty) = (schema(), schema().ty());
    let encoded = codec::encode(&value(&schema, STATE), &ty).unwrap_or_default();
    assert!(!encoded.is_empty());
    bencher.bench_local(|| codec::decode(&encoded, &ty));
}

#[divan::bench]
fn propose_without_a_change(bencher: Bencher<'_, '_>) {
    let schema = schema();
    let (state, configuration) = (value(&schema, STATE), value(&schema, CONFIGURATION));
    bencher.bench_local(|| {
        let proposed = schema.propose(&configuration, Some(&state));
        assert!(proposed.is_known());
        proposed
    });
}
