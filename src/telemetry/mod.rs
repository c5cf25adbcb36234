//! Telemetry data sources: the resource and the data source `incident_telemetry_data_source`.
//!
//! [`attributes`] has a row for each attribute, and planning ([`plan`]), applying ([`apply`]) and
//! refreshing ([`refresh`]) walk the rows. They are pure; [`resource`] does the I/O. What is to be
//! sent is decided in [`change`] and nowhere else.

mod apply;
mod attributes;
mod change;
mod checks;
mod data_source;
mod messages;
mod model;
mod plan;
mod private;
mod reading;
mod refresh;
mod resource;
mod validate;

#[cfg(test)]
mod fuzz;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
#[cfg(test)]
mod properties;
#[cfg(any(test, fuzzing))]
#[cfg_attr(not(test), expect(dead_code, reason = "most of it is for tests"))]
#[expect(clippy::unwrap_used, reason = "for tests")]
mod testing;
#[cfg(test)]
mod tests;

pub(crate) use self::data_source::TelemetryDataSourceDataSource;
pub(crate) use self::resource::TelemetryDataSourceResource;
