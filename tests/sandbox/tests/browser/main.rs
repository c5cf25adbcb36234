//! The page in a real browser: headless Chromium, driven over pipes. Where there is none on the
//! PATH, and none that `CHROMIUM` names, its tests are listed as ignored.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::process::ExitCode;

#[cfg(unix)]
mod chromium;
#[cfg(unix)]
mod page;

#[cfg(unix)]
fn main() -> ExitCode {
    page::run()
}

/// The pipes are made by a shell.
#[cfg(not(unix))]
fn main() -> ExitCode {
    eprintln!("!!! NOT RUN: the tests in a browser, which need unix.");
    ExitCode::SUCCESS
}
