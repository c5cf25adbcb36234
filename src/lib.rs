//! Terraform provider for incident.io telemetry data sources: the rooms.
//!
//! Data enters at the top and goes down; nothing calls back up.
//!
//! - [`plugin`] is being a plugin process: launch, TLS, sockets, logs. It knows
//!   nothing of Terraform's types.
//! - `proto` is generated: the messages of the plugin protocol.
//! - [`protocol`] turns messages into calls of the framework and back. The only
//!   room that sees both.
//! - [`framework`] is Terraform's vocabulary and rules, without I/O.
//! - [`provider`] is incident.io as Terraform sees it: `framework` above,
//!   `client` below.
//! - [`client`] is the API over HTTP. It knows nothing of Terraform.
//!
//! `main.rs` connects them. Reading order for a newcomer: `plugin/handshake.rs`
//! for how a run begins, `protocol/server.rs` for the list of calls,
//! `provider/resources/telemetry_data_source/plan.rs` for the rules that matter
//! most, then `client/telemetry.rs`.

pub mod client;
pub mod provider;
