//! From spawn to the handshake line, and to the first answer over mutual TLS.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::client_identity::ClientIdentity;
use crate::support::plugin_client::{COOKIE, Launch, provider, provider_command};
use crate::support::proto::tfplugin6::get_provider_schema;
use crate::usage::{Usage, usage};
use crate::{Outcome, mebibytes, median, millis};

const ROUNDS: usize = 400;

/// The least that a start can cost: a process that prints a line and waits.
const FLOOR: &str = r#"fn main() { println!("1|6|unix|/nowhere|grpc|"); std::thread::park(); }"#;

type Sample = (Duration, Usage);

/// Launches the contestants in turn, and prints a row for each.
pub(crate) fn measure(scratch: &Path) -> Outcome<()> {
    let identity = ClientIdentity::p521();
    let floor = build_floor(scratch)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (mut floors, mut lines, mut schemas) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        floors.push(first_line(Command::new(&floor), &identity, scratch)?);
        lines.push(first_line(provider_command(), &identity, scratch)?);
        if round % 4 == 0 {
            schemas.push(runtime.block_on(first_schema(&identity))?);
        }
    }
    println!("| | median | least | peak memory |\n|---|---|---|---|");
    for (what, samples) in [
        ("a process that only prints a line", floors),
        ("spawn to handshake line", lines),
        ("spawn to first GetProviderSchema", schemas),
    ] {
        let time = median(samples.iter().map(|sample| sample.0));
        let least = samples.iter().map(|sample| sample.0).min();
        let peak = median(samples.iter().map(|sample| sample.1.peak));
        let (time, least) = (millis(time), millis(least.unwrap_or_default()));
        println!("| {what} | {time} | {least} | {} |", mebibytes(peak));
    }
    let size = mebibytes(std::fs::metadata(provider())?.len() / 1024);
    println!(
        "\nRelease binary: {size}. {ROUNDS} launches in turn, a quarter as many to the schema."
    );
    Ok(())
}

fn build_floor(folder: &Path) -> Outcome<PathBuf> {
    let (source, program) = (folder.join("floor.rs"), folder.join("floor"));
    std::fs::write(&source, FLOOR)?;
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(rustc);
    command.args(["-O", "-o"]).args([&program, &source]);
    if command.status()?.success() {
        Ok(program)
    } else {
        Err("the floor's program does not compile".into())
    }
}

/// Starts a process, reads a line, and ends the process.
fn first_line(mut command: Command, identity: &ClientIdentity, folder: &Path) -> Outcome<Sample> {
    command
        .env(COOKIE.0, COOKIE.1)
        .env("PLUGIN_PROTOCOL_VERSIONS", "5,6")
        .env("PLUGIN_UNIX_SOCKET_DIR", folder)
        .env("PLUGIN_CLIENT_CERT", identity.pem())
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let started = Instant::now();
    let mut child = command.spawn()?;
    let mut line = String::new();
    let stdout = child.stdout.take().ok_or("no pipe")?;
    BufReader::new(stdout).read_line(&mut line)?;
    let elapsed = started.elapsed();
    let usage = usage(child.id());
    child.kill()?;
    child.wait()?;
    if !line.starts_with("1|6|") {
        return Err(format!("not a handshake: {line:?}").into());
    }
    Ok((elapsed, usage.ok_or("the process ended by itself")?))
}

/// Starts the provider and asks for its schema; the client's part of mutual TLS is in the time.
async fn first_schema(identity: &ClientIdentity) -> Outcome<Sample> {
    let launch = Launch::new().identity(identity.clone());
    let started = Instant::now();
    let mut client = launch.start().await;
    let request = get_provider_schema::Request {};
    let schema = client.provider.get_provider_schema(request).await?;
    let elapsed = started.elapsed();
    let usage = usage(client.process.id());
    client.shutdown().await;
    if schema.into_inner().resource_schemas.is_empty() {
        return Err("no schema".into());
    }
    Ok((elapsed, usage.ok_or("the process ended by itself")?))
}
