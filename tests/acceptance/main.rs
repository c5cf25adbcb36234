//! The real terraform CLI, the built provider, an API on loopback.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test says what is wrong by failing, in helpers too"
)]

mod adoption;
mod data_source;
mod destroy;
mod drift;
mod examples;
mod external_change;
mod guides;
mod import;
mod leaks;
mod log;
mod provider_block;
mod scene;
mod setup;
mod update;
mod validation;
mod write_only;
