//! The resource's identity, of clients that know identities.

use incident_sandbox::DataSourceSeed;
use serde_json::{Value, json};
use test_support::tests;

use crate::scene::{GRAFANA, ID, NOTHING, NOWHERE, Scene, grafana, with_token};

tests! {
    an_import_by_identity,
    an_id_that_is_known_after_apply,
    an_identity_that_is_none_is_refused,
    a_state_from_before_gets_it_without_a_diff
}

fn import(identity: &str) -> String {
    format!("import {{\n  to = {GRAFANA}\n  identity = {{ {identity} }}\n}}\n")
}

/// As it is in the state file.
fn identity(scene: &Scene) -> Value {
    let state: Value = serde_json::from_str(&scene.raw_state()).expect("a state");
    state["resources"][0]["instances"][0]["identity"].clone()
}

fn an_import_by_identity(scene: &mut Scene) {
    scene.configure(&[import(&format!("data_source_id = \"{ID}\"")), grafana("")].concat());
    scene.plan_saved().says("Plan: 1 to import, 0 to add");
    assert_eq!(scene.sent(), [json!({})]);
    scene.apply_saved().says("1 imported");
    assert_eq!(identity(scene), json!({"data_source_id": ID}));
    assert_eq!(scene.attributes(GRAFANA)["data_source_id"], ID);
    scene.plan_is_empty().is_silent();
}

/// OpenTofu 1.12 ends a plan with an error where an identity in it is not known.
fn an_id_that_is_known_after_apply(scene: &mut Scene) {
    scene.sandbox.add(DataSourceSeed::grafana("other", "Other"));
    for id in [ID, "other"] {
        let late = format!("resource \"terraform_data\" \"late\" {{\n  input = \"{id}\"\n}}\n");
        let pending = grafana("").replace(&format!("\"{ID}\""), "terraform_data.late.output");
        scene.configure(&[late, pending].concat());
        scene
            .plan_saved()
            .says("data_source_id")
            .says("(known after apply)");
        scene.apply_saved();
        assert_eq!(identity(scene), json!({"data_source_id": id}));
        scene.plan_is_empty().is_silent();
    }
}

fn an_identity_that_is_none_is_refused(scene: &mut Scene) {
    for (lines, says) in [
        ("data_source_id = \"..\"", "data_source_id cannot be"),
        ("data_source_id = \"\"", "data_source_id is empty"),
        (
            &format!("data_source_id = \"{NOWHERE}\""),
            "Telemetry Data Source Not Found",
        ),
        ("", "\"data_source_id\" is required"),
    ] {
        scene.configure(&[import(lines), grafana("")].concat());
        scene.fails(&["plan"]).says(says);
    }
    assert_eq!(scene.written(), NOTHING);
}

fn a_state_from_before_gets_it_without_a_diff(scene: &mut Scene) {
    scene.adopted(&with_token(""));
    assert_eq!(identity(scene), json!({"data_source_id": ID}));
    let mut state: Value = serde_json::from_str(&scene.raw_state()).expect("a state");
    for empty in [None, Some(Value::Null), Some(json!({}))] {
        let instance = &mut state["resources"][0]["instances"][0];
        let instance = instance.as_object_mut().expect("an instance");
        instance.remove("identity");
        instance.remove("identity_schema_version");
        if let Some(empty) = empty {
            instance.insert("identity".to_owned(), empty);
            instance.insert("identity_schema_version".to_owned(), json!(0));
        }
        scene.write("terraform.tfstate", &state.to_string());
        scene.plan_is_empty().is_silent();
        scene.ok(&["apply", "-auto-approve", "-refresh-only"]);
        assert_eq!(identity(scene), json!({"data_source_id": ID}));
    }
    assert_eq!(scene.written(), NOTHING);
}
