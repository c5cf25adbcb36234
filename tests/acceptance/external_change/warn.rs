//! What is said of it by default.

use incident_sandbox::EmptyPut;
use test_support::tests;

use super::{OTHER, TITLE, TOKEN, adopted, body, config, config_with, plain, somebody_rotates};
use crate::scene::{GRAFANA, ID, NOTHING, Scene};

tests! {
    said_until_a_refresh_has_recorded_it,
    said_below_no_changes,
    said_until_an_apply_has_recorded_it,
    said_for_a_sensitive_key_as_well,
    not_said_of_what_can_be_seen,
    not_said_where_no_credentials_are_managed,
    a_version_is_named_as_a_way_to_send_again,
    a_state_from_a_backup_looks_like_a_change
}

fn said_until_a_refresh_has_recorded_it() {
    let scene = adopted(EmptyPut::Keeps, &config(""));
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

fn said_below_no_changes() {
    let without_output = config("");
    let without_output = without_output.split("output ").next().unwrap();
    let scene = adopted(EmptyPut::Keeps, without_output);
    somebody_rotates(&scene);
    let plan = scene.plan_is_empty();
    plan.says("No changes. Your infrastructure matches the configuration.")
        .says("Terraform cannot tell whether incident.io still has yours");
    assert!(
        plan.text.find("No changes.") < plan.text.find(TITLE),
        "{}",
        plan.text
    );
}

fn said_until_an_apply_has_recorded_it() {
    let scene = adopted(EmptyPut::Keeps, &config(""));
    let when = somebody_rotates(&scene);
    scene.sandbox.take_journal();
    scene.apply().says(TITLE);
    assert_eq!(scene.written(), NOTHING);
    assert_eq!(scene.attributes(GRAFANA)["updated_at"], *when);
    scene.settles();
    // Within the same second the API's habits have to be learnt anew: one more
    // read that is recorded. Then the next change is said as well.
    scene.apply();
    somebody_rotates(&scene);
    scene.ok(&["plan"]).says(TITLE);
}

fn said_for_a_sensitive_key_as_well(scene: &mut Scene) {
    scene.configure(&plain(""));
    scene.sensitive("token", TOKEN).must_not_show(OTHER);
    scene.apply();
    somebody_rotates(scene);
    scene.ok(&["plan"]).says(TITLE);
}

fn not_said_of_what_can_be_seen() {
    let scene = adopted(EmptyPut::Keeps, &config(""));
    scene
        .sandbox
        .dashboard()
        .rename(ID, "Of the dashboard")
        .unwrap();
    scene.apply().does_not_say(TITLE);
    assert_eq!(scene.attributes(GRAFANA)["name"], "Of the dashboard");
    scene.settles();
}

fn not_said_where_no_credentials_are_managed(scene: &mut Scene) {
    scene.configure(&format!(
        "provider \"incident\" {{}}\nresource \"incident_telemetry_data_source\" \"grafana\" {{\n  \
         data_source_id = {ID:?}\n}}"
    ));
    scene.apply();
    let when = somebody_rotates(scene);
    scene.apply().does_not_say("Warning");
    assert_eq!(scene.attributes(GRAFANA)["updated_at"], *when);
    scene.settles();
}

fn a_version_is_named_as_a_way_to_send_again() {
    let versioned = |version| {
        config_with(
            &format!("api_key_wo = var.token\napi_key_wo_version = {version}"),
            "",
        )
    };
    let scene = adopted(EmptyPut::Keeps, &versioned(1));
    somebody_rotates(&scene);
    scene
        .ok(&["plan"])
        .says(TITLE)
        .says("or change the key's version");
    scene.configure(&versioned(2));
    assert_eq!(scene.apply_writes(), [body(TOKEN)]);
    scene.settles();
}

/// `docs/guides/what-terraform-can-see.md` admits it.
fn a_state_from_a_backup_looks_like_a_change() {
    let mut scene = adopted(EmptyPut::Keeps, &config(""));
    let backup = scene.raw_state();
    scene.write_only("token", "glsa_rotated_6Bn");
    scene.apply();
    scene.write("terraform.tfstate", &backup);
    scene.ok(&["plan"]).says(TITLE);
    scene.apply();
    scene.settles();
}
