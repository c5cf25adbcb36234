//! A sandbox, a CLI, and the secrets that pass between them. Every command logs
//! at TRACE, and at its end a scene searches all that the run has left behind
//! for each secret: whatever a test is about, it also tests that nothing leaks.

use std::fmt::Write as _;
use std::io::{Cursor, Read as _};
use std::ops::{Deref, DerefMut};
use std::path::Path;

use base64::Engine as _;
use incident_sandbox::{ApiKey, DataSourceSeed, Entry, Options, Sandbox};
use serde_json::Value;

use test_support::terraform::{Ran, Terraform};

pub(crate) const ID: &str = "01G0J1EXE7AXZ2C93K61WBPYEH";
pub(crate) const DATADOG_ID: &str = "01G0J1EXE7AXZ2C93K61WBDATA";
pub(crate) const GRAFANA: &str = "incident_telemetry_data_source.grafana";
pub(crate) const DATADOG: &str = "incident_telemetry_data_source.datadog";

/// The key of the API, which must be nowhere at all.
pub(crate) const API_KEY: &str = "inc_live_Zk3vQ8sT1nYw";

/// What is known after apply when a plan sends credentials.
pub(crate) const ROTATION: [&str; 4] =
    ["credentials_updated_at", "enabled", "updated_at", "version"];

/// Where a secret may be found afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    /// In state and saved plans: a sensitive attribute.
    InState,
    /// Nowhere: a write-only attribute, or the key of the API.
    Nowhere,
}

/// See the module's documentation.
pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    terraform: Terraform,
    secrets: Vec<(String, Kept)>,
    log: tempfile::TempDir,
}

/// A saved plan.
pub(crate) struct Planned {
    /// What the plan said.
    pub(crate) ran: Ran,
    /// The plan as JSON.
    pub(crate) json: Value,
}

impl Scene {
    /// With a Grafana and a Datadog data source; `None` where there is no CLI.
    pub(crate) fn new() -> Option<Self> {
        Self::with(Options::default())
    }

    /// The same, with a sandbox set up in another way.
    pub(crate) fn with(options: Options) -> Option<Self> {
        let sandbox = Sandbox::start(options.key(ApiKey::full(API_KEY))).expect("a sandbox");
        sandbox.add(DataSourceSeed::grafana(ID, "Production Grafana"));
        sandbox.add(DataSourceSeed::datadog(DATADOG_ID, "Production Datadog"));
        let mut terraform = Terraform::new(&sandbox)?;
        let log = tempfile::tempdir().expect("a folder for the log");
        let log_file = log.path().join("trace.log");
        terraform
            .env("INCIDENT_API_KEY", API_KEY)
            .env("TF_CLI_ARGS", "-no-color")
            .env("TF_LOG", "TRACE")
            .env("TF_LOG_PATH", &log_file.to_string_lossy());
        Some(Self {
            sandbox,
            terraform,
            secrets: vec![(API_KEY.to_owned(), Kept::Nowhere)],
            log,
        })
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
        self.secrets.push((secret.to_owned(), Kept::Nowhere));
        self
    }

    fn secret(&mut self, variable: &str, value: &str, kept: Kept) -> &mut Self {
        if self.secrets.iter().all(|(known, _)| known != value) {
            self.secrets.push((value.to_owned(), kept));
        }
        self.terraform.variable(variable, value);
        self
    }

    /// A plan, saved as `saved.tfplan`.
    #[track_caller]
    pub(crate) fn plan(&self) -> Planned {
        let ran = self.ok(&["plan", "-out=saved.tfplan"]);
        let shown = self.ok(&["show", "-json", "saved.tfplan"]);
        let json = serde_json::from_str(&shown.stdout).expect("JSON from show");
        Planned { ran, json }
    }

    /// Applies, and returns the bodies that carried something.
    #[track_caller]
    pub(crate) fn apply_writes(&self) -> Vec<Value> {
        self.sandbox.take_journal();
        self.apply();
        self.writes()
    }

