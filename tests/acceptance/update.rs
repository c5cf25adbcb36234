//! Renaming, rotating, and what is left alone.

use incident_sandbox::{Answer, ApiKey, DEFAULT_KEY, Fault, When, Write};
use serde_json::{Value, json};

use crate::setup::{
    ADDRESS, DATADOG, GRAFANA, TOKEN, adopted, grafana, resource, sent, start, with_token, written,
};

const NOTHING: [Value; 0] = [];

#[test]
fn rename_shows_two_lines_and_sends_one_field() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    adopted(&sandbox, &terraform, &with_token("  name = \"One\""));
    terraform.configure(&with_token("  name = \"Two\""));
    let plan = terraform.plan_saved();
    plan.is_silent()
        .says("~ name = \"One\" -> \"Two\"")
        .says("-> (known after apply)")
        .says_times(1, "(known after apply)")
        .says("~ updated_at = ")
        .says("Plan: 0 to add, 1 to change, 0 to destroy.");
    assert_eq!(sent(&sandbox), [json!({})]);
    terraform.apply_saved().is_silent();
    assert_eq!(sent(&sandbox), [json!({"name": "Two"})]);
    terraform.plan_is_empty();
}

#[test]
fn rotation_sends_the_new_key_alone_and_revives_the_source() {
    let Some((sandbox, mut terraform)) = start() else {
        return;
    };
    adopted(&sandbox, &terraform, &with_token("  name = \"One\""));
    let before = terraform.attributes(ADDRESS);
    sandbox.dashboard().disable(GRAFANA).expect("disabled");
    terraform.variable("token", "glsa_two");
    let plan = terraform.plan_saved();
    plan.says("~ api_key = (sensitive value)")
        .says("~ credentials_updated_at = ")
        .says("~ updated_at = ")
        .says("~ enabled = false -> (known after apply)")
        .says("~ version = \"8.5.27\" -> (known after apply)")
        .says_times(4, "-> (known after apply)");
    sandbox.take_journal();
    terraform.apply_saved().is_silent();
    assert_eq!(
        sent(&sandbox),
        [json!({"grafana_config": {"api_key": "glsa_two"}})]
    );
    let after = terraform.attributes(ADDRESS);
    assert_eq!(after["enabled"], true);
    assert_eq!(after["credentials_updated_at"], after["updated_at"]);
    assert_ne!(
        after["credentials_updated_at"],
        before["credentials_updated_at"]
    );
    terraform.plan_is_empty().is_silent();
}

#[test]
fn failed_write_keeps_the_change_pending() {
    let Some((sandbox, mut terraform)) = start() else {
        return;
    };
    adopted(&sandbox, &terraform, &with_token("  name = \"One\""));
    let before = terraform.attributes(ADDRESS);

    terraform.configure(&with_token("  name = \"Two\""));
    terraform.variable("token", "bad_two");
    let ran = terraform.fails(&["apply", "-auto-approve"]);
    ran.says_times(1, "Error: Value Refused by incident.io")
        .says("incident.io does not accept grafana_config.api_key: ")
        .does_not_say("bad_two");
    assert_eq!(terraform.attributes(ADDRESS), before);

    // Whatever goes wrong, the same is planned again.
    terraform.variable("token", "glsa_two");
    terraform.plan_saved();
    sandbox.set_keys(vec![ApiKey::viewer(DEFAULT_KEY)]);
    let ran = terraform.fails(&["apply", "saved.tfplan"]);
    ran.says_times(1, "Error: Not Permitted")
        .says("telemetry_data_source.update")
        .says("https://app.incident.io/settings/api-keys");
    assert_eq!(terraform.attributes(ADDRESS), before);
    sandbox.set_keys(vec![ApiKey::full(DEFAULT_KEY)]);
    sandbox.take_journal();
    terraform
        .apply()
        .is_silent()
        .says("0 added, 1 changed, 0 destroyed");
    assert_eq!(
        written(&sandbox),
        [json!({"name": "Two", "grafana_config": {"api_key": "glsa_two"}})]
    );
    terraform.plan_is_empty();
}

#[test]
fn passing_failures_are_not_noticed() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    sandbox.fault(
        Fault::Answer(Write::Lost, Answer::html(503)),
        When::next().writes(),
    );
    sandbox.fault(Fault::Reset(Write::Taken), When::next().writes());
    adopted(&sandbox, &terraform, &with_token("")).is_silent();
    assert_eq!(sandbox.pending_faults(), 0);
    terraform.plan_is_empty();
}

#[test]
fn refused_name_lands_on_the_name() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    let refusal = json!({"type": "validation_error", "status": 422, "errors": [
        {"code": "invalid_value", "message": "Another data source has this name.", "source": {"field": "name"}}
    ]});
    sandbox.fault(
        Fault::Answer(Write::Lost, Answer::json(422, &refusal)),
        When::always().writes(),
    );
    terraform.configure(&grafana("  name = \"Taken\""));
    terraform
        .fails(&["apply", "-auto-approve"])
        .says("name = \"Taken\"")
        .says("incident.io does not accept name: Another data source has this name (HTTP 422")
        .says_times(1, "Error:");
}

