//! What every test starts from: a sandbox, a CLI, and the secrets that pass between them.
//!
//! Every command logs at TRACE, and at its end a scene searches all that the run has left behind
//! for each secret: whatever a test is about, it also tests that nothing leaks.

mod config;
mod planned;
mod search;

use std::ops::{Deref, DerefMut};

use incident_sandbox::{ApiKey, DataSourceSeed, Entry, Options, Sandbox};
use serde_json::Value;
use test_support::suite::Fixture;
use test_support::terraform::{Ran, Terraform, find_cli};

use self::search::{Kept, Secret};

pub(crate) use self::config::{TOKEN, grafana, provider, resource, with_token};
pub(crate) use self::planned::Planned;

/// A Grafana source, connected in the sandbox; the examples have the same.
pub(crate) const ID: &str = "01G0J1EXE7AXZ2C93K61WBPYEH";
/// A Datadog source, connected in the sandbox; the examples have the same.
pub(crate) const DATADOG_ID: &str = "01G0J1EXE7AXZ2C93K61WBPYEJ";
/// No source at all.
pub(crate) const NOWHERE: &str = "01G0J1EXE7AXZ2C93K61WBPYEK";

/// The address of the resource that manages [`ID`].
pub(crate) const GRAFANA: &str = "incident_telemetry_data_source.grafana";
/// The address of the resource that manages [`DATADOG_ID`].
pub(crate) const DATADOG: &str = "incident_telemetry_data_source.datadog";

/// The name that [`ID`] has before anybody changes it.
pub(crate) const NAME: &str = "Grafana of the dashboard";

/// The key of the API, which must be nowhere at all.
pub(crate) const API_KEY: &str = "inc_live_Zk3vQ8sT1nYw";

/// For a comparison with what was sent.
pub(crate) const NOTHING: [Value; 0] = [];

/// See the module's documentation.
pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    terraform: Terraform,
    secrets: Vec<Secret>,
    log: tempfile::TempDir,
    /// Whether everybody logs everything.
    traces: bool,
}

impl Fixture for Scene {
    fn start() -> Self {
        Self::new()
    }
}

impl Scene {
    /// With a Grafana and a Datadog data source, and `glsa_one` as the variable `token`.
    pub(crate) fn new() -> Self {
        Self::with(Options::default())
    }

    /// The same, with a sandbox set up in another way.
    pub(crate) fn with(options: Options) -> Self {
        let sandbox = Sandbox::start(options.key(ApiKey::full(API_KEY))).expect("a sandbox");
        sandbox.add(DataSourceSeed::grafana(ID, NAME));
        sandbox.add(DataSourceSeed::datadog(
            DATADOG_ID,
            "Datadog of the dashboard",
        ));
        let cli = find_cli().expect("a client, or the test would not run");
        let mut terraform = Terraform::with_cli(cli, &sandbox.endpoint());
        let log = tempfile::tempdir().expect("a folder for the log");
        let log_file = log.path().join("trace.log");
        terraform
            .env("INCIDENT_API_KEY", API_KEY)
            .env("TF_CLI_ARGS", "-no-color")
            .env("TF_LOG", "TRACE")
            .env("TF_LOG_PATH", &log_file.to_string_lossy());
        let mut scene = Self {
            sandbox,
            terraform,
            secrets: Vec::new(),
            log,
            traces: true,
        };
        scene.must_not_show(API_KEY).sensitive("token", "glsa_one");
        scene
    }

    /// Gives a variable a secret that a sensitive attribute takes.
    pub(crate) fn sensitive(&mut self, variable: &str, value: &str) -> &mut Self {
        self.secret(variable, value, Kept::InState)
    }

    /// Gives a variable a secret that only a write-only attribute takes.
    pub(crate) fn write_only(&mut self, variable: &str, value: &str) -> &mut Self {
        self.secret(variable, value, Kept::Nowhere)
    }

    /// Has the search at the end look for one more secret, which must be nowhere.
    pub(crate) fn must_not_show(&mut self, secret: &str) -> &mut Self {
        self.secrets.push(Secret::new(secret, Kept::Nowhere));
        self
    }

