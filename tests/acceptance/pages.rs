//! The configurations on pages. Those that come from `examples/` are applied by other tests; these
//! are in the text itself, and are validated.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use test_support::tests;

use crate::scene::Scene;

tests! {
    with_any_client,
    with_write_only_keys,
    with_terraform_1_16,
    with_either_of_1_16_and_1_12,
    every_block_is_validated
}

/// What a block needs. `NEEDS` in `main.rs` has the versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Client {
    Any,
    WriteOnly,
    Terraform16,
    Terraform16OrTofu12,
}

fn with_any_client() {
    validate(Client::Any);
}

fn with_write_only_keys() {
    validate(Client::WriteOnly);
}

fn with_terraform_1_16() {
    validate(Client::Terraform16);
}

fn with_either_of_1_16_and_1_12() {
    validate(Client::Terraform16OrTofu12);
}

/// Each is of one of the kinds above, and each kind has some.
fn every_block_is_validated() {
    let kinds: BTreeSet<_> = blocks().iter().map(Block::client).collect();
    assert_eq!(kinds.len(), 4, "{kinds:?}");
}

fn validate(client: Client) {
    let mut blocks = blocks();
    blocks.retain(|block| block.client() == client);
    for block in blocks {
        test_support::suite::note(&format!("== {}\n{}\n", block.page.display(), block.text));
        if block.text.starts_with("provider_installation") {
            is_cli_configuration(&block.text);
        } else {
            is_valid(&block.text);
        }
    }
}

fn is_valid(text: &str) {
    let scene = Scene::new();
    let completed = completed(text);
    if completed.contains("required_providers") {
        scene.write("main.tf", &completed);
    } else {
        scene.configure(&completed);
    }
    scene.ok(&["validate"]).is_silent();
}

fn is_cli_configuration(text: &str) {
    let mut scene = Scene::new();
    let file = scene.work().join("page.tfrc");
    scene.write("page.tfrc", text);
    scene.env("TF_CLI_CONFIG_FILE", &file.to_string_lossy());
    scene
        .ok(&["version"])
        .does_not_say("problems with the CLI configuration");
}

/// A fragment with what it leaves out. Variables that it does not declare are strings. Resources of
/// providers that are not here are taken out, and whatever refers to them refers to a variable: an
/// ephemeral one in the place of an ephemeral resource.
fn completed(text: &str) -> String {
    let mut kept = String::new();
    for part in text.split("\n\n") {
        let is_foreign = FOREIGN.iter().any(|provider| {
            ["resource", "data", "ephemeral"]
                .iter()
                .any(|kind| part.starts_with(&format!("{kind} \"{provider}")))
        });
        if !is_foreign {
            kept.push_str(part);
            kept.push_str("\n\n");
        }
    }
    for provider in FOREIGN {
        for (prefix, stand_in) in [
            ("ephemeral.", "var.ephemeral_stand_in"),
            ("data.", "var.stand_in"),
            ("", "var.stand_in"),
        ] {
            kept = without_references(&kept, &format!("{prefix}{provider}"), stand_in);
        }
    }
    if kept.contains("stand_in") {
        kept += "variable \"stand_in\" {\n  type = any\n}\n";
        kept += "variable \"ephemeral_stand_in\" {\n  type      = any\n  ephemeral = true\n}\n";
    }
    let used: BTreeSet<_> = kept.split("var.").skip(1).map(name).collect();
    let declared = |name: &str| kept.contains(&format!("variable \"{name}\""));
    let missing = used.into_iter().filter(|name| !declared(name));
    let missing: Vec<_> = missing
        .map(|name| format!("variable \"{name}\" {{\n  type = string\n}}\n"))
        .collect();
    kept + &missing.concat()
}

/// Providers in examples that are not installed for tests.
const FOREIGN: [&str; 3] = ["aws_", "grafana_service_", "vault_"];

/// The text with each reference that begins like this replaced.
fn without_references(text: &str, begins: &str, stand_in: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let mut parts = text.split(begins);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + stand_in + part.trim_start_matches(is_part)
    })
}

fn name(text: &str) -> &str {
    let ends = |c: char| !c.is_alphanumeric() && c != '_';
    text.split(ends).next().unwrap_or_default()
}

/// The one block in which this is written.
pub(crate) fn block_with(written: &str) -> String {
    let mut found = blocks();
    found.retain(|block| block.text.contains(written));
    assert_eq!(found.len(), 1, "blocks with {written:?}");
    found.remove(0).text
}

struct Block {
    page: PathBuf,
    text: String,
}

impl Block {
    fn client(&self) -> Client {
        let text = &self.text;
        if text.contains("Needs Terraform 1.16 or OpenTofu 1.12.") {
            Client::Terraform16OrTofu12
        } else if text.contains("Needs Terraform 1.16.") {
            Client::Terraform16
        } else if text.contains("_wo ") || text.contains("ephemeral") {
            Client::WriteOnly
        } else {
            Client::Any
        }
    }
}

/// Blocks in README and docs that are no file of `examples/`.
fn blocks() -> Vec<Block> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let examples: BTreeSet<_> = files(&root.join("examples"))
        .iter()
        .filter(|path| matches!(extension(path), "tf" | "hcl"))
        .map(|path| read(path).trim_end().to_owned())
        .collect();
    let mut pages = files(&root.join("docs"));
    pages.push(root.join("README.md"));
    let mut found = Vec::new();
    for page in pages.into_iter().filter(|path| extension(path) == "md") {
        for block in read(&page).split("```terraform\n").skip(1) {
            let (text, _) = block.split_once("\n```").expect("the end of a block");
            if !examples.contains(text) {
                found.push(Block {
                    page: page.clone(),
                    text: text.to_owned(),
                });
            }
        }
    }
    found
}

fn read(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a text");
    text.replace("\r\n", "\n")
}

fn extension(path: &Path) -> &str {
    let extension = path.extension().and_then(std::ffi::OsStr::to_str);
    extension.unwrap_or_default()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    let mut found: Vec<_> = entries
        .map(|entry| entry.path())
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect();
    found.sort();
    found
}
