//! Terraform provider for incident.io telemetry data sources.

pub mod plugin;
pub(crate) mod proto;
