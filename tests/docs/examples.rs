//! The examples are in Terraform's own format.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[test]
fn terraform_would_not_format_the_examples() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Some(cli) = cli() else {
        assert!(
            std::env::var_os("CI").is_none(),
            "there is no terraform or tofu to check the examples' format with, and CI is set"
        );
        eprintln!(
            "NOT CHECKED: there is no terraform or tofu on the PATH, so nobody looked at the examples' format"
        );
        return;
    };
    let output = Command::new(&cli)
        .args(["fmt", "-check", "-diff", "-recursive", "-no-color"])
        .arg(root.join("examples"))
        // Arguments that whoever runs this has set for their own work.
        .env_remove("TF_CLI_ARGS")
        .env_remove("TF_CLI_ARGS_fmt")
        .env("CHECKPOINT_DISABLE", "1")
        .stdin(Stdio::null())
        .output()
        .expect("the CLI starts");
    assert!(
        output.status.success(),
        "run {} fmt -recursive examples\n{}{}",
        cli.display(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The CLI that acceptance tests use: the one that is named, or else the first on the PATH.
fn cli() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("TF_ACC_TERRAFORM_PATH").filter(|path| !path.is_empty()) {
        return Some(named.into());
    }
    let path = std::env::var_os("PATH")?;
    ["terraform", "tofu"]
        .iter()
        .flat_map(|name| std::env::split_paths(&path).map(move |folder| folder.join(name)))
        .map(|file| file.with_extension(std::env::consts::EXE_EXTENSION))
        .find(|file| file.is_file())
}
