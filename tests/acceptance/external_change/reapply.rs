//! Sending ours again.

use incident_sandbox::EmptyPut;
use serde_json::json;
use test_support::tests;

use super::{
    IGNORE, OTHER, REAPPLY, TOKEN, adopted, body, config, config_with, plain, somebody_rotates,
};
use crate::scene::{DATADOG, DATADOG_ID, GRAFANA, NOTHING, Scene};

tests! {
    sends_ours_again_with_either_api,
    whatever_the_version,
    also_when_it_is_switched_to_later,
    a_rename_does_not_wipe_the_mark,
    a_rotation_wipes_the_mark,
    unknown_at_plan_it_may_send,
    an_ignored_sensitive_key_is_sent_as_state_holds_it,
    an_ignored_write_only_key_stays_unsent,
    two_keys_go_together
}

fn sends_ours_again(scene: &Scene) {
    let planned = scene.plan();
    planned
        .rotates(GRAFANA)
        .ran
        .says_times(1, "Warning:")
        .says("Warning: Values Will Be Sent Again")
        .says("was changed in incident.io at");
    assert_eq!(scene.apply_writes(), [body(TOKEN)]);
    assert_eq!(scene.grafana_key().as_deref(), Some(TOKEN));
    scene.settles();
}

fn sends_ours_again_with_either_api() {
    let scene = adopted(EmptyPut::Keeps, &config(REAPPLY));
    somebody_rotates(&scene);
    sends_ours_again(&scene);
}

fn whatever_the_version() {
    let versioned = config_with(
        "api_key_wo = var.token\napi_key_wo_version = \"1\"",
        REAPPLY,
    );
    let scene = adopted(EmptyPut::Keeps, &versioned);
    somebody_rotates(&scene);
    sends_ours_again(&scene);
}

fn also_when_it_is_switched_to_later() {
    for before in ["", IGNORE] {
        for block in [
            "api_key_wo = var.token",
            "api_key_wo = var.token\napi_key_wo_version = \"1\"",
        ] {
            let scene = adopted(EmptyPut::Keeps, &config_with(block, before));
            somebody_rotates(&scene);
            scene.apply();
            scene.settled();
            scene.configure(&config_with(block, REAPPLY));
            sends_ours_again(&scene);
        }
    }
}

/// The mark goes with the write of credentials, and with no other.
fn a_rename_does_not_wipe_the_mark() {
    let scene = adopted(EmptyPut::Keeps, &config(""));
    somebody_rotates(&scene);
    scene.configure(&config("name = \"Other\""));
    assert_eq!(scene.apply_writes(), [json!({"name": "Other"})]);
    scene.configure(&config(&format!("name = \"Other\"\n{REAPPLY}")));
    sends_ours_again(&scene);
}

fn a_rotation_wipes_the_mark() {
    let mut scene = adopted(EmptyPut::Keeps, &config(""));
    somebody_rotates(&scene);
    scene.write_only("token", "glsa_rotated_6Bn");
    assert_eq!(scene.apply_writes(), [body("glsa_rotated_6Bn")]);
    scene.configure(&config(REAPPLY));
    assert_eq!(scene.apply_writes(), NOTHING);
    scene.settles();
}

fn unknown_at_plan_it_may_send() {
    let scene = adopted(EmptyPut::Keeps, &config(""));
    somebody_rotates(&scene);
    scene.apply();
    for (mode, sent) in [("warn", false), ("reapply", true)] {
        let maker = format!(
            "\nresource \"terraform_data\" \"mode\" {{\n  triggers_replace = {mode:?}\n  input = \
             {mode:?}\n}}\n"
        );
        scene.configure(&(config("on_external_change = terraform_data.mode.output") + &maker));
        let planned = scene.plan();
        assert!(planned.unknown(GRAFANA).contains(&"credentials_updated_at"));
        let bodies = scene.apply_writes();
        assert_eq!(bodies.len(), usize::from(sent), "{mode}: {bodies:?}");
        scene.settles();
    }
    assert_eq!(scene.grafana_key().as_deref(), Some(TOKEN));
}

fn an_ignored_sensitive_key_is_sent_as_state_holds_it(scene: &mut Scene) {
    let ignoring = format!("{REAPPLY}\nlifecycle {{ ignore_changes = [grafana_config.api_key] }}");
    scene.configure(&plain(&ignoring));
    scene.sensitive("token", TOKEN).must_not_show(OTHER);
    scene.apply();
    scene.sensitive("token", "glsa_ignored_6Bn");
    scene.settles();
    somebody_rotates(scene);
    scene.plan().rotates(GRAFANA);
    assert_eq!(scene.apply_writes(), [body(TOKEN)]);
    scene.settles();
}

fn an_ignored_write_only_key_stays_unsent() {
    let ignoring =
        format!("{REAPPLY}\nlifecycle {{ ignore_changes = [grafana_config.api_key_wo] }}");
    let scene = adopted(EmptyPut::Keeps, &config(&ignoring));
    somebody_rotates(&scene);
    assert_eq!(scene.apply_writes(), NOTHING);
    scene.settles();
}

fn two_keys_go_together(scene: &mut Scene) {
    scene.configure(&format!(
        r#"
provider "incident" {{}}

variable "api" {{
  type      = string
  ephemeral = true
}}

variable "app" {{
  type      = string
  sensitive = true
}}

resource "incident_telemetry_data_source" "datadog" {{
  data_source_id = "{DATADOG_ID}"
  {REAPPLY}
  datadog_config {{
    api_key_wo         = var.api
    api_key_wo_version = "1"
    app_key            = var.app
  }}
}}
"#
    ));
    scene
        .write_only("api", "ddapi_ours_1Mz")
        .sensitive("app", "ddapp_ours_1Mz")
        .must_not_show(OTHER);
    let both =
        json!({"datadog_config": {"api_key": "ddapi_ours_1Mz", "app_key": "ddapp_ours_1Mz"}});
    assert_eq!(scene.apply_writes(), std::slice::from_ref(&both));
    scene.settles();
    // Which of them was changed cannot be known.
    scene
        .sandbox
        .dashboard()
        .rotate(DATADOG_ID, "datadog_config.app_key", OTHER)
        .unwrap();
    scene.plan().rotates(DATADOG);
    assert_eq!(scene.apply_writes(), [both]);
    scene.settles();
}
