//! `plan -minimal-refresh`.

use serde_json::json;
use test_support::tests;

use crate::scene::{ID, NOTHING, Scene, with_token};

tests! {
    a_settled_plan_makes_no_request,
    what_changes_is_read
}

fn a_settled_plan_makes_no_request(scene: &mut Scene) {
    scene.adopted(&with_token("  name = \"Ours\""));
    scene
        .sandbox
        .dashboard()
        .rotate(ID, "grafana_config.api_key", "glsa_elsewhere")
        .expect("rotated");
    scene
        .ok(&["plan", "-minimal-refresh", "-detailed-exitcode"])
        .is_silent()
        .says("No changes");
    assert_eq!(scene.sent(), NOTHING);
}

fn what_changes_is_read(scene: &mut Scene) {
    scene.adopted(&with_token("  name = \"Ours\""));
    scene.configure(&with_token("  name = \"Other\""));
    scene.ok(&["plan", "-minimal-refresh", "-out=saved.tfplan"]);
    assert_eq!(scene.sent(), [json!({})]);
    scene.apply_saved();
    assert_eq!(scene.written(), [json!({"name": "Other"})]);
    scene.plan_is_empty().is_silent();
}
