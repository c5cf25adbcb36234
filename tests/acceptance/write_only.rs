//! Write-only keys: what is sent when, what a plan says of it, and that the
//! values are nowhere.

use incident_sandbox::DataSourceSeed;
use serde_json::{Value, json};

use crate::scene::{DATADOG, DATADOG_ID, GRAFANA, ID, Scene};

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
  grafana_config = {{
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
  grafana_config = {{
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

#[test]
fn an_adoption_sends_the_key_and_keeps_none() {
    let Some(mut scene) = Scene::new() else {
        return;
    };
    scene.configure(&ephemeral("", ""));
    scene.write_only("token", "glsa_adopted_7Yx");
    let planned = scene.plan();
    assert_eq!(planned.actions(GRAFANA), ["create"]);
    assert!(planned.unknown(GRAFANA).contains(&"credentials_updated_at"));
    planned.holds_no_write_only_value(GRAFANA);
    planned
        .ran
        .says("+ api_key_wo = (sensitive, write-only attribute)");

    assert_eq!(scene.apply_writes(), [body("glsa_adopted_7Yx")]);
    let state = scene.attributes(GRAFANA);
    assert_eq!(state["grafana_config"]["api_key_wo"], Value::Null);
    assert_eq!(state["credentials_updated_at"], state["updated_at"]);
    scene.settled();
}

/// The whole table, a row after the other on one data source.
#[test]
fn the_version_decides_and_the_value_where_there_is_none() {
    let Some(mut scene) = Scene::new() else {
        return;
    };
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
            assert_eq!(bodies, Vec::<Value>::new(), "{said}");
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

#[test]
fn without_a_hash_the_key_is_sent() {
    for given in [None, Some("1")] {
        let Some(mut scene) = Scene::new() else {
            return;
        };
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

        // The record is gone, the state is not: without a version the value is
        // all there is to go by, with one the version is.
        scene.lose_private_state();
        match given {
            None => {
                scene.plan().rotates(GRAFANA);
                assert_eq!(scene.apply_writes(), [body("glsa_imported_3Pd")]);
            }
            Some(_) => scene.settled(),
        }
        scene.settled();
    }
}

#[test]
fn a_move_between_the_forms_sends_nothing() {
    let Some(mut scene) = Scene::new() else {
        return;
    };
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
    assert_eq!(scene.apply_writes(), Vec::<Value>::new());
    assert!(
        !scene.raw_state().contains(token),
        "the key stays in the state"
    );
    scene.settled();

    scene.configure(&plain(""));
    scene.plan().sends_no_credentials(GRAFANA);
    assert_eq!(scene.apply_writes(), Vec::<Value>::new());
    assert!(scene.raw_state().contains(token));
    scene.settled();

    // With another value, the move is a rotation.
    scene.configure(&ephemeral("", ""));
    scene.write_only("token", "glsa_moved_and_changed_9Rt");
    scene.plan().rotates(GRAFANA);
    assert_eq!(scene.apply_writes(), [body("glsa_moved_and_changed_9Rt")]);
    scene.settled();
}

#[test]
fn a_rename_shows_no_rotation() {
    let Some(mut scene) = Scene::new() else {
        return;
    };
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

#[test]
fn a_value_that_never_stays_needs_a_version() {
    let Some(mut scene) = Scene::new() else {
        return;
    };
    scene.configure(&ephemeral("", ""));
    for value in ["glsa_fresh_1_Lw", "glsa_fresh_2_Lw", "glsa_fresh_3_Lw"] {
        scene.write_only("token", value);
        assert_eq!(scene.apply_writes(), [body(value)]);
    }
    scene.configure(&ephemeral("", &version(Some("1"))));
    assert_eq!(scene.apply_writes(), Vec::<Value>::new());
    for value in ["glsa_fresh_4_Lw", "glsa_fresh_5_Lw"] {
        scene.write_only("token", value);
        scene.plan_is_empty();
    }
}

#[test]
fn a_hash_may_be_the_version() {
    let Some(mut scene) = Scene::new() else {
        return;
    };
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

mod saved_plans {
    use super::*;

    fn apply_saved(scene: &Scene) -> Vec<Value> {
        scene.sandbox.take_journal();
        scene.ok(&["apply", "saved.tfplan"]);
        scene.writes()
    }

    #[test]
    fn the_value_of_the_apply_is_sent_and_hashed() {
        let Some(mut scene) = Scene::new() else {
            return;
        };
        scene.configure(&ephemeral("", ""));
        scene.write_only("token", "glsa_first_Vb2");
        scene.apply();
        scene.write_only("token", "glsa_planned_Vb2");
        scene.plan().rotates(GRAFANA);
        scene.write_only("token", "glsa_applied_Vb2");
        assert_eq!(apply_saved(&scene), [body("glsa_applied_Vb2")]);
        scene.settled();
        scene.write_only("token", "glsa_planned_Vb2");
        scene.plan().rotates(GRAFANA);
    }

    #[test]
    fn under_a_version_any_value_can_be_applied() {
        let Some(mut scene) = Scene::new() else {
            return;
        };
        scene.configure(&ephemeral("name = \"Before\"", &version(Some("1"))));
        scene.write_only("token", "glsa_first_Nc5");
        scene.apply();

        // No rotation was planned: none happens.
        scene.configure(&ephemeral("name = \"After\"", &version(Some("1"))));
        scene.plan().sends_no_credentials(GRAFANA);
        scene.write_only("token", "glsa_second_Nc5");
        assert_eq!(apply_saved(&scene), [json!({"name": "After"})]);

        // A rotation was planned: the value of the apply is sent, and hashed.
        scene.configure(&ephemeral("name = \"After\"", &version(Some("2"))));
        scene.plan().rotates(GRAFANA);
        scene.write_only("token", "glsa_third_Nc5");
        assert_eq!(apply_saved(&scene), [body("glsa_third_Nc5")]);
        scene.configure(&ephemeral("name = \"After\"", ""));
        assert_eq!(scene.apply_writes(), Vec::<Value>::new());
    }

    /// Core plans again at apply, with the private state of the state.
    #[test]
    fn without_a_version_a_late_change_stops_the_apply() {
        let Some(mut scene) = Scene::new() else {
            return;
        };
        scene.configure(&ephemeral("name = \"Before\"", ""));
        scene.write_only("token", "glsa_first_Hm8");
        scene.apply();
        let before = scene.attributes(GRAFANA);
        scene.configure(&ephemeral("name = \"After\"", ""));
        scene.plan().sends_no_credentials(GRAFANA);

        scene.write_only("token", "glsa_second_Hm8");
        scene.sandbox.take_journal();
        scene
            .fails(&["apply", "saved.tfplan"])
            .says("Provider produced inconsistent final plan");
        assert_eq!(scene.writes(), Vec::<Value>::new());
        assert_eq!(scene.grafana_key().as_deref(), Some("glsa_first_Hm8"));
        assert_eq!(scene.attributes(GRAFANA), before);

        // Planning again is all it takes.
        scene.plan().rotates(GRAFANA);
        scene.apply();
        scene.settled();
    }

    /// The other way round: a rotation was planned, and the value of the apply
    /// is the one in place.
    #[test]
    fn a_rotation_that_falls_away_sends_no_key() {
        let Some(mut scene) = Scene::new() else {
            return;
        };
        scene.configure(&ephemeral("name = \"Before\"", ""));
        scene.write_only("token", "glsa_first_Qd6");
        scene.apply();
        scene.configure(&ephemeral("name = \"After\"", ""));
        scene.write_only("token", "glsa_second_Qd6");
        scene.plan().rotates(GRAFANA);
        scene.write_only("token", "glsa_first_Qd6");
        assert_eq!(apply_saved(&scene), [json!({"name": "After"})]);
        scene.settled();
    }
}

mod ignored {
    use super::*;

    #[test]
    fn an_ignored_key_is_never_sent() {
        for ignored in ["grafana_config.api_key_wo", "grafana_config"] {
            let Some(mut scene) = Scene::new() else {
                return;
            };
            let lifecycle = format!("lifecycle {{ ignore_changes = [{ignored}] }}");
            scene.configure(&ephemeral(&format!("name = \"Before\"\n{lifecycle}"), ""));
            scene.write_only("token", "glsa_kept_Wz1");
            assert_eq!(scene.apply_writes().len(), 1, "an adoption ignores nothing");
            scene.write_only("token", "glsa_ignored_Wz1");
            scene.settled();
            // Core shows the key to apply, though not to plan.
            scene.configure(&ephemeral(&format!("name = \"After\"\n{lifecycle}"), ""));
            let planned = scene.plan();
            planned.sends_no_credentials(GRAFANA);
            planned.ran.does_not_say("Warning");
            assert_eq!(
                scene.apply_writes(),
                [json!({"name": "After"})],
                "{ignored}"
            );
            assert_eq!(scene.grafana_key().as_deref(), Some("glsa_kept_Wz1"));
            scene.settled();

            // No longer ignored, it is compared with what was last sent.
            scene.configure(&ephemeral("name = \"After\"", ""));
            scene.plan().rotates(GRAFANA);
            assert_eq!(scene.apply_writes(), [body("glsa_ignored_Wz1")]);
        }
    }

    #[test]
    fn a_version_of_an_ignored_key_sends_nothing() {
        let Some(mut scene) = Scene::new() else {
            return;
        };
        let lifecycle = "lifecycle { ignore_changes = [grafana_config.api_key_wo] }";
        scene.configure(&ephemeral(lifecycle, &version(Some("1"))));
        scene.write_only("token", "glsa_kept_Tj3");
        scene.apply();
        scene.configure(&ephemeral(lifecycle, &version(Some("2"))));
        scene.write_only("token", "glsa_ignored_Tj3");
        scene.plan().sends_no_credentials(GRAFANA);
        assert_eq!(scene.apply_writes(), Vec::<Value>::new());
        scene.settled();
    }
}

mod refused {
    use super::*;

    #[test]
    fn both_forms_of_one_key() {
        let Some(mut scene) = Scene::new() else {
            return;
        };
        scene.configure(&ephemeral("", "api_key = \"placeholder\""));
        scene.write_only("token", "glsa_both_2Cx");
        scene.sandbox.take_journal();
        // Variables are unknown to validate, and known to the validation of a plan.
        scene.ok(&["validate"]);
        scene
            .fails(&["plan"])
            .says("Error: Conflicting Configuration")
            .says("Both grafana_config.api_key and grafana_config.api_key_wo are set");
        assert_eq!(scene.sandbox.count(), 0);
    }

    #[test]
    fn both_forms_of_which_one_is_known_later() {
        let Some(mut scene) = Scene::new() else {
            return;
        };
        let maker = "\nresource \"terraform_data\" \"maker\" {\n  input = \"made\"\n}\n";
        let config = ephemeral("", "api_key = terraform_data.maker.output") + maker;
        scene.configure(&config);
        scene.write_only("token", "glsa_both_later_2Cx");
        scene.ok(&["validate"]);
        scene.plan();
        scene.sandbox.take_journal();
        scene
            .fails(&["apply", "saved.tfplan"])
            .says("Error: Conflicting Configuration");
        assert_eq!(scene.writes(), Vec::<Value>::new());
    }

    #[test]
    fn a_version_without_its_key() {
        let Some(scene) = Scene::new() else { return };
        scene.configure(&format!(
            "provider \"incident\" {{}}\nresource \"incident_telemetry_data_source\" \"grafana\" {{\n  \
             data_source_id = {ID:?}\n  grafana_config = {{\n    api_key_wo_version = \"1\"\n  }}\n}}"
        ));
        scene
            .fails(&["validate"])
            .says("Error: Version Without a Write-only Value")
            .says("grafana_config.api_key_wo is not set. Set grafana_config.api_key_wo, or remove grafana_config.api_key_wo_version.");
    }

    #[test]
    fn no_form_is_recommended() {
        let Some(mut scene) = Scene::new() else {
            return;
        };
        scene.configure(&plain(""));
        scene.sensitive("token", "glsa_plain_5Gk");
        scene.ok(&["validate"]).does_not_say("Warning");
        scene.plan().ran.does_not_say("Warning");
    }
}

#[test]
fn a_key_unknown_at_plan_is_sent_at_apply() {
    let Some(scene) = Scene::new() else { return };
    let config = |made: &str| {
        format!(
            r#"
provider "incident" {{}}

resource "terraform_data" "maker" {{
  triggers_replace = "{made}"
}}

resource "incident_telemetry_data_source" "grafana" {{
  data_source_id = "{ID}"
  grafana_config = {{
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

mod datadog {
    use super::*;

    fn config(block: &str) -> String {
        format!(
            r#"
provider "incident" {{}}

variable "api" {{
  type      = string
  ephemeral = true
}}

variable "app" {{
  type      = string
  ephemeral = true
}}

resource "incident_telemetry_data_source" "datadog" {{
  data_source_id = "{DATADOG_ID}"
  datadog_config = {{
    api_key_wo = var.api
    app_key_wo = var.app
    {block}
  }}
}}
"#
        )
    }

    #[test]
    fn each_key_has_a_life_of_its_own() {
        let Some(mut scene) = Scene::new() else {
            return;
        };
        scene
            .sandbox
            .add(DataSourceSeed::datadog(DATADOG_ID, "Production Datadog"));
        scene.configure(&config("app_key_wo_version = \"1\""));
        scene
            .write_only("api", "ddapi_one_8Sv")
            .write_only("app", "ddapp_one_8Sv");
        assert_eq!(
            scene.apply_writes(),
            [json!({"datadog_config": {"api_key": "ddapi_one_8Sv", "app_key": "ddapp_one_8Sv"}})]
        );
        // The one without a version goes by its value, the other does not.
        scene
            .write_only("api", "ddapi_two_8Sv")
            .write_only("app", "ddapp_two_8Sv");
        scene.plan().rotates(DATADOG);
        assert_eq!(
            scene.apply_writes(),
            [json!({"datadog_config": {"api_key": "ddapi_two_8Sv"}})]
        );
        scene.configure(&config("app_key_wo_version = \"2\""));
        scene
            .plan()
            .rotates(DATADOG)
            .holds_no_write_only_value(DATADOG);
        assert_eq!(
            scene.apply_writes(),
            [json!({"datadog_config": {"app_key": "ddapp_two_8Sv"}})]
        );
        scene.settled();
    }
}
