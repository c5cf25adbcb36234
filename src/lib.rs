//! Terraform provider for incident.io telemetry data sources.

pub mod framework;
pub mod provider;
pub(crate) mod proto;
