//! Generated walks: how many, in which order of chance, and what becomes of a walk that fails.

use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use incident_sandbox::{ApiKey, Options, Sandbox};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::core::session::MARKER;
use crate::core::{GENERATIONS, Schemas};
use crate::rules::Verdict;
use crate::scripts;
use crate::support::plugin_client::{Launch, PluginClient};
use crate::table;
use crate::world::config::{Form, Ignored, Input, Kind, Leaf, Presence, Secret};
use crate::world::fault::Kind as FaultKind;
use crate::world::walk::{Dashboard, End, Foreign, Spelt, Stage, Start, Step, Tally, run};

test_support::tests! {
    no_walk_breaks_a_rule
}

/// How many walks without `CONFORMANCE_WALKS`.
const WALKS: u64 = 1500;
/// Where chance begins without `CONFORMANCE_SEED`.
pub const SEED: u64 = 1;
/// Walks in one process.
const WALKS_A_PROCESS: u64 = 400;
/// Workers side by side, each with a process and a sandbox.
const WORKERS: u64 = 2;

pub fn setting(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().expect("a number"),
        Err(_) => default,
    }
}

pub fn secret() -> impl Strategy<Value = Secret> {
    prop::sample::select(&Secret::ALL[..])
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        12 => prop::sample::select(vec!["a", "b", "c"]).prop_map(|key| format!("{MARKER}{key}")),
        1 => Just(format!("bad-{MARKER}x")),
    ]
}

/// A text that an attribute may be set to.
fn text(leaf: Leaf) -> BoxedStrategy<String> {
    let one_of = |texts: &'static [&'static str]| {
        prop::sample::select(texts).prop_map(str::to_owned).boxed()
    };
    match leaf {
        Leaf::Name => one_of(&["n0", "n1", "seeded", "Ünïcode \"n\""]),
        Leaf::Mode => one_of(&["warn", "reapply", "reapply", "ignore"]),
        Leaf::Url => one_of(&[
            "g1.example.com",
            "https://g1.example.com/",
            "g2.example.com",
        ]),
        Leaf::Secret(_, Form::Version) => one_of(&["v1", "v2"]),
        Leaf::Secret(..) => key().boxed(),
    }
}

fn input(leaf: Leaf) -> BoxedStrategy<Input> {
    let flaps = matches!(leaf, Leaf::Secret(_, Form::WriteOnly));
    prop_oneof![
        3 => Just(Input::Null),
        16 => text(leaf).prop_map(Input::Set),
        2 => text(leaf).prop_map(|text| Input::Pending(Some(text))),
        1 => Just(Input::Pending(None)),
        // Only ephemeral values may differ between plan and apply.
        if flaps { 4 } else { 0 } => (text(leaf), text(leaf)).prop_map(|(a, b)| Input::Flaps(a, b)),
    ]
    .boxed()
}

pub fn edit() -> impl Strategy<Value = (Leaf, Input)> {
    prop::sample::select(&Leaf::ALL[..])
        .prop_flat_map(|leaf| input(leaf).prop_map(move |input| (leaf, input)))
}

pub fn dashboard() -> impl Strategy<Value = Dashboard> {
    prop_oneof![
        3 => prop::sample::select(vec!["n0", "n1", "renamed"]).prop_map(|n| Dashboard::Rename(n.to_owned())),
        1 => Just(Dashboard::Disable),
        1 => Just(Dashboard::Enable),
        4 => (secret(), key()).prop_map(|(secret, key)| Dashboard::Rotate(secret, key)),
        1 => Just(Dashboard::Delete),
        2 => Just(Dashboard::Reconnect),
        1 => prop::sample::select(&Kind::ALL[..]).prop_map(Dashboard::Connect),
        1 => prop::option::of(Just("9.1".to_owned())).prop_map(Dashboard::Version),
    ]
}

pub fn ignored() -> impl Strategy<Value = Ignored> {
    prop_oneof![
        1 => Just(Ignored::All),
        2 => prop::sample::select(&Kind::ALL[..]).prop_map(Ignored::Block),
        6 => prop::sample::select(&Leaf::ALL[..]).prop_map(Ignored::Leaf),
    ]
}

/// Few of those that take their time, more of those that pass unnoticed.
fn fault() -> impl Strategy<Value = FaultKind> {
    let all = FaultKind::ALL.iter().copied();
    let (slow, quick): (Vec<_>, Vec<_>) = all.partition(|kind| kind.hangs());
    prop_oneof![
        60 => prop::sample::select(quick),
        12 => Just(FaultKind::Stale),
        6 => Just(FaultKind::NotFound),
        1 => prop::sample::select(slow),
    ]
}

