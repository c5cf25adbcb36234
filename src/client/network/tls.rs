//! Encryption: `ring` for the arithmetic, and whose certificates count.

use std::ffi::OsString;
use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

use super::algorithms;

/// What is offered during the handshake.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Loads the certificates that the platform trusts, which takes milliseconds. On Linux and the BSDs
/// the environment may name others; macOS and Windows decide by themselves.
///
/// The crypto provider is passed in rather than installed for the process, which is not a library's
/// to decide.
///
/// # Errors
/// If nothing is trusted, or what the environment names cannot be read.
pub(super) fn trusting(
    environment: &dyn Fn(&str) -> Option<OsString>,
) -> Result<ClientConfig, String> {
    let builder = ClientConfig::builder_with_provider(Arc::new(algorithms::provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    #[cfg(all(unix, not(target_vendor = "apple")))]
    let builder = builder.with_root_certificates(super::trust::roots(environment)?);
    #[cfg(not(all(unix, not(target_vendor = "apple"))))]
    let builder = {
        let _ = environment;
        rustls_platform_verifier::BuilderVerifierExt::with_platform_verifier(builder)
            .map_err(|error| error.to_string())?
    };
    Ok(with_protocols(builder.with_no_client_auth()))
}

/// For an endpoint that is never spoken to over TLS, where loading certificates would be wasted.
pub(super) fn trusting_nobody() -> Result<ClientConfig, String> {
    let builder = ClientConfig::builder_with_provider(Arc::new(algorithms::provider()));
    let builder = builder
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(RootCertStore::empty());
    Ok(with_protocols(builder.with_no_client_auth()))
}

fn with_protocols(mut config: ClientConfig) -> ClientConfig {
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    config
}
