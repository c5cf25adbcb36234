//! `data "incident_telemetry_data_source"`.

use incident_sandbox::{ApiKey, DEFAULT_KEY};
use serde_json::json;

use crate::setup::{GRAFANA, NAME, NOWHERE, sent, start};

fn data(id: &str) -> String {
    format!("data \"incident_telemetry_data_source\" \"it\" {{\n  id = {id}\n}}\n")
}

const OUTPUT: &str = "output \"it\" {\n  value = data.incident_telemetry_data_source.it\n}\n";

#[test]
fn reads_everything_but_secrets() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    terraform.configure(&[&data(&format!("\"{GRAFANA}\"")), OUTPUT].concat());
    terraform.apply().is_silent();
    assert_eq!(sent(&sandbox), [json!({})]);
    let source = sandbox.data_source(GRAFANA).expect("the source");
    let output = terraform.ok(&["output", "-json", "it"]);
    let read: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!(
        read,
        json!({
            "id": GRAFANA,
            "name": NAME,
            "provider_name": "grafana",
            "source_type": "prometheus",
            "enabled": true,
            "version": "8.5.27",
            "created_at": source.created_at(),
            "updated_at": source.updated_at(),
        })
    );
    terraform.plan_is_empty();
}

#[test]
fn not_found_and_not_permitted_are_errors() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    terraform.configure(&data(&format!("\"{NOWHERE}\"")));
    terraform
        .fails(&["plan"])
        .says_times(1, "Error: Telemetry Data Source Not Found")
        .says("id = \"01G0J1EXE7AXZ2C93K61WBPYEK\"");
    terraform.configure(&data("\"..\""));
    terraform
        .fails(&["validate"])
        .says("Error: Invalid Data Source ID");
    sandbox.set_keys(vec![ApiKey::viewer(DEFAULT_KEY)]);
    terraform.configure(&data(&format!("\"{GRAFANA}\"")));
    terraform
        .fails(&["plan"])
        .says_times(1, "Error: Not Permitted");
}

#[test]
fn id_that_is_not_known_yet_is_read_at_apply() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    let late = format!("resource \"terraform_data\" \"late\" {{\n  input = \"{GRAFANA}\"\n}}\n");
    terraform.configure(&[&late, &data("terraform_data.late.output"), OUTPUT].concat());
    terraform
        .plan_saved()
        .says("will be read during apply")
        .says("+ name = (known after apply)");
    assert_eq!(sandbox.count(), 0);
    terraform.apply_saved().says("provider_name");
    assert_eq!(sent(&sandbox), [json!({})]);
    terraform.plan_is_empty();
}
