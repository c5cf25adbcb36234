//! A provider's executable: its arguments, and being served.

use std::io;
use std::io::Write as _;
use std::process::ExitCode;

use crate::process;
use crate::provider::Provider;
use crate::server::{self, Server};

/// What a provider's executable is called, and whom to tell of its mistakes.
#[derive(Debug, Clone, Copy)]
pub struct Program {
    /// The name of the executable.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// One line that says what it is for.
    pub about: &'static str,
    /// A configuration to begin with, which is shown to whoever starts the executable by hand.
    pub example: &'static str,
    /// The source address in full, with its registry: `registry.terraform.io/acme/probe`. Its last
    /// part names the variables `TF_LOG_PROVIDER_PROBE` and `PROBE_PLUGIN_NETWORK`. On Terraform's
    /// registry it stands for the same on OpenTofu's, where `tofu` takes `acme/probe` to be.
    pub address: &'static str,
    /// The crate whose log lines are the provider's, as its modules' paths begin
    /// (`env!("CARGO_CRATE_NAME")`). Those of other crates are dropped, since an HTTP library may
    /// log what a user entrusted to us.
    pub log_target: &'static str,
    /// Where mistakes of the provider are reported.
    pub report_url: &'static str,
}

/// What the command line asks for.
#[derive(Clone, Copy)]
enum Command {
    Serve,
    Debug,
    Version,
    Help,
}

impl Program {
    /// The whole of a provider's `main`: serves `provider` to the host that started the process.
    /// The provider is made once the host has been told where to connect, which is what it waits
    /// for.
    pub fn run<P: Provider>(&self, provider: impl FnOnce() -> P) -> ExitCode {
        let outcome = match command() {
            Command::Version => print(&format!("{} {}\n", self.name, self.version)),
            Command::Help => print(&self.help()),
            Command::Serve => {
                process::check_cookie(variable).and_then(|()| self.serve(false, provider))
            }
            Command::Debug => self.serve(true, provider),
        };
        match outcome {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                let by_hand = matches!(error, process::Error::NotStartedByHost);
                let more = if by_hand {
                    self.configuration()
                } else {
                    String::new()
                };
                let _: io::Result<()> = writeln!(io::stderr(), "{error}{more}");
                ExitCode::FAILURE
            }
        }
    }

    fn serve<P: Provider>(
        &self,
        debug: bool,
        provider: impl FnOnce() -> P,
    ) -> Result<(), process::Error> {
        process::install_panic_hook();
        process::init_log(&self.name_in_variables(), self.log_target, variable);
        let config = process::Config::from_lookup(&self.name_in_variables(), variable)?;
        let plugin = if debug {
            process::Plugin::debug(&config, self.addresses())?
        } else {
            process::announce(config)?
        };
        // A host is busy connecting by now.
        let server = Server::new(provider(), self.report_url);
        let calls = server.clone();
        let on_stop = move || calls.stop();
        // One thread: the work is waiting for an API, and starting threads would delay every start.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(process::Error::Runtime)?;
        let outcome = runtime.block_on(plugin.serve(server::service(server), on_stop));
        // A name being looked up would hold the process up.
        runtime.shutdown_background();
        outcome
    }

    /// `INCIDENT` for an address that ends in `/incident`.
    fn name_in_variables(&self) -> String {
        let name = self.address.rsplit('/').next().unwrap_or_default();
        name.to_ascii_uppercase().replace('-', "_")
    }

    /// The source addresses that configurations without a host may stand for.
    fn addresses(&self) -> Vec<String> {
        let there = self.address.strip_prefix("registry.terraform.io/");
        let there = there.map(|name| format!("registry.opentofu.org/{name}"));
        [self.address.to_owned()].into_iter().chain(there).collect()
    }

    fn help(&self) -> String {
        format!(
            "{}\n\nIt is not meant to be run directly: Terraform and OpenTofu start it.{}\n\
             Options:\n\n  \
             --debug    Serve until interrupted, for Terraform or OpenTofu to attach to\n  \
             --version  Print the version\n  \
             --help     Print this\n",
            self.about,
            self.configuration(),
        )
    }

    /// What to do instead, behind a sentence that says not to run it.
    fn configuration(&self) -> String {
        let lines = self.example.trim_end().lines();
        let lines: Vec<_> = lines
            .map(|line| format!("  {line}").trim_end().to_owned())
            .collect();
        format!(
            "\n\nPut this into a file main.tf, and run `terraform init` and `terraform plan` (or \
             `tofu`) beside it:\n\n{}\n",
            lines.join("\n")
        )
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

/// The process environment. What is not UTF-8 counts as not set: none of the variables that are
/// read here can use it.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn print(text: &str) -> Result<(), process::Error> {
    let written = io::stdout().write_all(text.as_bytes());
    written.map_err(process::Error::Announce)
}
