//! The provider's executable.

use std::process::ExitCode;

use terraform_plugin::Program;
use terraform_provider_incident::IncidentProvider;

fn main() -> ExitCode {
    let program = Program {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        about: "Terraform provider for incident.io telemetry data sources.",
        // The first page shows it, and tests apply it.
        example: include_str!("../examples/provider/provider.tf"),
        address: "registry.terraform.io/incident-telemetry/incident",
        log_target: env!("CARGO_CRATE_NAME"),
        report_url: concat!(env!("CARGO_PKG_REPOSITORY"), "/issues"),
    };
    program.run(IncidentProvider::default)
}
