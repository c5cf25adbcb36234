//! What others do in incident.io, and what a plan shows of it.

use incident_sandbox::{Answer, ApiKey, DataSourceSeed, Edit, EmptyPut, Fault, When, Write};
use serde_json::{Value, json};
use test_support::tests;

use crate::scene::{API_KEY, GRAFANA, ID, NOTHING, Scene, grafana, resource, with_token};

tests! {
    rename_by_hand_is_shown_and_repaired,
    name_left_out_follows,
    disabled_source_is_shown,
    gone_source_stays_and_is_sent_whole_once_it_is_back,
    gone_source_without_anything_configured_is_asked_for_again,
    what_another_key_does_not_see_stays_in_the_state,
    gone_source_can_be_destroyed,
    gone_source_can_be_removed,
    plan_goes_on_without_the_permission_to_read,
    plan_goes_on_where_empty_updates_are_refused,
    stamped_empty_updates_are_no_drift,
    unreachable_api_stops_the_plan,
    a_gateway_is_not_believed_that_a_source_is_gone,
    fields_that_cannot_be_read_are_named_and_lived_with
}

fn rename_by_hand_is_shown_and_repaired(scene: &mut Scene) {
    scene.adopted(&with_token("  name = \"Ours\""));
    scene
        .sandbox
        .dashboard()
        .rename(ID, "Theirs")
        .expect("renamed");
    scene
        .plan_saved()
        .is_silent()
        .says("~ name = \"Theirs\" -> \"Ours\"");
    assert_eq!(scene.sent(), [json!({})]);
    scene.apply_saved().is_silent();
    assert_eq!(scene.sent(), [json!({"name": "Ours"})]);
    scene.plan_is_empty();
}

fn name_left_out_follows(scene: &mut Scene) {
    scene.adopted(&with_token(""));
    scene
        .sandbox
        .dashboard()
        .rename(ID, "Theirs")
        .expect("renamed");
    scene.plan_is_empty().is_silent();
    scene.ok(&["apply", "-auto-approve", "-refresh-only"]);
    assert_eq!(scene.attributes(GRAFANA)["name"], "Theirs");
    assert_eq!(scene.written(), NOTHING);
}

fn disabled_source_is_shown(scene: &mut Scene) {
    let output =
        "output \"enabled\" {\n  value = incident_telemetry_data_source.grafana.enabled\n}\n";
    scene.adopted(&[&with_token(""), output].concat());
    scene.sandbox.dashboard().disable(ID).expect("disabled");
    for arguments in [&["plan"][..], &["plan", "-refresh-only"]] {
        scene
            .ok(arguments)
            .says_times(1, "Warning:")
            .says("Warning: Data Source Was Switched Off")
            .says("most likely because its credentials fail")
            .says("~ enabled = true -> false");
    }
    scene.ok(&["apply", "-auto-approve", "-refresh-only"]);
    scene.plan_is_empty().is_silent();
}

fn gone_source_stays_and_is_sent_whole_once_it_is_back(scene: &mut Scene) {
    let both = json!({"name": "Ours", "grafana_config": {"api_key": "glsa_one"}});
    scene.adopted(&with_token("  name = \"Ours\""));
    scene.sandbox.dashboard().delete(ID).expect("deleted");
    scene
        .plan_saved()
        .says_times(1, "Warning:")
        .says("Warning: Telemetry Data Source Not Found")
        .says(
            "Either it was disconnected, or the key belongs to another organisation, or the \
            provider's endpoint",
        )
        .says(
            "The API key \"Terraform\" belongs to the organisation at \
            https://app.incident.io/my-org.",
        )
        .says("remove the resource block")
        .says("will be updated in-place")
        .says("Plan: 0 to add, 1 to change, 0 to destroy.");
    assert_eq!(scene.sandbox.identities(), 1);
    assert_eq!(scene.sent(), [json!({})]);

    // Nobody has connected it again: the apply fails, and the state stays.
    scene
        .fails(&["apply", "saved.tfplan"])
        .says_times(1, "Error:")
        .says("Error: Telemetry Data Source Not Found")
        .says("data_source_id = \"01G0J1EXE7AXZ2C93K61WBPYEH\"");
    assert_eq!(scene.written(), std::slice::from_ref(&both));
    scene
        .ok(&["apply", "-auto-approve", "-refresh-only"])
        .says("Warning: Telemetry Data Source Not Found");
    assert_eq!(scene.attributes(GRAFANA)["name"], "Ours");

    // Connected again, nobody knows with what: the mark stays until a write got through.
    scene.sandbox.dashboard().reconnect(ID).expect("connected");
    scene
        .ok(&["apply", "-auto-approve", "-refresh-only"])
        .does_not_say("Not Found");
    scene.sandbox.take_journal();
    scene
        .apply()
        .says("Warning: Telemetry Data Source Was Not Found");
    assert_eq!(scene.written(), [both]);
    scene.settles();
}

fn gone_source_without_anything_configured_is_asked_for_again(scene: &mut Scene) {
    scene.adopted(&grafana(""));
    scene.sandbox.dashboard().delete(ID).expect("deleted");
    scene.plan_with_changes();
    scene.sandbox.dashboard().reconnect(ID).expect("connected");
    scene.apply();
    scene.settles();
}

/// The key of another organisation, or an endpoint in another region.
fn what_another_key_does_not_see_stays_in_the_state(scene: &mut Scene) {
    scene.adopted(&with_token(""));
    let state = scene.raw_state();
    scene
        .sandbox
        .set_keys(vec![ApiKey::full(API_KEY).organisation("other-org")]);
    scene
        .ok(&["apply", "-auto-approve", "-refresh-only"])
        .says("Warning: Telemetry Data Source Not Found")
        .says("https://app.incident.io/other-org");
    let attributes = scene.attributes(GRAFANA);
    assert_eq!(attributes["data_source_id"], ID);
    assert!(scene.raw_state().contains("\"private\"") && state.contains("\"private\""));
}

