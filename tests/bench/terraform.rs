//! Folders with a configuration and a settled state, and plans in them.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::Outcome;
use crate::support::plugin_client::provider;

const CONFIGURATION: &str = "main.tf";
const STATE: &str = "terraform.tfstate";

/// A configuration that has been applied.
pub(crate) struct Workspace {
    folder: PathBuf,
    environment: Vec<(&'static str, String)>,
}

impl Workspace {
    /// Writes `configuration` into a new folder and applies it.
    pub(crate) fn new(
        folder: PathBuf,
        configuration: &str,
        environment: Vec<(&'static str, String)>,
    ) -> Outcome<Self> {
        let provider = provider().parent().ok_or("no folder")?;
        let workspace = Self::unapplied(folder, provider, environment)?;
        std::fs::write(workspace.folder.join(CONFIGURATION), configuration)?;
        let mut apply = workspace.command("apply");
        let output = apply.args(["-auto-approve", "-refresh=false"]).output()?;
        if output.status.success() {
            Ok(workspace)
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into())
        }
    }

    /// Grows a workspace of one instance, which has index 0, to one of many under `configuration`. `texts` says which
    /// texts of the first stand for which of another, by its index.
    ///
    /// Applying them instead takes core minutes for thousands, since it copies all of the state for each.
    pub(crate) fn grow(
        &self,
        configuration: &str,
        size: usize,
        texts: impl Fn(usize) -> Vec<(String, String)>,
    ) -> Outcome<()> {
        std::fs::write(self.folder.join(CONFIGURATION), configuration)?;
        let mut state: Value = serde_json::from_slice(&std::fs::read(self.state_file())?)?;
        let instances = &mut state["resources"][0]["instances"];
        let first = instances[0].to_string();
        let private = match instances[0]["private"].as_str() {
            Some(private) => Some(String::from_utf8(STANDARD.decode(private)?)?),
            None => None,
        };
        let mut grown = Vec::new();
        for at in 0..size {
            let texts = texts(at);
            let instead = |text: &str| {
                texts
                    .iter()
                    .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
            };
            let mut instance: Value = serde_json::from_str(&instead(&first))?;
            instance["index_key"] = at.into();
            if let Some(private) = &private {
                instance["private"] = STANDARD.encode(instead(private)).into();
            }
            grown.push(instance);
        }
        *instances = grown.into();
        Ok(std::fs::write(self.state_file(), state.to_string())?)
    }

    /// The same configuration and state in a new folder, for the provider in `provider`.
    pub(crate) fn with_provider(
        &self,
        folder: PathBuf,
        provider: &Path,
        environment: Vec<(&'static str, String)>,
    ) -> Outcome<Self> {
        let workspace = Self::unapplied(folder, provider, environment)?;
        for file in [CONFIGURATION, STATE] {
            std::fs::copy(self.folder.join(file), workspace.folder.join(file))?;
        }
        Ok(workspace)
    }

    /// Its state.
    pub(crate) fn state_file(&self) -> PathBuf {
        self.folder.join(STATE)
    }

    fn unapplied(
        folder: PathBuf,
        provider: &Path,
        environment: Vec<(&'static str, String)>,
    ) -> Outcome<Self> {
        std::fs::create_dir_all(&folder)?;
        let overrides = format!(
            "provider_installation {{\n  dev_overrides {{\n    \"incident-telemetry/incident\" = {:?}\n  }}\n  \
             direct {{}}\n}}\n",
            provider.to_str().ok_or("a folder that is not UTF-8")?,
        );
        std::fs::write(folder.join("cli.tfrc"), overrides)?;
        Ok(Self {
            folder,
            environment,
        })
    }

    /// How long a plan takes that finds nothing to do.
    pub(crate) fn plan(&self) -> Outcome<Duration> {
        let started = Instant::now();
        let child = self.start_plan()?;
        finish(child, started)
    }

    /// The same, with `look` called for the process about every two milliseconds.
    pub(crate) fn plan_watched(&self, mut look: impl FnMut(u32)) -> Outcome<Duration> {
        let started = Instant::now();
        let mut child = self.start_plan()?;
        while child.try_wait()?.is_none() {
            look(child.id());
            std::thread::sleep(Duration::from_millis(2));
        }
        finish(child, started)
    }

    fn start_plan(&self) -> Outcome<Child> {
        let mut command = self.command("plan");
        // A file: a pipe that nobody reads from could fill up.
        let errors = std::fs::File::create(self.folder.join("errors"))?;
        command.args(["-lock=false", "-detailed-exitcode"]);
        Ok(command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(errors)
            .spawn()?)
    }

    fn command(&self, verb: &str) -> Command {
        let mut command = Command::new("terraform");
        for (name, _) in std::env::vars_os() {
            let upper = name.to_string_lossy().to_uppercase();
            if upper.starts_with("TF_") || upper.starts_with("INCIDENT_") {
                command.env_remove(name);
            }
        }
        command
            .current_dir(&self.folder)
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_CLI_CONFIG_FILE", self.folder.join("cli.tfrc"))
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .args([verb, "-input=false", "-no-color"]);
        command
    }
}

fn finish(mut child: Child, started: Instant) -> Outcome<Duration> {
    let status = child.wait()?;
    let elapsed = started.elapsed();
    match status.code() {
        Some(0) => Ok(elapsed),
        Some(2) => Err("a settled plan found something to do".into()),
        _ => Err("a plan failed".into()),
    }
}
