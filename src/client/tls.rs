//! Encryption: the platform's certificate store, with `ring` for the arithmetic.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

/// What is offered during the handshake.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Loads the certificates that the platform trusts, which takes milliseconds. On Linux and the
/// BSDs, `SSL_CERT_FILE` and `SSL_CERT_DIR` stand in for the platform's, as with OpenSSL; macOS and
/// Windows decide by themselves.
///
/// The crypto provider is passed in rather than installed for the process, which is not a library's
/// to decide.
///
/// # Errors
/// If the platform has no trusted certificate, or `SSL_CERT_FILE` has none.
pub(super) fn platform_trust() -> Result<ClientConfig, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?;
    Ok(with_protocols(builder.with_no_client_auth()))
}

/// Trusts nobody: for an endpoint that is never spoken to over TLS, where loading certificates
/// would be wasted.
pub(super) fn no_trust() -> Result<ClientConfig, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder
        .with_safe_default_protocol_versions()?
        .with_root_certificates(RootCertStore::empty());
    Ok(with_protocols(builder.with_no_client_auth()))
}

fn with_protocols(mut config: ClientConfig) -> ClientConfig {
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    config
}
