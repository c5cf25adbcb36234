//! Terraform provider for incident.io telemetry data sources.
