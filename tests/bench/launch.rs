//! From spawn to handshake line, and to the first answer over mutual TLS.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::process::{Usage, usage};
use crate::statistics::{least, median};
use crate::support::client_identity::ClientIdentity;
use crate::support::plugin_client::{COOKIE, Launch, provider, provider_command};
use crate::support::proto::tfplugin6::get_provider_schema;
use crate::{Outcome, floor};

/// Times of one contestant.
#[derive(Debug)]
pub(crate) struct Times {
    pub(crate) median: Duration,
    pub(crate) least: Duration,
}

impl Times {
    fn of(samples: &[Duration]) -> Self {
        Self {
            median: median(samples),
            least: least(samples),
        }
    }
}

/// What a start costs.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) rounds: usize,
    /// The process that only prints a line.
    pub(crate) floor: Times,
    pub(crate) floor_usage: Usage,
    /// The provider, to its handshake line.
    pub(crate) handshake: Times,
    pub(crate) usage: Usage,
    /// The provider, to its answer to `GetProviderSchema`; our own part of mutual TLS included.
    pub(crate) schema: Times,
    pub(crate) schema_peak: u64,
    /// Size of the executable, in bytes.
    pub(crate) size: u64,
}

/// Launches the contestants in turn.
pub(crate) fn measure(scratch: &Path, quick: bool) -> Outcome<Start> {
    let rounds = if quick { 50 } else { 400 };
    let identity = ClientIdentity::p521();
    let floor = floor::build(scratch)?;
    let as_host = |command: &mut Command| {
        command
            .env(COOKIE.0, COOKIE.1)
            .env("PLUGIN_PROTOCOL_VERSIONS", "5,6")
            .env("PLUGIN_MIN_PORT", "10000")
            .env("PLUGIN_MAX_PORT", "25000")
            .env("PLUGIN_UNIX_SOCKET_DIR", scratch)
            .env("PLUGIN_CLIENT_CERT", identity.pem());
    };
    let (mut floors, mut handshakes) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let mut command = Command::new(&floor);
        as_host(&mut command);
        floors.push(first_line(&mut command)?);
        let mut command = provider_command();
        as_host(&mut command);
        handshakes.push(first_line(&mut command)?);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut schemas = Vec::new();
    for _ in 0..rounds / 4 {
        schemas.push(runtime.block_on(first_schema(&identity))?);
    }
    let times = |samples: &[(Duration, Usage)]| {
        let times: Vec<_> = samples.iter().map(|sample| sample.0).collect();
        Times::of(&times)
    };
    let usages = |samples: &[(Duration, Usage)]| Usage {
        peak: median(&samples.iter().map(|each| each.1.peak).collect::<Vec<_>>()),
        cpu: median(&samples.iter().map(|each| each.1.cpu).collect::<Vec<_>>()),
        faults: median(&samples.iter().map(|each| each.1.faults).collect::<Vec<_>>()),
    };
    Ok(Start {
        rounds,
        floor: times(&floors),
        floor_usage: usages(&floors),
        handshake: times(&handshakes),
        usage: usages(&handshakes),
        schema: times(&schemas),
        schema_peak: usages(&schemas).peak,
        size: std::fs::metadata(provider())?.len(),
    })
}

/// Starts a process, reads a line, and ends the process.
fn first_line(command: &mut Command) -> Outcome<(Duration, Usage)> {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
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

async fn first_schema(identity: &ClientIdentity) -> Outcome<(Duration, Usage)> {
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
