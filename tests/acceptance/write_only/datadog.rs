//! Two keys in one block.

use incident_sandbox::DataSourceSeed;
use serde_json::json;
use test_support::tests;

use crate::scene::{DATADOG, DATADOG_ID, Scene};

tests! {
    each_key_has_a_life_of_its_own
}

fn config(block: &str) -> String {
    format!(
        r#"
provider "incident" {{}}

variable "api" {{
  type      = string
  ephemeral = true
}}

variable "app" {{
  type      = string
  ephemeral = true
}}

resource "incident_telemetry_data_source" "datadog" {{
  data_source_id = "{DATADOG_ID}"
  datadog_config {{
    api_key_wo = var.api
    app_key_wo = var.app
    {block}
  }}
}}
"#
    )
}

fn each_key_has_a_life_of_its_own(scene: &mut Scene) {
    scene
        .sandbox
        .add(DataSourceSeed::datadog(DATADOG_ID, "Production Datadog"));
    scene.configure(&config("app_key_wo_version = \"1\""));
    scene
        .write_only("api", "ddapi_one_8Sv")
        .write_only("app", "ddapp_one_8Sv");
    assert_eq!(
        scene.apply_writes(),
        [json!({"datadog_config": {"api_key": "ddapi_one_8Sv", "app_key": "ddapp_one_8Sv"}})]
    );
    // The one without a version goes by its value, the other does not.
    scene
        .write_only("api", "ddapi_two_8Sv")
        .write_only("app", "ddapp_two_8Sv");
    scene.plan().rotates(DATADOG);
    assert_eq!(
        scene.apply_writes(),
        [json!({"datadog_config": {"api_key": "ddapi_two_8Sv"}})]
    );
    scene.configure(&config("app_key_wo_version = \"2\""));
    scene
        .plan()
        .rotates(DATADOG)
        .holds_no_write_only_value(DATADOG);
    assert_eq!(
        scene.apply_writes(),
        [json!({"datadog_config": {"app_key": "ddapp_two_8Sv"}})]
    );
    scene.settled();
}
