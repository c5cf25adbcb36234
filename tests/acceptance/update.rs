//! Renaming, rotating, and what is left alone.

use incident_sandbox::{Answer, ApiKey, EmptyPut, Fault, Options, When, Write};
use serde_json::json;
use test_support::tests;

use crate::scene::{
    API_KEY, DATADOG_ID, GRAFANA, ID, NOTHING, Scene, TOKEN, grafana, provider, resource,
    with_token,
};

tests! {
    rename_shows_two_lines_and_sends_one_field,
    rotation_sends_the_new_key_alone_and_revives_the_source,
    failed_write_keeps_the_change_pending,
    passing_failures_are_not_noticed,
    refused_name_lands_on_the_name,
    both_datadog_keys_go_in_one_request,
    api_url_goes_without_protocol_and_slash,
    ignored_keys_are_never_sent,
    what_is_taken_out_stays_active_and_is_warned_of,
    key_that_is_not_known_yet_is_sent_once_it_is,
    rotation_that_fails_and_is_taken_back
}

fn rename_shows_two_lines_and_sends_one_field(scene: &mut Scene) {
    scene.adopted(&with_token("  name = \"One\""));
    scene.configure(&with_token("  name = \"Two\""));
    let plan = scene.plan_saved();
    plan.is_silent()
        .says("~ name = \"One\" -> \"Two\"")
        .says("-> (known after apply)")
        .says_times(1, "(known after apply)")
        .says("~ updated_at = ")
        .says("Plan: 0 to add, 1 to change, 0 to destroy.");
    assert_eq!(scene.sent(), [json!({})]);
    scene.apply_saved().is_silent();
    assert_eq!(scene.sent(), [json!({"name": "Two"})]);
    scene.plan_is_empty();
}

fn rotation_sends_the_new_key_alone_and_revives_the_source(scene: &mut Scene) {
    scene.adopted(&with_token("  name = \"One\""));
    let before = scene.attributes(GRAFANA);
    scene.sandbox.dashboard().disable(ID).expect("disabled");
    scene.sensitive("token", "glsa_two");
    let plan = scene.plan_saved();
    plan.says("~ api_key = (sensitive value)")
        .says("~ credentials_updated_at = ")
        .says("~ updated_at = ")
        .says("~ enabled = false -> (known after apply)")
        .says("~ version = \"8.5.27\" -> (known after apply)")
        .says_times(4, "-> (known after apply)");
    scene.sandbox.take_journal();
    scene.apply_saved().is_silent();
    assert_eq!(
        scene.sent(),
        [json!({"grafana_config": {"api_key": "glsa_two"}})]
    );
    let after = scene.attributes(GRAFANA);
    assert_eq!(after["enabled"], true);
    assert_eq!(after["credentials_updated_at"], after["updated_at"]);
    assert_ne!(
        after["credentials_updated_at"],
        before["credentials_updated_at"]
    );
    scene.plan_is_empty().is_silent();
}

fn failed_write_keeps_the_change_pending(scene: &mut Scene) {
    scene.adopted(&with_token("  name = \"One\""));
    let before = scene.attributes(GRAFANA);

    scene.configure(&with_token("  name = \"Two\""));
    scene.must_not_show("bad_two").variable("token", "bad_two");
    let ran = scene.fails(&["apply", "-auto-approve"]);
    ran.says_times(1, "Error: Value Refused by incident.io")
        .says("incident.io does not accept grafana_config.api_key: ")
        .does_not_say("bad_two");
    assert_eq!(scene.attributes(GRAFANA), before);

    // Whatever goes wrong, the same is planned again.
    scene.sensitive("token", "glsa_two");
    scene.plan_saved();
    scene.sandbox.set_keys(vec![ApiKey::viewer(API_KEY)]);
    let ran = scene.fails(&["apply", "saved.tfplan"]);
    ran.says_times(1, "Error: Not Permitted")
        .says("telemetry_data_source.update")
        .says("https://app.incident.io/settings/api-keys");
    assert_eq!(scene.attributes(GRAFANA), before);
    scene.sandbox.set_keys(vec![ApiKey::full(API_KEY)]);
    scene.sandbox.take_journal();
    scene
        .apply()
        .is_silent()
        .says("0 added, 1 changed, 0 destroyed");
    assert_eq!(
        scene.written(),
        [json!({"name": "Two", "grafana_config": {"api_key": "glsa_two"}})]
    );
    scene.plan_is_empty();
}

