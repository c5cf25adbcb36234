//! Forgetting: by destroy, by replacement, by a removed block.

use incident_sandbox::{DataSourceSeed, Gate};
use serde_json::json;
use test_support::tests;

use crate::scene::{DATADOG_ID, GRAFANA, ID, NAME, NOTHING, Scene, TOKEN, resource, with_token};

tests! {
    destroy_warns_and_only_forgets,
    destroy_needs_neither_key_nor_api,
    removed_block_forgets_without_a_word,
    resource_taken_out_of_the_configuration_is_forgotten,
    another_id_is_a_replacement,
    replacing_by_hand_adopts_again,
    create_before_destroy_keeps_the_new_one
}

const WARNING: &str = "Warning: Data Source Stays Active in incident.io";

fn destroy_warns_and_only_forgets(scene: &mut Scene) {
    scene.adopted(&with_token("  name = \"Ours\""));
    scene
        .ok(&["plan", "-destroy"])
        .says_times(1, "Warning:")
        .says(WARNING)
        .says("\"01G0J1EXE7AXZ2C93K61WBPYEH\" (Ours)")
        .says("stay active in incident.io")
        .says("revoke the credentials in Grafana")
        .says("lifecycle { destroy = false }");
    assert_eq!(scene.sent(), [json!({})]);
    scene
        .ok(&["destroy", "-auto-approve"])
        .says_times(1, "Warning:")
        .does_not_say("similar warning")
        .says("1 destroyed");
    assert_eq!(scene.written(), NOTHING);
    assert!(scene.ok(&["state", "list"]).stdout.is_empty());
    let source = scene.sandbox.data_source(ID).expect("the source stays");
    assert_eq!((source.name.as_str(), source.enabled), ("Ours", true));
}

fn destroy_needs_neither_key_nor_api(scene: &mut Scene) {
    scene.adopted(&with_token(""));
    scene.sandbox.gate(Gate::Closed);
    scene.without_env("INCIDENT_API_KEY");
    scene
        .ok(&["destroy", "-auto-approve", "-refresh=false"])
        .says_times(1, WARNING)
        .says("1 destroyed");
    scene.sandbox.gate(Gate::Open);
    assert_eq!(scene.sandbox.count(), 0);
}

fn removed_block_forgets_without_a_word(scene: &mut Scene) {
    scene.adopted(&with_token(""));
    let removed = "removed {\n  from = incident_telemetry_data_source.grafana\n  lifecycle {\n    \
        destroy = false\n  }\n}\n";
    scene.configure(removed);
    let ran = scene.apply();
    let forgets = if scene.client.is_tofu {
        "will be removed from the OpenTofu state but will not be destroyed"
    } else {
        "will no longer be managed by Terraform"
    };
    ran.does_not_say(WARNING).says(forgets).says("0 destroyed");
    // Terraform's own, once; it says what it says of every removed block.
    ran.says_times(1, "Warning:");
    assert_eq!(scene.written(), NOTHING);
    assert!(scene.ok(&["state", "list"]).stdout.is_empty());
}

fn resource_taken_out_of_the_configuration_is_forgotten(scene: &mut Scene) {
    scene.adopted(&with_token(""));
    scene.configure("");
    scene.apply().says_times(1, WARNING).says("1 destroyed");
    assert_eq!(scene.written(), NOTHING);
}

fn another_id_is_a_replacement(scene: &mut Scene) {
    let other = "01G0J1EXE7AXZ2C93K61WBPYEX";
    scene.sandbox.add(DataSourceSeed::grafana(other, "Other"));
    scene.adopted(&with_token("  name = \"Ours\""));
    let moved = with_token("  name = \"Ours\"").replace(ID, other);
    scene.configure(&moved);
    scene
        .plan_saved()
        .says("must be replaced")
        .says("# forces replacement")
        .says_times(1, "Warning:")
        .says(WARNING)
        .says("data_source_id = \"01G0J1EXE7AXZ2C93K61WBPYEX\"")
        .says("stop managing data source \"01G0J1EXE7AXZ2C93K61WBPYEH\" (Ours)")
        .does_not_say("removed block")
        .says("Plan: 1 to add, 0 to change, 1 to destroy.");
    let journal = scene.sandbox.take_journal();
    assert_eq!(journal.len(), 2);
    assert!(journal.iter().all(incident_sandbox::Entry::is_read));
    scene.apply_saved().says("1 added, 0 changed, 1 destroyed");
    assert_eq!(
        scene.written(),
        [json!({"name": "Ours", "grafana_config": {"api_key": "glsa_one"}})]
    );
    assert_eq!(scene.attributes(GRAFANA)["id"], other);
    scene.plan_is_empty();

    // One that does not fit, or is not there, stops the replacement before anything is lost.
    scene.configure(&moved.replace(other, DATADOG_ID));
    scene
        .fails(&["plan"])
        .says_times(1, "Error: Wrong Kind of Data Source");
    scene.configure(&moved.replace(other, "nowhere"));
    scene
        .fails(&["plan"])
        .says_times(1, "Error: Telemetry Data Source Not Found")
        .says("\"nowhere\"");
    assert_eq!(scene.written(), NOTHING);
}

fn replacing_by_hand_adopts_again(scene: &mut Scene) {
    scene.adopted(&with_token(""));
    let replace = format!("-replace={GRAFANA}");
    scene
        .ok(&["plan", &replace])
        .says("will be replaced, as requested");
    assert_eq!(scene.sent(), [json!({})]);

    scene.ok(&["taint", GRAFANA]);
    scene.plan_saved().says("is tainted");
    assert_eq!(scene.sent(), [json!({})]);
    scene.apply_saved();
    assert_eq!(
        scene.written(),
        [json!({"grafana_config": {"api_key": "glsa_one"}})]
    );
    scene.plan_is_empty().is_silent();
}

fn create_before_destroy_keeps_the_new_one(scene: &mut Scene) {
    let other = "01G0J1EXE7AXZ2C93K61WBPYEX";
    scene.sandbox.add(DataSourceSeed::grafana(other, "Other"));
    let lines = "  lifecycle {\n    create_before_destroy = true\n  }";
    let configuration = [TOKEN, &resource("grafana", ID, lines)].concat();
    scene.adopted(&configuration);
    scene.configure(&configuration.replace(ID, other));
    scene.apply().says(WARNING);
    assert_eq!(scene.attributes(GRAFANA)["name"], "Other");
    assert_eq!(scene.written(), NOTHING);
    assert_eq!(
        scene.sandbox.data_source(ID).map(|source| source.name),
        Some(NAME.to_owned())
    );
    scene.plan_is_empty();
}
