//! Plans that find nothing to do, beside as many `terraform_data`, and with the provider of
//! constant answers.

use std::path::Path;

use incident_sandbox::{DEFAULT_KEY, DataSourceSeed, Options, Sandbox};

use crate::support::plugin_client::provider;
use crate::terraform::Workspace;
use crate::usage::{Children, look};
use crate::{Outcome, constant, mebibytes, median, millis};

/// Prints a row for each size.
pub(crate) fn measure(scratch: &Path, sizes: &[usize]) -> Outcome<()> {
    println!(
        "\n| resources | rounds | floor | constant answers | provider | its processes | their CPU \
         | their peak |\n\
         |---|---|---|---|---|---|---|---|"
    );
    for &size in sizes {
        measure_one(&scratch.join(size.to_string()), size)?;
    }
    Ok(())
}

fn measure_one(scratch: &Path, size: usize) -> Outcome<()> {
    let sandbox = Sandbox::start(Options::default())?;
    for at in 0..size {
        let id = format!("01G0J1EXE7AXZ2C93K6{at:07}");
        sandbox.add(DataSourceSeed::grafana(id, format!("Grafana {at}")));
    }
    let environment = vec![
        ("INCIDENT_ENDPOINT", sandbox.endpoint()),
        ("INCIDENT_API_KEY", DEFAULT_KEY.to_owned()),
    ];
    let executable = std::fs::canonicalize(provider())?;
    let built = executable.parent().ok_or("no folder")?;
    let floor = Workspace::new(scratch.join("floor"), built, &[])?;
    floor.apply(&floor_configuration(size))?;
    let provider = Workspace::new(scratch.join("provider"), built, &environment)?;
    provider.apply(&provider_configuration(size))?;
    let answers = scratch.join("constant-provider");
    constant::install(&answers)?;
    let constant = Workspace::new(scratch.join("constant"), &answers, &environment)?;
    constant.copy(&provider)?;

    let rounds = match size {
        ..1000 => 11,
        1000..5000 => 7,
        _ => 3,
    };
    let (mut floors, mut constants, mut providers) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        floors.push(floor.plan()?);
        sandbox.take_journal();
        constants.push(constant.plan()?);
        expect_requests(&sandbox, 0)?;
        providers.push(provider.plan()?);
        expect_requests(&sandbox, size)?;
    }
    // On its own, since watching takes time as well.
    let mut children = Children::new();
    provider.plan_watched(|terraform| look(&mut children, terraform, &executable))?;
    let cpu = children.values().map(|usage| usage.cpu).sum();
    let peak = children.values().map(|usage| usage.peak).max();
    println!(
        "| {size} | {rounds} | {} | {} | {} | {} | {} | {} |",
        millis(median(floors)),
        millis(median(constants)),
        millis(median(providers)),
        children.len(),
        millis(cpu),
        mebibytes(peak.unwrap_or_default()),
    );
    Ok(())
}

fn expect_requests(sandbox: &Sandbox, expected: usize) -> Outcome<()> {
    match sandbox.count() {
        count if count == expected => Ok(()),
        count => Err(format!("{count} requests in a plan, where {expected} are needed").into()),
    }
}

fn provider_configuration(size: usize) -> String {
    format!(
        r#"
terraform {{
  required_providers {{
    incident = {{ source = "incident-telemetry/incident" }}
  }}
}}

# The limit of incident.io's API, 1200 a minute, would be all that is measured.
provider "incident" {{
  requests_per_minute = 0
}}

resource "incident_telemetry_data_source" "this" {{
  count          = {size}
  data_source_id = format("01G0J1EXE7AXZ2C93K6%07d", count.index)
  name           = "Grafana ${{count.index}}"
  grafana_config {{
    api_key = "glsa_1"
    api_url = "grafana.example.com"
  }}
}}
"#
    )
}

fn floor_configuration(size: usize) -> String {
    format!(
        r#"
resource "terraform_data" "this" {{
  count = {size}
  input = "Grafana ${{count.index}}"
}}
"#
    )
}
