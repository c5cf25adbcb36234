//! Folders with a configuration and a settled state, and plans in them.

use std::ffi::OsString;
use std::fs::{File, copy, create_dir_all, write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Outcome;

const CONFIGURATION: &str = "main.tf";
const STATE: &str = "terraform.tfstate";

/// A folder to run `terraform` in.
pub(crate) struct Workspace {
    folder: PathBuf,
    environment: Vec<(&'static str, OsString)>,
}

impl Workspace {
    /// A new folder, for the provider in `provider`.
    pub(crate) fn new(
        folder: PathBuf,
        provider: &Path,
        environment: &[(&'static str, String)],
    ) -> Outcome<Self> {
        create_dir_all(&folder)?;
        let rules = folder.join("cli.tfrc");
        let provider = provider.to_str().ok_or("a folder that is not UTF-8")?;
        write(
            &rules,
            format!(
                "provider_installation {{\n  \
                 dev_overrides {{ \"incident-telemetry/incident\" = {provider:?} }}\n  \
                 direct {{}}\n}}\n"
            ),
        )?;
        let environment = environment.iter();
        let mut environment: Vec<_> = environment
            .map(|(name, value)| (*name, OsString::from(value)))
            .collect();
        environment.push(("TF_CLI_CONFIG_FILE", rules.into()));
        Ok(Self {
            folder,
            environment,
        })
    }

    /// Applies `configuration`.
    pub(crate) fn apply(&self, configuration: &str) -> Outcome<()> {
        write(self.folder.join(CONFIGURATION), configuration)?;
        let output = self.command("apply").arg("-auto-approve").output()?;
        if output.status.success() {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into())
        }
    }

    /// Takes over another's configuration and state.
    pub(crate) fn copy(&self, other: &Self) -> Outcome<()> {
        for file in [CONFIGURATION, STATE] {
            copy(other.folder.join(file), self.folder.join(file))?;
        }
        Ok(())
    }

    /// How long a plan takes that finds nothing to do.
    pub(crate) fn plan(&self) -> Outcome<Duration> {
        let started = Instant::now();
        finish(self.start_plan()?, started)
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
        let errors = File::create(self.folder.join("errors"))?;
        command.args(["-lock=false", "-detailed-exitcode"]);
        command.stdout(Stdio::null()).stderr(errors);
        Ok(command.spawn()?)
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
            .stdin(Stdio::null())
            .env("CHECKPOINT_DISABLE", "1")
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
