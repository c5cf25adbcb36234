//! Walks through the real client beside the same walks through `core`: the same requests, the same
//! state, the same failures. Where the two disagree, `core` is wrong.

use std::fmt::Write as _;
use std::path::Path;

use crate::core::GENERATIONS;
use crate::rules::Verdict;
use crate::support::terraform::{Ran, Terraform, find_cli};
use crate::values::{self, Value};
use crate::walks::{
    SEED, chance, dashboard, edit, ignored, leave, runtime, secret, setting, stage,
};
use crate::world::config::{Config, Input, Kind, Leaf, Phase, Presence};
use crate::world::walk::{Dashboard, End, Record, Stage, Start, Step, Walk};
use incident_sandbox::{EmptyPut, Options, Sandbox};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use serde_json::{Value as Json, json};

test_support::tests! {
    the_real_cli_agrees
}

/// How many walks without `CONFORMANCE_CLI_WALKS`.
const WALKS: u64 = 24;

const ADDRESS: &str = "incident_telemetry_data_source.this";

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => edit().prop_map(|(leaf, input)| Step::Edit(leaf, steady(input))),
        2 => secret().prop_map(Step::Swap),
        1 => Just(Step::OtherSource),
        1 => Just(Step::IdPending),
        2 => ignored().prop_map(Step::Ignore),
        1 => Just(Step::Drift),
        10 => (prop::bool::weighted(0.9), prop::bool::weighted(0.1))
            .prop_map(|(refresh, replace)| Step::Apply { refresh, replace, end: End::Well }),
        1 => Just(Step::RefreshOnly),
        1 => Just(Step::Taint),
        1 => Just(Step::Forget),
        1 => Just(Step::Import { by_identity: false }),
        1 => Just(Step::Destroy),
        4 => dashboard().prop_map(Step::Dashboard),
        1 => Just(Step::Refuses),
    ]
}

/// Ephemeral values are another test's matter.
fn steady(input: Input) -> Input {
    match input {
        Input::Flaps(text, _) => Input::Set(text),
        input => input,
    }
}

/// Begins with an adoption, ends with an apply.
fn walk() -> impl Strategy<Value = (Start, Vec<Step>)> {
    let generation = GENERATIONS
        .iter()
        .position(|generation| generation.name == "Terraform 1.11")
        .unwrap();
    let start = (
        any::<bool>(),
        prop::sample::select(&Kind::ALL[..]),
        any::<bool>(),
    )
        .prop_map(move |(stamps, kind, write_only)| Start {
            generation,
            stamps,
            kinds: [kind; 2],
            write_only,
        });
    let apply = Step::Apply {
        refresh: true,
        replace: false,
        end: End::Well,
    };
    (start, prop::collection::vec(step(), 3..9)).prop_map(move |(start, mut steps)| {
        steps.insert(0, apply.clone());
        steps.push(apply.clone());
        (start, steps)
    })
}

/// A configuration as somebody would write it. What is unknown at plan comes from a resource that
/// is made along the way, number `run`.
fn hcl(config: &Config, ids: &[String], run: usize) -> String {
    let pending = |value: &str| format!("terraform_data.p{run}.id == \"\" ? \"x\" : {value}");
    let text = |input: &Input| match input {
        Input::Pending(_) => match input.at(Phase::Apply) {
            Value::Known(text) => pending(&quoted(&text)),
            _ => pending("null"),
        },
        input => match input.at(Phase::Plan) {
            Value::Known(text) => quoted(&text),
            _ => "null".to_owned(),
        },
    };
    let id = quoted(&ids[config.source]);
    let id = if config.id_pending { pending(&id) } else { id };
    let mut body = format!("  data_source_id = {id}\n");
    for leaf in [Leaf::Name, Leaf::Mode] {
        let _ = writeln!(body, "  {} = {}", leaf.path(), text(&config.leaf(leaf)));
    }
    for (kind, presence) in [
        (Kind::Grafana, config.grafana),
        (Kind::Datadog, config.datadog),
    ] {
        if presence == Presence::Absent {
            continue;
        }
        let mut block = String::from("{\n");
        for leaf in Leaf::ALL
            .into_iter()
            .filter(|leaf| leaf.kind() == Some(kind))
        {
            let path = leaf.path();
            let name = path.split_once('.').unwrap().1;
            let _ = writeln!(block, "    {name} = {}", text(&config.leaf(leaf)));
        }
        let _ = writeln!(body, "  {} {block}  }}", kind.block());
    }
    let ignored = config.ignored();
    if ignored.iter().any(values::Path::is_root) {
        body.push_str("  lifecycle {\n    ignore_changes = all\n  }\n");
    } else if !ignored.is_empty() {
        let paths: Vec<_> = ignored.iter().map(ToString::to_string).collect();
        let _ = writeln!(
            body,
            "  lifecycle {{\n    ignore_changes = [{}]\n  }}",
            paths.join(", ")
        );
    }
    format!(
        "provider \"incident\" {{\n  max_retries = 0\n  drift_detection = {}\n}}\n\
         resource \"terraform_data\" \"p{run}\" {{\n}}\n\
         resource \"incident_telemetry_data_source\" \"this\" {{\n{body}}}\n",
        !config.without_drift,
    )
}

