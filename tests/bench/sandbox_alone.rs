//! How many requests a second the sandbox answers, so that nobody takes its limit for the provider's.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use incident_sandbox::{DEFAULT_KEY, DataSourceSeed, Options, Sandbox};

use crate::Outcome;

/// As many as Terraform has under way at a time.
const CONNECTIONS: u32 = 10;

/// Ten connections, each kept alive and used for one request after another.
pub(crate) fn requests_per_second(quick: bool) -> Outcome<u32> {
    let each = if quick { 200 } else { 2000 };
    let sandbox = Sandbox::start(Options::default())?;
    sandbox.add(DataSourceSeed::grafana("one", "One"));
    let address = sandbox.address();
    let started = Instant::now();
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|_| std::thread::spawn(move || client(TcpStream::connect(address)?, each)))
        .collect();
    for client in clients {
        client
            .join()
            .map_err(|_| "a client of the sandbox panicked")??;
    }
    let elapsed = started.elapsed().max(Duration::from_nanos(1));
    let total = Duration::from_secs(1) * CONNECTIONS * each;
    Ok(format!("{:.0}", total.div_duration_f64(elapsed)).parse()?)
}

fn client(mut stream: TcpStream, requests: u32) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let request = format!(
        "PUT /v2/telemetry/data_sources/one HTTP/1.1\r\nhost: sandbox\r\nauthorization: Bearer {DEFAULT_KEY}\r\n\
         content-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}"
    );
    let mut answers = BufReader::new(stream.try_clone()?);
    for _ in 0..requests {
        stream.write_all(request.as_bytes())?;
        let mut status = String::new();
        answers.read_line(&mut status)?;
        let (mut line, mut length) = (String::new(), 0);
        while line != "\r\n" {
            line.clear();
            answers.read_line(&mut line)?;
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        answers.read_exact(&mut body)?;
        if !status.contains(" 200 ") {
            return Err(std::io::Error::other(status));
        }
    }
    Ok(())
}
