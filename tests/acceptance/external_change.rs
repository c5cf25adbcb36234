//! Changes that somebody makes in incident.io, and that nobody can read back.

use incident_sandbox::{EmptyPut, Options};
use serde_json::{Value, json};

use crate::scene::{DATADOG, DATADOG_ID, GRAFANA, ID, Scene};

const TITLE: &str = "Warning: Data Source Changed Outside of Terraform";
const FIELD: &str = "grafana_config.api_key";
const TOKEN: &str = "glsa_ours_6Bn";
const OTHER: &str = "glsa_of_somebody_else_6Bn";

/// With a write-only key, an output that depends on `updated_at`, and more.
fn config(more: &str) -> String {
    config_with("api_key_wo = var.token", more)
}

fn config_with(block: &str, more: &str) -> String {
    format!(
        r#"
provider "incident" {{}}

variable "token" {{
  type      = string
  ephemeral = true
  default   = null
}}

resource "incident_telemetry_data_source" "grafana" {{
  data_source_id = "{ID}"
  {more}
  grafana_config = {{
    {block}
  }}
}}

output "changed" {{
  value = incident_telemetry_data_source.grafana.updated_at
}}
"#
    )
}

/// With a sensitive key.
fn plain(more: &str) -> String {
    config_with("api_key = var.token", more).replace("ephemeral = true", "sensitive = true")
}

const REAPPLY: &str = "on_external_change = \"reapply\"";
const IGNORE: &str = "on_external_change = \"ignore\"";

fn body(key: &str) -> Value {
    json!({"grafana_config": {"api_key": key}})
}

/// Adopted, with a key of ours, and settled.
fn adopted(empty_put: EmptyPut, config: &str) -> Option<Scene> {
    adopted_with(Options::default().empty_put(empty_put), config)
}

fn adopted_with(options: Options, config: &str) -> Option<Scene> {
    let mut scene = Scene::with(options)?;
    scene.configure(config);
    scene.write_only("token", TOKEN).must_not_show(OTHER);
    scene.apply();
    Some(scene)
}

/// Somebody replaces the key, in incident.io.
fn somebody_rotates(scene: &Scene) -> String {
    scene
        .sandbox
        .dashboard()
        .rotate(ID, FIELD, OTHER)
        .expect("the data source exists")
}

mod warn {
    use super::*;

    #[test]
    fn said_until_a_refresh_has_recorded_it() {
        let Some(scene) = adopted(EmptyPut::Keeps, &config("")) else {
            return;
        };
        let when = somebody_rotates(&scene);
        for _ in 0..2 {
            let plan = scene.ok(&["plan"]);
            plan.says(TITLE)
                .says(&format!("was changed in incident.io at {when}"))
                .says("Credentials cannot be read back")
                .says("set on_external_change = \"reapply\"");
            assert_eq!(plan.text.matches("Changed Outside of Terraform").count(), 1);
        }
        scene
            .ok(&["apply", "-refresh-only", "-auto-approve"])
            .says(TITLE);
        assert_eq!(scene.attributes(GRAFANA)["updated_at"], *when);
        scene.settles();
        assert_eq!(
            scene.grafana_key().as_deref(),
            Some(OTHER),
            "it was left alone"
        );
    }

    #[test]
    fn said_below_no_changes() {
        let without_output = config("");
        let without_output = without_output.split("output ").next().unwrap();
        let Some(scene) = adopted(EmptyPut::Keeps, without_output) else {
            return;
        };
        somebody_rotates(&scene);
        let plan = scene.plan_is_empty();
        plan.says("No changes. Your infrastructure matches the configuration.")
            .says("no plan can tell whether incident.io still has the configured ones, also where it finds no changes");
        assert!(
            plan.text.find("No changes.") < plan.text.find(TITLE),
            "{}",
            plan.text
        );
    }