fn quoted(text: &str) -> String {
    json!(text).to_string()
}

/// The resource in the CLI's state file, and whether it is tainted.
fn state(terraform: &Terraform) -> Option<(Json, bool)> {
    let text = std::fs::read(terraform.work().join("terraform.tfstate")).ok()?;
    let state: Json = serde_json::from_slice(&text).unwrap();
    let resource = state["resources"]
        .as_array()?
        .iter()
        .find(|resource| resource["type"] == "incident_telemetry_data_source")?;
    let instance = &resource["instances"][0];
    let tainted = instance["status"] == "tainted";
    Some((instance["attributes"].clone(), tainted))
}

/// Times of the two sandboxes are not the same; that there is one is.
fn timeless(state: Option<(Json, bool)>) -> Option<(Json, bool)> {
    state.map(|(mut state, tainted)| {
        for name in ["created_at", "updated_at", "credentials_updated_at"] {
            state[name] = json!(!state[name].is_null());
        }
        (state, tainted)
    })
}

/// The real CLI, its sandbox, and how often it was run.
struct Real {
    terraform: Terraform,
    sandbox: Sandbox,
    skew: i64,
    runs: usize,
}

impl Real {
    fn new(cli: &Path, start: &Start, ids: &[String]) -> Self {
        let sandbox = Sandbox::start(Options::default()).unwrap();
        for (id, kind) in ids.iter().zip(start.kinds) {
            sandbox.add(kind.seed(id, "seeded"));
        }
        sandbox.set_empty_put(if start.stamps {
            EmptyPut::Stamps
        } else {
            EmptyPut::Keeps
        });
        Self {
            terraform: Terraform::with_cli(cli.to_owned(), &sandbox.endpoint()),
            sandbox,
            skew: 0,
            runs: 0,
        }
    }

    /// Runs a command; the requests that it made.
    fn run(
        &mut self,
        config: &Config,
        ids: &[String],
        arguments: &[&str],
    ) -> (Ran, Vec<(String, Json)>) {
        self.runs += 1;
        self.terraform.configure(&hcl(config, ids, self.runs));
        self.later();
        self.sandbox.take_journal();
        let ran = self.terraform.run(arguments);
        let journal = self.sandbox.take_journal().into_iter();
        let requests = journal
            .filter(|entry| !entry.is_identity())
            .map(|entry| (entry.id.unwrap_or_default(), entry.body.unwrap_or_default()));
        (ran, requests.collect())
    }

    fn later(&mut self) {
        self.skew += 10;
        self.sandbox.set_clock_skew(self.skew);
    }

    fn change_elsewhere(&mut self, id: &str, change: &Dashboard) {
        self.later();
        let dashboard = self.sandbox.dashboard();
        let _ = match change {
            Dashboard::Rename(name) => dashboard.rename(id, name).map(drop),
            Dashboard::Disable => dashboard.disable(id).map(drop),
            Dashboard::Enable => dashboard.enable(id).map(drop),
            Dashboard::Rotate(secret, value) => match self.sandbox.data_source(id) {
                Some(source) if source.provider == secret.kind().provider() => {
                    dashboard.rotate(id, secret.field(), value).map(drop)
                }
                _ => Ok(()),
            },
            Dashboard::Delete => dashboard.delete(id),
            Dashboard::Reconnect => dashboard.reconnect(id).map(drop),
            Dashboard::Connect(kind) => {
                dashboard.connect(kind.seed(id, "connected").source_type("another"));
                Ok(())
            }
            Dashboard::Version(version) => self.sandbox.set_version(id, version.as_deref()),
        };
    }
}

