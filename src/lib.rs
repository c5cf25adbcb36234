//! Terraform provider for incident.io telemetry data sources: the rooms.
//!
//! Data enters at the top and goes down; nothing calls back up.
//!
//! - `terraform_plugin`, a crate of its own, is being a plugin and speaking Terraform's protocol.
//!   It knows nothing of incident.io.
//! - `provider` is the list of what there is; `settings` the provider block and the environment;
//!   `connection` the API as they configure it; `failure` the words for what goes wrong with it;
//!   `summary` the list of all diagnostics.
//! - `telemetry` is one family of the API: its resource and its data source side by side.
//! - `client` is the API over HTTP. It knows nothing of Terraform.
//!
//! Reading order for a newcomer: `telemetry/attributes` for what there is, `telemetry/plan.rs`
//! for the rules that matter most, `client/telemetry.rs` for the API.

mod checks;
mod client;
mod connection;
mod failure;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod provider;
mod settings;
mod summary;
mod telemetry;

pub use self::provider::IncidentProvider;
pub use self::settings::{SETTINGS, Setting};