fn passing_failures_are_not_noticed(scene: &mut Scene) {
    scene.sandbox.fault(
        Fault::Answer(Write::Lost, Answer::html(503)),
        When::next().writes(),
    );
    scene
        .sandbox
        .fault(Fault::Reset(Write::Taken), When::next().writes());
    scene.adopted(&with_token("")).is_silent();
    assert_eq!(scene.sandbox.pending_faults(), 0);
    scene.plan_is_empty();
}

fn refused_name_lands_on_the_name(scene: &mut Scene) {
    let refusal = json!({"type": "validation_error", "status": 422, "errors": [
        {"code": "invalid_value", "message": "Another data source has this \
            name.", "source": {"field": "name"}}
    ]});
    scene.sandbox.fault(
        Fault::Answer(Write::Lost, Answer::json(422, &refusal)),
        When::always().writes(),
    );
    scene.configure(&grafana("  name = \"Taken\""));
    scene
        .fails(&["apply", "-auto-approve"])
        .says("name = \"Taken\"")
        .says("incident.io does not accept name: Another data source has this name (HTTP 422")
        .says_times(1, "Error:");
}

fn both_datadog_keys_go_in_one_request(scene: &mut Scene) {
    let keys =
        "variable \"api\" {\n  sensitive = true\n}\nvariable \"app\" {\n  sensitive = true\n}\n";
    let lines = "  datadog_config {\n    api_key = var.api\n    app_key = var.app\n  }";
    scene
        .sensitive("api", "ddapi_one_5Qc")
        .sensitive("app", "ddapp_one_5Qc");
    scene.configure(&[keys, &resource("datadog", DATADOG_ID, lines)].concat());
    scene.apply();
    assert_eq!(
        scene.written(),
        [json!({"datadog_config": {"api_key": "ddapi_one_5Qc", "app_key": "ddapp_one_5Qc"}})]
    );
    scene
        .sensitive("api", "ddapi_two_5Qc")
        .sensitive("app", "ddapp_two_5Qc");
    scene.apply();
    assert_eq!(
        scene.written(),
        [json!({"datadog_config": {"api_key": "ddapi_two_5Qc", "app_key": "ddapp_two_5Qc"}})]
    );
    scene.sensitive("app", "ddapp_three_5Qc");
    scene.apply();
    assert_eq!(
        scene.written(),
        [json!({"datadog_config": {"app_key": "ddapp_three_5Qc"}})]
    );
    scene.plan_is_empty();
}

fn api_url_goes_without_protocol_and_slash(scene: &mut Scene) {
    let at = |url: &str| {
        grafana(&format!(
            "  grafana_config {{\n    api_url = \"{url}\"\n  }}"
        ))
    };
    scene.configure(&at("https://one.example.com/grafana/"));
    scene.apply().is_silent();
    assert_eq!(
        scene.written(),
        [json!({"grafana_config": {"api_url": "one.example.com/grafana"}})]
    );
    scene.plan_is_empty();

    // Another spelling of the same: state follows, and nothing is sent.
    scene.configure(&at("one.example.com/grafana"));
    scene.sandbox.take_journal();
    scene.apply().says_times(0, "(known after apply)");
    assert_eq!(scene.written(), NOTHING);
    scene.plan_is_empty();

    scene.configure(&at("two.example.com"));
    scene
        .apply()
        .says("~ enabled = true -> (known after apply)")
        .does_not_say("~ credentials_updated_at");
    assert_eq!(
        scene.written(),
        [json!({"grafana_config": {"api_url": "two.example.com"}})]
    );
}

