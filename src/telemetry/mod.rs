//! Telemetry data sources: the resource and the data source `incident_telemetry_data_source`, and
//! the action `incident_telemetry_rotate_credentials`.
//!
//! [`attributes`] has a row for each attribute, and planning ([`plan`]), applying ([`apply`]) and
//! refreshing ([`refresh`]) walk the rows. They are pure; [`resource`] does the I/O. What is to be
//! sent is decided in [`change`] and nowhere else.

mod action;
mod apply;
mod attributes;
mod change;
mod checks;
mod data_source;
mod identity;
mod instant;
mod messages;
mod model;
mod moves;
mod plan;
mod private;
mod reading;
mod refresh;
mod resource;
mod validate;

#[cfg(test)]
mod fuzz;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
#[cfg(test)]
mod properties;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(any(test, fuzzing))]
#[cfg_attr(not(test), expect(dead_code, reason = "most of it is for tests"))]
#[expect(clippy::unwrap_used, reason = "for tests")]
mod testing;
#[cfg(test)]
mod tests;

pub(crate) use self::action::RotateCredentials;
pub(crate) use self::data_source::TelemetryDataSourceDataSource;
pub(crate) use self::resource::TelemetryDataSourceResource;
