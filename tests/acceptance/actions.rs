//! The action, of clients that know actions.

use std::path::Path;

use incident_sandbox::{Answer, ApiKey, DataSourceSeed, Fault, Problem, When, Write};
use serde_json::json;
use test_support::tests;

use crate::scene::{API_KEY, DATADOG_ID, ID, NOTHING, NOWHERE, Scene, grafana, provider};

tests! {
    invoked_it_sends_the_keys_and_leaves_no_trace,
    an_ephemeral_key_reaches_a_trigger_everywhere,
    the_example_sends_the_key_with_each_version,
    an_ephemeral_key_reaches_invoke_where_terraform_hands_it_over,
    mistakes_are_found_before_anything_is_sent,
    what_a_plan_does_not_know_is_checked_before_it_is_sent,
    what_the_api_says_is_said
}

const KEY: &str = "glsa_of_the_action_8Yd";
const INVOKE: [&str; 3] = [
    "apply",
    "-auto-approve",
    "-invoke=action.incident_telemetry_rotate_credentials.it",
];

fn action(id: &str, lines: &str) -> String {
    format!(
        "action \"incident_telemetry_rotate_credentials\" \"it\" {{\n  config {{\n    \
         data_source_id = \"{id}\"\n{lines}\n  }}\n}}\n"
    )
}

fn variable(kind: &str) -> String {
    format!("variable \"key\" {{\n  type = string\n  {kind} = true\n}}\n")
}

fn grafana_key(id: &str) -> String {
    action(id, "    grafana_config {\n      api_key = var.key\n    }")
}

fn invoked_it_sends_the_keys_and_leaves_no_trace(scene: &mut Scene) {
    let lines = "    datadog_config {\n      api_key = var.key\n      app_key = var.key\n    }";
    scene.sensitive("key", KEY);
    scene.configure(&[variable("sensitive"), action(DATADOG_ID, lines)].concat());
    scene
        .ok(&INVOKE)
        .says(&format!(
            "Sending credentials to data source \"{DATADOG_ID}\""
        ))
        .says("incident.io has validated and stored the credentials")
        .does_not_say(KEY);
    let both = json!({"datadog_config": {"api_key": KEY, "app_key": KEY}});
    assert_eq!(scene.written(), [both]);
    assert!(scene.ok(&["state", "list"]).stdout.is_empty());
}

const TRIGGER: &str = "  name = \"Rotated\"\n  lifecycle {\n    action_trigger {\n      events  = \
                       [after_create]\n      actions = \
                       [action.incident_telemetry_rotate_credentials.it]\n    }\n  }";

fn an_ephemeral_key_reaches_a_trigger_everywhere(scene: &mut Scene) {
    scene.write_only("key", KEY);
    scene.configure(&[variable("ephemeral"), grafana(TRIGGER), grafana_key(ID)].concat());
    scene.plan_saved().says("1 to invoke");
    scene.apply_saved();
    assert_eq!(
        scene.written(),
        [
            json!({"name": "Rotated"}),
            json!({"grafana_config": {"api_key": KEY}}),
        ]
    );
    assert_eq!(scene.grafana_key().as_deref(), Some(KEY));
    // The resource without keys, and the action for them: no change elsewhere is suspected.
    scene.settles();
}

fn the_example_sends_the_key_with_each_version(scene: &mut Scene) {
    let file = "examples/actions/incident_telemetry_rotate_credentials/action.tf";
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    scene.configure(&std::fs::read_to_string(example).expect("an example"));
    for version in ["1", "2"] {
        let key = format!("{KEY}_{version}");
        scene.write_only("grafana_token", &key);
        scene.variable("grafana_token_version", version);
        assert_eq!(
            scene.apply_writes(),
            [json!({"grafana_config": {"api_key": key}})]
        );
        assert_eq!(scene.apply_writes(), NOTHING);
    }
}

