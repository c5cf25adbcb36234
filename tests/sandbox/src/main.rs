//! Runs the stand-in by itself, until it is interrupted.
#![expect(
    clippy::print_stdout,
    reason = "what is printed here is the program's output"
)]

use std::{io, process::ExitCode};

use incident_sandbox::{Certificate, DEFAULT_KEY, DataSourceSeed, EmptyPut, Options, Sandbox};

const HELP: &str = "\
A stand-in for the incident.io telemetry API.

usage: incident-sandbox [--port N] [--prefix PATH] [--tls FILE] [--empty-put keeps|stamps|refuses]
                        [--id ID]...

  --port N       listen on this port (default: an unused one)
  --prefix PATH  serve below this path
  --tls FILE     serve TLS, and write the CA's certificate to FILE
  --empty-put X  what an update that changes nothing does (default: keeps)
  --id ID        connect a Grafana data source with this id (default: one Grafana, one Datadog)
";

const OPTIONS: [&str; 5] = ["--port", "--prefix", "--tls", "--empty-put", "--id"];

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("incident-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: impl Iterator<Item = String>) -> io::Result<()> {
    let mut options = Options::default();
    let mut seeds = Vec::new();
    let mut ca_file = None;
    while let Some(argument) = arguments.next() {
        if matches!(argument.as_str(), "--help" | "-h") {
            print!("{HELP}");
            return Ok(());
        }
        if !OPTIONS.contains(&argument.as_str()) {
            return Err(io::Error::other(format!("no such option: {argument}")));
        }
        let missing = || io::Error::other(format!("{argument} needs a value"));
        let value = arguments.next().ok_or_else(missing)?;
        match argument.as_str() {
            "--port" => {
                let port = value.parse();
                options = options.port(port.map_err(|_| io::Error::other("not a port"))?);
            }
            "--prefix" => options = options.path_prefix(value),
            "--tls" => {
                options = options.tls(Certificate::Valid);
                ca_file = Some(value);
            }
            "--empty-put" => {
                options = options.empty_put(match value.as_str() {
                    "keeps" => EmptyPut::Keeps,
                    "stamps" => EmptyPut::Stamps,
                    "refuses" => EmptyPut::Refuses,
                    _ => return Err(io::Error::other("--empty-put: keeps, stamps or refuses")),
                });
            }
            _ => seeds.push(DataSourceSeed::grafana(value, "Grafana")),
        }
    }
    if seeds.is_empty() {
        let grafana = "01G0J1EXE7AXZ2C93K61WBPYEH";
        let datadog = "01G0J1EXE7AXZ2C93K61WBPYEJ";
        seeds.push(DataSourceSeed::grafana(grafana, "Production Grafana"));
        seeds.push(DataSourceSeed::datadog(datadog, "Production Datadog"));
    }
    serve(options, seeds, ca_file)
}

fn serve(options: Options, seeds: Vec<DataSourceSeed>, ca_file: Option<String>) -> io::Result<()> {
    let sandbox = Sandbox::start(options)?;
    println!("INCIDENT_ENDPOINT={}", sandbox.endpoint());
    println!("INCIDENT_API_KEY={DEFAULT_KEY}");
    if let (Some(file), Some(pem)) = (ca_file, sandbox.ca_pem()) {
        std::fs::write(&file, pem)?;
        println!("SSL_CERT_FILE={file}");
    }
    for seed in seeds {
        println!("# {} {:?}: {}", seed.provider, seed.name, seed.id);
        sandbox.add(seed);
    }
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(tokio::signal::ctrl_c())
}