    /// The bodies since the journal was last taken that carried something.
    pub(crate) fn writes(&self) -> Vec<Value> {
        let entries = self.sandbox.journal();
        let writes = entries.into_iter().filter(Entry::is_write);
        writes.map(|entry| entry.body.unwrap_or_default()).collect()
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
            self.plan_is_empty().does_not_say("Warning");
        }
        assert_eq!(self.writes(), Vec::<Value>::new());
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
                instance
                    .as_object_mut()
                    .expect("an instance")
                    .remove("private");
            }
        }
        self.terraform
            .write("terraform.tfstate", &state.to_string());
    }

    /// Searches for every secret in all that the run has left behind.
    fn search(&self) {
        for (path, bytes) in self.files() {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.ends_with(".tfplan") {
                self.search_plan(&name, &bytes);
                continue;
            }
            let may_hold_sensitive = name.contains(".tfstate");
            self.search_bytes(&name, &bytes, may_hold_sensitive);
            if let Ok(state) = serde_json::from_slice(&bytes) {
                self.search_private(&name, &state);
            }
        }
        for ran in self.transcript() {
            let is_state = ran.command.starts_with("show -json");
            let what = format!("the output of {}", ran.command);
            self.search_bytes(&what, ran.stdout.as_bytes(), is_state);
            self.search_bytes(&what, ran.stderr.as_bytes(), false);
        }
        let log = std::fs::read(self.log.path().join("trace.log")).expect("a log");
        assert!(
            log.windows(7).any(|bytes| bytes == b"[TRACE]"),
            "TF_LOG had no effect"
        );
        self.search_bytes("the log", &log, false);
        for folder in ["docs", "examples", "templates"] {
            self.search_pages(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
        }
    }

    /// What the provider keeps beside the attributes holds no secret of any kind.
    fn search_private(&self, name: &str, state: &Value) {
        let resources = state["resources"].as_array().into_iter().flatten();
        let instances = resources.filter_map(|resource| resource["instances"].as_array());
        for instance in instances.flatten() {
            let encoded = instance["private"].as_str().unwrap_or_default();
            let private = base64::engine::general_purpose::STANDARD.decode(encoded);
            let what = format!("the private state in {name}");
            self.search_bytes(&what, &private.expect("private state is base64"), false);
        }
    }

    fn search_plan(&self, name: &str, bytes: &[u8]) {
        self.search_bytes(name, bytes, true);
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a plan is a zip file");
        for index in 0..archive.len() {
            let mut member = archive.by_index(index).expect("a member of the plan");
            let what = format!("{} in {name}", member.name());
            let mut unzipped = Vec::new();
            member
                .read_to_end(&mut unzipped)
                .expect("an intact member of the plan");
            self.search_bytes(&what, &unzipped, true);
        }
    }

    fn search_pages(&self, folder: &Path) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                self.search_pages(&path);
            } else if let Ok(bytes) = std::fs::read(&path) {
                self.search_bytes(&path.to_string_lossy(), &bytes, false);
            }
        }
    }

    fn search_bytes(&self, what: &str, bytes: &[u8], may_hold_sensitive: bool) {
        let text = String::from_utf8_lossy(bytes);
        for (secret, kept) in &self.secrets {
            if may_hold_sensitive && *kept == Kept::InState {
                continue;
            }
            for spelling in spellings(secret) {
                if let Some(at) = text.find(&spelling) {
                    let around = text[..at].chars().rev().take(300).collect::<String>();
                    let before: String = around.chars().rev().collect();
                    panic!("{secret:?} is in {what}, after:\n{before}");
                }
            }
        }
    }
}

/// The ways in which a secret may be written down.
fn spellings(secret: &str) -> Vec<String> {
    let json = Value::from(secret).to_string();
    let json = json[1..json.len() - 1].to_owned();
    let mut hex = String::new();
    let mut percent = String::new();
    for byte in secret.bytes() {
        write!(hex, "{byte:02x}").expect("a string takes all");
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                percent.push(char::from(byte));
            }
            _ => write!(percent, "%{byte:02X}").expect("a string takes all"),
        }
    }
    let go = json
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026");
    let base64 = base64::engine::general_purpose::STANDARD_NO_PAD.encode(secret);
    vec![secret.to_owned(), json, go, percent, hex, base64]
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

impl Planned {
    fn change(&self, address: &str) -> &Value {
        self.json["resource_changes"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|resource| resource["address"] == address)
            .map_or(&Value::Null, |resource| &resource["change"])
    }

    /// What is planned for a resource, such as `["update"]`.
    #[track_caller]
    pub(crate) fn actions(&self, address: &str) -> Vec<&str> {
        let actions = self.change(address)["actions"].as_array();
        let actions = actions.expect("a planned change");
        actions.iter().filter_map(Value::as_str).collect()
    }

    /// The attributes of a resource that are known after apply, in order.
    #[track_caller]
    pub(crate) fn unknown(&self, address: &str) -> Vec<&str> {
        let unknown = self.change(address)["after_unknown"].as_object();
        let unknown = unknown.expect("a planned change");
        let names = unknown.iter().filter(|(_, value)| **value == true);
        names.map(|(name, _)| name.as_str()).collect()
    }

    /// Asserts that the plan rotates a resource's credentials, and says so to
    /// somebody who reads it.
    #[track_caller]
    pub(crate) fn rotates(&self, address: &str) -> &Self {
        assert_eq!(self.actions(address), ["update"], "{}", self.ran.text);
        assert_eq!(self.unknown(address), ROTATION, "{}", self.ran.text);
        for name in ["credentials_updated_at", "updated_at"] {
            let shown = self.ran.text.lines().any(|line| {
                line.trim_start_matches([' ', '~', '+'])
                    .starts_with(&format!("{name} "))
                    && line.ends_with("(known after apply)")
            });
            assert!(shown, "{name} is not shown:\n{}", self.ran.text);
        }
        self
    }

    /// Asserts that the plan sends no credentials.
    #[track_caller]
    pub(crate) fn sends_no_credentials(&self, address: &str) -> &Self {
        let unknown = self.unknown(address);
        assert!(
            !unknown.contains(&"credentials_updated_at"),
            "{unknown:?}: {}",
            self.ran.text
        );
        self
    }

    /// Asserts that all write-only attributes are null in what is planned.
    #[track_caller]
    pub(crate) fn holds_no_write_only_value(&self, address: &str) -> &Self {
        for side in ["before", "after", "after_unknown"] {
            for block in ["grafana_config", "datadog_config"] {
                for name in ["api_key_wo", "app_key_wo"] {
                    let value = &self.change(address)[side][block][name];
                    assert!(
                        value.is_null() || value == false,
                        "{side} {block}.{name}: {value}"
                    );
                }
            }
        }
        self
    }
}
