//! Forgetting: by destroy, by replacement, by a removed block.

use incident_sandbox::{DataSourceSeed, Gate};
use serde_json::{Value, json};

use crate::setup::{
    ADDRESS, DATADOG, GRAFANA, NAME, TOKEN, adopted, resource, sent, start, with_token, written,
};

const NOTHING: [Value; 0] = [];
const WARNING: &str = "Warning: Data Source Stays Active in incident.io";

#[test]
fn destroy_warns_and_only_forgets() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    adopted(&sandbox, &terraform, &with_token("  name = \"Ours\""));
    terraform
        .ok(&["plan", "-destroy"])
        .says_times(1, "Warning:")
        .says(WARNING)
        .says("\"01G0J1EXE7AXZ2C93K61WBPYEH\" (Ours)")
        .says("stay active in incident.io")
        .says("revoke the credentials in Grafana")
        .says("lifecycle { destroy = false }");
    assert_eq!(sent(&sandbox), [json!({})]);
    terraform
        .ok(&["destroy", "-auto-approve"])
        .says_times(1, "Warning:")
        .does_not_say("similar warning")
        .says("1 destroyed");
    assert_eq!(written(&sandbox), NOTHING);
    assert!(terraform.ok(&["state", "list"]).stdout.is_empty());
    let source = sandbox.data_source(GRAFANA).expect("the source stays");
    assert_eq!((source.name.as_str(), source.enabled), ("Ours", true));
}

#[test]
fn destroy_needs_neither_key_nor_api() {
    let Some((sandbox, mut terraform)) = start() else {
        return;
    };
    adopted(&sandbox, &terraform, &with_token(""));
    sandbox.gate(Gate::Closed);
    terraform.without_env("INCIDENT_API_KEY");
    terraform
        .ok(&["destroy", "-auto-approve", "-refresh=false"])
        .says_times(1, WARNING)
        .says("1 destroyed");
    sandbox.gate(Gate::Open);
    assert_eq!(sandbox.count(), 0);
}

#[test]
fn removed_block_forgets_without_a_word() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    adopted(&sandbox, &terraform, &with_token(""));
    let removed = "removed {\n  from = incident_telemetry_data_source.grafana\n  lifecycle {\n    destroy = \
                   false\n  }\n}\n";
    terraform.configure(removed);
    let ran = terraform.apply();
    ran.does_not_say(WARNING)
        .says("will no longer be managed by Terraform")
        .says("0 destroyed");
    // Terraform's own, once; it says what it says of every removed block.
    ran.says_times(1, "Warning:");
    assert_eq!(written(&sandbox), NOTHING);
    assert!(terraform.ok(&["state", "list"]).stdout.is_empty());
}

#[test]
fn resource_taken_out_of_the_configuration_is_forgotten() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    adopted(&sandbox, &terraform, &with_token(""));
    terraform.configure("");
    terraform.apply().says_times(1, WARNING).says("1 destroyed");
    assert_eq!(written(&sandbox), NOTHING);
}

#[test]
fn another_id_is_a_replacement() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    let other = "01G0J1EXE7AXZ2C93K61WBPYEX";
    sandbox.add(DataSourceSeed::grafana(other, "Other"));
    adopted(&sandbox, &terraform, &with_token("  name = \"Ours\""));
    let moved = with_token("  name = \"Ours\"").replace(GRAFANA, other);
    terraform.configure(&moved);
    terraform
        .plan_saved()
        .says("must be replaced")
        .says("# forces replacement")
        .says_times(1, "Warning:")
        .says(WARNING)
        .says("data_source_id = \"01G0J1EXE7AXZ2C93K61WBPYEX\"")
        .says("forget data source \"01G0J1EXE7AXZ2C93K61WBPYEH\" (Ours)")
        .does_not_say("removed block")
        .says("Plan: 1 to add, 0 to change, 1 to destroy.");
    let journal = sandbox.take_journal();
    assert_eq!(journal.len(), 2);
    assert!(journal.iter().all(incident_sandbox::Entry::is_read));
    terraform
        .apply_saved()
        .says("1 added, 0 changed, 1 destroyed");
    assert_eq!(
        written(&sandbox),
        [json!({"name": "Ours", "grafana_config": {"api_key": "glsa_one"}})]
    );
    assert_eq!(terraform.attributes(ADDRESS)["id"], other);
    terraform.plan_is_empty();

    // One that does not fit, or is not there, stops the replacement before anything is lost.
    terraform.configure(&moved.replace(other, DATADOG));
    terraform
        .fails(&["plan"])
        .says_times(1, "Error: Wrong Kind of Data Source");
    terraform.configure(&moved.replace(other, "nowhere"));
    terraform
        .fails(&["plan"])
        .says_times(1, "Error: Telemetry Data Source Not Found")
        .says("\"nowhere\"");
    assert_eq!(written(&sandbox), NOTHING);
}

#[test]
fn replacing_by_hand_adopts_again() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    adopted(&sandbox, &terraform, &with_token(""));
    let replace = format!("-replace={ADDRESS}");
    terraform
        .ok(&["plan", &replace])
        .says("will be replaced, as requested");
    assert_eq!(sent(&sandbox), [json!({})]);

    terraform.ok(&["taint", ADDRESS]);
    terraform.plan_saved().says("is tainted");
    assert_eq!(sent(&sandbox), [json!({})]);
    terraform.apply_saved();
    assert_eq!(
        written(&sandbox),
        [json!({"grafana_config": {"api_key": "glsa_one"}})]
    );
    terraform.plan_is_empty().is_silent();
}

#[test]
fn create_before_destroy_keeps_the_new_one() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    let other = "01G0J1EXE7AXZ2C93K61WBPYEX";
    sandbox.add(DataSourceSeed::grafana(other, "Other"));
    let lines = "  lifecycle {\n    create_before_destroy = true\n  }";
    let configuration = [TOKEN, &resource("grafana", GRAFANA, lines)].concat();
    adopted(&sandbox, &terraform, &configuration);
    terraform.configure(&configuration.replace(GRAFANA, other));
    terraform.apply().says(WARNING);
    assert_eq!(terraform.attributes(ADDRESS)["name"], "Other");
    assert_eq!(written(&sandbox), NOTHING);
    assert_eq!(
        sandbox.data_source(GRAFANA).map(|source| source.name),
        Some(NAME.to_owned())
    );
    terraform.plan_is_empty();
}
