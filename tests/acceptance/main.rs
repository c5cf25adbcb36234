//! The real terraform CLI, the built provider, an API on loopback.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test says what is wrong by failing, in helpers too"
)]

#[path = "../support/mod.rs"]
mod support;

mod external_change;
mod guides;
mod leaks;
mod scene;
mod telemetry_data_source;
mod write_only;