    #[test]
    fn said_until_an_apply_has_recorded_it() {
        let Some(scene) = adopted(EmptyPut::Keeps, &config("")) else {
            return;
        };
        let when = somebody_rotates(&scene);
        scene.sandbox.take_journal();
        scene.apply().says(TITLE);
        assert_eq!(scene.writes(), Vec::<Value>::new());
        assert_eq!(scene.attributes(GRAFANA)["updated_at"], *when);
        scene.settles();
        // Within the same second the API's habits have to be learnt anew: one more
        // read that is recorded. Then the next change is said as well.
        scene.apply();
        somebody_rotates(&scene);
        scene.ok(&["plan"]).says(TITLE);
    }

    #[test]
    fn said_for_a_sensitive_key_as_well() {
        let Some(mut scene) = Scene::new() else {
            return;
        };
        scene.configure(&plain(""));
        scene.sensitive("token", TOKEN).must_not_show(OTHER);
        scene.apply();
        somebody_rotates(&scene);
        scene.ok(&["plan"]).says(TITLE);
    }

    #[test]
    fn not_said_of_what_can_be_seen() {
        let Some(scene) = adopted(EmptyPut::Keeps, &config("")) else {
            return;
        };
        scene
            .sandbox
            .dashboard()
            .rename(ID, "Of the dashboard")
            .unwrap();
        scene.apply().does_not_say(TITLE);
        assert_eq!(scene.attributes(GRAFANA)["name"], "Of the dashboard");
        scene.settles();
    }

    #[test]
    fn not_said_where_no_credentials_are_managed() {
        let Some(scene) = Scene::new() else { return };
        scene.configure(&format!(
            "provider \"incident\" {{}}\nresource \"incident_telemetry_data_source\" \"grafana\" {{\n  \
             data_source_id = {ID:?}\n}}"
        ));
        scene.apply();
        let when = somebody_rotates(&scene);
        scene.apply().does_not_say("Warning");
        assert_eq!(scene.attributes(GRAFANA)["updated_at"], *when);
        scene.settles();
    }

    #[test]
    fn a_version_is_named_as_a_way_to_send_again() {
        let versioned = |version| {
            config_with(
                &format!("api_key_wo = var.token\napi_key_wo_version = {version}"),
                "",
            )
        };
        let Some(scene) = adopted(EmptyPut::Keeps, &versioned(1)) else {
            return;
        };
        somebody_rotates(&scene);
        scene
            .ok(&["plan"])
            .says(TITLE)
            .says("or change the key's version");
        scene.configure(&versioned(2));
        assert_eq!(scene.apply_writes(), [body(TOKEN)]);
        scene.settles();
    }

    /// As the guide admits.
    #[test]
    fn a_state_from_a_backup_looks_like_a_change() {
        let Some(mut scene) = adopted(EmptyPut::Keeps, &config("")) else {
            return;
        };
        let backup = scene.raw_state();
        scene.write_only("token", "glsa_rotated_6Bn");
        scene.apply();
        scene.write("terraform.tfstate", &backup);
        scene.ok(&["plan"]).says(TITLE);
        scene.apply();
        scene.settles();
    }
}

mod reapply {
    use super::*;

    fn sends_ours_again(scene: &Scene) {
        let planned = scene.plan();
        planned.rotates(GRAFANA).ran.does_not_say("Warning");
        assert_eq!(scene.apply_writes(), [body(TOKEN)]);
        assert_eq!(scene.grafana_key().as_deref(), Some(TOKEN));
        scene.settles();
    }

    #[test]
    fn sends_ours_again_with_either_api() {
        let Some(scene) = adopted(EmptyPut::Keeps, &config(REAPPLY)) else {
            return;
        };
        somebody_rotates(&scene);
        sends_ours_again(&scene);
    }

    #[test]
    fn whatever_the_version() {
        let versioned = config_with(
            "api_key_wo = var.token\napi_key_wo_version = \"1\"",
            REAPPLY,
        );
        let Some(scene) = adopted(EmptyPut::Keeps, &versioned) else {
            return;
        };
        somebody_rotates(&scene);
        sends_ours_again(&scene);
    }

