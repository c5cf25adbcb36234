//! `examples/`, as they stand: validated, applied, settled.

use std::fs;
use std::path::{Path, PathBuf};

use incident_sandbox::{DataSourceSeed, Sandbox};

use crate::setup::{DATADOG, GRAFANA, start};
use test_support::terraform::Terraform;

#[test]
fn guides_apply_as_they_stand() {
    each("guides", |_, terraform| {
        terraform.ok(&["validate"]).is_silent();
        terraform.apply().is_silent();
        terraform.plan_is_empty().is_silent();
    });
}

#[test]
fn resources_apply_as_they_stand() {
    each("resources", |sandbox, terraform| {
        terraform.ok(&["validate"]).is_silent();
        terraform.apply().is_silent();
        let written = sandbox.data_source(GRAFANA).expect("the source");
        assert_eq!(
            written.config["grafana_config.api_key"],
            "example-grafana_token"
        );
        terraform.plan_is_empty().is_silent();
    });
}

#[test]
fn data_sources_and_provider_apply_as_they_stand() {
    for kind in ["data-sources", "provider"] {
        each(kind, |_, terraform| {
            terraform.ok(&["validate"]).is_silent();
            terraform.apply().is_silent();
            terraform.plan_is_empty().is_silent();
        });
    }
}

#[test]
fn imports_work_as_they_stand() {
    let resources = examples().join("resources");
    for folder in folders(&resources) {
        let read = |name: &str| fs::read_to_string(folder.join(name)).expect("an example");
        let resource = read("resource.tf");

        let Some((_sandbox, terraform)) = prepared(&resource) else {
            return;
        };
        let script = read("import.sh");
        let command = script
            .lines()
            .find_map(|line| line.strip_prefix("terraform "))
            .expect("a command in import.sh");
        let arguments: Vec<_> = command.split_whitespace().collect();
        terraform.ok(&arguments).says("Import successful!");

        let Some((_sandbox, terraform)) = prepared(&resource) else {
            return;
        };
        terraform.write("import.tf", &read("import-by-string-id.tf"));
        terraform
            .apply()
            .says("1 imported, 1 added, 1 changed, 0 destroyed");
        terraform.plan_is_empty();
    }
}

/// Runs a test on every configuration below this folder of `examples/`. A file is
/// one, except an import, which goes with a resource.
fn each(kind: &str, test: impl Fn(&Sandbox, &Terraform)) {
    let mut found = 0;
    let root = examples().join(kind);
    for folder in std::iter::once(root.clone()).chain(folders(&root)) {
        for file in files(&folder) {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with("import") || !name.ends_with(".tf") {
                continue;
            }
            eprintln!("== {}", file.display());
            let configuration = fs::read_to_string(&file).expect("an example");
            let Some((sandbox, terraform)) = prepared(&configuration) else {
                return;
            };
            test(&sandbox, &terraform);
            found += 1;
        }
    }
    assert_ne!(found, 0, "no examples in {}", root.display());
}

/// A working folder with this example, beside the provider's where it has no block
/// of its own, and a value for every variable that needs one.
fn prepared(configuration: &str) -> Option<(Sandbox, Terraform)> {
    let (sandbox, mut terraform) = start()?;
    sandbox.add(DataSourceSeed::grafana(GRAFANA, "Grafana"));
    sandbox.add(DataSourceSeed::datadog(DATADOG, "Datadog"));
    terraform.write("main.tf", configuration);
    if !configuration.contains("terraform {") {
        let provider = examples().join("provider/provider.tf");
        let block = fs::read_to_string(provider).expect("the provider's example");
        terraform.write("provider.tf", &block);
    }
    for variable in configuration.split("\nvariable \"").skip(1) {
        let (name, rest) = variable.split_once('"').expect("a variable's name");
        let (block, _) = rest.split_once("\n}").expect("a variable's end");
        if !block.contains("default") {
            terraform.variable(name, &format!("example-{name}"));
        }
    }
    // The first line is one, too.
    if let Some(rest) = configuration.strip_prefix("variable \"") {
        let (name, _) = rest.split_once('"').expect("a variable's name");
        terraform.variable(name, &format!("example-{name}"));
    }
    Some((sandbox, terraform))
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

/// What is directly in a folder, in order.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(folder)
        .expect("a folder of examples")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = entries(folder);
    found.retain(|path| path.is_file());
    found
}

/// Every folder below this one.
fn folders(folder: &Path) -> Vec<PathBuf> {
    entries(folder)
        .into_iter()
        .filter(|path| path.is_dir())
        .flat_map(|path| {
            let below = folders(&path);
            std::iter::once(path).chain(below)
        })
        .collect()
}
