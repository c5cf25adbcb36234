//! Limits: of requests, of time, of memory; and that whoever watches the log knows what a slow plan
//! waits for.

use std::time::{Duration, Instant, SystemTime};

use incident_sandbox::{Answer, Entry, Fault, Options, Sandbox, When, Write};
use serde_json::{Value, json};

use crate::world::{ID, ONE, block, config, sandbox, start};
use test_support::host::{Host, State};
use test_support::plugin_client::{Launch, PluginClient};

/// A provider that logs at INFO, configured, and the state of one adopted data source.
async fn watched(sandbox: &Sandbox, settings: &[(&str, Value)]) -> (PluginClient, Host, State) {
    let client = Launch::new().env("TF_LOG", "INFO").start().await;
    let host = Host::new(&client).await;
    let mut state = None;
    host.configure(block(&sandbox.endpoint())).await;
    host.run(&config(ONE), &mut state).await;
    let mut block = block(&sandbox.endpoint());
    for (name, value) in settings {
        block[*name] = value.clone();
    }
    let told = host.configure(block).await;
    assert!(told.is_silent(), "{}", told.text());
    sandbox.take_journal();
    (client, host, state.unwrap())
}

/// So many refreshes, all at a time.
async fn reads(host: &Host, state: &State, number: usize) {
    let reads = (0..number).map(|_| host.refresh(state));
    for read in futures_util::future::join_all(reads).await {
        let (_, told) = read.unwrap();
        assert!(told.is_silent(), "{}", told.text());
    }
}

/// The log's lines at INFO about waits.
async fn waits(client: PluginClient) -> Vec<Value> {
    let exit = client.shutdown().await;
    let lines = exit.stderr.lines();
    let lines = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
    let waits: Vec<_> = lines.filter(|line| line["wait_ms"].is_u64()).collect();
    for line in &waits {
        assert_eq!(line["@level"], "info", "{line}");
    }
    waits
}

fn saying(waits: &[Value], what: &str) -> usize {
    let says = |line: &&Value| line["@message"].as_str().unwrap().contains(what);
    waits.iter().filter(says).count()
}

fn limited(entry: &Entry) -> bool {
    entry.status == Some(429)
}

/// The API's limit is reached by everyone at once. One finds out, all wait.
#[tokio::test]
async fn a_storm_does_not_multiply() {
    const READS: usize = 50;
    let sandbox = sandbox(Options::default());
    let settings = [("requests_per_minute", json!(0))];
    let (client, host, state) = watched(&sandbox, &settings).await;
    // Thirty are left, and then there are three a second: more will be refused than are in flight
    // at a time.
    // The API does not say how many are left: with that, nobody would run into the limit.
    sandbox.set_quota_headers(false);
    sandbox.set_requests_per_minute(Some(180));
    reads(&host, &state, 150).await;
    sandbox.take_journal();
    let started = Instant::now();
    reads(&host, &state, READS).await;
    let took = started.elapsed();
    let journal = sandbox.take_journal();
    let refused = journal.iter().filter(|entry| limited(entry)).count();
    let waits = waits(client).await;
    eprintln!(
        "{READS} reads, 30 of them within the limit: {} requests, {refused} of them refused, \
         {took:?}; {} log lines",
        journal.len(),
        waits.len()
    );
    assert!(refused > 0, "no storm");
    assert!(journal.len() <= 2 * READS, "{} requests", journal.len());
    // Whoever was refused says so, and so does everyone who waits along.
    let again = saying(&waits, "trying again in");
    assert_eq!(again, refused);
    assert!(saying(&waits, "the API has limited the rate of requests") > 0);
    let reasons = waits.iter().filter_map(|line| line["reason"].as_str());
    assert!(
        reasons
            .into_iter()
            .all(|reason| reason == "429 Too Many Requests")
    );
}

