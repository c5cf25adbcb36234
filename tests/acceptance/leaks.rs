//! Errors, and what is in them. What every scene searches at its end is in
//! [`scene`](crate::scene); here are the scenes in which something goes wrong.

use incident_sandbox::{Answer, ApiKey, Escape, Fault, Problem, When, Write};
use serde_json::Value;

use test_support::terraform::Ran;
use test_support::tests;

use crate::scene::{API_KEY, GRAFANA, ID, Scene};

tests! {
    an_echoed_key_is_scrubbed,
    an_echo_in_a_page_is_scrubbed,
    an_echoed_api_key_is_scrubbed,
    a_key_that_was_sent_before_is_scrubbed,
    a_key_that_is_not_accepted_is_not_shown,
    an_api_key_that_is_none_is_not_shown,
    a_key_with_a_line_break_is_refused_and_not_shown,
    an_ephemeral_api_key_in_the_provider_block_is_nowhere,
    a_sensitive_api_key_in_the_provider_block_is_in_no_state,
    a_life_with_a_sensitive_key
}

/// A key that is spelled otherwise by URLs, JSON, Go and HTML.
const NASTY: &str = "gl\"sa&<é>/\\tok=+%25 ~x";

fn config(provider: &str, block: &str, variable: &str) -> String {
    format!(
        r#"
provider "incident" {{
  {provider}
}}

variable "token" {{
  type = string
  {variable}
}}

resource "incident_telemetry_data_source" "grafana" {{
  data_source_id = "{ID}"
  grafana_config {{
    {block}
  }}
}}
"#
    )
}

fn write_only() -> String {
    config("", "api_key_wo = var.token", "ephemeral = true")
}

fn sensitive() -> String {
    config("", "api_key = var.token", "sensitive = true")
}

/// One command that fails, read as a whole.
#[track_caller]
fn apply_fails(scene: &Scene) -> Ran {
    scene.fails(&["apply", "-auto-approve"])
}

fn an_echoed_key_is_scrubbed() {
    for escape in [Escape::Plain, Escape::Json, Escape::Url] {
        let mut scene = Scene::new();
        scene.configure(&write_only());
        scene.write_only("token", NASTY);
        scene
            .sandbox
            .fault(Fault::Echo(escape), When::next().writes());
        apply_fails(&scene)
            .says("Error: Value Refused by incident.io")
            .says("incident.io does not accept grafana_config.api_key_wo")
            .says("key=[redacted]; check it");
        assert!(
            !scene.raw_state().contains("grafana_config"),
            "nothing was adopted"
        );

        // A sensitive one that was refused does not get into the state either.
        scene.configure(&sensitive());
        scene.write_only("token", "glsa_in_place_Uj5");
        scene.configure(&write_only());
        scene.apply();
        scene.configure(&sensitive());
        scene.write_only("token", "glsa_refused_Uj5");
        scene
            .sandbox
            .fault(Fault::Echo(escape), When::next().writes());
        apply_fails(&scene)
            .says("incident.io does not accept grafana_config.api_key:")
            .says("key=[redacted]; check it");
        assert_eq!(scene.sandbox.pending_faults(), 0);
    }
}

fn an_echo_in_a_page_is_scrubbed(scene: &mut Scene) {
    scene.configure(&write_only());
    scene.write_only("token", NASTY);
    let page = format!("<html>No: {NASTY} and {API_KEY}</html>");
    let answer = Answer::json(412, &Value::from(page));
    scene
        .sandbox
        .fault(Fault::Answer(Write::Lost, answer), When::next().writes());
    apply_fails(scene)
        .says(
            "answered 412 Precondition Failed, not in the form of incident.io's API: JSON in an \
            unexpected shape",
        )
        .does_not_say("No: ");
    assert_eq!(scene.sandbox.pending_faults(), 0);
    scene.sandbox.fault(
        Fault::Garbage(Write::Lost, format!("{NASTY} {API_KEY}\r\n\r\n").into()),
        When::always().writes(),
    );
    scene.configure(&config(
        "max_retries = 0",
        "api_key_wo = var.token",
        "ephemeral = true",
    ));
    apply_fails(scene).says("Error: ");
}

/// The API names the key that it has, beside a request that sends none.
fn a_key_that_was_sent_before_is_scrubbed(scene: &mut Scene) {
    let names = |key: &str| {
        let problem = Problem::new("invalid", format!("Grafana rejects {key}."));
        Fault::Answer(Write::Lost, Answer::invalid(&[problem]))
    };
    scene.configure(&sensitive());
    scene.sensitive("token", "glsa_in_place_Qe9");
    scene
        .sandbox
        .fault(names("glsa_in_place_Qe9"), When::next().reads());
    scene.ok(&["plan"]).says("Grafana rejects [redacted]");
    scene.apply();
    scene
        .sandbox
        .fault(names("glsa_in_place_Qe9"), When::next().reads());
    scene.ok(&["plan"]).says("Grafana rejects [redacted]");
    let renamed = sensitive().replace("grafana_config {", "name = \"Renamed\"\n  grafana_config {");
    scene.configure(&renamed);
    scene
        .sandbox
        .fault(names("glsa_in_place_Qe9"), When::next().writes());
    apply_fails(scene).says("Grafana rejects [redacted]");
    assert_eq!(scene.sandbox.pending_faults(), 0);
}

