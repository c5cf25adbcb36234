//! Terraform provider for incident.io telemetry data sources.

pub mod framework;
pub(crate) mod proto;
pub mod protocol;
