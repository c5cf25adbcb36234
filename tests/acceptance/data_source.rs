//! `data "incident_telemetry_data_source"`.

use incident_sandbox::ApiKey;
use serde_json::json;
use test_support::tests;

use crate::scene::{API_KEY, ID, NAME, NOWHERE, Scene};

tests! {
    reads_everything_but_secrets,
    not_found_and_not_permitted_are_errors,
    id_that_is_not_known_yet_is_read_at_apply
}

fn data(id: &str) -> String {
    format!("data \"incident_telemetry_data_source\" \"it\" {{\n  id = {id}\n}}\n")
}

const OUTPUT: &str = "output \"it\" {\n  value = data.incident_telemetry_data_source.it\n}\n";

fn reads_everything_but_secrets(scene: &mut Scene) {
    scene.configure(&[&data(&format!("\"{ID}\"")), OUTPUT].concat());
    scene.apply().is_silent();
    assert_eq!(scene.sent(), [json!({})]);
    let source = scene.sandbox.data_source(ID).expect("the source");
    let output = scene.ok(&["output", "-json", "it"]);
    let read: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!(
        read,
        json!({
            "id": ID,
            "name": NAME,
            "provider_name": "grafana",
            "source_type": "prometheus",
            "enabled": true,
            "version": "8.5.27",
            "created_at": source.created_at(),
            "updated_at": source.updated_at(),
        })
    );
    scene.plan_is_empty();
}

fn not_found_and_not_permitted_are_errors(scene: &mut Scene) {
    scene.configure(&data(&format!("\"{NOWHERE}\"")));
    scene
        .fails(&["plan"])
        .says_times(1, "Error: Telemetry Data Source Not Found")
        .says("id = \"01G0J1EXE7AXZ2C93K61WBPYEK\"");
    scene.configure(&data("\"..\""));
    scene
        .fails(&["validate"])
        .says("Error: Invalid Data Source ID");
    scene.sandbox.set_keys(vec![ApiKey::viewer(API_KEY)]);
    scene.configure(&data(&format!("\"{ID}\"")));
    scene.fails(&["plan"]).says_times(1, "Error: Not Permitted");
}

fn id_that_is_not_known_yet_is_read_at_apply(scene: &mut Scene) {
    let late = format!("resource \"terraform_data\" \"late\" {{\n  input = \"{ID}\"\n}}\n");
    scene.configure(&[&late, &data("terraform_data.late.output"), OUTPUT].concat());
    scene
        .plan_saved()
        .says("will be read during apply")
        .says("+ name = (known after apply)");
    assert_eq!(scene.sandbox.count(), 0);
    scene.apply_saved().says("provider_name");
    assert_eq!(scene.sent(), [json!({})]);
    scene.plan_is_empty();
}