fn spelt() -> impl Strategy<Value = Spelt> {
    prop::sample::select(Spelt::ALL)
}

fn step() -> impl Strategy<Value = Step> {
    let presence =
        prop::sample::select(vec![Presence::Absent, Presence::Present, Presence::Pending]);
    let kind = || prop::sample::select(&Kind::ALL[..]);
    let end = prop_oneof![
        20 => Just(End::Well),
        1 => Just(End::Stopped),
        1 => Just(End::StateNotWritten),
        1 => Just(End::ProviderDied),
    ];
    let often = || prop::bool::weighted(0.9);
    prop_oneof![
        24 => edit().prop_map(|(leaf, input)| Step::Edit(leaf, input)),
        1 => edit().prop_map(|(leaf, input)| Step::Raw(leaf, input)),
        2 => (kind(), presence).prop_map(|(kind, presence)| Step::Block(kind, presence)),
        3 => secret().prop_map(Step::Swap),
        1 => Just(Step::OtherSource),
        1 => Just(Step::IdPending),
        2 => ignored().prop_map(Step::Ignore),
        1 => Just(Step::Drift),
        1 => Just(Step::Validate),
        3 => often().prop_map(|refresh| Step::Plan { refresh }),
        22 => (often(), prop::bool::weighted(0.05), end)
            .prop_map(|(refresh, replace, end)| Step::Apply { refresh, replace, end }),
        5 => Just(Step::SavePlan),
        7 => Just(Step::ApplySaved),
        3 => (secret(), key(), key()).prop_map(|(secret, a, b)| {
            Step::Edit(secret.leaf(Form::WriteOnly), Input::Flaps(a, b))
        }),
        2 => Just(Step::RefreshOnly),
        1 => Just(Step::Taint),
        2 => any::<bool>().prop_map(|by_identity| Step::Import { by_identity }),
        1 => Just(Step::MoveAddress),
        2 => prop::sample::select(Foreign::ALL).prop_map(Step::MoveFrom),
        1 => Just(Step::Forget),
        1 => Just(Step::Destroy),
        9 => dashboard().prop_map(Step::Dashboard),
        4 => (any::<bool>(), any::<bool>(), fault())
            .prop_map(|(at_apply, on_write, kind)| Step::Fault { at_apply, on_write, kind }),
        1 => Just(Step::Refuses),
        1 => Just(Step::Stamps),
        1 => (spelt(), spelt()).prop_map(|(reads, writes)| Step::Times(reads, writes)),
        1 => Just(Step::DataSource),
        2 => (0..3_usize).prop_map(Step::Restore),
    ]
}

fn walk() -> impl Strategy<Value = (Start, Vec<Step>)> {
    let kinds = prop_oneof![
        4 => Just([Kind::Grafana, Kind::Grafana]),
        4 => Just([Kind::Datadog, Kind::Datadog]),
        1 => Just([Kind::Grafana, Kind::Datadog]),
    ];
    let start = (0..GENERATIONS.len(), any::<bool>(), kinds, any::<bool>()).prop_map(
        |(generation, stamps, kinds, write_only)| Start {
            generation,
            stamps,
            kinds,
            write_only,
        },
    );
    let beginning = prop::sample::select(scripts::beginnings());
    prop_oneof![
        9 => (start, prop::collection::vec(step(), 1..20)),
        1 => (beginning, prop::collection::vec(step(), 0..10)).prop_map(
            |((start, mut steps), more)| {
                steps.extend(more);
                (start, steps)
            }
        ),
    ]
}

/// The generator of walk number `index`: the same whoever runs it.
pub fn chance(seed: u64, index: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&index.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    TestRunner::new_with_rng(Config::default(), rng)
}

/// A provider process and a sandbox for it.
///
/// Without `tls` the calls are a good deal cheaper in an unoptimised build.
pub async fn stage(verdict: &mut Verdict, tls: bool) -> (Stage, PluginClient) {
    let key = format!("{MARKER}api-key");
    let options = Options {
        keys: vec![ApiKey::full(&key)],
        ..Options::default()
    };
    let sandbox = Sandbox::start(options).unwrap();
    let launch = Launch::new();
    let launch = if tls { launch } else { launch.plaintext() };
    let client = launch
        .env("INCIDENT_ENDPOINT", &sandbox.endpoint())
        .env("INCIDENT_API_KEY", &key)
        .start()
        .await;
    let mut provider = client.provider.clone();
    // A few hundred processes at most: each leaves its schemas behind.
    let schemas = Box::leak(Box::new(Schemas::load(&mut provider, verdict).await));
    let stage = Stage {
        client: provider,
        schemas,
        sandbox,
        skew: 0,
        walks: 0,
    };
    (stage, client)
}

