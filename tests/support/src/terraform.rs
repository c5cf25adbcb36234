//! Runs the real terraform CLI against the built provider and a sandbox API.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use incident_sandbox::{DEFAULT_KEY, Sandbox};
use serde_json::Value;

use crate::suite::note;

/// The CLI to test against: `TF_ACC_TERRAFORM_PATH`, or terraform or tofu on `PATH`.
pub fn find_cli() -> Option<PathBuf> {
    let named = std::env::var_os("TF_ACC_TERRAFORM_PATH").filter(|path| !path.is_empty());
    named.map(PathBuf::from).or_else(|| {
        let path = std::env::var_os("PATH")?;
        ["terraform", "tofu"].into_iter().find_map(|name| {
            std::env::split_paths(&path)
                .map(|folder| {
                    folder
                        .join(name)
                        .with_extension(std::env::consts::EXE_EXTENSION)
                })
                .find(|file| file.is_file())
        })
    })
}

/// Who is found in the folder of the built provider: itself, its namesake, a fork of it, and those
/// whose states can be moved to it.
const OVERRIDDEN: [&str; 6] = [
    "incident-telemetry/incident",
    "incident-io/incident",
    "fork/incident",
    "hashicorp/null",
    "mastercard/restapi",
    "devops-rob/terracurl",
];

/// A folder with a configuration, and the CLI that works in it.
///
/// Secrets go in through [`Terraform::variable`], which uses the environment:
/// given as defaults or by `-var`, core itself writes them into plan files and
/// into its log.
#[derive(Debug)]
pub struct Terraform {
    cli: PathBuf,
    folder: tempfile::TempDir,
    environment: BTreeMap<String, String>,
    transcript: RefCell<Vec<Ran>>,
}

/// What a command did.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The arguments, for messages.
    pub command: String,
    /// The exit status; -1 for a signal.
    pub code: i32,
    /// What a user reads, of both streams, without empty lines and the note on
    /// development overrides.
    pub text: String,
    /// Standard output, without colours.
    pub stdout: String,
    /// Standard error, without colours.
    pub stderr: String,
}

impl Terraform {
    /// A folder set up for the built provider and this sandbox; `None` where there is no CLI.
    pub fn new(sandbox: &Sandbox) -> Option<Self> {
        Some(Self::with_cli(find_cli()?, &sandbox.endpoint()))
    }

    /// A folder set up for the built provider, with this CLI and an API at this address.
    pub fn with_cli(cli: PathBuf, endpoint: &str) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("acceptance")
            .tempdir()
            .expect("a temporary folder");
        let plugins = folder.path().join("plugins");
        std::fs::create_dir(&plugins).expect("a folder for the provider");
        let provider = crate::plugin_client::provider();
        // In the place of providers whose states are moved: nothing of theirs is called.
        for name in ["incident", "null", "restapi", "terracurl"] {
            let file = format!("terraform-provider-{name}{}", std::env::consts::EXE_SUFFIX);
            let link = plugins.join(file);
            #[cfg(unix)]
            std::os::unix::fs::symlink(provider, link).expect("a link to the provider");
            #[cfg(not(unix))]
            std::fs::copy(provider, link).expect("a copy of the provider");
        }
        let overrides: Vec<_> = OVERRIDDEN
            .iter()
            .flat_map(|name| [name.to_string(), format!("registry.opentofu.org/{name}")])
            .map(|name| format!("    \"{name}\" = \"{}\"\n", plugins.display()))
            .collect();
        let overrides = overrides.concat();
        let config = folder.path().join("cli.tfrc");
        std::fs::write(
            &config,
            format!(
                "disable_checkpoint = true\nprovider_installation {{\n  dev_overrides \
                 {{\n{overrides}  }}\n  direct {{}}\n}}\n"
            ),
        )
        .expect("a CLI configuration");
        let work = folder.path().join("work");
        std::fs::create_dir(&work).expect("a working folder");
        let environment = [
            ("TF_CLI_CONFIG_FILE", config.to_string_lossy().as_ref()),
            ("INCIDENT_ENDPOINT", endpoint),
            ("INCIDENT_API_KEY", DEFAULT_KEY),
            ("TF_IN_AUTOMATION", "1"),
            ("CHECKPOINT_DISABLE", "1"),
            ("NO_COLOR", "1"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            cli,
            folder,
            environment: environment.into(),
            transcript: RefCell::default(),
        }
    }