    #[test]
    fn also_when_it_is_switched_to_later() {
        for before in ["", IGNORE] {
            for block in [
                "api_key_wo = var.token",
                "api_key_wo = var.token\napi_key_wo_version = \"1\"",
            ] {
                let Some(scene) = adopted(EmptyPut::Keeps, &config_with(block, before)) else {
                    return;
                };
                somebody_rotates(&scene);
                scene.apply();
                scene.settled();
                scene.configure(&config_with(block, REAPPLY));
                sends_ours_again(&scene);
            }
        }
    }

    /// The mark goes with the write of credentials, and with no other.
    #[test]
    fn a_rename_does_not_wipe_the_mark() {
        let Some(scene) = adopted(EmptyPut::Keeps, &config("")) else {
            return;
        };
        somebody_rotates(&scene);
        scene.configure(&config("name = \"Other\""));
        assert_eq!(scene.apply_writes(), [json!({"name": "Other"})]);
        scene.configure(&config(&format!("name = \"Other\"\n{REAPPLY}")));
        sends_ours_again(&scene);
    }

    #[test]
    fn a_rotation_wipes_the_mark() {
        let Some(mut scene) = adopted(EmptyPut::Keeps, &config("")) else {
            return;
        };
        somebody_rotates(&scene);
        scene.write_only("token", "glsa_rotated_6Bn");
        assert_eq!(scene.apply_writes(), [body("glsa_rotated_6Bn")]);
        scene.configure(&config(REAPPLY));
        assert_eq!(scene.apply_writes(), Vec::<Value>::new());
        scene.settles();
    }

