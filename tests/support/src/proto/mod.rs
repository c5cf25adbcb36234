//! Messages and clients of the plugin protocol, generated from the files under `proto/`.
//!
//! A copy of their own, so that the crate's can stay private. See `tests/wire/generated_code.rs`.

/// `tfplugin6.Provider`.
#[expect(
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes_without_reason,
    missing_docs,
    reason = "generated code"
)]
#[rustfmt::skip]
pub mod tfplugin6;

/// `plugin.GRPCBroker`, `plugin.GRPCController` and `plugin.GRPCStdio`.
#[expect(
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes_without_reason,
    missing_docs,
    reason = "generated code"
)]
#[rustfmt::skip]
pub mod plugin;

/// `grpc.health.v1.Health`.
#[expect(
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes_without_reason,
    missing_docs,
    reason = "generated code"
)]
#[rustfmt::skip]
#[path = "grpc.health.v1.rs"]
pub mod health;
