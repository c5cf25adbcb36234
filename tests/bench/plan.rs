//! Plans that find nothing to do, of so many resources, beside the same number of `terraform_data`.

use std::path::Path;
use std::time::Duration;

use incident_sandbox::{DEFAULT_KEY, DataSourceSeed, Options, Sandbox};

use crate::process::Children;
use crate::statistics::median;
use crate::support::plugin_client;
use crate::terraform::Workspace;
use crate::{Outcome, constant};

/// How far away the API is.
const LATENCIES: [Duration; 2] = [Duration::ZERO, Duration::from_millis(100)];

/// Plans of one size at one latency.
#[derive(Debug)]
pub(crate) struct Plans {
    pub(crate) size: usize,
    pub(crate) latency: Duration,
    pub(crate) rounds: usize,
    /// Medians.
    pub(crate) floor: Duration,
    pub(crate) provider: Duration,
    /// At no latency alone, since it makes no difference to them.
    pub(crate) asking_nobody: Option<AskingNobody>,
    /// Provider processes that a plan starts.
    pub(crate) processes: usize,
    /// Time on a processor of all of them.
    pub(crate) cpu: Duration,
    /// Largest resident set of any of them, in KiB.
    pub(crate) peak: u64,
}

/// Plans that make no request: medians.
#[derive(Debug)]
pub(crate) struct AskingNobody {
    /// With `drift_detection = false`.
    pub(crate) without_requests: Duration,
    /// With the provider of constant answers.
    pub(crate) constant: Duration,
}

/// Plans of one size at each latency.
pub(crate) fn measure(scratch: &Path, size: usize, quick: bool) -> Outcome<Vec<Plans>> {
    let sandbox = Sandbox::start(Options::default())?;
    for at in 0..size {
        sandbox.add(DataSourceSeed::grafana(id(at), name(at)));
    }
    let environment = |drift_detection: bool| {
        vec![
            ("INCIDENT_ENDPOINT", sandbox.endpoint()),
            ("INCIDENT_API_KEY", DEFAULT_KEY.to_owned()),
            ("INCIDENT_DRIFT_DETECTION", drift_detection.to_string()),
        ]
    };
    let folder = |name: &str| scratch.join(format!("{name}-{size}"));
    let floor = Workspace::new(folder("floor"), &floor_configuration(1), Vec::new())?;
    floor.grow(&floor_configuration(size), size, |at| {
        vec![(name(0), name(at))]
    })?;
    let times = |at| {
        let source = sandbox.data_source(&id(at));
        source.map(|source| [source.created_at(), source.updated_at()])
    };
    let provider = Workspace::new(
        folder("provider"),
        &provider_configuration(1),
        environment(true),
    )?;
    let [created_at, updated_at] = times(0).ok_or("no first data source")?;
    provider.grow(&provider_configuration(size), size, |at| {
        let [created, updated] = times(at).unwrap_or_default();
        vec![
            (id(0), id(at)),
            (name(0), name(at)),
            (created_at.clone(), created),
            (updated_at.clone(), updated),
        ]
    })?;
    let unread = provider.with_provider(
        folder("unread"),
        plugin_client::provider().parent().ok_or("no folder")?,
        environment(false),
    )?;
    let constant_provider = scratch.join("constant-provider");
    constant::install(&constant_provider, &provider.state_file())?;
    let constant = provider.with_provider(
        folder("constant"),
        &constant_provider,
        constant::environment(&constant_provider)?,
    )?;

    let mut plans = Vec::new();
    for latency in LATENCIES {
        sandbox.set_latency(latency);
        let rounds = rounds(size, latency, quick);
        let (mut floors, mut providers) = (Vec::new(), Vec::new());
        let (mut unreads, mut constants) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            floors.push(floor.plan()?);
            sandbox.take_journal();
            providers.push(provider.plan()?);
            expect_requests(&sandbox, size)?;
            if latency.is_zero() {
                sandbox.take_journal();
                unreads.push(unread.plan()?);
                constants.push(constant.plan()?);
                expect_requests(&sandbox, 0)?;
            }
        }
        // On its own, since watching takes time as well.
        let mut children = Children::default();
        let executable = std::fs::canonicalize(plugin_client::provider())?;
        provider.plan_watched(|terraform| children.look(terraform, &executable))?;
        let (processes, cpu, peak) = children.total();
        plans.push(Plans {
            size,
            latency,
            rounds,
            floor: median(&floors),
            provider: median(&providers),
            asking_nobody: latency.is_zero().then(|| AskingNobody {
                without_requests: median(&unreads),
                constant: median(&constants),
            }),
            processes,
            cpu,
            peak,
        });
    }
    Ok(plans)
}

/// One empty update for each resource, and nothing else.
fn expect_requests(sandbox: &Sandbox, expected: usize) -> Outcome<()> {
    match sandbox.count() {
        count if count == expected => Ok(()),
        count => Err(format!("{count} requests in a plan, where {expected} are needed").into()),
    }
}

fn rounds(size: usize, latency: Duration, quick: bool) -> usize {
    let rounds = match size {
        ..100 => 15,
        100..1000 => 11,
        1000..5000 => 7,
        _ => 3,
    };
    match (quick, latency.is_zero()) {
        (true, _) => 3,
        (false, true) => rounds,
        (false, false) => rounds.div_ceil(3),
    }
}

fn id(at: usize) -> String {
    format!("01G0J1EXE7AXZ2C93K6{at:07}")
}

fn name(at: usize) -> String {
    format!("Grafana {at}.")
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
  name           = "Grafana ${{count.index}}."
  grafana_config = {{
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
  input = "Grafana ${{count.index}}."
}}
"#
    )
}
