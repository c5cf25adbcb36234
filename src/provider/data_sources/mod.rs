//! One module for each data source.

pub(crate) mod telemetry_data_source;
