//! What a user waits for, measured on whole processes: start-up, the first answer, and plans by the
//! real `terraform` against the sandbox, each beside its floor. Only ratios of one run mean anything:
//! contestants take turns, so that whatever else the machine does meets all of them alike.
//!
//! `cargo bench --bench performance -- [--quick] [--sizes 1,10,…] [--only start|plans] [--write]`;
//! `--write` puts the results into `docs/performance.md` and draws its chart.

#![expect(
    clippy::print_stdout,
    reason = "what is printed here is the program's output"
)]

mod chart;
mod constant;
mod floor;
mod launch;
mod plan;
mod process;
mod report;
mod sandbox_alone;
mod statistics;
mod terraform;

use std::error::Error;
use std::process::ExitCode;

use test_support as support;

/// A measurement that cannot be made ends the program.
type Outcome<T> = Result<T, Box<dyn Error>>;

const SIZES: [usize; 5] = [1, 10, 100, 1000, 5000];

/// What the command line asks for.
struct Asked {
    sizes: Vec<usize>,
    /// Fewer rounds, for a look in between.
    quick: bool,
    /// Everything, if there is none.
    only: Option<Part>,
    write: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Start,
    Plans,
}

fn main() -> ExitCode {
    if constant::is_asked_for() {
        return match constant::serve() {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    // `cargo test --all-targets` runs this as well, unoptimised, and without this flag.
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("measures nothing unless run by `cargo bench`");
        return ExitCode::SUCCESS;
    }
    match asked().and_then(|asked| run(&asked)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn asked() -> Outcome<Asked> {
    let mut asked = Asked {
        sizes: SIZES.to_vec(),
        quick: false,
        only: None,
        write: false,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or("an option lacks its value");
        match argument.as_str() {
            "--bench" => {}
            "--quick" => asked.quick = true,
            "--write" => asked.write = true,
            "--sizes" => {
                let sizes = value()?;
                asked.sizes = sizes.split(',').map(str::parse).collect::<Result<_, _>>()?;
            }
            "--only" => match value()?.as_str() {
                "start" => asked.only = Some(Part::Start),
                "plans" => asked.only = Some(Part::Plans),
                other => return Err(format!("--only start or plans, not {other}").into()),
            },
            other => return Err(format!("no such option: {other}").into()),
        }
    }
    Ok(asked)
}

fn run(asked: &Asked) -> Outcome<()> {
    let scratch = tempfile::tempdir()?;
    let mut report = report::Report::new();
    if asked.only != Some(Part::Plans) {
        report.start(&launch::measure(scratch.path(), asked.quick)?);
    }
    if asked.only != Some(Part::Start) {
        report.sandbox(sandbox_alone::requests_per_second(asked.quick)?);
        let mut plans = Vec::new();
        for &size in &asked.sizes {
            plans.extend(plan::measure(scratch.path(), size, asked.quick)?);
        }
        report.plans(&plans);
    }
    println!("{}", report.text());
    if asked.write {
        report.write()?;
    }
    Ok(())
}
