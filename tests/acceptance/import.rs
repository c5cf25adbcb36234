//! Importing, and states that others have written.

use serde_json::{Value, json};
use test_support::tests;

use crate::scene::{DATADOG_ID, GRAFANA, ID, NAME, NOTHING, NOWHERE, Scene, grafana, with_token};

tests! {
    import_on_the_command_line,
    import_by_a_block,
    import_reads_even_without_drift_detection,
    generated_configuration_is_valid_as_it_is,
    import_of_nothing_says_so,
    state_of_version_0_is_taken_over
}

fn import_block(id: &str) -> String {
    format!("import {{\n  to = {GRAFANA}\n  id = \"{id}\"\n}}\n")
}

fn import_on_the_command_line(scene: &mut Scene) {
    scene.configure(&grafana(""));
    scene
        .ok(&["import", GRAFANA, ID])
        .is_silent()
        .says("Import successful!");
    assert_eq!(scene.sent(), [json!({})]);
    let attributes = scene.attributes(GRAFANA);
    let source = scene.sandbox.data_source(ID).expect("the source");
    assert_eq!(attributes["id"], ID);
    assert_eq!(attributes["data_source_id"], ID);
    assert_eq!(attributes["name"], NAME);
    assert_eq!(attributes["provider_name"], "grafana");
    assert_eq!(attributes["created_at"], source.created_at());
    assert_eq!(attributes["updated_at"], source.updated_at());
    assert_eq!(attributes["credentials_updated_at"], json!(null));
    assert_eq!(attributes["grafana_config"], json!(null));
    scene.plan_is_empty().is_silent();

    // A key that Terraform gets to know now is sent, and dated.
    scene.configure(&with_token(""));
    scene.sandbox.take_journal();
    scene
        .apply()
        .says("Warning: Credentials in Use Will Be Replaced")
        .says("Applying this plan sends grafana_config.api_key")
        .says("+ credentials_updated_at = (known after apply)");
    assert_eq!(
        scene.written(),
        [json!({"grafana_config": {"api_key": "glsa_one"}})]
    );
    let attributes = scene.attributes(GRAFANA);
    assert_eq!(
        attributes["credentials_updated_at"],
        attributes["updated_at"]
    );
    scene.plan_is_empty();
}

fn import_by_a_block(scene: &mut Scene) {
    scene.configure(&[import_block(ID), grafana("")].concat());
    scene
        .plan_saved()
        .is_silent()
        .says("Plan: 1 to import, 0 to add, 0 to change, 0 to destroy.");
    assert_eq!(scene.sent(), [json!({})]);
    scene.apply_saved().says("1 imported");
    assert_eq!(scene.sent(), NOTHING);
    scene.plan_is_empty();
}

fn import_reads_even_without_drift_detection(scene: &mut Scene) {
    scene.env("INCIDENT_DRIFT_DETECTION", "false");
    scene.configure(
        &[
            import_block(DATADOG_ID),
            grafana("").replace(ID, DATADOG_ID),
        ]
        .concat(),
    );
    scene.apply().is_silent().says("1 imported");
    assert_eq!(scene.sent(), [json!({})]);
    scene.plan_is_empty();
    assert_eq!(scene.sent(), NOTHING);
}

fn generated_configuration_is_valid_as_it_is(scene: &mut Scene) {
    let datadog =
        import_block(DATADOG_ID).replace(GRAFANA, "incident_telemetry_data_source.datadog");
    let imports = [import_block(ID), datadog].concat();
    // From 1.16 on, Terraform takes the type's first word for a provider of HashiCorp's where it
    // generates, and refuses to be told better where it does not.
    if scene.client.is_terraform(16) {
        let told = imports.replace("import {\n", "import {\n  provider = incident\n");
        scene.configure(&told);
    } else {
        scene.configure(&imports);
    }
    scene
        .ok(&["plan", "-generate-config-out=generated.tf"])
        .says("2 to import, 0 to add, 0 to change, 0 to destroy");
    let path = scene.work().join("generated.tf");
    let generated = std::fs::read_to_string(path).expect("a generated file");
    assert!(generated.contains("data_source_id"), "{generated}");
    assert!(!generated.contains("created_at"), "{generated}");
    scene.configure(&imports);
    scene.ok(&["validate"]).is_silent();
    scene.apply().says("2 imported");
    assert_eq!(scene.written(), NOTHING);
    scene.plan_is_empty();
}

fn import_of_nothing_says_so(scene: &mut Scene) {
    scene.configure(&grafana("").replace(ID, NOWHERE));
    scene
        .fails(&["import", GRAFANA, NOWHERE])
        .says_times(1, "Error:")
        .says("Error: Telemetry Data Source Not Found")
        .says(NOWHERE);
    assert_eq!(scene.sent(), [json!({})]);
    scene.configure(&[import_block(NOWHERE), grafana("").replace(ID, NOWHERE)].concat());
    scene
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

fn state_of_version_0_is_taken_over(scene: &mut Scene) {
    let source = scene.sandbox.data_source(ID).expect("the source");
    // Without the attributes that came later, and with one that never was.
    let attributes = json!({
        "id": ID,
        "data_source_id": ID,
        "name": NAME,
        "grafana_config": {"api_key": "glsa_one"},
        "provider_name": "grafana",
        "source_type": "prometheus",
        "enabled": true,
        "created_at": source.created_at(),
        "updated_at": source.updated_at(),
        "credentials_updated_at": null,
        "retired": [1, {"two": null}],
    });
    scene.write("terraform.tfstate", &state(&attributes));
    scene.configure(&with_token(""));
    scene.plan_is_empty().is_silent();
    assert_eq!(scene.sent(), [json!({})]);

    scene.write(
        "terraform.tfstate",
        &state(&json!({"id": ID, "data_source_id": ID, "enabled": {"not": "a bool"}})),
    );
    scene
        .fails(&["plan"])
        .says("Error: Unable to Upgrade Resource State")
        .says("at enabled: a bool is required");
}
