//! What the API, or something in its place, answers to a write or a read, and what is said of it.

use std::time::Duration;

use incident_sandbox::{Answer, ApiKey, DataSourceSeed, Fault, Problem, When, Write};
use serde_json::json;
use test_support::tests;

use crate::scene::{API_KEY, GRAFANA, ID, Scene, grafana, provider, resource, with_token};

tests! {
    all_problems_of_a_422_are_shown,
    whose_key_it_is_is_asked_once_and_only_where_it_matters,
    a_block_page_is_not_incident_io,
    what_concerns_all_is_said_in_full_once,
    a_refused_key_is_not_tried_for_each_resource,
    a_write_that_was_cut_off_says_that_it_is_sent_again,
    what_will_fail_again_is_not_to_be_run_again,
    a_shared_limit_is_kept,
    what_passes_is_tried_again
}

fn many(count: usize) -> String {
    let each = |number: usize| resource(&format!("n{number}"), &id(number), "");
    (0..count).map(each).collect()
}

fn id(number: usize) -> String {
    format!("01G0J1EXE7AXZ2C93K61WB{number:04}")
}

fn connect(scene: &Scene, count: usize) {
    for number in 0..count {
        let name = format!("Number {number}");
        scene.sandbox.add(DataSourceSeed::grafana(id(number), name));
    }
}

fn all_problems_of_a_422_are_shown(scene: &mut Scene) {
    scene.configure(&with_token("  name = \"Taken\""));
    let problems = [
        Problem::new("invalid", "Grafana does not take this key.").at("grafana_config.api_key"),
        Problem::new("taken", "Another one has this name.").at("name"),
        Problem::new("unknown", "Not for you.").at("something.new"),
        Problem::new("locked", "The organisation is locked."),
    ];
    scene.sandbox.fault(
        Fault::Answer(Write::Lost, Answer::invalid(&problems)),
        When::next().writes(),
    );
    scene
        .fails(&["apply", "-auto-approve"])
        .says_times(3, "Error: Value Refused by incident.io")
        .says(
            "incident.io does not accept grafana_config.api_key: Grafana does not take this key \
            (HTTP 422",
        )
        .says("incident.io does not accept name: Another one has this name (HTTP 422")
        .says(
            "incident.io also says: The organisation is locked.; something.new: Not for you \
            (HTTP 422, request id",
        );
}

fn whose_key_it_is_is_asked_once_and_only_where_it_matters(scene: &mut Scene) {
    connect(scene, 3);
    scene.adopted(&many(3));
    scene.plan_is_empty();
    scene.ok(&["destroy", "-auto-approve"]);
    scene.adopted(&many(3));
    assert_eq!(scene.sandbox.identities(), 0);

    let key = ApiKey::viewer(API_KEY).name("CI").organisation("acme");
    scene.sandbox.set_keys(vec![key]);
    scene
        .ok(&["plan"])
        .says("Warning: Drift Was Not Checked")
        .says("The API key \"CI\" belongs to the organisation at https://app.incident.io/acme.")
        .says("Its role is viewer.");
    assert_eq!(scene.sandbox.identities(), 1);

    // Nothing is said where nothing can be learnt.
    scene.sandbox.take_journal();
    scene.sandbox.fault(
        Fault::Answer(Write::Lost, Answer::html(500)),
        When::always().identities(),
    );
    scene
        .ok(&["plan"])
        .says("Warning: Drift Was Not Checked")
        .does_not_say("The API key \"");
}

fn a_block_page_is_not_incident_io(scene: &mut Scene) {
    scene.adopted(&with_token(""));
    let state = scene.raw_state();
    for status in [401, 403] {
        scene.sandbox.fault(
            Fault::Answer(Write::Lost, Answer::block_page(status)),
            When::always(),
        );
        scene
            .fails(&["apply", "-auto-approve", "-refresh-only"])
            .says("Error: Unexpected Response from the Endpoint")
            .says("not in the form of incident.io's API: an HTML page")
            .says("127.0.0.1")
            .says("Check the provider's endpoint, and any proxy or gateway in front of it")
            .does_not_say("Access denied");
        scene.sandbox.clear_faults();
    }
    assert_eq!(scene.raw_state(), state);
}