    fn secret(&mut self, variable: &str, value: &str, kept: Kept) -> &mut Self {
        if self.secrets.iter().all(|known| !known.is(value)) {
            self.secrets.push(Secret::new(value, kept));
        }
        self.terraform.variable(variable, value);
        self
    }

    /// Logs what the provider has to say at this level, and nothing else.
    pub(crate) fn log_only_the_provider(&mut self, level: &str) -> &mut Self {
        self.terraform
            .without_env("TF_LOG")
            .env("TF_LOG_PROVIDER", level);
        self.traces = false;
        self
    }

    /// What was logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.log.path().join("trace.log")).expect("a log")
    }

    /// Configures this and applies it, in a journal that begins anew afterwards.
    #[track_caller]
    pub(crate) fn adopted(&self, configuration: &str) -> Ran {
        self.configure(configuration);
        let ran = self.apply();
        self.sandbox.take_journal();
        ran
    }

    /// A plan, saved as `saved.tfplan`.
    #[track_caller]
    pub(crate) fn plan(&self) -> Planned {
        let ran = self.plan_saved();
        let shown = self.ok(&["show", "-json", "saved.tfplan"]);
        let json = serde_json::from_str(&shown.stdout).expect("JSON from show");
        Planned { ran, json }
    }

    /// Applies, and returns the bodies that carried something.
    #[track_caller]
    pub(crate) fn apply_writes(&self) -> Vec<Value> {
        self.sandbox.take_journal();
        self.apply();
        self.written()
    }

    /// The same for a saved plan.
    #[track_caller]
    pub(crate) fn apply_saved_writes(&self) -> Vec<Value> {
        self.sandbox.take_journal();
        self.apply_saved();
        self.written()
    }

    /// The bodies of updates since the journal was last taken, and takes it.
    pub(crate) fn sent(&self) -> Vec<Value> {
        let entries = self.sandbox.take_journal().into_iter();
        entries
            .filter(|entry| !Entry::is_identity(entry))
            .map(|entry| entry.body.unwrap_or_default())
            .collect()
    }

    /// The same, without those that only read.
    pub(crate) fn written(&self) -> Vec<Value> {
        let mut entries = self.sandbox.take_journal();
        entries.retain(|entry| !Entry::is_read(entry) && !Entry::is_identity(entry));
        let bodies = entries.into_iter();
        bodies.map(|entry| entry.body.unwrap_or_default()).collect()
    }

    /// The Grafana key that the API has.
    pub(crate) fn grafana_key(&self) -> Option<String> {
        self.sandbox.secret(ID, "grafana_config.api_key")
    }

    /// A plan that changes nothing and warns of nothing.
    #[track_caller]
    pub(crate) fn settled(&self) {
        self.plan_is_empty().does_not_say("Warning");
    }

    /// Three plans in a row that change nothing, send nothing and warn of nothing.
    #[track_caller]
    pub(crate) fn settles(&self) {
        self.sandbox.take_journal();
        for _ in 0..3 {
            self.settled();
        }
        assert_eq!(self.written(), NOTHING);
    }

    /// The state file, as it is.
    pub(crate) fn raw_state(&self) -> String {
        std::fs::read_to_string(self.work().join("terraform.tfstate")).expect("a state")
    }

    /// Takes away what providers keep beside the state.
    pub(crate) fn lose_private_state(&self) {
        let mut state: Value = serde_json::from_str(&self.raw_state()).expect("JSON of a state");
        for resource in state["resources"].as_array_mut().expect("resources") {
            for instance in resource["instances"].as_array_mut().expect("instances") {
                let instance = instance.as_object_mut().expect("an instance");
                instance.remove("private");
            }
        }
        self.write("terraform.tfstate", &state.to_string());
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.search();
        }
    }
}

impl Deref for Scene {
    type Target = Terraform;

    fn deref(&self) -> &Terraform {
        &self.terraform
    }
}

impl DerefMut for Scene {
    fn deref_mut(&mut self) -> &mut Terraform {
        &mut self.terraform
    }
}