fn an_echoed_api_key_is_scrubbed() {
    for escape in [Escape::Plain, Escape::Json, Escape::Url] {
        let mut scene = Scene::new();
        scene.configure(&write_only());
        scene.write_only("token", "glsa_fine_3Zs");
        scene
            .sandbox
            .fault(Fault::Echo(escape), When::next().reads());
        scene
            .ok(&["plan"])
            .says("Warning: Adoption Was Not Checked")
            .says("key=[redacted]");
        scene.apply();
        scene
            .sandbox
            .fault(Fault::Echo(escape), When::next().reads());
        scene
            .ok(&["plan"])
            .says("Warning: Drift Was Not Checked")
            .says("key=[redacted]");
        assert_eq!(scene.sandbox.pending_faults(), 0);
    }
}

fn a_key_that_is_not_accepted_is_not_shown(scene: &mut Scene) {
    scene.sandbox.set_keys(vec![ApiKey::full("another")]);
    scene.configure(&write_only());
    scene.write_only("token", "glsa_unsent_1Hv");
    apply_fails(scene).says("Error: API Key Not Accepted");
}

fn an_api_key_that_is_none_is_not_shown(scene: &mut Scene) {
    let broken = "inc_live_first_4Cy\ninc_live_second_4Cy";
    scene
        .must_not_show(broken)
        .must_not_show("inc_live_first_4Cy")
        .must_not_show("inc_live_second_4Cy")
        .env("INCIDENT_API_KEY", broken);
    scene.configure(&write_only());
    scene.write_only("token", "glsa_unsent_4Cy");
    apply_fails(scene).says("Error: Invalid Environment Variable");
    assert_eq!(scene.sandbox.count(), 0);

    // The same from the provider block.
    scene.without_env("INCIDENT_API_KEY");
    scene.variable("key", broken);
    let variable = "ephemeral = true\n}\n\nvariable \"key\" {\n  type = string\n  ephemeral = true";
    scene.configure(&config(
        "api_key = var.key",
        "api_key_wo = var.token",
        variable,
    ));
    apply_fails(scene).says("Error: Stray Characters in a Key");
    assert_eq!(scene.sandbox.count(), 0);
}

fn a_key_with_a_line_break_is_refused_and_not_shown() {
    for (config, attribute) in [
        (write_only(), "grafana_config.api_key_wo"),
        (sensitive(), "grafana_config.api_key"),
    ] {
        let mut scene = Scene::new();
        scene.configure(&config);
        scene
            .must_not_show("glsa_line_one_7Td")
            .must_not_show("glsa_line_two_7Td")
            .variable("token", "glsa_line_one_7Td\nglsa_line_two_7Td");
        scene.fails(&["plan"]).says(attribute);
        scene.variable("token", "glsa_line_one_7Td\n");
        scene.fails(&["plan"]).says("trimspace()");
        assert_eq!(scene.sandbox.count(), 0);
    }
}

fn an_ephemeral_api_key_in_the_provider_block_is_nowhere(scene: &mut Scene) {
    scene.without_env("INCIDENT_API_KEY");
    let variable = "ephemeral = true\n}\n\nvariable \"key\" {\n  type = string\n  ephemeral = true";
    scene.configure(&config(
        "api_key = var.key",
        "api_key_wo = var.token",
        variable,
    ));
    scene
        .write_only("key", API_KEY)
        .write_only("token", "glsa_two_ephemerals_9Pb");
    scene.plan();
    scene.apply_saved();
    scene.settled();
    scene.ok(&["destroy", "-auto-approve"]);
}

fn a_sensitive_api_key_in_the_provider_block_is_in_no_state(scene: &mut Scene) {
    let key = "inc_live_in_the_block_5Nw";
    scene.sandbox.set_keys(vec![ApiKey::full(key)]);
    scene.without_env("INCIDENT_API_KEY");
    let variable = "ephemeral = true\n}\n\nvariable \"key\" {\n  type = string\n  sensitive = true";
    scene.configure(&config(
        "api_key = var.key",
        "api_key_wo = var.token",
        variable,
    ));
    scene
        .sensitive("key", key)
        .write_only("token", "glsa_beside_5Nw");
    scene.plan();
    scene.apply_saved();
    scene.settled();
    assert!(!scene.raw_state().contains(key));
}

fn a_life_with_a_sensitive_key(scene: &mut Scene) {
    scene.configure(&sensitive());
    scene.sensitive("token", NASTY);
    scene.plan();
    scene.apply_saved();
    scene.sensitive("token", "glsa_next_2Vf");
    scene.plan().rotates(GRAFANA);
    scene.apply();
    scene.ok(&["show"]);
    scene.ok(&["state", "show", GRAFANA]);
    scene.ok(&["plan", "-destroy", "-out=destroy.tfplan"]);
    scene.ok(&["apply", "destroy.tfplan"]);
}
