//! The provider's executable: arguments, exit status, and connecting the rooms of the library.

use std::process::ExitCode;
use std::sync::Arc;

use terraform_plugin::process as plugin;
use terraform_plugin::server as protocol;
use terraform_provider_incident::provider::IncidentProvider;

/// Where this provider is published. OpenTofu takes it to be on its own registry when a
/// configuration leaves the host out.
const SOURCE_ADDRESS: &str = "registry.terraform.io/incident-telemetry/incident";

/// The provider's name in variables such as `TF_LOG_PROVIDER_INCIDENT`.
const NAME_IN_VARIABLES: &str = "INCIDENT";

const HELP: &str = "\
Terraform provider for incident.io telemetry data sources.

Terraform and OpenTofu start this program by themselves. By hand there is only:

  --debug    Serve until interrupted, for Terraform to attach to
  --version  Print the version
  --help     Print this
";

/// What the command line asks for.
#[derive(Clone, Copy)]
enum Command {
    Serve,
    Debug,
    Version,
    Help,
}

fn main() -> ExitCode {
    let outcome = match command() {
        Command::Version => print(&format!(
            "{} {}\n",
            env!("CARGO_PKG_NAME"),
            env!("CARGO_PKG_VERSION")
        )),
        Command::Help => print(HELP),
        Command::Serve => plugin::check_cookie(variable).and_then(|()| serve(false)),
        Command::Debug => serve(true),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The first argument that means something. Others are passed over, in both the Go spelling and the
/// usual one: no host passes any, and an unknown one is no reason not to start.
fn command() -> Command {
    std::env::args_os()
        .skip(1)
        .find_map(|argument| match argument.to_str()? {
            "--debug" | "-debug" => Some(Command::Debug),
            "--version" | "-version" | "-V" => Some(Command::Version),
            "--help" | "-help" | "-h" => Some(Command::Help),
            _ => None,
        })
        .unwrap_or(Command::Serve)
}

fn serve(debug: bool) -> Result<(), plugin::Error> {
    plugin::install_panic_hook();
    plugin::init_log(NAME_IN_VARIABLES, variable);
    let config = plugin::Config::from_lookup(variable)?;
    let plugin = if debug {
        plugin::Plugin::debug(&config, SOURCE_ADDRESS)?
    } else {
        plugin::announce(config)?
    };
    // A host is busy connecting by now.
    let server = protocol::Server::new(Arc::new(IncidentProvider::default()));
    let calls = server.clone();
    let on_stop = move || calls.stop();
    // One thread: the work is waiting for the API, and starting threads would delay every start.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(plugin::Error::Runtime)?;
    let outcome = runtime.block_on(plugin.serve(protocol::service(server), on_stop));
    // A name being looked up would hold the process up.
    runtime.shutdown_background();
    outcome
}

/// The process environment. What is not UTF-8 counts as not set.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn print(text: &str) -> Result<(), plugin::Error> {
    use std::io::Write as _;
    std::io::stdout()
        .write_all(text.as_bytes())
        .map_err(plugin::Error::Announce)
}
