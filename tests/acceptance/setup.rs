//! What the tests start from.

use incident_sandbox::{DataSourceSeed, Options, Sandbox};
use serde_json::{Value, json};

use test_support::terraform::{Ran, Terraform};

/// A Grafana source, connected in the sandbox.
pub(crate) const GRAFANA: &str = "01G0J1EXE7AXZ2C93K61WBPYEH";
/// A Datadog source, connected in the sandbox.
pub(crate) const DATADOG: &str = "01G0J1EXE7AXZ2C93K61WBPYEJ";
/// No source at all.
pub(crate) const NOWHERE: &str = "01G0J1EXE7AXZ2C93K61WBPYEK";

/// The address of [`grafana`].
pub(crate) const ADDRESS: &str = "incident_telemetry_data_source.grafana";

/// The name that [`GRAFANA`] has before anybody changes it.
pub(crate) const NAME: &str = "Grafana of the dashboard";

/// A variable for the token, to be set by [`Terraform::variable`].
pub(crate) const TOKEN: &str =
    "variable \"token\" {\n  type      = string\n  sensitive = true\n}\n";

/// A sandbox with one source of each kind, and a CLI; `None` where there is no CLI.
pub(crate) fn start() -> Option<(Sandbox, Terraform)> {
    start_with(Options::default())
}

/// As [`start`], with another sandbox.
pub(crate) fn start_with(options: Options) -> Option<(Sandbox, Terraform)> {
    let sandbox = Sandbox::start(options).expect("a sandbox");
    sandbox.add(DataSourceSeed::grafana(GRAFANA, NAME));
    sandbox.add(DataSourceSeed::datadog(DATADOG, "Datadog of the dashboard"));
    let mut terraform = Terraform::new(&sandbox)?;
    terraform.variable("token", "glsa_one");
    Some((sandbox, terraform))
}

/// `incident_telemetry_data_source.grafana` for [`GRAFANA`], with these lines besides.
pub(crate) fn grafana(lines: &str) -> String {
    resource("grafana", GRAFANA, lines)
}

/// A resource for this source, with these lines besides.
pub(crate) fn resource(name: &str, id: &str, lines: &str) -> String {
    format!(
        "resource \"incident_telemetry_data_source\" \"{name}\" {{\n  data_source_id = \
         \"{id}\"\n{lines}\n}}\n"
    )
}

/// [`grafana`] with a token in a variable, and these lines besides.
pub(crate) fn with_token(lines: &str) -> String {
    let key = "  grafana_config = {\n    api_key = var.token\n  }\n";
    [TOKEN, &grafana(&format!("{key}{lines}"))].concat()
}

/// Configures this and applies it, in a journal that begins anew afterwards.
#[track_caller]
pub(crate) fn adopted(sandbox: &Sandbox, terraform: &Terraform, configuration: &str) -> Ran {
    terraform.configure(configuration);
    let ran = terraform.apply();
    sandbox.take_journal();
    ran
}

/// The bodies since the last call.
pub(crate) fn sent(sandbox: &Sandbox) -> Vec<Value> {
    let bodies = sandbox.bodies();
    sandbox.take_journal();
    bodies
}

/// The bodies since the last call that were not reads.
pub(crate) fn written(sandbox: &Sandbox) -> Vec<Value> {
    let mut bodies = sent(sandbox);
    bodies.retain(|body| *body != json!({}));
    bodies
}