    /// Where configuration and state are.
    pub fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Sets an environment variable for the commands that follow.
    pub fn env(&mut self, name: &str, value: &str) -> &mut Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Takes an environment variable away again.
    pub fn without_env(&mut self, name: &str) -> &mut Self {
        self.environment.remove(name);
        self
    }

    /// Sets a variable of the configuration, through the environment.
    pub fn variable(&mut self, name: &str, value: &str) -> &mut Self {
        self.env(&format!("TF_VAR_{name}"), value)
    }

    /// Writes `main.tf`, with the provider requirement in front.
    pub fn configure(&self, body: &str) -> &Self {
        self.write(
            "main.tf",
            &format!(
                "terraform {{\n  required_providers {{\n    incident = {{\n      source = \
                 \"incident-telemetry/incident\"\n    }}\n  }}\n}}\n\n{body}\n"
            ),
        )
    }

    /// Writes a file of the working folder.
    pub fn write(&self, name: &str, text: &str) -> &Self {
        std::fs::write(self.work().join(name), text).expect("a file in the working folder");
        self
    }

    /// The command, ready to run: for tests that need it as a process.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.cli);
        command.current_dir(self.work()).args(arguments);
        // What the shell has set must not decide what a test shows.
        for (name, _) in std::env::vars_os() {
            let name_text = name.to_string_lossy();
            if name_text.starts_with("TF_") || name_text.starts_with("INCIDENT_") {
                command.env_remove(&name);
            }
        }
        command.envs(&self.environment);
        command
    }

    /// Runs a command to its end, whatever that is, and shows nothing.
    pub fn run_quietly(&self, arguments: &[&str]) -> Ran {
        let output = self
            .command(arguments)
            .output()
            .expect("the CLI can be started");
        Ran::new(&arguments.join(" "), &output)
    }

    /// Runs a command to its end, whatever that is.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let ran = self.run_quietly(arguments);
        note(&format!("$ terraform {}\n{}\n", ran.command, ran.text));
        self.transcript.borrow_mut().push(ran.clone());
        ran
    }

    /// What every command so far did, in order.
    pub fn transcript(&self) -> Vec<Ran> {
        self.transcript.borrow().clone()
    }

    /// Runs a command that has to succeed.
    #[track_caller]
    pub fn ok(&self, arguments: &[&str]) -> Ran {
        let ran = self.run(arguments);
        assert_eq!(
            ran.code, 0,
            "terraform {} failed:\n{}",
            ran.command, ran.text
        );
        ran
    }

    /// Runs a command that has to fail.
    #[track_caller]
    pub fn fails(&self, arguments: &[&str]) -> Ran {
        let ran = self.run(arguments);
        assert_eq!(
            ran.code, 1,
            "terraform {} did not fail:\n{}",
            ran.command, ran.text
        );
        ran
    }

    /// `apply` without questions.
    #[track_caller]
    pub fn apply(&self) -> Ran {
        self.ok(&["apply", "-auto-approve"])
    }

    /// `plan` that has to succeed, into a file for [`Terraform::apply_saved`].
    #[track_caller]
    pub fn plan_saved(&self) -> Ran {
        self.ok(&["plan", "-out=saved.tfplan"])
    }

    /// Applies what [`Terraform::plan_saved`] has left.
    #[track_caller]
    pub fn apply_saved(&self) -> Ran {
        self.ok(&["apply", "saved.tfplan"])
    }

    /// A plan that has to have changes.
    #[track_caller]
    pub fn plan_with_changes(&self) -> Ran {
        let ran = self.run(&["plan", "-detailed-exitcode"]);
        assert_eq!(
            ran.code, 2,
            "the plan has no changes, or failed:\n{}",
            ran.text
        );
        ran
    }

    /// A plan that has to be empty.
    #[track_caller]
    pub fn plan_is_empty(&self) -> Ran {
        let ran = self.run(&["plan", "-detailed-exitcode"]);
        assert_eq!(ran.code, 0, "the plan is not empty:\n{}", ran.text);
        ran
    }

    /// The state, as `terraform show -json` tells it.
    pub fn state(&self) -> Value {
        let ran = self.ok(&["show", "-json"]);
        serde_json::from_str(&ran.stdout).expect("JSON from show")
    }

    /// The attributes in state of the resource or data source at `address`.
    #[track_caller]
    pub fn attributes(&self, address: &str) -> Value {
        let state = self.state();
        state["values"]["root_module"]["resources"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|resource| resource["address"] == address)
            .map_or_else(
                || panic!("no {address} in {state}"),
                |found| found["values"].clone(),
            )
    }

    /// Every file below the working folder, as bytes: for searching secrets.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        fn walk(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
            for entry in std::fs::read_dir(folder)
                .expect("a readable folder")
                .flatten()
            {
                let path = entry.path();
                if path.is_dir() {
                    walk(&path, found);
                } else if let Ok(bytes) = std::fs::read(&path) {
                    found.push((path, bytes));
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.work(), &mut found);
        found
    }
}

