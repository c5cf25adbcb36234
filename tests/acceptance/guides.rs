//! The configurations of `docs/guides/rotating-credentials.md`, as they stand there, and what
//! `docs/guides/what-terraform-can-see.md` says of exit codes.

use std::path::Path;

use incident_sandbox::{Answer, ApiKey, Fault, When, Write};
use serde_json::{Value, json};
use test_support::tests;

use crate::pages;
use crate::scene::{API_KEY, GRAFANA, ID, Scene, with_token};

tests! {
    every_configuration_is_tested,
    plain_variable,
    ephemeral_variable,
    manual_counter,
    secret_manager_version,
    token_resource_id,
    create_before_destroy,
    create_before_destroy_that_fails,
    a_replacement_sends_all_again,
    exit_codes_of_a_job_that_looks_for_drift,
    a_postcondition_lets_a_rotation_through,
    a_stored_hash_is_a_version
}

const TOKEN: &str = "terraform_data.token";

/// One of the guide's configurations.
fn guide(scene: &Scene, name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples/guides/rotation")
        .join(name)
        .join("main.tf");
    let text = std::fs::read_to_string(&path).expect("a configuration of the guide");
    scene.write("main.tf", &text);
}

fn body(key: &str) -> Value {
    json!({"grafana_config": {"api_key": key}})
}

fn every_configuration_is_tested() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/guides/rotation");
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "create-before-destroy",
            "ephemeral-variable",
            "manual-counter",
            "plain-variable",
            "secret-manager-version",
            "token-resource-id",
        ]
    );
}

fn plain_variable(scene: &mut Scene) {
    guide(scene, "plain-variable");
    scene.sensitive("grafana_token", "glsa_guide_one_Xa4");
    assert_eq!(scene.apply_writes(), [body("glsa_guide_one_Xa4")]);
    scene.settled();
    scene.sensitive("grafana_token", "glsa_guide_two_Xa4");
    scene
        .plan()
        .rotates(GRAFANA)
        .ran
        .says("~ api_key = (sensitive value)");
    assert_eq!(scene.apply_writes(), [body("glsa_guide_two_Xa4")]);
    scene.settled();
    assert!(scene.raw_state().contains("glsa_guide_two_Xa4"));
}

fn ephemeral_variable(scene: &mut Scene) {
    guide(scene, "ephemeral-variable");
    scene.write_only("grafana_token", "glsa_guide_one_Kd7");
    assert_eq!(scene.apply_writes(), [body("glsa_guide_one_Kd7")]);
    scene.settled();
    scene.write_only("grafana_token", "glsa_guide_two_Kd7");
    let planned = scene.plan();
    // Beside what every rotation shows, nothing.
    planned.rotates(GRAFANA).ran.does_not_say("api_key");
    assert_eq!(scene.apply_writes(), [body("glsa_guide_two_Kd7")]);
    scene.settled();
}

fn manual_counter(scene: &mut Scene) {
    guide(scene, "manual-counter");
    scene.write_only("grafana_token", "glsa_guide_one_Pf3");
    assert_eq!(scene.apply_writes(), [body("glsa_guide_one_Pf3")]);
    scene.write_only("grafana_token", "glsa_guide_two_Pf3");
    scene.settled();
    scene.variable("grafana_token_rotation", "2");
    scene
        .plan()
        .rotates(GRAFANA)
        .ran
        .says("~ api_key_wo_version = \"1\" -> \"2\"");
    assert_eq!(scene.apply_writes(), [body("glsa_guide_two_Pf3")]);
    scene.settled();
    // The same key again, by the counter alone.
    scene.variable("grafana_token_rotation", "3");
    assert_eq!(scene.apply_writes(), [body("glsa_guide_two_Pf3")]);
    scene.settled();
}