fn what_concerns_all_is_said_in_full_once(scene: &mut Scene) {
    connect(scene, 8);
    scene.adopted(&[&provider("  max_retries = 0"), many(8).as_str()].concat());
    let full = |scene: &Scene, title: &str, advice: &str| {
        scene
            .fails(&["plan"])
            .says_times(8, &format!("Error: {title}"))
            .says_times(1, advice);
    };
    scene.without_env("INCIDENT_API_KEY");
    full(
        scene,
        "Missing API Key",
        "Create a key with the role telemetry_data_source_update",
    );
    scene.env("INCIDENT_API_KEY", "inc_unknown_to_anybody");
    full(
        scene,
        "API Key Not Accepted",
        "incident.io does not know this API key",
    );
    scene.env("INCIDENT_API_KEY", API_KEY);
    scene.sandbox.gate(incident_sandbox::Gate::Closed);
    full(scene, "Cannot Reach incident.io", "Check the network");
}

fn a_refused_key_is_not_tried_for_each_resource(scene: &mut Scene) {
    connect(scene, 60);
    scene.adopted(&many(60));
    scene.sandbox.set_keys(vec![ApiKey::full("another")]);
    scene.fails(&["plan"]).says("Error: API Key Not Accepted");
    // As many as were under way before the first answer.
    let tried = scene.sandbox.count_of(401);
    assert!(tried <= 12, "{tried}");
}

fn a_write_that_was_cut_off_says_that_it_is_sent_again(scene: &mut Scene) {
    scene.adopted(&[&provider("  max_retries = 0"), with_token("").as_str()].concat());
    // A read that is cut off leaves no doubt about anything.
    scene
        .sandbox
        .fault(Fault::Reset(Write::Taken), When::next().reads());
    scene
        .fails(&["plan"])
        .says("Cannot Reach incident.io")
        .does_not_say("It is not known");
    scene.sensitive("token", "glsa_two");
    scene
        .sandbox
        .fault(Fault::Reset(Write::Taken), When::next().writes());
    scene
        .fails(&["apply", "-auto-approve"])
        .says("the next apply sends it again");
    // Taken back, it is sent all the same.
    scene.variable("token", "glsa_one");
    scene
        .plan_saved()
        .says("Warning: Values Will Be Sent Again")
        .says("ended without an answer");
    scene.sandbox.take_journal();
    assert_eq!(
        scene.apply_saved_writes(),
        [json!({"grafana_config": {"api_key": "glsa_one"}})]
    );
    scene.settles();
}

fn what_will_fail_again_is_not_to_be_run_again(scene: &mut Scene) {
    scene.adopted(&with_token(""));
    for status in [400, 405, 413] {
        scene.sandbox.fault(
            Fault::Answer(Write::Lost, Answer::api_error(status)),
            When::next().reads(),
        );
        scene
            .fails(&["plan"])
            .says(&format!("{status} "))
            .does_not_say("Run the command again");
    }
}

fn a_shared_limit_is_kept(scene: &mut Scene) {
    connect(scene, 40);
    scene.adopted(&many(40));
    scene.sandbox.set_shared_requests_per_minute(Some(60));
    scene.sandbox.take_journal();
    scene.plan_is_empty().is_silent();
    let refused = scene.sandbox.count_of(429);
    assert!(refused <= 2, "{refused} requests were refused");
}

fn what_passes_is_tried_again(scene: &mut Scene) {
    scene.adopted(&grafana(""));
    for status in [408, 409, 425] {
        scene.sandbox.fault(
            Fault::Answer(Write::Lost, Answer::api_error(status)),
            When::next().reads(),
        );
        scene.plan_is_empty().is_silent();
        assert_eq!(scene.sandbox.pending_faults(), 0, "{status}");
    }
    scene.sandbox.set_latency(Duration::ZERO);
    assert_eq!(scene.attributes(GRAFANA)["id"], ID);
}
