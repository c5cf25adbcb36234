//! Write-only keys: what is sent when, what a plan says of it, and that the
//! values are nowhere.

mod datadog;
mod ignored;
mod refused;
mod saved_plans;

use serde_json::{Value, json};
use test_support::tests;

use crate::scene::{GRAFANA, ID, NOTHING, Scene};

tests! {
    an_adoption_sends_the_key_and_keeps_none,
    the_version_decides_and_the_value_where_there_is_none,
    without_a_hash_the_key_is_sent,
    a_move_between_the_forms_sends_nothing,
    a_rename_shows_no_rotation,
    a_value_that_never_stays_needs_a_version,
    a_hash_may_be_the_version,
    a_key_unknown_at_plan_is_sent_at_apply;
    saved_plans, ignored, refused, datadog
}

/// Names, version and lifecycle as a test wants them; the key by an ephemeral variable.
fn ephemeral(top: &str, block: &str) -> String {
    format!(
        r#"
provider "incident" {{}}

variable "token" {{
  type      = string
  ephemeral = true
}}

resource "incident_telemetry_data_source" "grafana" {{
  data_source_id = "{ID}"
  {top}
  grafana_config {{
    api_key_wo = var.token
    {block}
  }}
}}
"#
    )
}

/// The key as a sensitive attribute.
fn plain(top: &str) -> String {
    format!(
        r#"
provider "incident" {{}}

variable "token" {{
  type      = string
  sensitive = true
}}

resource "incident_telemetry_data_source" "grafana" {{
  data_source_id = "{ID}"
  {top}
  grafana_config {{
    api_key = var.token
  }}
}}
"#
    )
}

fn version(version: Option<&str>) -> String {
    version.map_or_else(String::new, |version| {
        format!("api_key_wo_version = {version:?}")
    })
}

fn body(key: &str) -> Value {
    json!({"grafana_config": {"api_key": key}})
}

fn an_adoption_sends_the_key_and_keeps_none(scene: &mut Scene) {
    scene.configure(&ephemeral("", ""));
    scene.write_only("token", "glsa_adopted_7Yx");
    let planned = scene.plan();
    assert_eq!(planned.actions(GRAFANA), ["create"]);
    assert!(planned.unknown(GRAFANA).contains(&"credentials_updated_at"));
    planned.holds_no_write_only_value(GRAFANA);
    planned.ran.says("+ api_key_wo = (write-only attribute)");

    assert_eq!(scene.apply_writes(), [body("glsa_adopted_7Yx")]);
    let state = scene.attributes(GRAFANA);
    assert_eq!(state["grafana_config"]["api_key_wo"], Value::Null);
    assert_eq!(state["credentials_updated_at"], state["updated_at"]);
    scene.settled();
}

/// The whole table, a row after the other on one data source.
fn the_version_decides_and_the_value_where_there_is_none(scene: &mut Scene) {
    let mut step = |said: &str, given: Option<&str>, value: &str, sent: bool| {
        scene.configure(&ephemeral("", &version(given)));
        scene.write_only("token", value);
        let planned = scene.plan();
        planned.holds_no_write_only_value(GRAFANA);
        if said == "adopt" {
            assert_eq!(planned.actions(GRAFANA), ["create"]);
        } else if sent {
            planned.rotates(GRAFANA);
        } else {
            assert_eq!(planned.unknown(GRAFANA), Vec::<&str>::new(), "{said}");
        }
        let before = scene.grafana_key();
        let bodies = scene.apply_writes();
        if sent {
            assert_eq!(bodies, [body(value)], "{said}");
        } else {
            assert_eq!(bodies, NOTHING, "{said}");
            assert_eq!(scene.grafana_key(), before, "{said}");
        }
        let state = scene.attributes(GRAFANA);
        let held = &state["grafana_config"]["api_key_wo_version"];
        assert_eq!(held.as_str(), given, "{said}");
        assert_eq!(state["grafana_config"]["api_key_wo"], Value::Null);
        scene.plan_is_empty();
    };
    step("adopt", None, "glsa_A1_e8Kq", true);
    step("none to none, same value", None, "glsa_A1_e8Kq", false);
    step("none to none, other value", None, "glsa_A2_e8Kq", true);
    step("none to set, same value", Some("1"), "glsa_A2_e8Kq", false);
    step(
        "set to set, equal, other value",
        Some("1"),
        "glsa_A3_e8Kq",
        false,
    );
    step(
        "set to set, different, other value",
        Some("2"),
        "glsa_A3_e8Kq",
        true,
    );
    step(
        "set to set, different, same value",
        Some("v3"),
        "glsa_A3_e8Kq",
        true,
    );
    step("set to none, same value", None, "glsa_A3_e8Kq", false);
    step("none to set, other value", Some("4"), "glsa_A4_e8Kq", true);
    step("set to none, other value", None, "glsa_A5_e8Kq", true);
}

