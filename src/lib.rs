//! Terraform provider for incident.io telemetry data sources: the rooms.
//!
//! Data enters at the top and goes down; nothing calls back up.
//!
//! - [`client`] is the API over HTTP. It knows nothing of Terraform.
//! - [`framework`] is Terraform's vocabulary and rules, without I/O.
//! - `proto` is generated: the messages of the plugin protocol.
//! - [`protocol`] turns messages into framework calls and back. The only room
//!   that sees both.
//! - [`provider`] is incident.io as Terraform sees it: `framework` above,
//!   `client` below.

pub mod client;
pub mod framework;
pub mod provider;
pub(crate) mod proto;
pub mod protocol;
pub mod provider;
