//! Terraform's plugin protocol, version 6: the list of its calls, and the guard around each.
//!
//! What cannot be decoded, an unknown type name and a panic are answered with diagnostics: after a
//! gRPC status core may throw private state away, and tells its user little.

mod absent;
mod calls;
mod guard;
mod invocation;
mod provider;
mod schemas;
mod shared;
#[cfg(test)]
mod tests;

use crate::proto::tfplugin6::provider_server::ProviderServer;

pub(crate) use self::shared::Server;

/// What a message may measure, as in the reference implementation. Core takes at most 64 MiB of
/// schema; states and plans may be larger.
const MAX_MESSAGE_BYTES: usize = 256 * 1024 * 1024;

/// The server as a tonic service, with the protocol's message limits.
pub(crate) fn service(server: Server) -> ProviderServer<Server> {
    ProviderServer::new(server)
        .max_decoding_message_size(MAX_MESSAGE_BYTES)
        .max_encoding_message_size(MAX_MESSAGE_BYTES)
}
