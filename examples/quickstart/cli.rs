//! Drives the provider by terraform or tofu.

use std::path::PathBuf;

use incident_sandbox::Sandbox;

use crate::{Driver, Failure, ID, NAME, show};
use test_support::terraform::{Ran, Terraform};

/// What the CLI says each time, and what tells nothing of this provider.
const BOILERPLATE: [&str; 9] = [
    "used the selected providers to generate",
    "plan. Resource actions are indicated",
    "following symbols:",
    "will perform the following actions:",
    "has compared your real infrastructure",
    "and found no differences",
    "differences, so no changes are needed",
    ": Refreshing state...",
    ": Destruction complete after",
];

/// The keys to the signs in a plan.
const LEGEND: [&str; 3] = ["+ create", "~ update in-place", "- destroy"];

/// The CLI in a folder of its own.
pub(crate) struct Cli {
    name: String,
    terraform: Terraform,
}

impl Cli {
    /// With the configuration in place.
    pub(crate) fn new(cli: PathBuf, sandbox: &Sandbox) -> Self {
        let name = cli
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let terraform = Terraform::with_cli(cli, &sandbox.endpoint());
        let configuration = format!(
            "provider \"incident\" {{}}\n\nvariable \"grafana_token\" {{\n  type      = string\n  sensitive = \
             true\n}}\n\nresource \"incident_telemetry_data_source\" \"grafana\" {{\n  data_source_id = \"{ID}\"\n  \
             name           = \"{NAME}\"\n\n  grafana_config {{\n    api_key = var.grafana_token\n  }}\n}}"
        );
        terraform.configure(&configuration);
        println!(
            "\nThis is main.tf; the token is in the environment variable TF_VAR_grafana_token.\n"
        );
        show(&configuration);
        Self { name, terraform }
    }

    fn run(&mut self, token: &str, arguments: &[&str]) -> Ran {
        println!("   $ {} {}\n", self.name, arguments.join(" "));
        self.terraform.variable("grafana_token", token);
        let ran = self.terraform.run_quietly(arguments);
        let telling = |line: &&str| {
            !BOILERPLATE.iter().any(|part| line.contains(part)) && !LEGEND.contains(&line.trim())
        };
        let lines: Vec<_> = ran.text.lines().filter(telling).collect();
        show(&lines.join("\n"));
        ran
    }

    fn succeed(&mut self, token: &str, arguments: &[&str]) -> Result<(), Failure> {
        match self.run(token, arguments).code {
            0 => Ok(()),
            code => Err(format!("the exit code is {code}").into()),
        }
    }
}

impl Driver for Cli {
    fn apply(&mut self, token: &str) -> Result<(), Failure> {
        self.succeed(token, &["apply", "-auto-approve"])
    }

    fn plan(&mut self, token: &str) -> Result<bool, Failure> {
        match self.run(token, &["plan", "-detailed-exitcode"]).code {
            0 => Ok(false),
            2 => Ok(true),
            code => Err(format!("the exit code is {code}").into()),
        }
    }

    fn forget(&mut self, token: &str) -> Result<(), Failure> {
        self.succeed(token, &["destroy", "-auto-approve"])?;
        let left = self.terraform.run_quietly(&["state", "list"]);
        if left.stdout.trim().is_empty() {
            Ok(())
        } else {
            Err("the state still has it".into())
        }
    }
}