fn secret_manager_version(scene: &mut Scene) {
    guide(scene, "secret-manager-version");
    scene
        .write_only("grafana_token", "glsa_guide_one_Rb9")
        .variable(
            "grafana_token_version",
            "a1b2c3d4-5678-90ab-cdef-EXAMPLE11111",
        );
    assert_eq!(scene.apply_writes(), [body("glsa_guide_one_Rb9")]);
    scene.settled();
    scene
        .write_only("grafana_token", "glsa_guide_two_Rb9")
        .variable(
            "grafana_token_version",
            "a1b2c3d4-5678-90ab-cdef-EXAMPLE22222",
        );
    scene
        .plan()
        .rotates(GRAFANA)
        .ran
        .says("EXAMPLE11111\" -> \"a1b2c3d4-5678-90ab-cdef-EXAMPLE22222\"");
    assert_eq!(scene.apply_writes(), [body("glsa_guide_two_Rb9")]);
    scene.settled();
}

/// The key that the stand-in for a token has now.
fn made(scene: &mut Scene) -> String {
    let id = scene.attributes(TOKEN)["id"].clone();
    let key = format!("glsa_{}", id.as_str().unwrap());
    scene.must_not_show(&key);
    key
}

/// Where in the output something is said first.
#[track_caller]
fn position(text: &str, said: &str) -> usize {
    text.find(said)
        .unwrap_or_else(|| panic!("no {said:?} in:\n{text}"))
}

fn token_resource_id(scene: &mut Scene) {
    guide(scene, "token-resource-id");
    let bodies = scene.apply_writes();
    assert_eq!(bodies, [body(&made(scene))]);
    scene.settled();

    scene.variable("grafana_token_name", "incident-2026-02");
    let planned = scene.plan();
    planned.rotates(GRAFANA);
    assert_eq!(planned.actions(TOKEN), ["delete", "create"]);
    planned.ran.says("api_key_wo_version");
    scene.sandbox.take_journal();
    let ran = scene.apply();
    assert_eq!(scene.written(), [body(&made(scene))]);
    scene.settled();
    // What the guide warns of: the old token is gone before the new one is in.
    let gone = position(&ran.text, "terraform_data.token: Destruction complete");
    let sent = position(&ran.text, &format!("{GRAFANA}: Modifications complete"));
    assert!(gone < sent, "{}", ran.text);
}

fn create_before_destroy(scene: &mut Scene) {
    guide(scene, "create-before-destroy");
    let bodies = scene.apply_writes();
    assert_eq!(bodies, [body(&made(scene))]);
    scene.settled();

    scene.variable("grafana_token_name", "incident-2026-02");
    let planned = scene.plan();
    planned.rotates(GRAFANA);
    assert_eq!(planned.actions(TOKEN), ["create", "delete"]);
    scene.sandbox.take_journal();
    let ran = scene.apply();
    assert_eq!(scene.written(), [body(&made(scene))]);
    scene.settled();
    let created = position(&ran.text, "terraform_data.token: Creation complete");
    let sent = position(&ran.text, &format!("{GRAFANA}: Modifications complete"));
    let destroyed = position(&ran.text, "terraform_data.token (deposed object");
    assert!(created < sent && sent < destroyed, "{}", ran.text);
}

/// The old token outlives a key that incident.io does not take.
fn create_before_destroy_that_fails(scene: &mut Scene) {
    guide(scene, "create-before-destroy");
    scene.apply();
    made(scene);
    let refused = Answer::json(
        422,
        &json!({"type": "validation_error", "status": 422, "errors": []}),
    );
    scene
        .sandbox
        .fault(Fault::Answer(Write::Lost, refused), When::next().writes());
    scene.variable("grafana_token_name", "incident-2026-02");
    let ran = scene.fails(&["apply", "-auto-approve"]);
    assert!(!ran.text.contains("Destruction complete"), "{}", ran.text);
    assert_eq!(scene.sandbox.pending_faults(), 0);

    // The next apply sends it.
    scene.sandbox.take_journal();
    scene.apply().says("Destruction complete");
    assert_eq!(scene.written(), [body(&made(scene))]);
    scene.settled();
}