fn gone_source_can_be_destroyed(scene: &mut Scene) {
    scene.adopted(&with_token(""));
    scene.sandbox.dashboard().delete(ID).expect("deleted");
    scene
        .ok(&["destroy", "-auto-approve"])
        .does_not_say("Error:");
    assert!(scene.ok(&["state", "list"]).stdout.is_empty());
    assert!(scene.sandbox.bodies().len() <= 2);
}

fn gone_source_can_be_removed(scene: &mut Scene) {
    scene.adopted(&with_token(""));
    scene.sandbox.dashboard().delete(ID).expect("deleted");
    scene.configure(
        "removed {\n  from = incident_telemetry_data_source.grafana\n  lifecycle {\n    destroy = \
         false\n  }\n}\n",
    );
    scene.ok(&["apply", "-auto-approve"]).does_not_say("Error:");
    assert!(scene.ok(&["state", "list"]).stdout.is_empty());
}

fn plan_goes_on_without_the_permission_to_read(scene: &mut Scene) {
    scene.adopted(&with_token("  name = \"One\""));
    scene.sandbox.set_keys(vec![ApiKey::viewer(API_KEY)]);
    scene
        .plan_is_empty()
        .says_times(1, "Warning:")
        .says("Warning: Drift Was Not Checked")
        .says("403 Forbidden")
        .says("drift_detection = false")
        .says(
            "The API key \"Read only\" belongs to the organisation at \
            https://app.incident.io/my-org. Its role is viewer.",
        );
    assert_eq!(scene.sent(), [json!({})]);
    scene.configure(&with_token("  name = \"Two\""));
    scene
        .plan_with_changes()
        .says_times(1, "Warning:")
        .says("~ name = \"One\" -> \"Two\"");
}

fn plan_goes_on_where_empty_updates_are_refused(scene: &mut Scene) {
    let second = "01G0J1EXE7AXZ2C93K61WBPYEZ";
    scene.sandbox.add(DataSourceSeed::grafana(second, "Second"));
    let both = |name: &str| {
        [
            grafana(&format!("  name = \"{name}\"")),
            resource("second", second, "  name = \"Second\""),
        ]
        .concat()
    };
    scene.adopted(&both("One"));
    scene.sandbox.set_empty_put(EmptyPut::Refuses);
    scene
        .plan_is_empty()
        .says("Warning: Drift Was Not Checked")
        .says("422 Unprocessable Entity");
    assert_eq!(scene.sent(), [json!({}), json!({})]);
    scene.configure(&both("Two"));
    scene.apply();
    assert_eq!(scene.written(), [json!({"name": "Two"})]);
}

fn stamped_empty_updates_are_no_drift(scene: &mut Scene) {
    scene.sandbox.set_empty_put(EmptyPut::Stamps);
    let follower = "resource \"terraform_data\" \"follower\" {\n  input = \
                    incident_telemetry_data_source.grafana.updated_at\n}\n";
    scene.adopted(&[&with_token("  name = \"One\""), follower].concat());
    for _ in 0..3 {
        scene.plan_is_empty().is_silent();
    }
    scene
        .ok(&["apply", "-auto-approve"])
        .is_silent()
        .says("0 added, 0 changed, 0 destroyed");
    scene.plan_is_empty().is_silent();
}

fn unreachable_api_stops_the_plan(scene: &mut Scene) {
    let settings = "provider \"incident\" {\n  max_retries = 0\n}\n";
    scene.adopted(&[settings, &with_token("  name = \"One\"")].concat());
    scene.sandbox.fault(
        Fault::Answer(Write::Lost, Answer::html(502)),
        When::always(),
    );
    scene
        .fails(&["plan"])
        .says("502 Bad Gateway")
        .does_not_say("<html");
    scene.sandbox.clear_faults();
    scene.sandbox.gate(incident_sandbox::Gate::Closed);
    scene
        .fails(&["plan"])
        .says_times(1, "Error: Cannot Reach incident.io")
        .says("127.0.0.1");
    scene.sandbox.gate(incident_sandbox::Gate::Open);
    scene.sandbox.set_keys(vec![ApiKey::full("another")]);
    scene
        .fails(&["plan"])
        .says_times(1, "Error: API Key Not Accepted")
        .says("INCIDENT_API_KEY");
}

fn a_gateway_is_not_believed_that_a_source_is_gone(scene: &mut Scene) {
    scene.adopted(&with_token(""));
    for answer in [
        Answer::html(404),
        Answer::page_not_found(),
        Answer::no_route(),
    ] {
        let fault = Fault::Answer(Write::Lost, answer);
        scene.sandbox.fault(fault, When::next().reads());
        scene
            .fails(&["apply", "-auto-approve", "-refresh-only"])
            .says("answered 404 Not Found, not in the form of incident.io's API");
        scene.plan_is_empty().is_silent();
    }
}

fn fields_that_cannot_be_read_are_named_and_lived_with(scene: &mut Scene) {
    const WARNING: &str = "Warning: Unexpected Response from incident.io";
    scene.adopted(&with_token(""));
    let odd = Edit::set("source_type", Value::Null).and(Edit::set("enabled", json!("yes")));
    scene.sandbox.set_edit(odd);
    scene
        .plan_is_empty()
        .says_times(1, WARNING)
        .says("source_type, enabled");
    scene.variable("token", "glsa_two");
    scene.apply().says(WARNING);
    assert_eq!(scene.attributes(GRAFANA)["source_type"], "prometheus");
    scene.ok(&["destroy", "-auto-approve"]);
}
