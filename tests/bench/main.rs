//! What a user waits for, measured on whole processes: starts, and plans by the real `terraform`
//! against the sandbox, each beside its floor. Only what one run compares means anything:
//! contestants take turns, so that whatever else the machine does meets all of them alike.
//!
//! `cargo bench --bench performance` measures starts, and with sizes behind it, `-- 1 100`, plans
//! of so many resources as well. What it prints are the tables of `docs/performance.md`.

#![expect(
    clippy::print_stdout,
    reason = "what is printed here is the program's output"
)]

mod constant;
mod plans;
mod starts;
mod terraform;
mod usage;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use test_support as support;

/// A measurement that cannot be made ends the program.
type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    if constant::is_asked_for() {
        return constant::serve();
    }
    let outcome = if std::env::args().any(|argument| argument == "--bench") {
        run()
    } else {
        // `cargo test --all-targets` runs this as well, unoptimised, and without the flag.
        println!("measures nothing unless run by `cargo bench`");
        Ok(())
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome<()> {
    let arguments = std::env::args().skip(1);
    let sizes: Vec<usize> = arguments
        .filter(|argument| argument != "--bench")
        .map(|argument| argument.parse())
        .collect::<Result<_, _>>()?;
    let scratch = tempfile::tempdir()?;
    starts::measure(scratch.path())?;
    if !sizes.is_empty() {
        plans::measure(scratch.path(), &sizes)?;
    }
    Ok(())
}

/// The middle one, the upper of two. Zero of none.
fn median<T: Copy + Ord + Default>(values: impl IntoIterator<Item = T>) -> T {
    let mut sorted: Vec<_> = values.into_iter().collect();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// Milliseconds with as many decimals as are worth reading.
fn millis(duration: Duration) -> String {
    let millis = duration.as_secs_f64() * 1e3;
    let decimals = if millis < 20.0 { 2 } else { 0 };
    format!("{millis:.decimals$} ms")
}

/// KiB as MiB.
fn mebibytes(kibibytes: u64) -> String {
    let tenths = (kibibytes * 10 + 512) / 1024;
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}
