//! What the test binaries share.

#![expect(unreachable_pub, reason = "a test binary exports nothing at all")]
#![allow(dead_code, reason = "no test binary uses all of it")]

pub mod client_identity;
pub mod host;
pub mod msgpack;
pub mod plugin_client;
#[cfg(target_os = "linux")]
pub mod process;
pub mod proto;
pub mod stranger;
pub mod terraform;
