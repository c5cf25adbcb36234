//! The provider's main job in one walk: adopt, settle, rotate, see drift, repair, forget.
//!
//! ```console
//! $ cargo run --example quickstart
//! ```
//!
//! Builds the provider, starts a stand-in for incident.io's API on loopback, and drives the one
//! against the other with the terraform (or tofu) on `PATH`. Without one it speaks the plugin
//! protocol itself. Each step is checked against what the API was sent; the process fails if one
//! did not happen. Nothing leaves the machine.

#![expect(clippy::print_stdout, reason = "it is there to be read")]

mod cli;
mod wire;

use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use incident_sandbox::{DataSourceSeed, Options, Sandbox};
use serde_json::{Value, json};

use test_support::plugin_client::use_provider;
use test_support::terraform::find_cli;

/// The data source that somebody has connected in incident.io.
const ID: &str = "01G0J1EXE7AXZ2C93K61WBPYEH";
/// What the configuration calls it.
const NAME: &str = "Production Grafana";
/// The keys that it is given, one after the other.
const TOKENS: [&str; 2] = ["glsa_quickstart_one", "glsa_quickstart_two"];

/// What keeps a step from having happened.
type Failure = Box<dyn std::error::Error>;

/// A way to drive the provider. Each method shows what it does.
trait Driver {
    /// Plans and applies the configuration, with this token.
    fn apply(&mut self, token: &str) -> Result<(), Failure>;
    /// Plans the configuration, with this token: whether anything would change.
    fn plan(&mut self, token: &str) -> Result<bool, Failure>;
    /// Has Terraform forget the data source.
    fn forget(&mut self, token: &str) -> Result<(), Failure>;
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nThe quickstart failed: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    use_provider(build()?);
    let sandbox = Sandbox::start(Options::default())?;
    sandbox.add(DataSourceSeed::grafana(ID, "Grafana"));
    println!(
        "A stand-in for incident.io listens at {}. Somebody has connected a Grafana there: {ID}.",
        sandbox.endpoint()
    );
    if let Some(cli) = find_cli() {
        return walk(&sandbox, &mut cli::Cli::new(cli, &sandbox));
    }
    println!(
        "\nThere is no terraform and no tofu on PATH, so this speaks the plugin protocol itself: it launches \
                 the provider, connects by mutual TLS, and makes the gRPC calls that Terraform would make."
    );
    walk(&sandbox, &mut wire::Wire::new(&sandbox)?)
}

/// Builds the provider, as Cargo does that for tests and not for examples.
fn build() -> Result<PathBuf, Failure> {
    // The example beside it keeps the features of dependencies as they are, or they would be built again.
    let mut arguments = vec!["build", "--bin", "terraform-provider-incident"];
    if !cfg!(debug_assertions) {
        arguments.push("--release");
    }
    println!("$ cargo {}", arguments.join(" "));
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        // Cargo has told us of this package. Passed on, it would rebuild ring, whose build script asks for these.
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    let output = command
        .args(&arguments)
        .args([
            "--example",
            "quickstart",
            "--message-format=json-render-diagnostics",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err("the provider cannot be built".into());
    }
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == "terraform-provider-incident")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .ok_or_else(|| "cargo has not said where the provider is".into())
}

/// The steps, whichever way they are driven.
fn walk(sandbox: &Sandbox, driver: &mut dyn Driver) -> Result<(), Failure> {
    let [first, second] = TOKENS;

    println!("\n1. Adopt it: give it a name and a key.\n");
    driver.apply(first)?;
    expect_writes(
        sandbox,
        &[json!({"name": NAME, "grafana_config": {"api_key": first}})],
    )?;
    expect_key(sandbox, first)?;

    println!("\n2. Plan again: it is settled. An empty update is how the API is read.\n");
    if driver.plan(first)? {
        return Err("a settled configuration has changes".into());
    }
    if sandbox.bodies() != [json!({})] {
        return Err("a settled plan takes more than one request, or none".into());
    }
    expect_writes(sandbox, &[])?;

    println!("\n3. Rotate the key: give the variable another value.\n");
    driver.apply(second)?;
    expect_writes(sandbox, &[json!({"grafana_config": {"api_key": second}})])?;
    expect_key(sandbox, second)?;

    println!("\n4. Somebody renames it in incident.io.");
    sandbox.dashboard().rename(ID, "Renamed by hand")?;

    println!("\n5. Plan: the drift is shown.\n");
    if !driver.plan(second)? {
        return Err("the plan does not show that the name was changed".into());
    }
    expect_writes(sandbox, &[])?;

    println!("\n6. Apply: it is repaired.\n");
    driver.apply(second)?;
    expect_writes(sandbox, &[json!({"name": NAME})])?;
    println!();
    if driver.plan(second)? {
        return Err("there are changes after the repair".into());
    }
    expect_writes(sandbox, &[])?;

    println!("\n7. Forget it. The API has no delete: it stays as it is in incident.io.\n");
    driver.forget(second)?;
    expect_writes(sandbox, &[])?;
    expect_key(sandbox, second)?;

    println!("\nEvery step happened.");
    Ok(())
}

/// Shows what the API was sent since the last call, and checks that these were the writes.
fn expect_writes(sandbox: &Sandbox, expected: &[Value]) -> Result<(), Failure> {
    let journal = sandbox.take_journal();
    println!();
    if journal.is_empty() {
        println!("   -> no request");
    }
    for entry in &journal {
        let mut body = String::from_utf8_lossy(&entry.raw_body).into_owned();
        for token in TOKENS {
            body = body.replace(token, "…");
        }
        let status = entry.status.unwrap_or_default();
        println!("   -> {} {} {body}: {status}", entry.method, entry.path);
    }
    let writes: Vec<_> = journal
        .iter()
        .filter(|entry| entry.is_write())
        .filter_map(|entry| entry.body.as_ref())
        .collect();
    if !writes.iter().copied().eq(expected) {
        return Err("that is not what the API should have been sent".into());
    }
    Ok(())
}

fn expect_key(sandbox: &Sandbox, token: &str) -> Result<(), Failure> {
    if sandbox.secret(ID, "grafana_config.api_key").as_deref() == Some(token) {
        Ok(())
    } else {
        Err("incident.io does not hold the key that it should".into())
    }
}

/// Shows a text, set off from the headings.
fn show(text: &str) {
    for line in text.lines() {
        println!("{}", format!("   {line}").trim_end());
    }
}
