//! Keys under `ignore_changes`.

use serde_json::json;
use test_support::tests;

use super::{body, ephemeral, version};
use crate::scene::{GRAFANA, NOTHING, Scene};

tests! {
    an_ignored_key_is_never_sent,
    a_version_of_an_ignored_key_sends_nothing,
    a_key_that_was_always_ignored_is_sent_once_it_is_not
}

fn an_ignored_key_is_never_sent() {
    for ignored in ["grafana_config.api_key_wo", "grafana_config"] {
        let mut scene = Scene::new();
        let lifecycle = format!("lifecycle {{ ignore_changes = [{ignored}] }}");
        scene.configure(&ephemeral(&format!("name = \"Before\"\n{lifecycle}"), ""));
        scene.write_only("token", "glsa_kept_Wz1");
        assert_eq!(scene.apply_writes().len(), 1, "an adoption ignores nothing");
        scene.write_only("token", "glsa_ignored_Wz1");
        scene.settled();
        // Core shows the key to apply, though not to plan (`core-rules.md`, section 5).
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

fn a_version_of_an_ignored_key_sends_nothing(scene: &mut Scene) {
    let lifecycle = "lifecycle { ignore_changes = [grafana_config.api_key_wo] }";
    scene.configure(&ephemeral(lifecycle, &version(Some("1"))));
    scene.write_only("token", "glsa_kept_Tj3");
    scene.apply();
    scene.configure(&ephemeral(lifecycle, &version(Some("2"))));
    scene.write_only("token", "glsa_ignored_Tj3");
    scene.plan().sends_no_credentials(GRAFANA);
    assert_eq!(scene.apply_writes(), NOTHING);
    scene.settled();
    // No longer ignored, the version has to reach incident.io.
    scene.configure(&ephemeral("", &version(Some("2"))));
    scene.plan().rotates(GRAFANA);
    assert_eq!(scene.apply_writes(), [body("glsa_ignored_Tj3")]);
    scene.settled();
}

/// It joins a block that is in the state already, with its version.
fn a_key_that_was_always_ignored_is_sent_once_it_is_not(scene: &mut Scene) {
    let address = "api_url = \"grafana.example.com\"";
    scene.configure(&ephemeral("", address).replace("api_key_wo = var.token", ""));
    scene.write_only("token", "glsa_joined_Rf7");
    scene.apply();
    let lifecycle = "lifecycle { ignore_changes = [grafana_config.api_key_wo] }";
    let block = format!("{address}\n    {}", version(Some("1")));
    scene.configure(&ephemeral(lifecycle, &block));
    assert_eq!(scene.apply_writes(), NOTHING);
    scene.configure(&ephemeral("", &block));
    scene.plan().rotates(GRAFANA);
    assert_eq!(scene.apply_writes(), [body("glsa_joined_Rf7")]);
    scene.settled();
}