/// Goes through a walk in both ways; how many commands were run.
async fn compare(
    cli: &Path,
    stage: &mut Stage,
    start: &Start,
    steps: &[Step],
) -> Result<usize, String> {
    let mut walk = Walk::new(stage, start);
    let ids = walk.ids.clone();
    let mut real = Real::new(cli, start, &ids);
    let mut refuses = false;
    for (index, step) in steps.iter().enumerate() {
        let config = walk.config.clone();
        let before = walk.state();
        if before.is_none() && matches!(step, Step::RefreshOnly | Step::Destroy) {
            continue;
        }
        walk.records.clear();
        walk.step(step).await?;
        let import = [ADDRESS, ids[config.source].as_str()];
        let arguments: Vec<&str> = match step {
            Step::Apply {
                refresh, replace, ..
            } => {
                let mut arguments = vec!["apply", "-auto-approve"];
                if !refresh {
                    arguments.push("-refresh=false");
                }
                if *replace {
                    arguments.push("-replace=incident_telemetry_data_source.this");
                }
                arguments
            }
            Step::RefreshOnly => vec!["apply", "-refresh-only", "-auto-approve"],
            Step::Destroy => vec!["destroy", "-auto-approve"],
            Step::Taint if before.is_some() => vec!["taint", ADDRESS],
            Step::Forget if before.is_some() => vec!["state", "rm", ADDRESS],
            // Importing wants a configuration that is wholly known, and valid.
            Step::Import { .. } if before.is_none() => vec!["import", import[0], import[1]],
            Step::Dashboard(change) => {
                real.change_elsewhere(&ids[config.source], change);
                continue;
            }
            Step::Refuses => {
                refuses ^= true;
                real.sandbox.set_empty_put(match (refuses, start.stamps) {
                    (true, _) => EmptyPut::Refuses,
                    (false, true) => EmptyPut::Stamps,
                    (false, false) => EmptyPut::Keeps,
                });
                continue;
            }
            _ => continue,
        };
        let (ran, requests) = real.run(&config, &ids, &arguments);
        let at = format!(
            "step {index} {step:?} of {start:?}, {steps:#?}\n{}",
            ran.text
        );
        let mut records: Vec<Record> = walk.records.clone();
        // The empty plan after an apply is a command of its own.
        let settled = (records.len() > 2 && matches!(step, Step::Apply { .. }))
            .then(|| records.pop().unwrap());
        let failed = records.iter().any(|record| record.failed);
        if (ran.code != 0) != failed {
            return Err(format!(
                "the CLI fails: {}, expected {failed}: {at}",
                ran.code
            ));
        }
        let expected: Vec<_> = records
            .iter()
            .flat_map(|record| record.requests.clone())
            .collect();
        // Core validates before it reads: an invalid configuration makes fewer requests.
        let plan_failed = records.first().is_some_and(|record| record.failed);
        if requests != expected && !plan_failed {
            let runs: Vec<_> = records.iter().map(|record| record.what).collect();
            return Err(format!(
                "the CLI makes {requests:?}, expected {expected:?} of {runs:?}: {at}"
            ));
        }
        let (theirs, ours) = (timeless(state(&real.terraform)), timeless(walk.state()));
        if theirs != ours {
            return Err(format!(
                "the CLI stores {theirs:?}, expected {ours:?}: {at}"
            ));
        }
        if let Some(settled) = settled {
            let target = format!("-target={ADDRESS}");
            let arguments = ["plan", "-detailed-exitcode", target.as_str()];
            let (ran, requests) = real.run(&walk.config, &ids, &arguments);
            if ran.code != 0 || requests != settled.requests {
                return Err(format!(
                    "the plan after an apply: {}, {requests:?}: {at}",
                    ran.text
                ));
            }
        }
    }
    Ok(real.runs)
}

fn the_real_cli_agrees() {
    let cli = find_cli().expect("the suite runs this where there is a client");
    let walks = setting("CONFORMANCE_CLI_WALKS", WALKS);
    let first = setting("CONFORMANCE_FIRST", 0);
    let seed = setting("CONFORMANCE_SEED", SEED);
    let runtime = runtime();
    let mut verdict = Verdict::default();
    let (mut stage, client) = runtime.block_on(stage(&mut verdict, true));
    let strategy = walk();
    let mut runs = 0;
    let mut failures = Vec::new();
    for index in first..first + walks {
        let tree = strategy.new_tree(&mut chance(seed, index)).unwrap();
        let (start, steps) = tree.current();
        match runtime.block_on(compare(&cli, &mut stage, &start, &steps)) {
            Ok(done) => runs += done,
            Err(message) => failures.push(format!("walk {index} of seed {seed}: {message}")),
        }
    }
    runtime.block_on(leave(client));
    eprintln!("{walks} walks, {runs} commands of the CLI");
    assert!(
        failures.is_empty(),
        "{} walks:\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}
