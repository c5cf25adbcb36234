//! Terraform's plugin protocol, version 6, over what `framework` knows: the
//! only room that sees both protocol messages and framework values.
//!
//! [`Server`] lists the calls; the folder `rpc` has what each does: decode, let the
//! framework work, encode. What cannot be decoded, an unknown type name and a
//! panic are answered with diagnostics: after a gRPC status core may throw
//! private state away, and tells its user little.

mod decode;
mod encode;
mod guard;
mod rpc;
mod server;

#[cfg(test)]
mod tests;

use crate::proto::tfplugin6::provider_server::ProviderServer;

pub use server::Server;

/// What a message may measure, as in the reference implementation. Core takes
/// at most 64 MiB of schema; states and plans may be larger.
const MAX_MESSAGE_BYTES: usize = 256 * 1024 * 1024;

/// The server as a tonic service, with the protocol's message limits.
pub fn service(server: Server) -> ProviderServer<Server> {
    ProviderServer::new(server)
        .max_decoding_message_size(MAX_MESSAGE_BYTES)
        .max_encoding_message_size(MAX_MESSAGE_BYTES)
}
