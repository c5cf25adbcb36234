//! Mutual TLS with exactly one client.
//!
//! The host hands us its certificate in `PLUGIN_CLIENT_CERT` and learns ours from the handshake
//! line; each side then trusts that one certificate and no other. go-plugin's certificate is
//! self-signed and a CA at the same time, which webpki refuses as an end entity, so there is no
//! chain to build: the presented certificate is compared byte for byte, and its key must have
//! signed the handshake.

mod p521;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::NoServerSessionStorage;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme,
};

use crate::process::error::Error;

/// How far the certificate reaches back: clocks within one machine agree, but not to the instant.
const BACKDATED: Duration = Duration::from_hours(1);

/// How long the certificate holds. No process lives that long; go-plugin's own lasts as long.
const VALID_FOR: Duration = Duration::from_hours(30 * 365 * 24);

/// A key and a certificate of this process alone.
pub(super) struct Identity {
    key: PrivateKeyDer<'static>,
    certificate: CertificateDer<'static>,
}

impl Identity {
    /// Makes a fresh one.
    pub(super) fn generate() -> Result<Self, Error> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        // Go looks at the alternative name alone.
        let mut params = CertificateParams::new(["localhost".to_owned()])?;
        let now = SystemTime::now();
        params.not_before = (now - BACKDATED).into();
        params.not_after = (now + VALID_FOR).into();
        Ok(Self {
            certificate: params.self_signed(&key)?.der().clone(),
            key: PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        })
    }

    /// The certificate to announce, in DER.
    pub(super) fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// Settings that serve `client` and nobody else.
    pub(super) fn serving(self, client: CertificateDer<'static>) -> Result<ServerConfig, Error> {
        let provider = Arc::new(ring::default_provider());
        let verifier = Arc::new(PinnedClient::new(client, &provider));
        // TLS 1.2 and 1.3 are all that rustls speaks.
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![self.certificate], self.key)?;
        // grpc-go from 1.67 on refuses a server without it.
        config.alpn_protocols = vec![b"h2".to_vec()];
        // A resumed session would not show its certificate again, and the host resumes none.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(config)
    }
}

/// Accepts one certificate, and only from whoever holds its key.
#[derive(Debug)]
struct PinnedClient {
    certificate: CertificateDer<'static>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl PinnedClient {
    fn new(certificate: CertificateDer<'static>, provider: &CryptoProvider) -> Self {
        Self {
            certificate,
            algorithms: provider.signature_verification_algorithms,
        }
    }

    /// The algorithms to check this signature with: ring's, or the one that ring lacks.
    fn algorithms_for(&self, scheme: SignatureScheme) -> &WebPkiSupportedAlgorithms {
        if scheme == p521::SCHEME {
            &p521::ALGORITHMS
        } else {
            &self.algorithms
        }
    }
}

impl ClientCertVerifier for PinnedClient {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        if end_entity == &self.certificate {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, self.algorithms_for(dss.scheme))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, self.algorithms_for(dss.scheme))
    }

    /// P-521 comes first: in TLS 1.2 a scheme does not fix the curve, and Go signs with the first
    /// scheme in our list that it knows, so that its P-521 key always meets SHA-512.
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = vec![p521::SCHEME];
        schemes.extend(self.algorithms.supported_schemes());
        schemes
    }
}