fn without_a_hash_the_key_is_sent() {
    for given in [None, Some("1")] {
        let mut scene = Scene::new();
        scene.configure(&ephemeral("", &version(given)));
        scene.write_only("token", "glsa_imported_3Pd");
        scene.sandbox.take_journal();
        scene.ok(&["import", GRAFANA, ID]);
        assert_eq!(scene.sandbox.bodies(), [json!({})]);
        assert_eq!(
            scene.attributes(GRAFANA)["credentials_updated_at"],
            Value::Null
        );
        scene.plan().rotates(GRAFANA);
        assert_eq!(scene.apply_writes(), [body("glsa_imported_3Pd")]);
        scene.settled();

        // The record is gone, the state is not, as after an apply that was cut off: nobody knows
        // which key was sent, whatever its version.
        scene.lose_private_state();
        scene.plan().rotates(GRAFANA);
        assert_eq!(scene.apply_writes(), [body("glsa_imported_3Pd")]);
        scene.settled();
    }
}

fn a_move_between_the_forms_sends_nothing(scene: &mut Scene) {
    let token = "glsa_moved_9Rt";
    scene.configure(&plain(""));
    scene.sensitive("token", token);
    scene.apply();
    assert!(scene.raw_state().contains(token));

    scene.configure(&ephemeral("", &version(Some("1"))));
    let planned = scene.plan();
    assert_eq!(planned.actions(GRAFANA), ["update"]);
    assert_eq!(planned.unknown(GRAFANA), Vec::<&str>::new());
    planned.ran.does_not_say("Warning");
    assert_eq!(scene.apply_writes(), NOTHING);
    assert!(
        !scene.raw_state().contains(token),
        "the key stays in the state"
    );
    scene.settled();

    scene.configure(&plain(""));
    scene.plan().sends_no_credentials(GRAFANA);
    assert_eq!(scene.apply_writes(), NOTHING);
    assert!(scene.raw_state().contains(token));
    scene.settled();

    // With another value, the move is a rotation.
    scene.configure(&ephemeral("", ""));
    scene.write_only("token", "glsa_moved_and_changed_9Rt");
    scene.plan().rotates(GRAFANA);
    assert_eq!(scene.apply_writes(), [body("glsa_moved_and_changed_9Rt")]);
    scene.settled();
}

fn a_rename_shows_no_rotation(scene: &mut Scene) {
    scene.configure(&ephemeral("name = \"Before\"", ""));
    scene.write_only("token", "glsa_rename_4Fw");
    scene.apply();
    scene.configure(&ephemeral("name = \"After\"", ""));
    let planned = scene.plan();
    assert_eq!(planned.actions(GRAFANA), ["update"]);
    assert_eq!(planned.unknown(GRAFANA), ["updated_at"]);
    assert_eq!(scene.apply_writes(), [json!({"name": "After"})]);
    scene.settled();
}

fn a_value_that_never_stays_needs_a_version(scene: &mut Scene) {
    scene.configure(&ephemeral("", ""));
    for value in ["glsa_fresh_1_Lw", "glsa_fresh_2_Lw", "glsa_fresh_3_Lw"] {
        scene.write_only("token", value);
        assert_eq!(scene.apply_writes(), [body(value)]);
    }
    scene.configure(&ephemeral("", &version(Some("1"))));
    assert_eq!(scene.apply_writes(), NOTHING);
    for value in ["glsa_fresh_4_Lw", "glsa_fresh_5_Lw"] {
        scene.write_only("token", value);
        scene.plan_is_empty();
    }
}

fn a_hash_may_be_the_version(scene: &mut Scene) {
    let hashed = ephemeral("", "api_key_wo_version = nonsensitive(sha256(var.token))");
    // Terraform takes no ephemeral value for a version, nor anything made from one.
    scene.configure(&hashed.replace("ephemeral = true", "sensitive = true"));
    scene.sensitive("token", "glsa_hashed_one_7Ue");
    assert_eq!(scene.apply_writes(), [body("glsa_hashed_one_7Ue")]);
    scene.settled();
    scene.sensitive("token", "glsa_hashed_two_7Ue");
    scene.plan().rotates(GRAFANA);
    assert_eq!(scene.apply_writes(), [body("glsa_hashed_two_7Ue")]);
    scene.settled();
    assert!(!scene.raw_state().contains("glsa_hashed"));
}

fn a_key_unknown_at_plan_is_sent_at_apply(scene: &mut Scene) {
    let config = |made: &str| {
        format!(
            r#"
provider "incident" {{}}

resource "terraform_data" "maker" {{
  triggers_replace = "{made}"
}}

resource "incident_telemetry_data_source" "grafana" {{
  data_source_id = "{ID}"
  grafana_config {{
    api_key_wo = "glsa_${{terraform_data.maker.id}}"
  }}
}}
"#
        )
    };
    scene.configure(&config("one"));
    scene.plan();
    scene.apply();
    let made = scene.attributes("terraform_data.maker")["id"].clone();
    let made = made.as_str().unwrap();
    assert_eq!(scene.grafana_key(), Some(format!("glsa_{made}")));
    scene.settled();
    scene.configure(&config("two"));
    let planned = scene.plan();
    planned.rotates(GRAFANA);
    planned.holds_no_write_only_value(GRAFANA);
    let bodies = scene.apply_writes();
    let made = scene.attributes("terraform_data.maker")["id"].clone();
    assert_eq!(bodies, [body(&format!("glsa_{}", made.as_str().unwrap()))]);
    scene.settled();
}
