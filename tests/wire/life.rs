//! Life and death around a request: killed at every point of it, told to stop, told to end, hung up
//! on.

use std::time::{Duration, Instant};

use incident_sandbox::{Answer, EmptyPut, Fault, Options, Sandbox, When, Write};
use serde_json::json;

use crate::world::{FIELD, ID, ONE, SEEDED, TWO, block, config, sandbox, settled, start, until};
use test_support::host::{Host, Planned, State, Told};

/// Longer than a fault is given to be over by itself.
const HOURS: Duration = Duration::from_hours(5);

/// What counts as at once.
const AT_ONCE: Duration = Duration::from_millis(800);

/// Adopted with the first key, and a plan to put the second in.
async fn about_to_rotate(host: &Host, sandbox: &Sandbox) -> Planned {
    let mut state = None;
    host.configure(block(&sandbox.endpoint())).await;
    let run = host.run(&config(ONE), &mut state).await;
    assert!(run.told.is_silent(), "{}", run.told.text());
    host.configure(block(&sandbox.endpoint())).await;
    let (state, _) = host.refresh(&state.unwrap()).await.unwrap();
    host.plan(&config(TWO), state.as_ref()).await.unwrap()
}

fn arrived(sandbox: &Sandbox) -> bool {
    sandbox
        .journal()
        .iter()
        .any(incident_sandbox::Entry::is_write)
}

mod killed {
    use super::*;

    /// Where the process is when it is killed.
    struct Point {
        name: &'static str,
        fault: fn() -> Fault,
        taken: bool,
    }

    const POINTS: [Point; 5] = [
        Point {
            name: "the write is on its way",
            fault: || Fault::Hang(Write::Lost, HOURS),
            taken: false,
        },
        Point {
            name: "the write was taken",
            fault: || Fault::Hang(Write::Taken, HOURS),
            taken: true,
        },
        Point {
            name: "half an answer has come",
            fault: || Fault::Drip {
                pause: Duration::from_millis(20),
            },
            taken: true,
        },
        Point {
            name: "it waits to try again",
            fault: || status(Write::Lost, "60"),
            taken: false,
        },
        Point {
            name: "it waits to try again what was taken",
            fault: || status(Write::Taken, "60"),
            taken: true,
        },
    ];

    fn status(write: Write, retry_after: &str) -> Fault {
        Fault::Answer(
            write,
            Answer::rate_limited().header("retry-after", retry_after),
        )
    }

    /// Core records nothing of a call that has no answer (`core-rules.md`, section 8.3).
    async fn dies_and_converges(point: &Point, adopts: bool, empty_put: EmptyPut) {
        let sandbox = sandbox(Options::default().empty_put(empty_put));
        let (mut client, host) = start().await;
        let plan = if adopts {
            host.configure(block(&sandbox.endpoint())).await;
            host.plan(&config(TWO), None).await.unwrap()
        } else {
            about_to_rotate(&host, &sandbox).await
        };
        sandbox.take_journal();
        sandbox.fault((point.fault)(), When::next());
        let apply = tokio::spawn({
            let (host, plan) = (host.clone(), plan.clone());
            async move { host.apply(&plan).await }
        });
        until(|| arrived(&sandbox) && sandbox.pending_faults() == 0).await;
        let held = sandbox.secret(ID, FIELD).unwrap();
        client.process.child.kill().await.unwrap();
        assert!(apply.await.unwrap().is_err(), "{}", point.name);
        let before = if adopts { SEEDED } else { ONE };
        assert_eq!(
            held,
            if point.taken { TWO } else { before },
            "{}",
            point.name
        );

        let (client, host) = start().await;
        let mut state = plan.prior;
        host.configure(block(&sandbox.endpoint())).await;
        let run = host.run(&config(TWO), &mut state).await;
        // Of a key that is in and not in state, an outside change is all that can be seen.
        let only_warns = run.told.0.iter().all(|told| {
            !adopts && point.taken && told.summary == "Data Source Changed Outside of Terraform"
        });
        assert!(
            run.changes && only_warns,
            "{}: {}",
            point.name,
            run.told.text()
        );
        settled(&host, &sandbox, TWO, state).await;
        client.shutdown().await;
    }

    #[tokio::test]
    async fn in_an_adoption() {
        for point in &POINTS {
            dies_and_converges(point, true, EmptyPut::Keeps).await;
            dies_and_converges(point, true, EmptyPut::Stamps).await;
        }
    }

    #[tokio::test]
    async fn in_a_rotation() {
        for point in &POINTS {
            dies_and_converges(point, false, EmptyPut::Keeps).await;
            dies_and_converges(point, false, EmptyPut::Stamps).await;
        }
    }
}

mod stopped {
    use super::*;

    /// One error, that the call was interrupted.
    fn interrupted(told: &Told) {
        let summaries: Vec<_> = told.0.iter().map(|told| told.summary.as_str()).collect();
        assert_eq!(summaries, ["Interrupted"], "{}", told.text());
        assert!(
            told.text().contains("Run the command again"),
            "{}",
            told.text()
        );
    }

