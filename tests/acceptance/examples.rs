//! `examples/`, as they stand.

use std::fs;
use std::path::{Path, PathBuf};

use test_support::suite::note;
use test_support::tests;

use crate::scene::{API_KEY, DATADOG_ID, ID, Scene};

tests! {
    guides_apply_as_they_stand,
    resources_apply_as_they_stand,
    data_sources_apply_as_they_stand,
    provider_blocks_apply_as_they_stand,
    imports_work_as_they_stand,
    all_are_formatted
}

fn guides_apply_as_they_stand() {
    each("guides", apply_and_settle);
}

fn resources_apply_as_they_stand() {
    each("resources", |scene| {
        apply_and_settle(scene);
        let key = scene.grafana_key();
        assert_eq!(key.as_deref(), Some("grafana_token-of-the-example"));
    });
}

fn data_sources_apply_as_they_stand() {
    each("data-sources", apply_and_settle);
}

/// What is not ours in them is played by this provider.
fn provider_blocks_apply_as_they_stand() {
    each("provider", apply_and_settle);
}

fn imports_work_as_they_stand() {
    let resources = examples().join("resources");
    for folder in folders(&resources) {
        let read = |name: &str| fs::read_to_string(folder.join(name)).expect("an example");
        let resource = read("resource.tf");

        let scene = prepared(&resource);
        let script = read("import.sh");
        let command = script
            .lines()
            .find_map(|line| line.strip_prefix("terraform "))
            .expect("a command in import.sh");
        let arguments: Vec<_> = command.split_whitespace().collect();
        scene.ok(&arguments).says("Import successful!");

        let scene = prepared(&resource);
        scene.write("import.tf", &read("import-by-string-id.tf"));
        scene
            .apply()
            .says("1 imported, 1 added, 1 changed, 0 destroyed");
        scene.plan_is_empty();
    }
}

fn all_are_formatted(scene: &mut Scene) {
    let folder = examples();
    let folder = folder.to_string_lossy();
    let ran = scene.run(&["fmt", "-check", "-diff", "-recursive", &folder]);
    assert_eq!(
        ran.code, 0,
        "run terraform fmt -recursive examples:\n{}",
        ran.text
    );
}

/// Runs a test on every configuration below this folder of `examples/`. A file is
/// one, except an import, which goes with a resource.
fn each(kind: &str, test: impl Fn(&Scene)) {
    let mut found = 0;
    let root = examples().join(kind);
    for folder in std::iter::once(root.clone()).chain(folders(&root)) {
        for file in files(&folder) {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with("import") || !name.ends_with(".tf") {
                continue;
            }
            note(&format!("== {}\n", file.display()));
            let configuration = fs::read_to_string(&file).expect("an example");
            test(&prepared(&configuration));
            found += 1;
        }
    }
    assert_ne!(found, 0, "no examples in {}", root.display());
}

/// What the examples of resources leave out.
const PROVIDER: &str = r#"
terraform {
  required_providers {
    incident = {
      source = "incident-telemetry/incident"
    }
  }
}

provider "incident" {}
"#;

fn apply_and_settle(scene: &Scene) {
    // Named as the examples name it, so that no adoption renames it.
    for (id, name) in [
        (ID, "Production Grafana"),
        (DATADOG_ID, "Production Datadog"),
    ] {
        scene.sandbox.dashboard().rename(id, name).expect("renamed");
    }
    scene.ok(&["validate"]).is_silent();
    scene.apply().is_silent();
    scene.plan_is_empty().is_silent();
}

/// A working folder with this example, beside [`PROVIDER`] where it has no block of its own, and a
/// value for every variable that needs one.
fn prepared(configuration: &str) -> Scene {
    let mut scene = Scene::new();
    scene.write("main.tf", configuration);
    if !configuration.contains("terraform {") {
        scene.write("provider.tf", PROVIDER);
    }
    // The first line is the beginning of one, too.
    for variable in format!("\n{configuration}").split("\nvariable \"").skip(1) {
        let (name, rest) = variable.split_once('"').expect("a variable's name");
        let (block, _) = rest.split_once("\n}").expect("a variable's end");
        let value = if name.starts_with("incident_api_key") {
            API_KEY.to_owned()
        } else {
            format!("{name}-of-the-example")
        };
        let says = |line: &str| {
            block
                .lines()
                .any(|each| each.split_whitespace().eq(line.split(' ')))
        };
        if block.contains("default") {
            continue;
        }
        if says("ephemeral = true") {
            scene.write_only(name, &value);
        } else if says("sensitive = true") {
            scene.sensitive(name, &value);
        } else {
            scene.variable(name, &value);
        }
    }
    scene
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