    #[test]
    fn unknown_at_plan_it_may_send() {
        let Some(scene) = adopted(EmptyPut::Keeps, &config("")) else {
            return;
        };
        somebody_rotates(&scene);
        scene.apply();
        for (mode, sent) in [("warn", false), ("reapply", true)] {
            let maker = format!(
                "\nresource \"terraform_data\" \"mode\" {{\n  triggers_replace = {mode:?}\n  input = {mode:?}\n}}\n"
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

    #[test]
    fn an_ignored_sensitive_key_is_sent_as_state_holds_it() {
        let Some(mut scene) = Scene::new() else {
            return;
        };
        let ignoring =
            format!("{REAPPLY}\nlifecycle {{ ignore_changes = [grafana_config.api_key] }}");
        scene.configure(&plain(&ignoring));
        scene.sensitive("token", TOKEN).must_not_show(OTHER);
        scene.apply();
        scene.sensitive("token", "glsa_ignored_6Bn");
        scene.settles();
        somebody_rotates(&scene);
        scene.plan().rotates(GRAFANA);
        assert_eq!(scene.apply_writes(), [body(TOKEN)]);
        scene.settles();
    }

    #[test]
    fn an_ignored_write_only_key_stays_unsent() {
        let ignoring =
            format!("{REAPPLY}\nlifecycle {{ ignore_changes = [grafana_config.api_key_wo] }}");
        let Some(scene) = adopted(EmptyPut::Keeps, &config(&ignoring)) else {
            return;
        };
        somebody_rotates(&scene);
        assert_eq!(scene.apply_writes(), Vec::<Value>::new());
        scene.settles();
    }

    #[test]
    fn two_keys_go_together() {
        let Some(mut scene) = Scene::new() else {
            return;
        };
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
  datadog_config = {{
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
}

mod ignore {
    use super::*;

    #[test]
    fn nothing_is_said_and_nothing_sent() {
        let Some(scene) = adopted(EmptyPut::Keeps, &config(IGNORE)) else {
            return;
        };
        let when = somebody_rotates(&scene);
        assert_eq!(scene.apply_writes(), Vec::<Value>::new());
        scene.apply().does_not_say("Warning");
        assert_eq!(scene.attributes(GRAFANA)["updated_at"], *when);
        assert_eq!(scene.grafana_key().as_deref(), Some(OTHER));
        scene.settles();
    }
}

/// An API that sets `updated_at` on the very update that reads it.
mod stamps {
    use super::*;

    #[test]
    fn no_false_alarm_and_no_change_of_outputs() {
        let stamping = || Options::default().empty_put(EmptyPut::Stamps);
        for (mode, options) in [
            ("", stamping()),
            (REAPPLY, stamping()),
            (IGNORE, stamping()),
            ("", stamping().clock_skew(3600)),
            (REAPPLY, stamping().clock_skew(-3600)),
            (REAPPLY, stamping().without_date()),
        ] {
            let Some(scene) = adopted_with(options.clone(), &config(mode)) else {
                return;
            };
            let before = scene.attributes(GRAFANA);
            scene.settles();
            scene
                .apply()
                .does_not_say("Warning")
                .does_not_say("Changes to Outputs");
            scene
                .ok(&["apply", "-refresh-only", "-auto-approve"])
                .does_not_say("Warning")
                .does_not_say("changed outside of Terraform");
            assert_eq!(scene.attributes(GRAFANA), before, "{mode} {options:?}");
            scene.settles();
        }
    }

    /// As the guide admits.
    #[test]
    fn a_change_outside_leaves_no_trace() {
        let Some(scene) = adopted(EmptyPut::Stamps, &config("")) else {
            return;
        };
        somebody_rotates(&scene);
        scene.settles();
    }

    #[test]
    fn renames_and_rotations_settle() {
        let Some(mut scene) = adopted(EmptyPut::Stamps, &config(REAPPLY)) else {
            return;
        };
        scene.configure(&config(&format!("name = \"Other\"\n{REAPPLY}")));
        assert_eq!(scene.apply_writes(), [json!({"name": "Other"})]);
        scene.settles();
        scene.write_only("token", "glsa_rotated_6Bn");
        assert_eq!(scene.apply_writes(), [body("glsa_rotated_6Bn")]);
        scene.settles();
    }

    #[test]
    fn an_import_settles() {
        let Some(mut scene) = Scene::with(Options::default().empty_put(EmptyPut::Stamps)) else {
            return;
        };
        scene.configure(&config(REAPPLY));
        scene.write_only("token", TOKEN);
        scene.ok(&["import", GRAFANA, ID]).does_not_say("Warning");
        assert_eq!(scene.apply_writes(), [body(TOKEN)]);
        scene.settles();
    }

    /// It cannot be told apart from somebody's change, but for once only.
    #[test]
    fn an_api_that_begins_to_stamp_settles() {
        for mode in ["", REAPPLY] {
            let Some(scene) = adopted(EmptyPut::Keeps, &config(mode)) else {
                return;
            };
            scene.sandbox.set_empty_put(EmptyPut::Stamps);
            scene.apply();
            scene.apply();
            scene.settles();
        }
    }
}

mod no_record {
    use super::*;

    #[test]
    fn an_import_raises_no_alarm() {
        let Some(mut scene) = Scene::new() else {
            return;
        };
        scene.configure(&plain(""));
        scene.sensitive("token", TOKEN).must_not_show(OTHER);
        somebody_rotates(&scene);
        scene.ok(&["import", GRAFANA, ID]).does_not_say("Warning");
        scene.plan().ran.does_not_say(TITLE);
        assert_eq!(scene.apply_writes(), [body(TOKEN)]);
        scene.settles();
    }

    #[test]
    fn a_state_without_the_record_raises_no_alarm() {
        for mode in ["", REAPPLY] {
            let Some(mut scene) = Scene::new() else {
                return;
            };
            scene.configure(&plain(mode));
            scene.sensitive("token", TOKEN).must_not_show(OTHER);
            scene.apply();
            scene.lose_private_state();
            somebody_rotates(&scene);
            // The change is a moment old: the first read cannot tell it from a stamp
            // of its own, the second can, and a third learns that this API sets none.
            for _ in 0..3 {
                scene.sandbox.take_journal();
                scene.apply().does_not_say("Warning");
                assert_eq!(scene.writes(), Vec::<Value>::new());
            }
            scene.settles();
            // From here on it is recorded.
            somebody_rotates(&scene);
            match mode {
                "" => {
                    scene.ok(&["plan"]).says(TITLE);
                }
                _ => {
                    scene.plan().rotates(GRAFANA);
                }
            }
        }
    }
}
