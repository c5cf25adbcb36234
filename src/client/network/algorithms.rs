//! Signatures that ring does not verify and companies' own authorities make: ECDSA on P-521, and on
//! the smaller curves with SHA-512. The hashes are ring's; the curves are plain Rust, which costs
//! nothing until a certificate needs it.

use std::sync::LazyLock;

use ring::digest::{Algorithm, SHA256, SHA384, SHA512, digest};
use rustls::SignatureScheme;
use rustls::crypto::ring::default_provider;
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms};
use rustls::pki_types::alg_id::{
    ECDSA_P256, ECDSA_P384, ECDSA_P521, ECDSA_SHA256, ECDSA_SHA384, ECDSA_SHA512,
};
use rustls::pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm};

type Verifier = &'static dyn SignatureVerificationAlgorithm;

static P256_SHA512: Ecdsa = Ecdsa::new(ECDSA_P256, ECDSA_SHA512, &SHA512, verify_p256);
static P384_SHA512: Ecdsa = Ecdsa::new(ECDSA_P384, ECDSA_SHA512, &SHA512, verify_p384);
static P521_SHA256: Ecdsa = Ecdsa::new(ECDSA_P521, ECDSA_SHA256, &SHA256, verify_p521);
static P521_SHA384: Ecdsa = Ecdsa::new(ECDSA_P521, ECDSA_SHA384, &SHA384, verify_p521);
static P521_SHA512: Ecdsa = Ecdsa::new(ECDSA_P521, ECDSA_SHA512, &SHA512, verify_p521);

static SHA512_ROW: [Verifier; 3] = [&P521_SHA512, &P384_SHA512, &P256_SHA512];

/// Ring's algorithms, then ours.
static ALGORITHMS: LazyLock<WebPkiSupportedAlgorithms> = LazyLock::new(|| {
    let ring = default_provider().signature_verification_algorithms;
    let ours: [Verifier; 5] = [
        &P521_SHA512,
        &P521_SHA384,
        &P521_SHA256,
        &P384_SHA512,
        &P256_SHA512,
    ];
    let all: Vec<Verifier> = ring.all.iter().copied().chain(ours).collect();
    // In TLS 1.2 a scheme fixes the hash and not the curve; in 1.3 the first in the row counts.
    let extended = |row: &'static [Verifier], more: Verifier| -> &'static [Verifier] {
        let row: Vec<Verifier> = row.iter().copied().chain([more]).collect();
        row.leak()
    };
    let rows = ring.mapping.iter().map(|&(scheme, row)| match scheme {
        SignatureScheme::ECDSA_NISTP256_SHA256 => (scheme, extended(row, &P521_SHA256)),
        SignatureScheme::ECDSA_NISTP384_SHA384 => (scheme, extended(row, &P521_SHA384)),
        _ => (scheme, row),
    });
    let mut mapping: Vec<_> = rows.collect();
    mapping.push((SignatureScheme::ECDSA_NISTP521_SHA512, &SHA512_ROW));
    // Made once and kept for as long as the process lives, which is what the type asks for.
    WebPkiSupportedAlgorithms {
        all: all.leak(),
        mapping: mapping.leak(),
    }
});

/// Ring, with more signatures than it verifies by itself.
pub(super) fn provider() -> CryptoProvider {
    CryptoProvider {
        signature_verification_algorithms: *ALGORITHMS,
        ..default_provider()
    }
}

#[derive(Debug)]
struct Ecdsa {
    curve: AlgorithmIdentifier,
    signature: AlgorithmIdentifier,
    hash: &'static Algorithm,
    verify: Verify,
}

/// From public key, digest and signature, each in its usual encoding.
type Verify = fn(&[u8], &[u8], &[u8]) -> Option<()>;

impl Ecdsa {
    const fn new(
        curve: AlgorithmIdentifier,
        signature: AlgorithmIdentifier,
        hash: &'static Algorithm,
        verify: Verify,
    ) -> Self {
        Self {
            curve,
            signature,
            hash,
            verify,
        }
    }
}

impl SignatureVerificationAlgorithm for Ecdsa {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let digest = digest(self.hash, message);
        (self.verify)(public_key, digest.as_ref(), signature).ok_or(InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.curve
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}

fn verify_p256(key: &[u8], digest: &[u8], signature: &[u8]) -> Option<()> {
    use p256::ecdsa::signature::hazmat::PrehashVerifier;
    use p256::ecdsa::{Signature, VerifyingKey};
    let signature = Signature::from_der(signature).ok()?;
    let key = VerifyingKey::from_sec1_bytes(key).ok()?;
    key.verify_prehash(digest, &signature).ok()
}

fn verify_p384(key: &[u8], digest: &[u8], signature: &[u8]) -> Option<()> {
    use p384::ecdsa::signature::hazmat::PrehashVerifier;
    use p384::ecdsa::{Signature, VerifyingKey};
    let signature = Signature::from_der(signature).ok()?;
    let key = VerifyingKey::from_sec1_bytes(key).ok()?;
    key.verify_prehash(digest, &signature).ok()
}

fn verify_p521(key: &[u8], digest: &[u8], signature: &[u8]) -> Option<()> {
    use p521::ecdsa::signature::hazmat::PrehashVerifier;
    use p521::ecdsa::{Signature, VerifyingKey};
    // The same number, in the length of the curve's: the library refuses much shorter ones.
    let mut padded = [0; 66];
    let start = padded.len().checked_sub(digest.len())?;
    padded[start..].copy_from_slice(digest);
    let signature = Signature::from_der(signature).ok()?;
    let key = VerifyingKey::from_sec1_bytes(key).ok()?;
    key.verify_prehash(&padded, &signature).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use p256::ecdsa::signature::hazmat::PrehashSigner as _;
    use rustls::RootCertStore;
    use rustls::client::WebPkiServerVerifier;
    use rustls::client::danger::ServerCertVerifier;
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, ServerName, UnixTime};