    /// Runs a call until the API has it, stops the provider, and returns how long the call went on.
    async fn stopped_in<T: Send + 'static>(
        host: &Host,
        sandbox: &Sandbox,
        call: impl Future<Output = T> + Send + 'static,
    ) -> (T, Duration) {
        sandbox.take_journal();
        let call = tokio::spawn(call);
        until(|| sandbox.count() > 0 && sandbox.pending_faults() == 0).await;
        // Answers that are not delayed have arrived by then.
        tokio::time::sleep(Duration::from_millis(100)).await;
        host.stop().await;
        let stopped = Instant::now();
        (call.await.unwrap(), stopped.elapsed())
    }

    #[tokio::test]
    async fn a_write_in_flight_is_finished_and_recorded() {
        let sandbox = sandbox(Options::default());
        let (client, host) = start().await;
        let plan = about_to_rotate(&host, &sandbox).await;
        for fault in [
            Fault::SlowToTake(Duration::from_millis(600)),
            Fault::SlowToAnswer(Duration::from_millis(600)),
        ] {
            host.configure(block(&sandbox.endpoint())).await;
            sandbox.fault(fault, When::next());
            let call = {
                let (host, plan) = (host.clone(), plan.clone());
                async move { host.apply(&plan).await.unwrap() }
            };
            let ((state, told), _) = stopped_in(&host, &sandbox, call).await;
            assert!(told.is_silent(), "{}", told.text());
            settled(&host, &sandbox, TWO, state).await;
        }
        client.shutdown().await;
    }

    #[tokio::test]
    async fn a_write_that_fails_after_the_stop_is_not_repeated() {
        let sandbox = sandbox(Options::default());
        let (client, host) = start().await;
        let plan = about_to_rotate(&host, &sandbox).await;
        // The answer breaks off some time after the stop.
        sandbox.fault(
            Fault::Hang(Write::Taken, Duration::from_millis(500)),
            When::next(),
        );
        let call = {
            let (host, plan) = (host.clone(), plan.clone());
            async move { host.apply(&plan).await.unwrap() }
        };
        let ((mut state, told), _) = stopped_in(&host, &sandbox, call).await;
        interrupted(&told);
        assert_eq!(sandbox.count(), 1);
        host.configure(block(&sandbox.endpoint())).await;
        let run = host.run(&config(TWO), &mut state).await;
        let again = run.told.says_only("Values Will Be Sent Again");
        assert!(run.changes && again, "{}", run.told.text());
        settled(&host, &sandbox, TWO, state).await;
        client.shutdown().await;
    }

    #[tokio::test]
    async fn a_read_in_flight_is_cancelled_and_nothing_new_starts() {
        let sandbox = sandbox(Options::default());
        let (client, host) = start().await;
        let plan = about_to_rotate(&host, &sandbox).await;
        let state = plan.prior.clone().unwrap();
        sandbox.fault(Fault::Hang(Write::Lost, HOURS), When::next());
        let call = {
            let (host, state) = (host.clone(), state.clone());
            async move { host.refresh(&state).await.unwrap() }
        };
        let ((kept, told), took) = stopped_in(&host, &sandbox, call).await;
        interrupted(&told);
        assert_eq!(kept.as_ref(), Some(&state));
        assert!(took < AT_ONCE, "{took:?}");

        sandbox.take_journal();
        let other = json!({"data_source_id": "01G0J1EXE7AXZ2C93K61WBPYEJ"});
        interrupted(&host.refresh(&state).await.unwrap().1);
        interrupted(&host.plan(&other, None).await.unwrap().told);
        let (kept, told) = host.apply(&plan).await.unwrap();
        interrupted(&told);
        assert_eq!(kept.as_ref(), Some(&state));
        assert_eq!(sandbox.count(), 0);

        // The next run of a process that is debugged.
        host.configure(block(&sandbox.endpoint())).await;
        let (state, told) = host.apply(&plan).await.unwrap();
        assert!(told.is_silent(), "{}", told.text());
        settled(&host, &sandbox, TWO, state).await;
        client.shutdown().await;
    }

    #[tokio::test]
    async fn a_long_wait_ends_at_once_and_says_what_the_api_said() {
        let sandbox = sandbox(Options::default());
        let (client, host) = start().await;
        let plan = about_to_rotate(&host, &sandbox).await;
        let limited = Answer::rate_limited().header("retry-after", "100");
        sandbox.fault(Fault::Answer(Write::Lost, limited), When::next());
        let call = {
            let (host, plan) = (host.clone(), plan.clone());
            async move { host.apply(&plan).await.unwrap() }
        };
        let ((state, told), took) = stopped_in(&host, &sandbox, call).await;
        interrupted(&told);
        assert!(
            told.text().contains("Too many requests for this key"),
            "{}",
            told.text()
        );
        assert!(took < AT_ONCE, "{took:?}");
        assert_eq!(state.unwrap().value, plan.prior.unwrap().value);
        assert_eq!(sandbox.count(), 1);
        client.shutdown().await;
    }

    #[tokio::test]
    async fn a_wait_in_the_queue_ends_at_once() {
        let sandbox = sandbox(Options::default());
        let (client, host) = start().await;
        let plan = about_to_rotate(&host, &sandbox).await;
        let state = plan.prior.clone().unwrap();
        for limit in ["requests_per_minute", "max_concurrent_requests"] {
            let mut block = block(&sandbox.endpoint());
            block[limit] = json!(1);
            host.configure(block).await;
            // One is under way for good; the others wait for their turn.
            sandbox.fault(Fault::Hang(Write::Lost, HOURS), When::next());
            let calls = futures_util::future::join_all((0..5).map(|_| {
                let (host, state) = (host.clone(), state.clone());
                async move { host.refresh(&state).await.unwrap().1 }
            }));
            let (told, took) = stopped_in(&host, &sandbox, calls).await;
            told.iter().for_each(interrupted);
            assert!(took < AT_ONCE, "{limit}: {took:?}");
            assert_eq!(sandbox.count(), 1, "{limit}");
        }
        client.shutdown().await;
    }
}

