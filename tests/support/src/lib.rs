//! What the tests of the workspace share: the two ways to drive a provider ([`plugin_client`]
//! speaks the protocol, [`terraform`] runs the real CLI), what surrounds it, and what Terraform's
//! [`core`] does.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a helper of tests says what is wrong by panicking"
)]

pub mod cargo;
pub mod client;
pub mod client_identity;
pub mod core;
pub mod damage;
pub mod file_server;
pub mod host;
mod msgpack;
pub mod plugin_client;
#[cfg(target_os = "linux")]
pub mod process;
pub mod proto;
pub mod proxy;
pub mod suite;
pub mod terraform;
