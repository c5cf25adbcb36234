//! A provider that somebody has started by hand, as its `--help` and `--debug` say.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use incident_sandbox::DEFAULT_KEY;
use test_support::plugin_client::provider;
use test_support::tests;

use crate::scene::Scene;

tests! { a_client_attaches }

/// A process that ends with its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().expect("it is there to be ended");
        self.0.wait().expect("its end");
    }
}

/// What `--help` has to paste.
fn configuration() -> String {
    let help = Command::new(provider()).arg("--help").output();
    let help = String::from_utf8(help.expect("help").stdout).expect("text");
    let (_, rest) = help.split_once("main.tf").expect("where it goes");
    let (_, rest) = rest.split_once("\n\n").expect("a blank line before it");
    let (configuration, _) = rest.split_once("\n\nOptions:").expect("what follows");
    let lines = configuration.lines();
    let lines = lines.map(|line| line.strip_prefix("  ").unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

fn a_client_attaches(scene: &mut Scene) {
    let mut process = Command::new(provider())
        .arg("--debug")
        .env("INCIDENT_ENDPOINT", scene.sandbox.endpoint())
        .env("INCIDENT_API_KEY", DEFAULT_KEY)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the provider");
    let stdout = process.stdout.take().expect("its output");
    let _running = Running(process);
    let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
    let reattach = lines.find_map(|line| {
        let value = line.strip_prefix("\tTF_REATTACH_PROVIDERS='")?;
        Some(value.strip_suffix('\'')?.to_owned())
    });
    let reattach = reattach.expect("what to set");

    // No override, and nothing to install: what answers is that process.
    scene.write("cli.tfrc", "disable_checkpoint = true\n");
    let rules = scene.work().join("cli.tfrc");
    scene.env("TF_CLI_CONFIG_FILE", &rules.to_string_lossy());
    scene.write("main.tf", &configuration());
    scene.write_only("grafana_token", "glsa_attached");
    scene.fails(&["plan"]);
    scene.env("TF_REATTACH_PROVIDERS", &reattach);
    scene.ok(&["init"]);
    scene.plan_saved().says("Plan: 1 to add");
    scene.apply_saved().says("1 added");
    assert_eq!(scene.grafana_key().as_deref(), Some("glsa_attached"));
    scene.settled();
}
