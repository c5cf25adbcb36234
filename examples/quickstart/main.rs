//! The provider's main job in one walk: adopt, settle, see a key that was changed by hand, rotate,
//! see drift, repair, forget.
//!
//! ```console
//! $ cargo run --example quickstart
//! ```
//!
//! Builds the provider, starts a stand-in for incident.io's API on loopback, and drives the one
//! against the other with the terraform (or tofu) on `PATH`. Without one it speaks the plugin
//! protocol itself. Each step is checked against what the API was sent; the process fails if one
//! did not happen. Nothing leaves the machine.

mod cli;
mod say;
mod wire;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use incident_sandbox::{DataSourceSeed, Options, Sandbox};
use serde_json::{Value, json};

use test_support::cargo;
use test_support::plugin_client::use_provider;
use test_support::terraform::find_cli;

/// The data source that somebody has connected in incident.io.
const ID: &str = "01G0J1EXE7AXZ2C93K61WBPYEH";
/// What it is called.
const NAME: &str = "Production Grafana";
/// The keys that it is given, one after the other.
const TOKENS: [&str; 2] = ["glsa_quickstart_one", "glsa_quickstart_two"];
/// The one that somebody puts into incident.io between them.
const BY_HAND: &str = "glsa_by_hand";
/// An hour, in seconds.
const HOUR: i64 = 3600;

/// What keeps a step from having happened.
type Failure = Box<dyn std::error::Error>;

/// What a plan says.
struct Planned {
    changes: bool,
    warns: bool,
}

/// What was found where keys may be.
struct Looked {
    place: &'static str,
    bytes: usize,
    has_name: bool,
    has_key: bool,
}

impl Looked {
    fn at(place: &'static str, bytes: &[u8], key: &str) -> Self {
        let has = |text: &str| {
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        };
        Self {
            place,
            bytes: bytes.len(),
            has_name: has(NAME),
            has_key: has(key),
        }
    }
}

