//! Tests that start the built provider and speak the plugin protocol with it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends at the first surprise"
)]

mod faults;
mod generated_code;
#[cfg(target_os = "linux")]
mod hostile;
mod life;
mod limits;
mod network;
mod optional;
mod quickstart;
mod transport;
mod world;
mod write_only;