impl Ran {
    fn new(command: &str, output: &Output) -> Self {
        let [stdout, stderr] = [&output.stdout, &output.stderr].map(|bytes| without_colour(bytes));
        let text = [
            without_override_note(&stdout),
            without_override_note(&stderr),
        ]
        .concat();
        Self {
            command: command.to_owned(),
            code: output.status.code().unwrap_or(-1),
            text,
            stdout,
            stderr,
        }
    }

    /// The text with all runs of white space (and the bars in front of
    /// diagnostics) made one space, so that sentences can be searched however
    /// terraform wrapped them.
    fn flat(&self) -> String {
        self.text
            .split_whitespace()
            .filter(|word| !matches!(*word, "│" | "╷" | "╵"))
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Asserts that a sentence is there, however it is wrapped.
    #[track_caller]
    pub fn says(&self, sentence: &str) -> &Self {
        assert!(
            self.flat().contains(sentence),
            "terraform {} does not say {sentence:?}:\n{}",
            self.command,
            self.text
        );
        self
    }

    /// Asserts that a sentence is there this often.
    #[track_caller]
    pub fn says_times(&self, times: usize, sentence: &str) -> &Self {
        let found = self.flat().matches(sentence).count();
        assert_eq!(
            found, times,
            "how often terraform {} says {sentence:?}:\n{}",
            self.command, self.text
        );
        self
    }

    /// Asserts that there is neither a warning nor an error.
    #[track_caller]
    pub fn is_silent(&self) -> &Self {
        self.does_not_say("Warning:").does_not_say("Error:")
    }

    /// Asserts that a sentence is not there.
    #[track_caller]
    pub fn does_not_say(&self, sentence: &str) -> &Self {
        assert!(
            !self.flat().contains(sentence),
            "terraform {} says {sentence:?}:\n{}",
            self.command,
            self.text
        );
        self
    }
}

/// Text without escape sequences for colours: only `-no-color` turns those off,
/// and not every command takes it.
fn without_colour(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts
        .filter_map(|part| part.split_once('m'))
        .fold(first, |text, (_, rest)| text + rest)
}

/// Without the note on development overrides, which stands in front of everything.
fn without_override_note(text: &str) -> String {
    const NOTE: [&str; 4] = [
        "Provider development overrides are in effect",
        "The following provider development overrides are set in the CLI",
        "The behavior may therefore not match any released version of the",
        "applying changes may cause the state to become incompatible with",
    ];
    text.lines()
        .filter(|line| {
            let line = line.trim_start_matches(['│', '╷', '╵', ' ']);
            let note = NOTE.iter().any(|part| line.contains(part));
            let overridden = line.starts_with("- ") && line.ends_with("/plugins");
            !note
                && !overridden
                && !matches!(
                    line,
                    "" | "configuration:" | "releases." | "published releases."
                )
        })
        .flat_map(|line| [line, "\n"])
        .collect()
}