/// A way to drive the provider. Each method shows what it does.
trait Driver {
    /// Plans the configuration, with this key, and keeps the plan.
    fn plan(&mut self, token: &str) -> Result<Planned, Failure>;
    /// Applies the plan that was made last, with the same key.
    fn apply(&mut self, token: &str) -> Result<(), Failure>;
    /// Searches the state and the plan that was made last for a key.
    fn look(&mut self, token: &str) -> Result<Vec<Looked>, Failure>;
    /// Whether keys are given by a write-only attribute.
    fn keeps_no_keys(&self) -> bool;
    /// Has Terraform forget the data source.
    fn forget(&mut self, token: &str) -> Result<(), Failure>;
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        // As with `| head`: whoever reads has seen enough.
        Err(failure) if is_broken_pipe(&*failure) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nThe quickstart failed: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(failure: &(dyn std::error::Error + 'static)) -> bool {
    let error = failure.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn run() -> Result<(), Failure> {
    use_provider(build()?);
    let sandbox = Sandbox::start(Options::default())?;
    sandbox.add(DataSourceSeed::grafana(ID, NAME));
    say::text(format!(
        "A stand-in for incident.io listens at {}. Somebody has connected a Grafana there: {ID}.",
        sandbox.endpoint()
    ))?;
    if let Some(cli) = find_cli() {
        return walk(&sandbox, &mut cli::Cli::new(&cli, &sandbox)?);
    }
    say::text(
        "\nThere is no terraform and no tofu on PATH, so this speaks the plugin protocol itself: \
         it launches the provider, connects by mutual TLS, and makes the gRPC calls that Terraform \
         would make.",
    )?;
    walk(&sandbox, &mut wire::Wire::new(&sandbox)?)
}

/// Builds the provider, as Cargo does that for tests and not for examples.
fn build() -> Result<PathBuf, Failure> {
    // The example beside it keeps the features of dependencies as they are, or they would be built
    // again.
    let mut arguments = vec!["--bin", "terraform-provider-incident"];
    if !cfg!(debug_assertions) {
        arguments.push("--release");
    }
    say::command(&format!("cargo build {}", arguments.join(" ")))?;
    let program = "terraform-provider-incident";
    Ok(cargo::build(
        &[&arguments[..], &["--example", "quickstart"]].concat(),
        program,
    )?)
}

/// The steps, whichever way they are driven.
fn walk(sandbox: &Sandbox, driver: &mut dyn Driver) -> Result<(), Failure> {
    let [first, second] = TOKENS;

    say::heading("1. Adopt it: keep its name, and give it a key.")?;
    expect(driver.plan(first)?.changes, "an adoption is planned")?;
    expect_writes(sandbox, &[])?;
    say::text("")?;
    driver.apply(first)?;
    let adoption = json!({"name": NAME, "grafana_config": {"api_key": first}});
    expect_writes(sandbox, &[adoption])?;
    expect_key(sandbox, first)?;

    say::heading("2. Look for the key in what Terraform has stored.")?;
    for looked in driver.look(first)? {
        look(&looked, driver.keeps_no_keys())?;
    }

    say::heading("3. Plan again: it is settled. An empty update is how the API is read.")?;
    let settled = driver.plan(first)?;
    expect(!settled.changes, "a settled plan has no changes")?;
    expect(!settled.warns, "a settled plan has no warnings")?;
    let reads_once = sandbox.bodies() == [json!({})];
    expect(reads_once, "a settled plan takes one request")?;
    expect_writes(sandbox, &[])?;

    say::heading(
        "4. An hour later, somebody replaces the key in incident.io. Plan: it is noticed.",
    )?;
    sandbox.set_clock_skew(HOUR);
    sandbox
        .dashboard()
        .rotate(ID, "grafana_config.api_key", BY_HAND)?;
    let noticed = driver.plan(first)?;
    expect(noticed.warns, "a key that was replaced by hand is noticed")?;
    expect_writes(sandbox, &[])?;

    say::heading("5. Rotate the key: give the variable another value. That settles it.")?;
    expect(driver.plan(second)?.changes, "a rotation is planned")?;
    expect_writes(sandbox, &[])?;
    say::text("")?;
    driver.apply(second)?;
    expect_writes(sandbox, &[json!({"grafana_config": {"api_key": second}})])?;
    expect_key(sandbox, second)?;

    say::heading("6. Somebody renames it in incident.io. Plan: the drift is shown.")?;
    sandbox.set_clock_skew(2 * HOUR);
    sandbox.dashboard().rename(ID, "Renamed by hand")?;
    let drift = driver.plan(second)?;
    expect(drift.changes, "a plan shows that the name was changed")?;
    expect(!drift.warns, "an edit that shows is no cause for a warning")?;
    expect_writes(sandbox, &[])?;

    say::heading("7. Apply: it is repaired, and the key is left alone.")?;
    driver.apply(second)?;
    expect_writes(sandbox, &[json!({"name": NAME})])?;
    say::text("")?;
    expect(!driver.plan(second)?.changes, "a repair settles it")?;
    expect_writes(sandbox, &[])?;

    say::heading("8. Forget it. The API has no delete: it stays as it is in incident.io.")?;
    driver.forget(second)?;
    expect_writes(sandbox, &[])?;
    expect_key(sandbox, second)?;

    say::text(
        "\nEvery step happened. Next, do it by hand: `cargo run -p incident-sandbox` serves the \
         stand-in with a dashboard, and \"Your first plan\" in README.md says how to plan against \
         it.",
    )?;
    Ok(())
}

/// Shows what was found in one place. The name is a check on the search itself.
fn look(looked: &Looked, must_be_absent: bool) -> Result<(), Failure> {
    let is = |found| if found { "is" } else { "is not" };
    say::output(&format!(
        "{}, {} bytes: the name {} in it, the key {}",
        looked.place,
        looked.bytes,
        is(looked.has_name),
        is(looked.has_key),
    ))?;
    expect(looked.has_name, "what was written to it can be found")?;
    if must_be_absent {
        return expect(!looked.has_key, "a write-only key is stored nowhere");
    }
    say::output("  (that takes a write-only key: Terraform or OpenTofu 1.11)")?;
    Ok(())
}

fn expect(held: bool, what: &str) -> Result<(), Failure> {
    if held {
        Ok(())
    } else {
        Err(format!("this did not hold: {what}").into())
    }
}

/// Shows what the API was sent since the last call, and checks that these were the writes.
fn expect_writes(sandbox: &Sandbox, expected: &[Value]) -> Result<(), Failure> {
    let journal = sandbox.take_journal();
    say::requests(&journal, &TOKENS)?;
    let writes: Vec<_> = journal
        .iter()
        .filter(|entry| entry.is_write())
        .filter_map(|entry| entry.body.as_ref())
        .collect();
    let same = writes.iter().copied().eq(expected);
    expect(same, "the API is sent what changed, and nothing else")
}

fn expect_key(sandbox: &Sandbox, token: &str) -> Result<(), Failure> {
    let holds = sandbox.secret(ID, "grafana_config.api_key").as_deref() == Some(token);
    expect(holds, "incident.io holds the key that it was given")
}
