//! The resource, as a user drives it.

use incident_sandbox::{DataSourceSeed, Options, Sandbox};
use serde_json::json;

use crate::support::terraform::Terraform;

const ID: &str = "01G0J1EXE7AXZ2C93K61WBPYEH";

const PLAIN: &str = r#"
provider "incident" {}

variable "grafana_token" {
  type      = string
  sensitive = true
}

resource "incident_telemetry_data_source" "grafana" {
  data_source_id = "01G0J1EXE7AXZ2C93K61WBPYEH"
  name           = "Production Grafana"
  grafana_config = {
    api_key = var.grafana_token
  }
}
"#;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start(Options::default()).expect("a sandbox");
    sandbox.add(DataSourceSeed::grafana(ID, "Grafana of the dashboard"));
    sandbox
}

#[test]
fn adopt_settle_rotate() {
    let sandbox = sandbox();
    let Some(mut terraform) = Terraform::new(&sandbox) else {
        return;
    };
    terraform.configure(PLAIN);
    terraform.variable("grafana_token", "glsa_one");
    terraform.apply().says("1 added, 0 changed, 0 destroyed");
    assert_eq!(
        sandbox.secret(ID, "grafana_config.api_key").as_deref(),
        Some("glsa_one")
    );

    sandbox.take_journal();
    terraform.plan_is_empty();
    assert_eq!(sandbox.bodies(), [json!({})]);

    sandbox.take_journal();
    terraform.variable("grafana_token", "glsa_two");
    terraform.apply().says("0 added, 1 changed, 0 destroyed");
    assert_eq!(
        sandbox.bodies(),
        [
            json!({}),
            json!({"grafana_config": {"api_key": "glsa_two"}})
        ]
    );
    terraform.plan_is_empty();
}
