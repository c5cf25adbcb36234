//! Runs the stand-in by itself, with a page to play with it, until it is interrupted.
#![expect(
    clippy::print_stdout,
    reason = "what is printed here is the program's output"
)]

use std::io;
use std::io::Write as _;
use std::process::ExitCode;

use incident_sandbox::{Certificate, DEFAULT_KEY, DataSourceSeed, EmptyPut, Options, Sandbox};

const HELP: &str = "\
A stand-in for the incident.io telemetry API, with a page that has the dashboard's buttons.

usage: incident-sandbox [--port N] [--page-port N] [--prefix PATH] [--tls FILE]
                        [--empty-put keeps|stamps|refuses] [--id ID]...

  --port N       listen on this port (default: an unused one)
  --page-port N  serve the page on this port (default: an unused one)
  --prefix PATH  serve below this path
  --tls FILE     serve TLS, and write the CA's certificate to FILE
  --empty-put X  what an update that changes nothing does (default: keeps)
  --id ID        connect a Grafana data source with this id (default: one Grafana, one Datadog)
";

const OPTIONS: [&str; 6] = [
    "--port",
    "--page-port",
    "--prefix",
    "--tls",
    "--empty-put",
    "--id",
];

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
    let mut page_port = 0;
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
            "--port" => options = options.port(port(&value)?),
            "--page-port" => page_port = port(&value)?,
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
    let sandbox = Sandbox::start(options)?;
    let page = sandbox.page(page_port)?;
    let mut environment = vec![
        ("INCIDENT_ENDPOINT", sandbox.endpoint()),
        ("INCIDENT_API_KEY", DEFAULT_KEY.to_owned()),
    ];
    if let (Some(file), Some(pem)) = (ca_file, sandbox.ca_pem()) {
        std::fs::write(&file, pem)?;
        environment.push(("SSL_CERT_FILE", file));
    }
    let told = introduction(&environment, &seeds, &page.url());
    for seed in seeds {
        sandbox.add(seed);
    }
    io::stdout().write_all(told.as_bytes())?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(tokio::signal::ctrl_c())
}

fn port(text: &str) -> io::Result<u16> {
    let port = text.parse();
    port.map_err(|_| io::Error::other(format!("{text} is not a port")))
}

/// What to paste where, and where to look.
fn introduction(environment: &[(&str, String)], seeds: &[DataSourceSeed], page: &str) -> String {
    let set = environment.iter().map(|(name, value)| {
        if cfg!(windows) {
            format!("  $env:{name} = \"{value}\"\n")
        } else {
            format!("  export {name}={value}\n")
        }
    });
    let set: String = set.collect();
    let connected = seeds.iter().map(|seed| {
        let DataSourceSeed {
            id, provider, name, ..
        } = seed;
        format!("  {id}  {provider}  {name}\n")
    });
    let connected: String = connected.collect();
    let id = seeds.first().map_or("ID", |seed| &seed.id);
    // PowerShell has another command by the name of curl.
    let curl = if cfg!(windows) { "curl.exe" } else { "curl" };
    format!(
        "A stand-in for incident.io, until Ctrl-C. Paste this where you run terraform or tofu:\n\n\
         {set}\n\
         These are connected:\n\n{connected}\n\
         Its dashboard, and the requests that it gets: {page}\n\
         The same by curl:\n\n  \
         {curl} {page}/data-sources\n  \
         {curl} {page}/requests\n  \
         {curl} -d name=Renamed {page}/data-sources/{id}/rename\n  \
         {curl} -X POST {page}/data-sources/{id}/rotate\n\n\
         and in the place of rotate, which replaces the key: disable, enable, disconnect, \
         connect.\n"
    )
}