/// SIGTERM lets a write in flight finish, if it does so soon, and starts nothing more.
#[cfg(unix)]
mod terminated {
    use super::*;

    fn terminate(process: u32) {
        let command = format!("kill -TERM {process}");
        let status = std::process::Command::new("sh")
            .args(["-c", &command])
            .status();
        assert!(status.unwrap().success());
    }

    /// What was left of a process that was terminated in a write.
    struct Terminated {
        sandbox: Sandbox,
        answer: Option<(Option<State>, Told)>,
        took: Duration,
        /// How many requests had come by then. A short wait may have been over just before.
        requests: usize,
    }

    async fn terminated_in(fault: Fault) -> Terminated {
        let sandbox = sandbox(Options::default());
        let (mut client, host) = start().await;
        let plan = about_to_rotate(&host, &sandbox).await;
        let dir = client.process.handshake.socket_dir();
        sandbox.take_journal();
        sandbox.fault(fault, When::next());
        let apply = tokio::spawn(async move { host.apply(&plan).await });
        until(|| arrived(&sandbox) && sandbox.pending_faults() == 0).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        let started = Instant::now();
        terminate(client.process.id());
        let requests = sandbox.count();
        let answer = apply.await.unwrap().ok();
        let status = client.process.exit().await;
        assert!(status.success(), "{status}");
        assert!(!dir.exists());
        Terminated {
            sandbox,
            answer,
            took: started.elapsed(),
            requests,
        }
    }

    #[tokio::test]
    async fn a_write_in_flight_is_finished_and_recorded() {
        let slow = Fault::SlowToAnswer(Duration::from_millis(250));
        let Terminated {
            sandbox,
            answer,
            took,
            requests,
        } = terminated_in(slow).await;
        assert_eq!((requests, sandbox.count()), (1, 1));
        let (state, told) = answer.expect("the write's answer");
        assert!(told.is_silent(), "{}", told.text());
        assert_eq!(crate::world::key(state.as_ref()), Some(TWO));
        assert_eq!(sandbox.secret(ID, FIELD).as_deref(), Some(TWO));
        assert!(took < Duration::from_secs(2), "{took:?}");
    }

    #[tokio::test]
    async fn what_hangs_is_left_and_nothing_is_tried_again() {
        for fault in [
            Fault::Hang(Write::Taken, HOURS),
            Fault::Reset(Write::Taken),
            Fault::Answer(
                Write::Lost,
                Answer::rate_limited().header("retry-after", "0"),
            ),
        ] {
            let left = terminated_in(fault).await;
            assert!(left.took < Duration::from_secs(2), "{:?}", left.took);
            assert_eq!(left.sandbox.count(), left.requests);
        }
    }
}

/// A call whose caller is gone is given up where it stands: the write may have been taken, nobody
/// can be told, and nothing is tried again. The next plan deals with it as with a killed process.
#[tokio::test]
async fn hung_up_on() {
    let sandbox = sandbox(Options::default());
    let (client, host) = start().await;
    let plan = about_to_rotate(&host, &sandbox).await;
    for fault in [
        Fault::SlowToAnswer(Duration::from_millis(300)),
        Fault::Answer(
            Write::Taken,
            Answer::rate_limited().header("retry-after", "1"),
        ),
    ] {
        sandbox.take_journal();
        sandbox.fault(fault, When::next());
        let apply = tokio::spawn({
            let (host, plan) = (host.clone(), plan.clone());
            async move { host.apply(&plan).await }
        });
        until(|| arrived(&sandbox)).await;
        apply.abort();
        tokio::time::sleep(Duration::from_millis(1600)).await;
        assert_eq!(sandbox.count(), 1);
    }
    let mut state = plan.prior;
    host.configure(block(&sandbox.endpoint())).await;
    let run = host.run(&config(TWO), &mut state).await;
    assert!(run.changes && !run.told.has_errors(), "{}", run.told.text());
    settled(&host, &sandbox, TWO, state).await;
    client.shutdown().await;
}
