//! Terraform is killed before it has written state, or interrupted by its user.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use incident_sandbox::{Answer, Fault, When, Write};
use test_support::tests;

use crate::scene::{GRAFANA, Scene, with_token};

tests! {
    killed_in_an_adoption,
    killed_in_a_rotation,
    interrupted_in_a_write,
    interrupted_in_an_action
}

const APPLY: [&str; 2] = ["apply", "-auto-approve"];
const ONE: &str = "glsa_one_8Jw";
const TWO: &str = "glsa_two_8Jw";

fn killed_in_an_adoption() {
    killed_and_converges(true);
}

fn killed_in_a_rotation() {
    killed_and_converges(false);
}

fn killed_and_converges(adopts: bool) {
    /// Longer than a fault is given to be over by itself.
    const HOURS: Duration = Duration::from_hours(5);
    let again = || Answer::rate_limited().header("retry-after", "1");
    let points = [
        (Fault::Hang(Write::Lost, HOURS), When::next().reads()),
        (Fault::Hang(Write::Lost, HOURS), When::next().writes()),
        (Fault::Hang(Write::Taken, HOURS), When::next().writes()),
        (Fault::Answer(Write::Taken, again()), When::next().writes()),
    ];
    for (fault, when) in points {
        let mut scene = Scene::new();
        scene.configure(&with_token(""));
        if !adopts {
            scene.sensitive("token", ONE).apply();
        }
        scene.sensitive("token", TWO);
        let mut apply = run_up_to(&scene, &APPLY, fault, when);
        apply.kill().unwrap();
        apply.wait().unwrap();
        // What was asked to be tried again after a second would come by now.
        let sent = scene.sandbox.count();
        std::thread::sleep(Duration::from_secs(2));
        assert_eq!(
            scene.sandbox.count(),
            sent,
            "requests after the host's death"
        );
        scene.apply();
        holds_the_second(&scene);
    }
}

/// Ctrl-C at a terminal, which reaches both processes: the write in flight is finished and is in
/// the state.
fn interrupted_in_a_write(scene: &mut Scene) {
    scene.configure(&with_token(""));
    scene.sensitive("token", ONE).apply();
    scene.sensitive("token", TWO);
    let slow = Fault::SlowToAnswer(Duration::from_secs(2));
    let apply = run_up_to(scene, &APPLY, slow, When::next().writes());
    let stdout = interrupt(apply);
    assert!(stdout.contains("Modifications complete"), "{stdout}");
    holds_the_second(scene);
}

/// The write in flight is finished here, too. Terraform may say little of it: a report of an action
/// after Ctrl-C makes 1.14 and 1.15 panic, so there is none.
fn interrupted_in_an_action(scene: &mut Scene) {
    scene.configure(
        "variable \"token\" {\n  type = string\n  sensitive = true\n}\n\
         action \"incident_telemetry_rotate_credentials\" \"it\" {\n  config {\n    \
         data_source_id = \"01G0J1EXE7AXZ2C93K61WBPYEH\"\n    \
         grafana_config {\n      api_key = var.token\n    }\n  }\n}\n",
    );
    scene.sensitive("token", TWO);
    let slow = Fault::SlowToAnswer(Duration::from_secs(2));
    let arguments = [
        "apply",
        "-auto-approve",
        "-invoke=action.incident_telemetry_rotate_credentials.it",
    ];
    let stdout = interrupt(run_up_to(scene, &arguments, slow, When::next().writes()));
    assert!(!stdout.contains("panic"), "{stdout}");
    assert_eq!(scene.grafana_key().as_deref(), Some(TWO));
}

/// Presses Ctrl-C; what was said in all.
fn interrupt(command: Child) -> String {
    let interrupt = format!("kill -INT -{}", command.id());
    let status = Command::new("sh").args(["-c", &interrupt]).status();
    assert!(status.unwrap().success());
    let output = command.wait_with_output().unwrap();
    let said =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    let said = said.concat();
    assert!(said.contains("Interrupt received"), "{said}");
    said
}

/// Begins a command, and waits for the request that the fault is for. The process has a group of
/// its own.
fn run_up_to(scene: &Scene, arguments: &[&str], fault: Fault, when: When) -> Child {
    scene.sandbox.take_journal();
    scene.sandbox.fault(fault, when);
    let command = scene
        .command(arguments)
        .process_group(0)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while scene.sandbox.pending_faults() > 0 {
        assert!(
            start.elapsed() < Duration::from_mins(1),
            "it does not come to that"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    command
}

fn holds_the_second(scene: &Scene) {
    assert_eq!(scene.grafana_key().as_deref(), Some(TWO));
    let state = scene.attributes(GRAFANA);
    assert_eq!(state["grafana_config"]["api_key"], TWO);
    scene.plan_is_empty();
}
