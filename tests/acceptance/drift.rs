//! What others do in incident.io, and what a plan shows of it.

use incident_sandbox::{Answer, ApiKey, DEFAULT_KEY, DataSourceSeed, EmptyPut, Fault, When, Write};
use serde_json::json;

use crate::setup::{
    ADDRESS, GRAFANA, adopted, grafana, resource, sent, start, with_token, written,
};

#[test]
fn rename_by_hand_is_shown_and_repaired() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    adopted(&sandbox, &terraform, &with_token("  name = \"Ours\""));
    sandbox
        .dashboard()
        .rename(GRAFANA, "Theirs")
        .expect("renamed");
    terraform
        .plan_saved()
        .is_silent()
        .says("~ name = \"Theirs\" -> \"Ours\"");
    assert_eq!(sent(&sandbox), [json!({})]);
    terraform.apply_saved().is_silent();
    assert_eq!(sent(&sandbox), [json!({"name": "Ours"})]);
    terraform.plan_is_empty();
}

#[test]
fn name_left_out_follows() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    adopted(&sandbox, &terraform, &with_token(""));
    sandbox
        .dashboard()
        .rename(GRAFANA, "Theirs")
        .expect("renamed");
    terraform.plan_is_empty().is_silent();
    terraform.ok(&["apply", "-auto-approve", "-refresh-only"]);
    assert_eq!(terraform.attributes(ADDRESS)["name"], "Theirs");
    assert_eq!(written(&sandbox), [] as [serde_json::Value; 0]);
}

#[test]
fn disabled_source_is_shown() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    let output =
        "output \"enabled\" {\n  value = incident_telemetry_data_source.grafana.enabled\n}\n";
    adopted(&sandbox, &terraform, &[&with_token(""), output].concat());
    sandbox.dashboard().disable(GRAFANA).expect("disabled");
    terraform
        .plan_with_changes()
        .is_silent()
        .says("~ enabled = true -> false");
    terraform
        .ok(&["plan", "-refresh-only"])
        .says("~ enabled = true -> false");
}

#[test]
fn gone_source_is_planned_as_new_with_a_warning() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    adopted(&sandbox, &terraform, &with_token("  name = \"Ours\""));
    sandbox.dashboard().delete(GRAFANA).expect("deleted");
    terraform
        .plan_saved()
        .says_times(1, "Warning:")
        .says("Warning: Telemetry Data Source Is Gone")
        .says("will be created")
        .says("Plan: 1 to add, 0 to change, 0 to destroy.")
        .says("connected again")
        .says("terraform state rm");
    assert_eq!(sent(&sandbox), [json!({})]);

    // Nobody has connected it again: applying names the id.
    terraform
        .fails(&["apply", "saved.tfplan"])
        .says("Error: Telemetry Data Source Not Found")
        .says("incident.io has no telemetry data source \"01G0J1EXE7AXZ2C93K61WBPYEH\"");
    assert_eq!(written(&sandbox), [] as [serde_json::Value; 0]);

    // Connected again, the same configuration adopts it.
    sandbox.dashboard().reconnect(GRAFANA).expect("connected");
    terraform.apply().is_silent();
    terraform.plan_is_empty();
}

#[test]
fn gone_source_can_be_destroyed() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    adopted(&sandbox, &terraform, &with_token(""));
    sandbox.dashboard().delete(GRAFANA).expect("deleted");
    terraform
        .ok(&["destroy", "-auto-approve"])
        .does_not_say("Error:");
    assert!(terraform.ok(&["state", "list"]).stdout.is_empty());
    assert!(sandbox.count() <= 2, "{:?}", sandbox.bodies());
}

#[test]
fn plan_goes_on_without_the_permission_to_read() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    adopted(&sandbox, &terraform, &with_token("  name = \"One\""));
    sandbox.set_keys(vec![ApiKey::viewer(DEFAULT_KEY)]);
    terraform
        .plan_is_empty()
        .says_times(1, "Warning:")
        .says("Warning: Drift Was Not Checked")
        .says("403 Forbidden")
        .says("drift_detection = false");
    assert_eq!(sent(&sandbox), [json!({})]);
    terraform.configure(&with_token("  name = \"Two\""));
    terraform
        .plan_with_changes()
        .says_times(1, "Warning:")
        .says("~ name = \"One\" -> \"Two\"");
}

#[test]
fn plan_goes_on_where_empty_updates_are_refused() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    let second = "01G0J1EXE7AXZ2C93K61WBPYEZ";
    sandbox.add(DataSourceSeed::grafana(second, "Second"));
    let both = |name: &str| {
        [
            grafana(&format!("  name = \"{name}\"")),
            resource("second", second, "  name = \"Second\""),
        ]
        .concat()
    };
    adopted(&sandbox, &terraform, &both("One"));
    sandbox.set_empty_put(EmptyPut::Refuses);
    terraform
        .plan_is_empty()
        .says("Warning: Drift Was Not Checked")
        .says("422 Unprocessable Entity");
    assert_eq!(sent(&sandbox), [json!({}), json!({})]);
    terraform.configure(&both("Two"));
    terraform.apply();
    assert_eq!(written(&sandbox), [json!({"name": "Two"})]);
}

#[test]
fn stamped_empty_updates_are_no_drift() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    sandbox.set_empty_put(EmptyPut::Stamps);
    let follower = "resource \"terraform_data\" \"follower\" {\n  input = \
                    incident_telemetry_data_source.grafana.updated_at\n}\n";
    adopted(
        &sandbox,
        &terraform,
        &[&with_token("  name = \"One\""), follower].concat(),
    );
    for _ in 0..3 {
        terraform.plan_is_empty().is_silent();
    }
    terraform
        .ok(&["apply", "-auto-approve"])
        .is_silent()
        .says("0 added, 0 changed, 0 destroyed");
    terraform.plan_is_empty().is_silent();
}

#[test]
fn unreachable_api_stops_the_plan() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    let settings = "provider \"incident\" {\n  max_retries = 0\n}\n";
    adopted(
        &sandbox,
        &terraform,
        &[settings, &with_token("  name = \"One\"")].concat(),
    );
    sandbox.fault(
        Fault::Answer(Write::Lost, Answer::html(502)),
        When::always(),
    );
    terraform
        .fails(&["plan"])
        .says("502 Bad Gateway")
        .does_not_say("<html");
    sandbox.clear_faults();
    sandbox.gate(incident_sandbox::Gate::Closed);
    terraform
        .fails(&["plan"])
        .says_times(1, "Error: Cannot Reach incident.io")
        .says("127.0.0.1");
    sandbox.gate(incident_sandbox::Gate::Open);
    sandbox.set_keys(vec![ApiKey::full("another")]);
    terraform
        .fails(&["plan"])
        .says_times(1, "Error: API Key Not Accepted")
        .says("INCIDENT_API_KEY");
}