fn ignored_keys_are_never_sent(scene: &mut Scene) {
    let ignoring = |what: &str| {
        with_token(&format!(
            "  name = \"One\"\n  lifecycle {{\n    ignore_changes = [{what}]\n  }}"
        ))
    };
    scene.adopted(&ignoring("grafana_config.api_key"));
    scene.sensitive("token", "glsa_two");
    scene.plan_is_empty().is_silent();
    scene.configure(&ignoring("grafana_config"));
    scene.plan_is_empty().is_silent();
    let renamed = ignoring("grafana_config").replace("\"One\"", "\"Two\"");
    scene.configure(&renamed);
    scene.apply();
    assert_eq!(scene.written(), [json!({"name": "Two"})]);
    // Taken out of the configuration, an ignored block stays in state: nothing to warn of.
    scene.configure(
        &[
            TOKEN,
            &grafana("  name = \"Two\"\n  lifecycle {\n    ignore_changes = [grafana_config]\n  }"),
        ]
        .concat(),
    );
    scene.plan_is_empty().is_silent();
}

fn what_is_taken_out_stays_active_and_is_warned_of(scene: &mut Scene) {
    let full =
        "  grafana_config {\n    api_key = var.token\n    api_url = \"one.example.com\"\n  }";
    let without_key = "  grafana_config {\n    api_url = \"one.example.com\"\n  }";
    let without_url = "  grafana_config {\n    api_key = var.token\n  }";
    let configure = |lines: &str| {
        scene.configure(&[TOKEN, &grafana(lines)].concat());
    };
    configure(full);
    scene.apply();
    scene.sandbox.take_journal();

    configure(without_key);
    scene
        .plan_with_changes()
        .says_times(1, "Warning: Value Stays Active in incident.io")
        .says("grafana_config.api_key is no longer configured")
        .says("revoke it");
    configure(without_url);
    scene
        .plan_with_changes()
        .says_times(1, "Warning: Value Stays Active in incident.io")
        .says("grafana_config.api_url is no longer configured");
    configure("");
    scene
        .apply()
        .says("Warning: Credentials Stay Active in incident.io")
        .says("revoke them in Grafana")
        .says_times(0, "(known after apply)");
    assert_eq!(scene.written(), NOTHING);
    scene.plan_is_empty().is_silent();
    assert_eq!(
        scene
            .sandbox
            .secret(ID, "grafana_config.api_key")
            .as_deref(),
        Some("glsa_one")
    );
}

fn key_that_is_not_known_yet_is_sent_once_it_is(scene: &mut Scene) {
    let maker = |input: &str| {
        [
            &format!("resource \"terraform_data\" \"token\" {{\n  input = \"{input}\"\n}}\n"),
            &grafana(
                "  name = terraform_data.token.output\n  grafana_config {\n    api_key = \
                 sensitive(terraform_data.token.output)\n  }",
            ),
        ]
        .map(String::as_str)
        .concat()
    };
    scene.configure(&maker("glsa_made_one"));
    scene.plan_saved().says("+ name = (known after apply)");
    scene.sandbox.take_journal();
    scene.apply_saved();
    let both = |key: &str| json!({"name": key, "grafana_config": {"api_key": key}});
    assert_eq!(scene.written(), [both("glsa_made_one")]);
    scene.plan_is_empty();

    scene.configure(&maker("glsa_made_two"));
    scene
        .plan_saved()
        .says("~ credentials_updated_at")
        .says("Plan: 0 to add, 2 to change");
    scene.sandbox.take_journal();
    scene.apply_saved().is_silent();
    assert_eq!(scene.written(), [both("glsa_made_two")]);
    scene.plan_is_empty();
}

/// The private state that comes with the error is what says that the key may have arrived.
fn rotation_that_fails_and_is_taken_back() {
    let mut scene = Scene::with(Options::default().empty_put(EmptyPut::Stamps));
    let configuration = [&provider("  max_retries = 0"), &*with_token("")].concat();
    scene.adopted(&configuration);
    scene.sensitive("token", "glsa_two");
    scene
        .sandbox
        .fault(Fault::HalfAnswer, When::next().writes());
    scene
        .fails(&["apply", "-auto-approve"])
        .says("Error: Cannot Reach incident.io");
    assert_eq!(scene.grafana_key().as_deref(), Some("glsa_two"));
    scene.sensitive("token", "glsa_one");
    scene
        .apply()
        .says("0 added, 1 changed, 0 destroyed")
        .does_not_say("Changed Outside");
    assert_eq!(scene.grafana_key().as_deref(), Some("glsa_one"));
    scene.settled();
}
