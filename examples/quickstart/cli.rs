//! Drives the provider by terraform or tofu.

use std::fs;
use std::io::{Cursor, Read as _};
use std::path::Path;

use incident_sandbox::Sandbox;
use zip::ZipArchive;

use crate::{Driver, Failure, ID, Looked, NAME, Planned, say};
use test_support::client::{Client, WRITE_ONLY};
use test_support::terraform::{Ran, Terraform};

/// Where each plan is kept.
const PLAN: &str = "saved.tfplan";

/// What the CLI says each time, and what tells nothing of this provider.
const BOILERPLATE: [&str; 13] = [
    "used the selected providers to generate",
    "plan. Resource actions are indicated",
    "following symbols:",
    "will perform the following actions:",
    "has compared your real infrastructure",
    "and found no differences",
    "differences, so no changes are needed",
    ": Refreshing state...",
    ": Destruction complete after",
    "─────",
    "Saved the plan to:",
    "To perform exactly these actions, run the following",
    "apply \"saved.tfplan\"",
];

/// The keys to the signs in a plan.
const LEGEND: [&str; 3] = ["+ create", "~ update in-place", "- destroy"];

/// The CLI in a folder of its own.
pub(crate) struct Cli {
    name: String,
    terraform: Terraform,
    write_only: bool,
}

impl Cli {
    /// With the configuration in place.
    pub(crate) fn new(cli: &Path, sandbox: &Sandbox) -> Result<Self, Failure> {
        let name = cli.file_stem().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        let write_only = Client::new(cli).lacks(&WRITE_ONLY).is_none();
        let terraform = Terraform::with_cli(cli.to_owned(), &sandbox.endpoint());
        let configuration = configuration(write_only);
        terraform.configure(&configuration);
        say::text(
            "\nThis is main.tf; the key is in the environment variable TF_VAR_grafana_token.\n",
        )?;
        say::output(&configuration)?;
        Ok(Self {
            name,
            terraform,
            write_only,
        })
    }

    fn run(&mut self, token: &str, arguments: &[&str]) -> Result<Ran, Failure> {
        say::command(&format!("{} {}", self.name, arguments.join(" ")))?;
        self.terraform.variable("grafana_token", token);
        let ran = self.terraform.run_quietly(arguments);
        let telling = |line: &&str| {
            !BOILERPLATE.iter().any(|part| line.contains(part)) && !LEGEND.contains(&line.trim())
        };
        let lines: Vec<_> = ran.text.lines().filter(telling).collect();
        say::output(&lines.join("\n"))?;
        Ok(ran)
    }

    fn succeed(&mut self, token: &str, arguments: &[&str]) -> Result<(), Failure> {
        match self.run(token, arguments)?.code {
            0 => Ok(()),
            code => Err(format!("the exit code is {code}").into()),
        }
    }
}

impl Driver for Cli {
    fn plan(&mut self, token: &str) -> Result<Planned, Failure> {
        let out = format!("-out={PLAN}");
        let ran = self.run(token, &["plan", "-detailed-exitcode", &out])?;
        let changes = match ran.code {
            0 => false,
            2 => true,
            code => return Err(format!("the exit code is {code}").into()),
        };
        let warns = ran.text.contains("Warning: ");
        Ok(Planned { changes, warns })
    }

    fn apply(&mut self, token: &str) -> Result<(), Failure> {
        self.succeed(token, &["apply", PLAN])
    }

    fn look(&mut self, token: &str) -> Result<Vec<Looked>, Failure> {
        let state = fs::read(self.terraform.work().join("terraform.tfstate"))?;
        let plan = unpacked(fs::read(self.terraform.work().join(PLAN))?)?;
        Ok(vec![
            Looked::at("the state, terraform.tfstate", &state, token),
            Looked::at("the plan, saved.tfplan, unpacked", &plan, token),
        ])
    }

    fn keeps_no_keys(&self) -> bool {
        self.write_only
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

/// With a write-only key where the client knows such.
fn configuration(write_only: bool) -> String {
    let (variable, argument) = if write_only {
        ("ephemeral = true", "api_key_wo")
    } else {
        ("sensitive = true", "api_key")
    };
    format!(
        "provider \"incident\" {{}}\n\nvariable \"grafana_token\" {{\n  type      = string\n  \
         {variable}\n}}\n\nresource \"incident_telemetry_data_source\" \"grafana\" {{\n  \
         data_source_id = \"{ID}\"\n  name           = \"{NAME}\"\n\n  grafana_config {{\n    \
         {argument} = var.grafana_token\n  }}\n}}"
    )
}

/// All that is in an archive, one file behind the other.
fn unpacked(archive: Vec<u8>) -> Result<Vec<u8>, Failure> {
    let mut archive = ZipArchive::new(Cursor::new(archive))?;
    let mut bytes = Vec::new();
    for index in 0..archive.len() {
        archive.by_index(index)?.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}