/// How the guide sends a key again that has neither changed nor a version.
fn a_replacement_sends_all_again(scene: &mut Scene) {
    guide(scene, "ephemeral-variable");
    scene.write_only("grafana_token", "glsa_guide_same_Ge2");
    scene.apply();
    scene.sandbox.take_journal();
    scene.ok(&["apply", "-auto-approve", &format!("-replace={GRAFANA}")]);
    assert_eq!(scene.written(), [body("glsa_guide_same_Ge2")]);
    scene.settled();
}

const POSTCONDITION: &str = "
  lifecycle {
    postcondition {
      condition     = self.enabled
      error_message = \"Off.\"
    }
  }";

/// Lines of the resource, what happens in incident.io, the exit code, and whether there is a
/// warning.
type Row<'a> = (&'a str, &'a dyn Fn(&Scene), i32, bool);

fn exit_codes_of_a_job_that_looks_for_drift() {
    let reapply = "  on_external_change = \"reapply\"";
    let rename = |scene: &Scene| {
        let renamed = scene.sandbox.dashboard().rename(ID, "Theirs");
        renamed.expect("renamed");
    };
    let switch_off = |scene: &Scene| {
        scene.sandbox.dashboard().disable(ID).expect("disabled");
    };
    let replace_key = |scene: &Scene| {
        let rotated = scene.sandbox.dashboard();
        let rotated = rotated.rotate(ID, "grafana_config.api_key", "glsa_other_Ye4");
        rotated.expect("rotated");
    };
    let disconnect = |scene: &Scene| {
        scene.sandbox.dashboard().delete(ID).expect("deleted");
    };
    let take_permission = |scene: &Scene| {
        scene.sandbox.set_keys(vec![ApiKey::viewer(API_KEY)]);
    };
    let rows: [Row<'_>; 9] = [
        ("", &|_| {}, 0, false),
        ("  name = \"Ours\"", &rename, 2, false),
        ("", &rename, 0, false),
        ("", &switch_off, 0, true),
        ("", &replace_key, 0, true),
        (reapply, &replace_key, 2, true),
        ("", &disconnect, 2, true),
        ("", &take_permission, 0, true),
        (POSTCONDITION, &switch_off, 1, true),
    ];
    for (row, (lines, event, code, warns)) in rows.into_iter().enumerate() {
        let scene = Scene::new();
        scene.adopted(&with_token(lines));
        event(&scene);
        let ran = scene.run(&["plan", "-detailed-exitcode"]);
        assert_eq!(ran.code, code, "row {row}: {}", ran.text);
        assert_eq!(
            ran.text.contains("Warning:"),
            warns,
            "row {row}: {}",
            ran.text
        );
    }
}

/// `enabled` is not known before a write of keys, so the condition waits for it.
fn a_postcondition_lets_a_rotation_through(scene: &mut Scene) {
    scene.adopted(&with_token(POSTCONDITION));
    scene.sandbox.dashboard().disable(ID).expect("disabled");
    scene.fails(&["plan"]).says("Off.");
    scene.sensitive("token", "glsa_repaired_Nu8");
    scene.plan_with_changes();
    scene.apply();
    scene.settled();
}

fn a_stored_hash_is_a_version(scene: &mut Scene) {
    scene.configure(&pages::block_with("store {"));
    scene.write_only("grafana_token", "glsa_guide_one_Lw5");
    assert_eq!(scene.apply_writes(), [body("glsa_guide_one_Lw5")]);
    scene.settled();
    scene.write_only("grafana_token", "glsa_guide_two_Lw5");
    scene.plan().rotates(GRAFANA);
    assert_eq!(scene.apply_writes(), [body("glsa_guide_two_Lw5")]);
    scene.settled();

    // A saved plan that found no rotation is applied with another value, and sends nothing.
    scene.plan();
    scene.write_only("grafana_token", "glsa_guide_three_Lw5");
    assert_eq!(scene.apply_saved_writes(), Vec::<Value>::new());
    scene.plan().rotates(GRAFANA);
}