    use super::*;
    use crate::client::error::TlsProblem;
    use crate::client::network::words;

    /// A key and a signature of `message` by it, on the curve of this name.
    macro_rules! signed {
        ($curve:ident, $length:literal, $digest:expr) => {{
            let mut secret = [7; $length];
            secret[0] = 0;
            let key = $curve::ecdsa::SigningKey::from_slice(&secret).unwrap();
            let signature: $curve::ecdsa::Signature = key.sign_prehash($digest).unwrap();
            let public = key.verifying_key().to_sec1_point(false);
            (
                public.as_bytes().to_vec(),
                signature.to_der().as_bytes().to_vec(),
            )
        }};
    }

    #[test]
    fn each_pair_accepts_what_was_signed_and_nothing_else() {
        const MESSAGE: &[u8] = b"handshake";
        for algorithm in [
            &P256_SHA512,
            &P384_SHA512,
            &P521_SHA256,
            &P521_SHA384,
            &P521_SHA512,
        ] {
            let hash = digest(algorithm.hash, MESSAGE);
            let mut long = [0; 66];
            long[66 - hash.as_ref().len()..].copy_from_slice(hash.as_ref());
            let (key, signature) = match algorithm.curve {
                ECDSA_P256 => signed!(p256, 32, hash.as_ref()),
                ECDSA_P384 => signed!(p384, 48, hash.as_ref()),
                _ => signed!(p521, 66, &long),
            };
            let verify = |key: &[u8], message: &[u8], signature: &[u8]| {
                algorithm.verify_signature(key, message, signature).is_ok()
            };
            assert!(verify(&key, MESSAGE, &signature), "{algorithm:?}");
            assert!(!verify(&key, b"another", &signature));
            for at in [0, 5, 40, signature.len() - 1] {
                let mut changed = signature.clone();
                changed[at] ^= 1;
                assert!(!verify(&key, MESSAGE, &changed), "byte {at}");
            }
            assert!(!verify(&key[1..], MESSAGE, &signature));
            assert!(!verify(&key, MESSAGE, &[]));
            assert!(!verify(&[], MESSAGE, &signature));
        }
    }

    #[test]
    fn what_is_offered() {
        let ring = default_provider().signature_verification_algorithms;
        let ours = provider().signature_verification_algorithms;
        assert_eq!(ours.all.len(), ring.all.len() + 5);
        let mut schemes = ring.supported_schemes();
        schemes.push(SignatureScheme::ECDSA_NISTP521_SHA512);
        assert_eq!(ours.supported_schemes(), schemes);
        for ((_, row), (_, before)) in ours.mapping.iter().zip(ring.mapping) {
            assert_eq!(row[0].public_key_alg_id(), before[0].public_key_alg_id());
        }
    }

    /// A leaf for `localhost`, an authority on P-256 and a root on P-521, all signed with SHA-512
    /// and made by OpenSSL.
    #[test]
    fn a_companys_chain() {
        let chain = include_bytes!("../tests/p521-chain.pem");
        let chain: Vec<_> = CertificateDer::pem_slice_iter(chain)
            .map(Result::unwrap)
            .collect();
        let [leaf, authority, root] = chain.as_slice() else {
            panic!("{} certificates", chain.len())
        };
        let mut roots = RootCertStore::empty();
        roots.add(root.clone()).unwrap();
        let verify = |provider: CryptoProvider| {
            let roots = Arc::new(roots.clone());
            let verifier = WebPkiServerVerifier::builder_with_provider(roots, Arc::new(provider));
            verifier.build().unwrap().verify_server_cert(
                leaf,
                std::slice::from_ref(authority),
                &ServerName::try_from("localhost").unwrap(),
                &[],
                UnixTime::now(),
            )
        };
        verify(provider()).unwrap();
        let (problem, words) = words::explain(&verify(default_provider()).unwrap_err());
        assert_eq!(problem, TlsProblem::Algorithm);
        assert!(
            words.ends_with("is not supported: ECDSA with SHA-512"),
            "{words}"
        );
    }
}
