//! One module for each managed resource.

pub(crate) mod telemetry_data_source;
