//! Proof that no user sees "Provider produced invalid plan", and that the provider does what its
//! documents say: walks of a practitioner, through what core does, beside an API.
//!
//! - `test_support::core`: core's order of calls, what it carries from one to the next, and how it
//!   judges each answer, by `crates/terraform-plugin/docs/core-rules.md`.
//! - `mutations`: every one of those rules, broken on purpose.
//! - `table`: what the provider does in each situation, by the documents under `docs/`.
//! - `world`: configurations, faults and what others do; a walk through all of it.
//! - `walks`, `cli`, `regressions`: walks by chance, beside the real client, and kept ones.
//!
//! `CONFORMANCE_WALKS` and `CONFORMANCE_CLI_WALKS` say how many walks, `CONFORMANCE_SEED` which
//! ones, `CONFORMANCE_FIRST` with which of them to begin: a failure names its seed and number, and
//! the smallest walk that still fails, which belongs into `regressions.rs`. A long run is ten times
//! as fast with `--profile fast`:
//!
//! ```sh
//! CONFORMANCE_WALKS=100000 cargo test --profile fast --test conformance walks
//! ```

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    unreachable_pub,
    reason = "a test binary: it ends at the first surprise, and exports nothing"
)]
#![expect(
    clippy::enum_glob_use,
    reason = "a row of a table is read by its words alone"
)]

mod cli;
mod mutations;
mod regressions;
mod scripts;
mod table;
mod walks;
mod world;

use std::process::ExitCode;

use test_support as support;
use test_support::client::WRITE_ONLY;
use test_support::core::{rules, values};
use test_support::{core, suite, tests};

tests! {
    ;
    regressions, mutations, table, walks
}

fn main() -> ExitCode {
    let mut all = tests();
    all.extend(suite::needing(WRITE_ONLY, cli::tests()));
    suite::run(all)
}
