//! An API that sets `updated_at` on the very update that reads it.

use incident_sandbox::{EmptyPut, Options};
use serde_json::json;
use test_support::tests;

use super::{IGNORE, REAPPLY, TOKEN, adopted, adopted_with, body, config, somebody_rotates};
use crate::scene::{GRAFANA, ID, Scene};

tests! {
    no_false_alarm_and_no_change_of_outputs,
    a_change_outside_leaves_no_trace,
    renames_and_rotations_settle,
    an_import_settles,
    an_api_that_begins_to_stamp_settles
}

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
        let scene = adopted_with(options.clone(), &config(mode));
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

/// `docs/guides/what-terraform-can-see.md` admits it.
fn a_change_outside_leaves_no_trace() {
    let scene = adopted(EmptyPut::Stamps, &config(""));
    somebody_rotates(&scene);
    scene.settles();
}

fn renames_and_rotations_settle() {
    let mut scene = adopted(EmptyPut::Stamps, &config(REAPPLY));
    scene.configure(&config(&format!("name = \"Other\"\n{REAPPLY}")));
    assert_eq!(scene.apply_writes(), [json!({"name": "Other"})]);
    scene.settles();
    scene.write_only("token", "glsa_rotated_6Bn");
    assert_eq!(scene.apply_writes(), [body("glsa_rotated_6Bn")]);
    scene.settles();
}

fn an_import_settles() {
    let mut scene = Scene::with(Options::default().empty_put(EmptyPut::Stamps));
    scene.configure(&config(REAPPLY));
    scene.write_only("token", TOKEN);
    scene.ok(&["import", GRAFANA, ID]).does_not_say("Warning");
    assert_eq!(scene.apply_writes(), [body(TOKEN)]);
    scene.settles();
}

/// It cannot be told apart from somebody's change, but for once only.
fn an_api_that_begins_to_stamp_settles() {
    for mode in ["", REAPPLY] {
        let scene = adopted(EmptyPut::Keeps, &config(mode));
        scene.sandbox.set_empty_put(EmptyPut::Stamps);
        scene.apply();
        scene.apply();
        scene.settles();
    }
}
