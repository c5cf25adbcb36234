//! The quickstart, where there is no client. With one, the acceptance suite runs it.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use test_support::cargo;

/// Without terraform and tofu on its PATH, and with no setting of the shell for colours.
fn quickstart() -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let has_client = |folder: &std::path::PathBuf| {
        let names = ["terraform", "tofu", "terraform.exe", "tofu.exe"];
        names.iter().any(|name| folder.join(name).is_file())
    };
    let folders = std::env::split_paths(&path).filter(|folder| !has_client(folder));
    let mut command = Command::new(cargo::example("quickstart"));
    command.env("PATH", std::env::join_paths(folders).unwrap());
    for name in [
        "TF_ACC_TERRAFORM_PATH",
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
    ] {
        command.env_remove(name);
    }
    command
}

fn shown(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_step_happens_without_a_client() {
    let text = shown(&mut quickstart());
    for part in [
        "There is no terraform and no tofu on PATH",
        "the state, private state included",
        "the name is in it, the key is not",
        "Data Source Changed Outside of Terraform",
        "~ credentials_updated_at",
        "~ name: \"Renamed by hand\" -> \"Production Grafana\"",
        "\nEvery step happened. Next, ",
    ] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
    assert!(!text.contains("glsa_"), "a key is shown:\n{text}");
    assert!(!text.contains('\x1b'), "colours in a file:\n{text}");
}

#[test]
fn colours_are_shown_where_they_are_wanted() {
    let text = shown(quickstart().env("CLICOLOR_FORCE", "1"));
    assert!(text.contains("\x1b[1m1. Adopt it"), "{text}");
    let text = shown(quickstart().env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1"));
    assert!(!text.contains('\x1b'), "{text}");
}

/// `cargo run --example quickstart | head -3`
#[test]
fn whoever_stops_reading_ends_it_quietly() {
    let mut process = quickstart()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let stdout = BufReader::new(process.stdout.take().unwrap());
    let lines = stdout.lines().take(3).collect::<Result<Vec<_>, _>>();
    assert_eq!(lines.unwrap().len(), 3);
    let output = process.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    // What Cargo says of the build comes first.
    for word in ["panicked", "failed", "roken pipe"] {
        assert!(!stderr.contains(word), "{stderr}");
    }
}
