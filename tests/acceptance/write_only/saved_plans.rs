//! What a saved plan sends, when the value has changed by the time of its apply.

use serde_json::json;
use test_support::tests;

use super::{body, ephemeral, version};
use crate::scene::{GRAFANA, NOTHING, Scene};

tests! {
    the_value_of_the_apply_is_sent_and_hashed,
    under_a_version_any_value_can_be_applied,
    without_a_version_a_late_change_stops_the_apply,
    a_rotation_that_falls_away_before_its_apply
}

fn the_value_of_the_apply_is_sent_and_hashed(scene: &mut Scene) {
    scene.configure(&ephemeral("", ""));
    scene.write_only("token", "glsa_first_Vb2");
    scene.apply();
    scene.write_only("token", "glsa_planned_Vb2");
    scene.plan().rotates(GRAFANA);
    scene.write_only("token", "glsa_applied_Vb2");
    assert_eq!(scene.apply_saved_writes(), [body("glsa_applied_Vb2")]);
    scene.settled();
    scene.write_only("token", "glsa_planned_Vb2");
    scene.plan().rotates(GRAFANA);
}

fn under_a_version_any_value_can_be_applied(scene: &mut Scene) {
    scene.configure(&ephemeral("name = \"Before\"", &version(Some("1"))));
    scene.write_only("token", "glsa_first_Nc5");
    scene.apply();

    // No rotation was planned: none happens.
    scene.configure(&ephemeral("name = \"After\"", &version(Some("1"))));
    scene.plan().sends_no_credentials(GRAFANA);
    scene.write_only("token", "glsa_second_Nc5");
    assert_eq!(scene.apply_saved_writes(), [json!({"name": "After"})]);

    // A rotation was planned: the value of the apply is sent, and hashed.
    scene.configure(&ephemeral("name = \"After\"", &version(Some("2"))));
    scene.plan().rotates(GRAFANA);
    scene.write_only("token", "glsa_third_Nc5");
    assert_eq!(scene.apply_saved_writes(), [body("glsa_third_Nc5")]);
    scene.configure(&ephemeral("name = \"After\"", ""));
    assert_eq!(scene.apply_writes(), NOTHING);
}

/// Before Terraform 1.16, core plans again at apply with the private state of the state alone
/// (`core-rules.md`, sections 6.3 and 8.3). Later it hands over what the plan decided.
fn without_a_version_a_late_change_stops_the_apply(scene: &mut Scene) {
    scene.configure(&ephemeral("name = \"Before\"", ""));
    scene.write_only("token", "glsa_first_Hm8");
    scene.apply();
    let before = scene.attributes(GRAFANA);
    scene.configure(&ephemeral("name = \"After\"", ""));
    scene.plan().sends_no_credentials(GRAFANA);

    scene.write_only("token", "glsa_second_Hm8");
    scene.sandbox.take_journal();
    if scene.client.is_terraform(16) {
        scene.apply_saved();
        assert_eq!(scene.written(), [json!({"name": "After"})]);
    } else {
        scene
            .fails(&["apply", "saved.tfplan"])
            .says("Provider produced inconsistent final plan");
        assert_eq!(scene.written(), NOTHING);
        assert_eq!(scene.attributes(GRAFANA), before);
    }
    assert_eq!(scene.grafana_key().as_deref(), Some("glsa_first_Hm8"));

    // Planning again is all it takes.
    scene.plan().rotates(GRAFANA);
    scene.apply();
    scene.settled();
}

/// The other way round: a rotation was planned, and the value of the apply is the one in place.
/// From Terraform 1.16 on, what was planned is done: it is sent once more.
fn a_rotation_that_falls_away_before_its_apply(scene: &mut Scene) {
    scene.configure(&ephemeral("name = \"Before\"", ""));
    scene.write_only("token", "glsa_first_Qd6");
    scene.apply();
    scene.configure(&ephemeral("name = \"After\"", ""));
    scene.write_only("token", "glsa_second_Qd6");
    scene.plan().rotates(GRAFANA);
    scene.write_only("token", "glsa_first_Qd6");
    let mut expected = json!({"name": "After"});
    if scene.client.is_terraform(16) {
        expected["grafana_config"] = body("glsa_first_Qd6")["grafana_config"].clone();
    }
    assert_eq!(scene.apply_saved_writes(), [expected]);
    scene.settled();
}