#[tokio::test]
async fn our_own_limit_keeps_below_that_of_the_api() {
    let sandbox = sandbox(Options::default());
    let settings = [("requests_per_minute", json!(60))];
    let (client, host, state) = watched(&sandbox, &settings).await;
    sandbox.set_requests_per_minute(Some(61));
    let started = Instant::now();
    reads(&host, &state, 63).await;
    // Three more than a minute's worth, at one a second.
    assert!(
        started.elapsed() >= Duration::from_millis(1500),
        "{:?}",
        started.elapsed()
    );
    let journal = sandbox.take_journal();
    assert_eq!(journal.len(), 63);
    assert!(!journal.iter().any(limited));
    let waits = waits(client).await;
    assert!(
        saying(&waits, "requests_per_minute is reached") > 0,
        "{waits:?}"
    );
}

#[tokio::test]
async fn so_many_at_a_time() {
    const LATENCY: Duration = Duration::from_millis(80);
    let sandbox = sandbox(Options::default().latency(LATENCY));
    let settings = [("max_concurrent_requests", json!(3))];
    let (client, host, state) = watched(&sandbox, &settings).await;
    reads(&host, &state, 15).await;
    let arrivals: Vec<SystemTime> = sandbox.journal().iter().map(|entry| entry.at).collect();
    assert_eq!(arrivals.len(), 15);
    for pair in arrivals.windows(4) {
        let apart = pair[3].duration_since(pair[0]).unwrap();
        assert!(apart >= LATENCY.mul_f64(0.9), "four within {apart:?}");
    }
    client.shutdown().await;
}

/// The last answer's message survives the end of all patience, and each wait before it has its
/// line.
#[tokio::test]
async fn a_total_deadline() {
    let sandbox = sandbox(Options::default());
    let settings = [
        ("max_retries", json!(100)),
        ("retry_timeout", json!("2s")),
        ("request_timeout", json!("1s")),
    ];
    let (client, host, state) = watched(&sandbox, &settings).await;
    let body =
        json!({"type": "unavailable", "errors": [{"code": "x", "message": "Back by Tuesday."}]});
    let away = Fault::Answer(Write::Lost, Answer::json(503, &body));
    sandbox.fault(away, When::always());
    let started = Instant::now();
    let (_, told) = host.refresh(&state).await.unwrap();
    let took = started.elapsed();
    assert!(took < Duration::from_secs(4), "{took:?}");
    let text = told.text();
    for phrase in [
        "503 Service Unavailable",
        "Back by Tuesday",
        "no time left for another",
        "attempts in",
    ] {
        assert!(text.contains(phrase), "{text}");
    }

    // An attempt gets no more time than there is left.
    sandbox.clear_faults();
    sandbox.fault(
        Fault::Hang(Write::Lost, Duration::from_hours(1)),
        When::always(),
    );
    let started = Instant::now();
    let (_, told) = host.refresh(&state).await.unwrap();
    let took = started.elapsed();
    assert!(took < Duration::from_secs(4), "{took:?}");
    assert!(
        told.text().contains("no complete answer within"),
        "{}",
        told.text()
    );

    let sent = sandbox.count();
    let waits = waits(client).await;
    // Two requests, whose last attempts nothing followed.
    assert_eq!(saying(&waits, "trying again in"), sent - 2);
    assert!(saying(&waits, "503 Service Unavailable") > 0);
    assert!(saying(&waits, "timeout after 1s") > 0, "{waits:?}");
    for line in &waits {
        assert!(
            line["reason"].is_string() && line["attempt"].is_u64(),
            "{line}"
        );
    }
}

#[cfg(target_os = "linux")]
mod memory {
    use super::*;
    use crate::world::{TWO, until};
    use test_support::process::Memory;

