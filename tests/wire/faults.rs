//! The fault matrix: everything that can go wrong with a request × what the request was for.
//!
//! A fault strikes once, where trying again heals it, or lasts. Either way state and API have to
//! end up agreeing on which key is in, at the latest with the next apply, whether that still wants
//! the new key or the old one again. The table is printed (`--nocapture`) and written to
//! `target/tmp/fault-matrix.md`.

mod rows;

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use incident_sandbox::{DEFAULT_KEY, EmptyPut, Fault, Gate, Options, When};
use serde_json::{Value, json};

use crate::world::{self, FIELD, ID, ONE, SEEDED, TWO, config, key};
use test_support::host::{Host, Told};
use test_support::plugin_client::{Launch, PluginClient};

use self::rows::{Row, Strike, rows};

/// How many cells are worked on at a time, each on a provider process of its own.
const WORKERS: usize = 8;

/// What the request is for.
#[derive(Clone, Copy, PartialEq)]
enum Site {
    Read,
    Adopt,
    Rotate,
    /// The rotation fails, and the next apply has the old key in its configuration again. Against
    /// an API that stamps empty updates, where `updated_at` gives nothing away. That the CLI stores
    /// the private state which comes with an error is tested in `tests/acceptance/update.rs`.
    RotateAndBack,
}

#[derive(Clone, Copy, PartialEq)]
enum Lasting {
    Once,
    Always,
}

/// The cells of a row: heading, site, how long the fault lasts.
const COLUMNS: [(&str, Site, Lasting); 7] = [
    ("once: read", Site::Read, Lasting::Once),
    ("adopt", Site::Adopt, Lasting::Once),
    ("rotate", Site::Rotate, Lasting::Once),
    ("lasting: read", Site::Read, Lasting::Always),
    ("adopt", Site::Adopt, Lasting::Always),
    ("rotate", Site::Rotate, Lasting::Always),
    ("rotate and back", Site::RotateAndBack, Lasting::Always),
];

/// Short, so that what lasts is over soon.
fn block(endpoint: &str) -> Value {
    let mut block = world::block(endpoint);
    block["request_timeout"] = json!("1s");
    block["max_retries"] = json!(1);
    block["retry_timeout"] = json!("20s");
    block
}

macro_rules! check {
    ($holds:expr, $($what:tt)+) => {
        if !$holds {
            return Err(format!($($what)+));
        }
    };
}

/// One cell: `None` where there is nothing to see.
async fn cell(worker: &mut Worker, row: &Row, site: Site, lasting: Lasting) -> Result<(), String> {
    let options = match row.strike {
        Strike::World(options) => options(),
        _ => Options::default(),
    };
    let empty_put = if site == Site::RotateAndBack {
        EmptyPut::Stamps
    } else {
        EmptyPut::Keeps
    };
    let sandbox = world::sandbox(options.empty_put(empty_put));
    let good = block(&sandbox.endpoint());
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = match row.strike {
        Strike::Elsewhere(make) => Some(make(folder.path())),
        _ => None,
    };
    let own;
    let host = if let Some(elsewhere) = &elsewhere {
        let mut launch = Launch::new();
        for (name, value) in &elsewhere.environment {
            launch = launch.env(name, value);
        }
        own = Worker::start(launch).await;
        &own.host
    } else {
        &worker.host
    };

    // Up to the point where it strikes.
    let mut state = None;
    if site != Site::Adopt {
        host.configure(good.clone()).await;
        let run = host.run(&config(ONE), &mut state).await;
        check!(run.told.is_silent(), "before: {}", run.told.text());
    }
    host.configure(good.clone()).await;
    let wanted = config(if matches!(site, Site::Read | Site::Adopt) {
        ONE
    } else {
        TWO
    });
    let plan = if site == Site::Read {
        None
    } else {
        if let Some(before) = &state {
            state = host.refresh(before).await.unwrap().0;
        }
        let plan = host.plan(&wanted, state.as_ref()).await.unwrap();
        check!(
            plan.changes() && plan.told.is_silent(),
            "plan: {}",
            plan.told.text()
        );
        Some(plan)
    };
    let (before, held) = (state.clone(), sandbox.secret(ID, FIELD));

    // It strikes.
    let when = if lasting == Lasting::Once {
        When::next()
    } else {
        When::always()
    };
    match (&row.strike, lasting) {
        (Strike::Fault(fault), Lasting::Once) => sandbox.fault(fault(2), when),
        (Strike::Fault(fault), Lasting::Always) => sandbox.fault(fault(3600), when),
        (Strike::Closed, Lasting::Once) => {
            sandbox.fault(
                Fault::Refuse {
                    lasting: Duration::from_millis(150),
                },
                when,
            );
        }
        (Strike::Closed, Lasting::Always) => sandbox.gate(Gate::Closed),
        (Strike::World(_), _) => {}
        (Strike::Elsewhere(_), _) => {
            let endpoint = &elsewhere.as_ref().unwrap().endpoint;
            host.configure(block(endpoint)).await;
        }
    }
    let (after, told) = match &plan {
        None => host.refresh(before.as_ref().unwrap()).await.unwrap(),
        Some(plan) => host.apply(plan).await.unwrap(),
    };
    if lasting == Lasting::Once {
        check!(sandbox.pending_faults() == 0, "it did not strike");
    }
    sandbox.clear_faults();
    sandbox.gate(Gate::Open);

    // What the user sees, what state holds, what the API holds.
    let holds = sandbox.secret(ID, FIELD);
    let new = if site == Site::Adopt { ONE } else { TWO };
    match row.says {
        Some((summary, phrases)) if lasting == Lasting::Always => {
            failed_well(&told, summary, phrases)?;
            let kept = after.as_ref().map(|state| &state.value)
                == before.as_ref().map(|state| &state.value);
            check!(kept, "the state changed: {after:?}");
            let expected = if row.taken && site != Site::Read {
                Some(new)
            } else {
                held.as_deref()
            };
            check!(holds.as_deref() == expected, "the API holds {holds:?}");
        }
        _ => {
            check!(told.is_silent(), "{}", told.text());
            let expected = if site == Site::Read { ONE } else { new };
            check!(
                key(after.as_ref()) == Some(expected),
                "the state holds {after:?}"
            );
            check!(
                holds.as_deref() == Some(expected),
                "the API holds {holds:?}"
            );
        }
    }

    // The next apply brings the two together, and then all is quiet.
    let wanted = if site == Site::RotateAndBack {
        config(ONE)
    } else {
        wanted
    };
    let expected = wanted["grafana_config"]["api_key"].as_str();
    state = after;
    host.configure(good.clone()).await;
    let run = host.run(&wanted, &mut state).await;
    // Where the write may have been taken, it is said that it is sent once more.
    let again = run.told.says_only("Values Will Be Sent Again");
    check!(
        run.told.is_silent() || again,
        "the next apply: {}",
        run.told.text()
    );
    let holds = sandbox.secret(ID, FIELD);
    check!(
        holds.as_deref() == expected,
        "in the end the API holds {holds:?}"
    );
    check!(
        key(state.as_ref()) == expected,
        "in the end the state holds {state:?}"
    );
    for _ in 0..2 {
        host.configure(good.clone()).await;
        let (refreshed, told) = host.refresh(state.as_ref().unwrap()).await.unwrap();
        let plan = host.plan(&wanted, refreshed.as_ref()).await.unwrap();
        check!(told.is_silent(), "a refresh: {}", told.text());
        check!(!plan.changes(), "it does not settle: {plan:?}");
        state = refreshed;
    }
    Ok(())
}

