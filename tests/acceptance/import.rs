//! Importing, and states that others have written.

use serde_json::{Value, json};

use crate::setup::{
    ADDRESS, DATADOG, GRAFANA, NAME, NOWHERE, grafana, sent, start, with_token, written,
};

const NOTHING: [Value; 0] = [];

fn import_block(id: &str) -> String {
    format!("import {{\n  to = {ADDRESS}\n  id = \"{id}\"\n}}\n")
}

#[test]
fn import_on_the_command_line() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    terraform.configure(&grafana(""));
    terraform
        .ok(&["import", ADDRESS, GRAFANA])
        .is_silent()
        .says("Import successful!");
    assert_eq!(sent(&sandbox), [json!({})]);
    let attributes = terraform.attributes(ADDRESS);
    let source = sandbox.data_source(GRAFANA).expect("the source");
    assert_eq!(attributes["id"], GRAFANA);
    assert_eq!(attributes["data_source_id"], GRAFANA);
    assert_eq!(attributes["name"], NAME);
    assert_eq!(attributes["provider_name"], "grafana");
    assert_eq!(attributes["created_at"], source.created_at());
    assert_eq!(attributes["updated_at"], source.updated_at());
    assert_eq!(attributes["credentials_updated_at"], json!(null));
    assert_eq!(attributes["grafana_config"], json!(null));
    terraform.plan_is_empty().is_silent();

    // A key that Terraform gets to know now is sent, and dated.
    terraform.configure(&with_token(""));
    sandbox.take_journal();
    terraform
        .apply()
        .is_silent()
        .says("+ credentials_updated_at = (known after apply)");
    assert_eq!(
        written(&sandbox),
        [json!({"grafana_config": {"api_key": "glsa_one"}})]
    );
    let attributes = terraform.attributes(ADDRESS);
    assert_eq!(
        attributes["credentials_updated_at"],
        attributes["updated_at"]
    );
    terraform.plan_is_empty();
}

#[test]
fn import_by_a_block() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    terraform.configure(&[import_block(GRAFANA), grafana("")].concat());
    terraform
        .plan_saved()
        .is_silent()
        .says("Plan: 1 to import, 0 to add, 0 to change, 0 to destroy.");
    assert_eq!(sent(&sandbox), [json!({})]);
    terraform.apply_saved().says("1 imported");
    assert_eq!(sent(&sandbox), NOTHING);
    terraform.plan_is_empty();
}

#[test]
fn import_reads_even_without_drift_detection() {
    let Some((sandbox, mut terraform)) = start() else {
        return;
    };
    terraform.env("INCIDENT_DRIFT_DETECTION", "false");
    terraform.configure(&[import_block(DATADOG), grafana("").replace(GRAFANA, DATADOG)].concat());
    terraform.apply().is_silent().says("1 imported");
    assert_eq!(sent(&sandbox), [json!({})]);
    terraform.plan_is_empty();
    assert_eq!(sent(&sandbox), NOTHING);
}

#[test]
fn generated_configuration_is_valid_as_it_is() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    let datadog = import_block(DATADOG).replace(ADDRESS, "incident_telemetry_data_source.datadog");
    terraform.configure(&[import_block(GRAFANA), datadog].concat());
    terraform
        .ok(&["plan", "-generate-config-out=generated.tf"])
        .says("2 to import, 0 to add, 0 to change, 0 to destroy");
    let path = terraform.work().join("generated.tf");
    let generated = std::fs::read_to_string(path).expect("a generated file");
    eprintln!("{generated}");
    assert!(generated.contains("data_source_id"), "{generated}");
    assert!(!generated.contains("created_at"), "{generated}");
    terraform.ok(&["validate"]).is_silent();
    terraform.apply().says("2 imported");
    assert_eq!(written(&sandbox), NOTHING);
    terraform.plan_is_empty();
}

#[test]
fn import_of_nothing_says_so() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    terraform.configure(&grafana("").replace(GRAFANA, NOWHERE));
    terraform
        .fails(&["import", ADDRESS, NOWHERE])
        .says_times(1, "Error:")
        .says("Error: Telemetry Data Source Not Found")
        .says(NOWHERE);
    assert_eq!(sent(&sandbox), [json!({})]);
    terraform.configure(&[import_block(NOWHERE), grafana("").replace(GRAFANA, NOWHERE)].concat());
    terraform
        .fails(&["plan"])
        .says_times(1, "Error:")
        .says("so there is nothing to import");
}

/// A state as version 0 of the schema has it, with attributes that come and go.
fn state(attributes: &Value) -> String {
    json!({
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": 1,
        "lineage": "b9f1f7a2-7a3c-4c2e-9d53-0d6a3a1f9f00",
        "outputs": {},
        "resources": [{
            "mode": "managed",
            "type": "incident_telemetry_data_source",
            "name": "grafana",
            "provider": "provider[\"registry.terraform.io/incident-telemetry/incident\"]",
            "instances": [{"schema_version": 0, "attributes": attributes}],
        }],
    })
    .to_string()
}

#[test]
fn state_of_version_0_is_taken_over() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    let source = sandbox.data_source(GRAFANA).expect("the source");
    // Without the attributes that came later, and with one that never was.
    let attributes = json!({
        "id": GRAFANA,
        "data_source_id": GRAFANA,
        "name": NAME,
        "grafana_config": {"api_key": "glsa_one"},
        "provider_name": "grafana",
        "source_type": "prometheus",
        "enabled": true,
        "created_at": source.created_at(),
        "updated_at": source.updated_at(),
        "credentials_updated_at": source.updated_at(),
        "retired": [1, {"two": null}],
    });
    terraform.write("terraform.tfstate", &state(&attributes));
    terraform.configure(&with_token(""));
    terraform.plan_is_empty().is_silent();
    assert_eq!(sent(&sandbox), [json!({})]);

    terraform.write(
        "terraform.tfstate",
        &state(&json!({"id": GRAFANA, "data_source_id": GRAFANA, "enabled": {"not": "a bool"}})),
    );
    terraform
        .fails(&["plan"])
        .says("Error: Unable to Upgrade Resource State")
        .says("at enabled: a bool is required");
}