#[test]
fn both_datadog_keys_go_in_one_request() {
    let Some((sandbox, mut terraform)) = start() else {
        return;
    };
    let keys =
        "variable \"api\" {\n  sensitive = true\n}\nvariable \"app\" {\n  sensitive = true\n}\n";
    let lines = "  datadog_config = {\n    api_key = var.api\n    app_key = var.app\n  }";
    terraform.variable("api", "api-1").variable("app", "app-1");
    terraform.configure(&[keys, &resource("datadog", DATADOG, lines)].concat());
    terraform.apply();
    assert_eq!(
        written(&sandbox),
        [json!({"datadog_config": {"api_key": "api-1", "app_key": "app-1"}})]
    );
    terraform.variable("api", "api-2").variable("app", "app-2");
    terraform.apply();
    assert_eq!(
        written(&sandbox),
        [json!({"datadog_config": {"api_key": "api-2", "app_key": "app-2"}})]
    );
    terraform.variable("app", "app-3");
    terraform.apply();
    assert_eq!(
        written(&sandbox),
        [json!({"datadog_config": {"app_key": "app-3"}})]
    );
    terraform.plan_is_empty();
}

#[test]
fn api_url_goes_without_protocol_and_slash() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    let at = |url: &str| {
        grafana(&format!(
            "  grafana_config = {{\n    api_url = \"{url}\"\n  }}"
        ))
    };
    terraform.configure(&at("https://one.example.com/grafana/"));
    terraform.apply().is_silent();
    assert_eq!(
        written(&sandbox),
        [json!({"grafana_config": {"api_url": "one.example.com/grafana"}})]
    );
    terraform.plan_is_empty();

    // Another spelling of the same: state follows, and nothing is sent.
    terraform.configure(&at("one.example.com/grafana"));
    sandbox.take_journal();
    terraform.apply().says_times(0, "(known after apply)");
    assert_eq!(written(&sandbox), NOTHING);
    terraform.plan_is_empty();

    terraform.configure(&at("two.example.com"));
    terraform
        .apply()
        .says("~ enabled = true -> (known after apply)")
        .does_not_say("~ credentials_updated_at");
    assert_eq!(
        written(&sandbox),
        [json!({"grafana_config": {"api_url": "two.example.com"}})]
    );
}

#[test]
fn ignored_keys_are_never_sent() {
    let Some((sandbox, mut terraform)) = start() else {
        return;
    };
    let ignoring = |what: &str| {
        with_token(&format!(
            "  name = \"One\"\n  lifecycle {{\n    ignore_changes = [{what}]\n  }}"
        ))
    };
    adopted(&sandbox, &terraform, &ignoring("grafana_config.api_key"));
    terraform.variable("token", "glsa_two");
    terraform.plan_is_empty().is_silent();
    terraform.configure(&ignoring("grafana_config"));
    terraform.plan_is_empty().is_silent();
    let renamed = ignoring("grafana_config").replace("\"One\"", "\"Two\"");
    terraform.configure(&renamed);
    terraform.apply();
    assert_eq!(written(&sandbox), [json!({"name": "Two"})]);
    // Taken out of the configuration, an ignored block stays in state: nothing to warn of.
    terraform.configure(
        &[
            TOKEN,
            &grafana("  name = \"Two\"\n  lifecycle {\n    ignore_changes = [grafana_config]\n  }"),
        ]
        .concat(),
    );
    terraform.plan_is_empty().is_silent();
}

#[test]
fn what_is_taken_out_stays_active_and_is_warned_of() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    let full =
        "  grafana_config = {\n    api_key = var.token\n    api_url = \"one.example.com\"\n  }";
    let without_key = "  grafana_config = {\n    api_url = \"one.example.com\"\n  }";
    let without_url = "  grafana_config = {\n    api_key = var.token\n  }";
    let configure = |lines: &str| {
        terraform.configure(&[TOKEN, &grafana(lines)].concat());
    };
    configure(full);
    terraform.apply();
    sandbox.take_journal();

    configure(without_key);
    terraform
        .plan_with_changes()
        .says_times(1, "Warning: Value Stays Active in incident.io")
        .says("grafana_config.api_key is no longer configured")
        .says("revoke it");
    configure(without_url);
    terraform
        .plan_with_changes()
        .says_times(1, "Warning: Value Stays Active in incident.io")
        .says("grafana_config.api_url is no longer configured");
    configure("");
    terraform
        .apply()
        .says("Warning: Credentials Stay Active in incident.io")
        .says("revoke them in Grafana")
        .says_times(0, "(known after apply)");
    assert_eq!(written(&sandbox), NOTHING);
    terraform.plan_is_empty().is_silent();
    assert_eq!(
        sandbox.secret(GRAFANA, "grafana_config.api_key").as_deref(),
        Some("glsa_one")
    );
}

#[test]
fn key_that_is_not_known_yet_is_sent_once_it_is() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    let maker = |input: &str| {
        [
            &format!("resource \"terraform_data\" \"token\" {{\n  input = \"{input}\"\n}}\n"),
            &grafana(
                "  name = terraform_data.token.output\n  grafana_config = {\n    api_key = \
                 sensitive(terraform_data.token.output)\n  }",
            ),
        ]
        .map(String::as_str)
        .concat()
    };
    terraform.configure(&maker("glsa_one"));
    terraform.plan_saved().says("+ name = (known after apply)");
    sandbox.take_journal();
    terraform.apply_saved().is_silent();
    let both = |key: &str| json!({"name": key, "grafana_config": {"api_key": key}});
    assert_eq!(written(&sandbox), [both("glsa_one")]);
    terraform.plan_is_empty();

    terraform.configure(&maker("glsa_two"));
    terraform
        .plan_saved()
        .says("~ credentials_updated_at")
        .says("Plan: 0 to add, 2 to change");
    sandbox.take_journal();
    terraform.apply_saved().is_silent();
    assert_eq!(written(&sandbox), [both("glsa_two")]);
    terraform.plan_is_empty();
}
