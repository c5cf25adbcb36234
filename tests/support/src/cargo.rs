//! Programs of the repository that Cargo does not say the place of: it tells tests where binaries
//! are, and nobody where examples are.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Builds what these arguments name, unless that has been done, and returns where the program
/// called `name` is.
///
/// # Errors
///
/// Cargo cannot be started, or fails: it says why on standard error.
pub fn build(arguments: &[&str], name: &str) -> io::Result<PathBuf> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        // Cargo has told us of this package. Passed on, it would rebuild what asks for these, such
        // as ring.
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    let output = command
        .arg("build")
        .args(arguments)
        .arg("--message-format=json-render-diagnostics")
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .stderr(Stdio::inherit())
        .output()?;
    let program = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == name)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from));
    program
        .filter(|_| output.status.success())
        .ok_or_else(|| io::Error::other(format!("{name} cannot be built")))
}

/// Builds an example.
///
/// # Panics
///
/// It cannot be built.
pub fn example(name: &str) -> PathBuf {
    build(&["--locked", "--quiet", "--example", name], name).expect("an example")
}