/// Ends a process, and looks through its log.
pub async fn leave(client: PluginClient) {
    let exit = client.shutdown().await;
    assert!(exit.status.success(), "{exit:?}");
    assert!(!exit.stderr.contains(MARKER), "a secret in the log");
    assert!(!exit.stderr.contains("panicked"), "{}", exit.stderr);
}

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// The smallest walk that still fails, and how it does.
fn shrink(
    runtime: &tokio::runtime::Runtime,
    stage: &mut Stage,
    tree: &mut impl proptest::strategy::ValueTree<Value = (Start, Vec<Step>)>,
    mut message: String,
) -> String {
    let mut smallest = tree.current();
    for _ in 0..2000 {
        if !tree.simplify() {
            break;
        }
        loop {
            let (start, steps) = tree.current();
            match runtime.block_on(run(stage, &start, &steps)) {
                Err(found) => {
                    smallest = (start, steps);
                    message = found;
                    break;
                }
                Ok(_) if tree.complicate() => {}
                Ok(_) => break,
            }
        }
    }
    let (start, steps) = smallest;
    format!("{message}\n    {start:?}\n    {steps:#?}")
}

fn work(seed: u64, walks: u64, next: &AtomicU64) -> (Tally, Vec<String>) {
    let runtime = runtime();
    let strategy = walk();
    let mut tally = Tally::default();
    let mut failures = Vec::new();
    let mut staged: Option<(Stage, PluginClient)> = None;
    while failures.len() < 3 {
        let index = next.fetch_add(1, Ordering::Relaxed);
        if index >= walks {
            break;
        }
        if staged
            .as_ref()
            .is_none_or(|(stage, _)| stage.walks >= WALKS_A_PROCESS)
        {
            let mut verdict = Verdict::default();
            let new = runtime.block_on(stage(&mut verdict, staged.is_none()));
            tally.checked += verdict.checked;
            assert!(verdict.findings.is_empty(), "{:?}", verdict.findings);
            if let Some((_, old)) = staged.replace(new) {
                runtime.block_on(leave(old));
            }
        }
        let (stage, _) = staged.as_mut().unwrap();
        let mut tree = strategy.new_tree(&mut chance(seed, index)).unwrap();
        let (start, steps) = tree.current();
        match runtime.block_on(run(stage, &start, &steps)) {
            Ok(done) => tally.add(&done),
            Err(message) => {
                tally.failures += 1;
                let message = shrink(&runtime, stage, &mut tree, message);
                failures.push(format!("walk {index} of seed {seed}: {message}"));
            }
        }
    }
    if let Some((_, client)) = staged {
        runtime.block_on(leave(client));
    }
    (tally, failures)
}

fn no_walk_breaks_a_rule() {
    let seed = setting("CONFORMANCE_SEED", SEED);
    let walks = setting("CONFORMANCE_WALKS", WALKS);
    let first = setting("CONFORMANCE_FIRST", 0);
    let next = AtomicU64::new(first);
    let started = Instant::now();
    let mut tally = Tally::default();
    let mut failures = Vec::new();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS)
            .map(|_| scope.spawn(|| work(seed, first + walks, &next)))
            .collect();
        for worker in workers {
            let (done, failed) = worker.join().unwrap();
            tally.add(&done);
            failures.extend(failed);
        }
    });
    let seconds = started.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "for people to read")]
    let pace = |count: u64| count as f64 / seconds;
    // Straight to standard error: a passing test's output is otherwise not shown.
    let _ = writeln!(
        std::io::stderr(),
        "conformance: seed {seed}: {} walks, {} steps, {} applied, {} calls, {} rules checked, {} \
         known inconsistent final plans, {} failures; {:.0} steps/s, {:.0} calls/s, {seconds:.1} s",
        tally.walks,
        tally.steps,
        tally.applied,
        tally.calls,
        tally.checked,
        tally.known,
        tally.failures,
        pace(tally.steps),
        pace(tally.calls),
    );
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    let unmet = table::unmet();
    if walks >= WALKS {
        // A row that no walk is ever in is not tested.
        assert!(
            unmet.is_empty(),
            "rows without a walk:\n{}",
            unmet.join("\n")
        );
    }
}
