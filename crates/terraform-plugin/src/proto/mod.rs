//! Messages and services of the plugin protocol, generated from the files under `proto/`.
//!
//! Only servers are generated here. Maps are `BTreeMap`s, so that whatever is rendered from a
//! message comes out the same every time. `tests/wire/generated_code.rs` keeps this folder equal to
//! what the `.proto` files say, and writes it again on request.

use std::fmt;

/// `tfplugin6.Provider`: the protocol of Terraform itself.
#[expect(
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    unreachable_pub,
    reason = "generated code"
)]
#[allow(
    dead_code,
    reason = "messages that only give others a name; rustc never counts this as an expectation met"
)]
#[rustfmt::skip]
pub(crate) mod tfplugin6;

/// `plugin.GRPCBroker`, `plugin.GRPCController` and `plugin.GRPCStdio`: the services of go-plugin.
#[expect(
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    unreachable_pub,
    reason = "generated code"
)]
#[rustfmt::skip]
pub(crate) mod plugin;

/// `grpc.health.v1.Health`: the usual gRPC health check.
#[expect(
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    unreachable_pub,
    reason = "generated code"
)]
#[rustfmt::skip]
#[path = "grpc.health.v1.rs"]
pub(crate) mod health;

/// A value may hold credentials, so only its size is shown.
impl fmt::Debug for tfplugin6::DynamicValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DynamicValue")
            .field("msgpack_len", &self.msgpack.len())
            .field("json_len", &self.json.len())
            .finish()
    }
}

/// A state may hold credentials, so only its size is shown.
impl fmt::Debug for tfplugin6::RawState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawState")
            .field("json_len", &self.json.len())
            .field("flatmap_len", &self.flatmap.len())
            .finish()
    }
}