/// 1.16 and 1.17 hand over null.
fn an_ephemeral_key_reaches_invoke_where_terraform_hands_it_over(scene: &mut Scene) {
    scene.write_only("key", KEY);
    scene.configure(&[variable("ephemeral"), grafana_key(ID)].concat());
    if scene.client.minor < 16 {
        scene.ok(&INVOKE);
        assert_eq!(scene.grafana_key().as_deref(), Some(KEY));
    } else {
        scene
            .fails(&INVOKE)
            .says("no value arrived for grafana_config.api_key")
            .says("Terraform 1.16 and 1.17 drop it with -invoke")
            .says("action_trigger");
        assert_eq!(scene.written(), NOTHING);
    }
}

fn mistakes_are_found_before_anything_is_sent(scene: &mut Scene) {
    for (lines, says) in [
        ("", "The action has no key to send"),
        ("    grafana_config {}", "Empty Configuration Block"),
        (
            "    grafana_config {\n      api_url = \"grafana.example.com\"\n    }",
            "Set grafana_config.api_key",
        ),
        (
            "    grafana_config {\n      api_key = \"a\"\n    }\n    datadog_config {\n      \
             api_key = \"b\"\n    }",
            "Only one of grafana_config and datadog_config can be set",
        ),
        (
            "    grafana_config {\n      api_kee = \"a\"\n    }",
            "Unsupported argument",
        ),
    ] {
        scene.configure(&action(ID, lines));
        scene.fails(&["validate"]).says(says);
    }
    // What only a plan knows.
    scene
        .must_not_show("glsa_line_8Yd")
        .variable("key", "glsa_line_8Yd\n");
    scene.configure(&[variable("sensitive"), grafana_key(ID)].concat());
    scene.ok(&["validate"]);
    scene
        .fails(&INVOKE)
        .says("grafana_config.api_key starts or ends with whitespace");
    assert_eq!(scene.sandbox.count(), 0);
}

fn what_a_plan_does_not_know_is_checked_before_it_is_sent(scene: &mut Scene) {
    let url =
        "resource \"terraform_data\" \"url\" {\n  input = \"http://grafana.example.com\"\n}\n";
    let lines = "    grafana_config {\n      api_key = \"glsa_a\"\n      api_url = \
                 terraform_data.url.output\n    }";
    scene.configure(&[url, &grafana(TRIGGER), &action(ID, lines)].concat());
    scene
        .fails(&["apply", "-auto-approve"])
        .says("grafana_config.api_url names a protocol other than https");
    assert_eq!(scene.written(), [json!({"name": "Rotated"})]);
}

fn what_the_api_says_is_said(scene: &mut Scene) {
    scene.sensitive("key", KEY);
    scene.configure(&[variable("sensitive"), grafana_key(NOWHERE)].concat());
    scene
        .fails(&INVOKE)
        .says("Could not rotate the credentials of data source")
        .says("404 Not Found");
    scene.configure(&[variable("sensitive"), grafana_key(ID)].concat());
    let problem = Problem::new("invalid", "Grafana refuses it.").at("grafana_config.api_key");
    scene.sandbox.fault(
        Fault::Answer(Write::Lost, Answer::invalid(&[problem])),
        When::next().writes(),
    );
    scene
        .fails(&INVOKE)
        .says("incident.io does not accept grafana_config.api_key: Grafana refuses it");
    // No apply would send it again.
    let at_once = provider("  max_retries = 0");
    scene.configure(&[at_once, variable("sensitive"), grafana_key(ID)].concat());
    scene.sandbox.fault(
        Fault::Answer(Write::Taken, Answer::api_error(500)),
        When::next().writes(),
    );
    scene
        .fails(&INVOKE)
        .says("It is not known whether incident.io stored the credentials")
        .says("invoke the action again");
    scene.sandbox.set_keys(vec![ApiKey::viewer(API_KEY)]);
    scene.sandbox.add(DataSourceSeed::grafana("other", "Other"));
    scene
        .fails(&INVOKE)
        .says("lacks the permission telemetry_data_source.update");
}
