//! A folder for notes, and one in which a client works.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;
use tempfile::TempDir;

use crate::client::Client;

/// What a configuration begins with.
pub(crate) const HEAD: &str = r#"
terraform {
  required_providers {
    notes = { source = "example/notes" }
  }
}
variable "folder" {}
variable "secret" {
  sensitive = true
}
provider "notes" {
  folder = var.folder
}
"#;

/// A note with everything that a note can have.
pub(crate) const SHOPPING: &str = r#"
resource "notes_note" "it" {
  name = "shopping"
  text = "Milk and eggs"
  footer {
    line_wo = var.secret
    version = 1
  }
}
"#;

pub(crate) const NOTE: &str = r#"
resource "notes_note" "it" {
  name = "note"
  text = "Text"
}
"#;

pub(crate) const SECRET: &str = "open-sesame-7Qx";

/// What the file of [`SHOPPING`] holds.
pub(crate) fn shopping() -> String {
    format!("Milk and eggs\n<!-- footer -->\n{SECRET}")
}

/// What is printed, without the spaces that align it.
pub(crate) fn unaligned(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A folder for notes, and one with a configuration in which the client works.
pub(crate) struct Scene {
    pub(crate) client: Client,
    root: TempDir,
}

impl Scene {
    pub(crate) fn new(client: &Client) -> Self {
        let root = tempfile::tempdir().expect("a temporary folder");
        let scene = Self {
            client: client.clone(),
            root,
        };
        for folder in ["plugins", "work", "notes", "variables"] {
            fs::create_dir(scene.at(folder)).expect("a folder");
        }
        let provider = format!("terraform-provider-notes{}", std::env::consts::EXE_SUFFIX);
        let provider = scene.at("plugins").join(provider);
        fs::hard_link(example(), &provider)
            .or_else(|_| fs::copy(example(), &provider).map(drop))
            .expect("the example is built");
        let plugins = scene.at("plugins").to_string_lossy().replace('\\', "/");
        let config = format!(
            "provider_installation {{\n  dev_overrides {{\n    \
             \"example/notes\" = \"{plugins}\"\n    \
             \"fork/notes\" = \"{plugins}\"\n  }}\n  direct {{}}\n}}\n"
        );
        fs::write(scene.at("cli.tfrc"), config).expect("a CLI configuration");
        scene.set("secret", SECRET);
        scene.set("folder", &scene.folder().to_string_lossy());
        scene
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub(crate) fn work(&self) -> PathBuf {
        self.at("work")
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.at("notes")
    }

    /// Where a note is.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder().join(format!("{name}.md"))
    }

    /// What a note's file holds, if there is one.
    pub(crate) fn file(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.path(name)).ok()
    }

    /// Sets a variable of the configuration.
    pub(crate) fn set(&self, name: &str, value: &str) {
        fs::write(self.at("variables").join(name), value).expect("a variable");
    }

    pub(crate) fn write(&self, text: &str) {
        fs::write(self.work().join("main.tf"), text).expect("a configuration");
    }

    pub(crate) fn configure(&self, body: &str) {
        self.write(&[HEAD, body].concat());
    }

    /// The exit status, and what a user reads.
    pub(crate) fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(&self.client.path);
        command.current_dir(self.work()).args(arguments);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("TF_") {
                command.env_remove(name);
            }
        }
        for name in ["secret", "folder"] {
            let value = fs::read_to_string(self.at("variables").join(name)).expect("a variable");
            command.env(format!("TF_VAR_{name}"), value);
        }
        let output = command
            .env("TF_CLI_CONFIG_FILE", self.at("cli.tfrc"))
            .env("TF_CLI_ARGS", "-no-color")
            .env("CHECKPOINT_DISABLE", "1")
            .output()
            .expect("the client starts");
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.code(),
            String::from_utf8_lossy(&text).into_owned(),
        )
    }

    #[track_caller]
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let (code, text) = self.run(arguments);
        assert_eq!(code, Some(0), "{arguments:?}:\n{text}");
        text
    }

    #[track_caller]
    pub(crate) fn fails(&self, arguments: &[&str]) -> String {
        let (code, text) = self.run(arguments);
        assert_eq!(code, Some(1), "{arguments:?}:\n{text}");
        text
    }

    #[track_caller]
    pub(crate) fn apply(&self, body: &str) -> String {
        self.configure(body);
        self.ok(&["apply", "-auto-approve"])
    }

    /// A plan without changes.
    #[track_caller]
    pub(crate) fn settled(&self) {
        self.ok(&["plan", "-detailed-exitcode"]);
    }

    /// The state file.
    pub(crate) fn state(&self) -> Json {
        let state = fs::read_to_string(self.work().join("terraform.tfstate")).expect("a state");
        serde_json::from_str(&state).expect("JSON")
    }

    /// The identity that the state has of the note; null if there is none.
    pub(crate) fn identity(&self) -> Json {
        let mut state = self.state();
        let identity = state.pointer_mut("/resources/0/instances/0/identity");
        identity.map_or(Json::Null, Json::take)
    }

    /// The note in the state; null if there is none.
    pub(crate) fn note(&self) -> Json {
        let state = self.ok(&["show", "-json"]);
        let state: Json = serde_json::from_str(&state).expect("JSON");
        let resources = state["values"]["root_module"]["resources"].as_array();
        let mut resources = resources.into_iter().flatten();
        let note = resources.find(|resource| resource["address"] == "notes_note.it");
        note.map_or(Json::Null, |note| note["values"].clone())
    }
}

/// The example's executable, which cargo puts beside `deps`, where this one is.
pub(crate) fn example() -> PathBuf {
    let this = std::env::current_exe().expect("a path");
    let folder = this
        .parent()
        .and_then(Path::parent)
        .expect("the folder of a profile");
    let name = format!("notes{}", std::env::consts::EXE_SUFFIX);
    folder.join("examples").join(name)
}