/// One error, which says what to do and no secret.
fn failed_well(told: &Told, summary: &str, phrases: &[&str]) -> Result<(), String> {
    let text = told.text();
    let [error] = &told.0[..] else {
        return Err(format!("not one diagnostic: {text}"));
    };
    check!(told.has_errors() && error.summary == summary, "{text}");
    for phrase in phrases {
        check!(
            error.detail.contains(phrase),
            "does not say {phrase:?}: {text}"
        );
    }
    for secret in [ONE, TWO, SEEDED, DEFAULT_KEY] {
        check!(!text.contains(secret), "says a secret: {text}");
    }
    Ok(())
}

/// A provider process that works on one cell after the other.
struct Worker {
    client: PluginClient,
    host: Host,
}

impl Worker {
    async fn start(launch: Launch) -> Self {
        let client = launch.start().await;
        let host = Host::new(&client).await;
        Self { client, host }
    }
}

#[tokio::test]
async fn matrix() {
    let rows = rows();
    let queue: VecDeque<(usize, usize)> = (0..rows.len())
        .flat_map(|row| (0..COLUMNS.len()).map(move |column| (row, column)))
        .filter(|&(row, column)| applies(&rows[row], COLUMNS[column].2))
        .collect();
    let queue = Mutex::new(queue);
    let outcomes = Mutex::new(vec![[const { None }; COLUMNS.len()]; rows.len()]);
    let work = || async {
        let mut worker = Worker::start(Launch::new()).await;
        loop {
            let next = queue.lock().unwrap().pop_front();
            let Some((row, column)) = next else { break };
            let (_, site, lasting) = COLUMNS[column];
            let outcome = cell(&mut worker, &rows[row], site, lasting).await;
            outcomes.lock().unwrap()[row][column] = Some(outcome);
        }
        worker.client.shutdown().await;
    };
    futures_util::future::join_all((0..WORKERS).map(|_| work())).await;

    let outcomes = outcomes.into_inner().unwrap();
    let (table, failures) = table(&rows, &outcomes);
    eprintln!("{table}");
    std::fs::write(
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("fault-matrix.md"),
        &table,
    )
    .unwrap();
    assert!(failures.is_empty(), "{failures}");
}

/// What fails for good is not healed by trying again; and conditions do not strike.
fn applies(row: &Row, lasting: Lasting) -> bool {
    const FINAL: [&str; 3] = ["200 in HTML", "JSON of another shape", "a huge body"];
    match row.strike {
        Strike::Elsewhere(_) => lasting == Lasting::Always,
        _ => lasting == Lasting::Always || !FINAL.contains(&row.name),
    }
}

type Outcomes = [Option<Result<(), String>>; COLUMNS.len()];

fn table(rows: &[Row], outcomes: &[Outcomes]) -> (String, String) {
    let (mut table, mut failures) = (String::from("\n| Fault |"), String::new());
    for (heading, ..) in COLUMNS {
        let _ = write!(table, " {heading} |");
    }
    table.push_str(" where it lasts, the user reads | and the API holds |\n|---|");
    table.push_str(&"---|".repeat(COLUMNS.len() + 2));
    table.push('\n');
    for (row, outcomes) in rows.iter().zip(outcomes) {
        let _ = write!(table, "| {} |", row.name);
        for (outcome, (heading, ..)) in outcomes.iter().zip(COLUMNS) {
            table.push_str(match outcome {
                None => " – |",
                Some(Ok(())) => " pass |",
                Some(Err(error)) => {
                    let _ = writeln!(failures, "{}, {heading}: {error}", row.name);
                    " FAIL |"
                }
            });
        }
        let reads = row.says.map_or("nothing", |(summary, _)| summary);
        let holds = if row.taken {
            "the new key"
        } else {
            "the old key"
        };
        let _ = writeln!(table, " {reads} | {holds} |");
    }
    (table, failures)
}
