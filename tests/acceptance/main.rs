//! The real terraform CLI, the built provider, an API on loopback.

#[path = "../support/mod.rs"]
mod support;

mod telemetry_data_source;
