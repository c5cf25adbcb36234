//! Terraform provider for incident.io telemetry data sources.

pub(crate) mod proto;
