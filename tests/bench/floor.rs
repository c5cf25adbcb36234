//! The least that a start can cost: a process that prints a line and waits.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;

const PROGRAM: &str = r#"
fn main() {
    println!("1|6|unix|/nowhere|grpc|");
    std::thread::park();
}
"#;

/// Compiles the program into `folder`.
pub(crate) fn build(folder: &Path) -> Outcome<PathBuf> {
    let source = folder.join("floor.rs");
    let program = folder.join("floor");
    std::fs::write(&source, PROGRAM)?;
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let status = Command::new(rustc)
        .args(["--edition", "2024", "-O", "-o"])
        .args([&program, &source])
        .status()?;
    if status.success() {
        Ok(program)
    } else {
        Err("the floor's program does not compile".into())
    }
}
