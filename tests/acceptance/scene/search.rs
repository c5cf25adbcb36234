//! The search for secrets in all that a run has left behind.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use serde_json::Value;

use super::Scene;

/// Where a secret may be found afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// In state and saved plans: a sensitive attribute.
    InState,
    /// Nowhere: a write-only attribute, or the key of the API.
    Nowhere,
}

/// What is searched for.
pub(super) struct Secret {
    text: String,
    spellings: Vec<String>,
    kept: Kept,
}

impl Secret {
    pub(super) fn new(text: &str, kept: Kept) -> Self {
        Self {
            text: text.to_owned(),
            spellings: spellings(text),
            kept,
        }
    }

    pub(super) fn is(&self, text: &str) -> bool {
        self.text == text
    }
}

impl Scene {
    /// Searches for every secret in all that the run has left behind.
    pub(super) fn search(&self) {
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
        let log = self.log();
        assert!(
            log.contains("[TRACE]") || !self.traces,
            "TF_LOG had no effect"
        );
        self.search_bytes("the log", log.as_bytes(), false);
        for (path, text) in pages() {
            self.search_bytes(&path.to_string_lossy(), text.as_bytes(), false);
        }
    }

    /// What the provider keeps beside the attributes holds no secret of any kind.
    fn search_private(&self, name: &str, state: &Value) {
        let resources = state["resources"].as_array().into_iter().flatten();
        let instances = resources.filter_map(|resource| resource["instances"].as_array());
        for instance in instances.flatten() {
            let encoded = instance["private"].as_str().unwrap_or_default();
            let private = STANDARD.decode(encoded);
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

    fn search_bytes(&self, what: &str, bytes: &[u8], may_hold_sensitive: bool) {
        let text = String::from_utf8_lossy(bytes);
        for secret in &self.secrets {
            if may_hold_sensitive && secret.kept == Kept::InState {
                continue;
            }
            let found = secret.spellings.iter().find_map(|each| text.find(each));
            if let Some(at) = found {
                let around = text[..at].chars().rev().take(300).collect::<String>();
                let before: String = around.chars().rev().collect();
                panic!("{:?} is in {what}, after:\n{before}", secret.text);
            }
        }
    }
}

/// What is published, read once for all scenes.
fn pages() -> &'static [(PathBuf, String)] {
    static PAGES: OnceLock<Vec<(PathBuf, String)>> = OnceLock::new();
    PAGES.get_or_init(|| {
        let mut pages = Vec::new();
        for folder in ["docs", "examples", "templates"] {
            read_pages(
                &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
                &mut pages,
            );
        }
        pages
    })
}

fn read_pages(folder: &Path, pages: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder of pages") {
        let path = entry.expect("a page").path();
        if path.is_dir() {
            read_pages(&path, pages);
        } else {
            let bytes = std::fs::read(&path).expect("a page");
            pages.push((path, String::from_utf8_lossy(&bytes).into_owned()));
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
    let base64 = STANDARD_NO_PAD.encode(secret);
    // For most secrets, the first four are the same.
    BTreeSet::from([secret.to_owned(), json, go, percent, hex, base64])
        .into_iter()
        .collect()
}