    /// One provider block each, as aliases make them.
    #[tokio::test]
    async fn of_fifty_processes() {
        const PROCESSES: u64 = 50;
        let sandbox = sandbox(Options::default());
        let starts = (0..PROCESSES).map(|_| async {
            let (client, host) = start().await;
            host.configure(block(&sandbox.endpoint())).await;
            let plan = host.plan(&config(ONE), None).await.unwrap();
            let (_, told) = host.apply(&plan).await.unwrap();
            assert!(told.is_silent(), "{}", told.text());
            client
        });
        let clients = futures_util::future::join_all(starts).await;
        let each: Vec<_> = clients
            .iter()
            .map(|client| Memory::of(client.process.id()))
            .collect();
        let total = each.iter().map(|memory| memory.share).sum::<u64>() >> 10;
        let resident = each.iter().map(|memory| memory.resident).sum::<u64>() >> 10;
        let peak = each.iter().map(Memory::peak_mib).max().unwrap();
        eprintln!(
            "{PROCESSES} processes: {total} MiB together ({resident} MiB with shared pages counted \
             each time), {peak} MiB at most for one"
        );
        assert!(total < PROCESSES * 20, "{total} MiB");
        assert!(peak < 40, "{peak} MiB");
        for client in clients {
            client.shutdown().await;
        }
    }

    /// Plans and applies changes again and again, as a long run or a debugged process does.
    #[tokio::test]
    async fn does_not_grow() {
        // Each is a plan and an apply: ten thousand calls.
        const ROUNDS: usize = 5_000;
        let sandbox = sandbox(Options::default());
        // Without TLS, which would take more time than all the rest.
        let client = Launch::new().plaintext().start().await;
        let host = Host::new(&client).await;
        let mut block = block(&sandbox.endpoint());
        block["requests_per_minute"] = json!(0);
        host.configure(block).await;
        let mut state = None;
        host.run(&config(ONE), &mut state).await;
        let state = state.unwrap();
        let process = client.process.id();
        let mut first = None;
        let started = Instant::now();
        let round = |round: usize| {
            let (host, state) = (&host, &state);
            async move {
                let name = format!("Grafana {round}");
                let mut wanted = config(if round.is_multiple_of(2) { TWO } else { ONE });
                wanted["name"] = name.as_str().into();
                let plan = host.plan(&wanted, Some(state)).await.unwrap();
                // Ten plans for one id look like ten resources.
                assert!(plan.changes() && !plan.told.has_errors(), "{plan:?}");
                let (after, told) = host.apply(&plan).await.unwrap();
                assert!(told.is_silent(), "{}", told.text());
                assert_eq!(after.unwrap().value["name"], name);
            }
        };
        // Ten at a time, as Terraform does.
        for rounds in 0..ROUNDS / 10 {
            futures_util::future::join_all((0..10).map(|each| round(rounds * 10 + each))).await;
            if rounds == 9 {
                first = Some(Memory::of(process));
            }
            sandbox.take_journal();
        }
        let (first, last) = (first.unwrap(), Memory::of(process));
        eprintln!("after 100 changes planned and applied: {first:?}");
        eprintln!("after {ROUNDS}, in {:?}: {last:?}", started.elapsed());
        assert!(
            last.resident < first.resident + 2048,
            "from {first:?} to {last:?}"
        );
        client.shutdown().await;
    }

    /// An answer that does not end is not stored.
    #[tokio::test]
    async fn of_a_huge_answer() {
        let sandbox = sandbox(Options::default());
        let settings = [("max_retries", json!(0))];
        let (client, host, state) = watched(&sandbox, &settings).await;
        let before = Memory::of(client.process.id());
        for answer in [Answer::huge(1 << 30), Answer::huge(1 << 30).chunked()] {
            sandbox.fault(Fault::Answer(Write::Lost, answer), When::next());
            let (_, told) = host.refresh(&state).await.unwrap();
            assert!(told.text().contains("more than"), "{}", told.text());
        }
        until(|| sandbox.pending_faults() == 0).await;
        let after = Memory::of(client.process.id());
        assert!(
            after.peak_mib() < before.peak_mib() + 16,
            "from {before:?} to {after:?}"
        );
        assert_eq!(sandbox.data_source(ID).unwrap().name, "Grafana");
        client.shutdown().await;
    }
}
