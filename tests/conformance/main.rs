//! Proof that no user sees "Provider produced invalid plan": core's judgement,
//! core's order of calls, and generated walks through both.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    unreachable_pub,
    missing_docs,
    reason = "a test binary: it ends at the first surprise, and exports nothing"
)]

#[path = "../support/mod.rs"]
mod support;

mod core;
mod regressions;
mod rules;
mod walks;
mod world;
