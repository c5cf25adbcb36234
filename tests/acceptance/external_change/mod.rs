//! Changes that somebody makes in incident.io, and that nobody can read back.

mod ignore;
mod no_record;
mod reapply;
mod signs;
mod stamps;
mod warn;

use incident_sandbox::{EmptyPut, Options};
use serde_json::{Value, json};
use test_support::tests;

use crate::scene::{ID, Scene};

tests! {
    ;
    warn, reapply, signs, ignore, stamps, no_record
}

const TITLE: &str = "Warning: Data Source Changed Outside of Terraform";
const FIELD: &str = "grafana_config.api_key";
const TOKEN: &str = "glsa_ours_6Bn";
const OTHER: &str = "glsa_of_somebody_else_6Bn";

/// With a write-only key, an output that depends on `updated_at`, and more.
fn config(more: &str) -> String {
    config_with("api_key_wo = var.token", more)
}

fn config_with(block: &str, more: &str) -> String {
    format!(
        r#"
provider "incident" {{}}

variable "token" {{
  type      = string
  ephemeral = true
  default   = null
}}

resource "incident_telemetry_data_source" "grafana" {{
  data_source_id = "{ID}"
  {more}
  grafana_config {{
    {block}
  }}
}}

output "changed" {{
  value = incident_telemetry_data_source.grafana.updated_at
}}
"#
    )
}

/// With a sensitive key.
fn plain(more: &str) -> String {
    config_with("api_key = var.token", more).replace("ephemeral = true", "sensitive = true")
}

const REAPPLY: &str = "on_external_change = \"reapply\"";
const IGNORE: &str = "on_external_change = \"ignore\"";

fn body(key: &str) -> Value {
    json!({"grafana_config": {"api_key": key}})
}

/// Adopted, with a key of ours, and settled.
fn adopted(empty_put: EmptyPut, config: &str) -> Scene {
    adopted_with(Options::default().empty_put(empty_put), config)
}

fn adopted_with(options: Options, config: &str) -> Scene {
    let mut scene = Scene::with(options);
    scene.configure(config);
    scene.write_only("token", TOKEN).must_not_show(OTHER);
    scene.apply();
    scene
}

/// Somebody replaces the key, in incident.io.
fn somebody_rotates(scene: &Scene) -> String {
    scene
        .sandbox
        .dashboard()
        .rotate(ID, FIELD, OTHER)
        .expect("the data source exists")
}
