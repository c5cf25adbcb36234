//! Proof that no user sees "Provider produced invalid plan": core's judgement,
//! core's order of calls, and generated walks through both.
//!
//! `CONFORMANCE_WALKS` and `CONFORMANCE_CLI_WALKS` say how many walks, `CONFORMANCE_SEED`
//! which ones, `CONFORMANCE_FIRST` with which of them to begin: a failure names its seed and
//! number, and the smallest walk that still fails, which belongs into `regressions.rs`.
//! A long run is ten times as fast with `--profile fast`:
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

#[path = "../support/mod.rs"]
mod support;

mod cli;
mod core;
mod regressions;
mod rules;
mod values;
mod walks;
mod world;
