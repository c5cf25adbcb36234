//! ECDSA on P-521 with SHA-512, which go-plugin's certificates use and ring does not offer.
//!
//! The hash is ring's; the curve arithmetic is plain Rust, about a millisecond for a handshake.

use p521::ecdsa::signature::hazmat::PrehashVerifier as _;
use p521::ecdsa::{Signature, VerifyingKey};
use rustls::SignatureScheme;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};

/// The TLS name of this kind of signature.
pub(super) const SCHEME: SignatureScheme = SignatureScheme::ECDSA_NISTP521_SHA512;

/// Just this algorithm, as rustls wants it.
pub(super) static ALGORITHMS: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[&EcdsaP521Sha512],
    mapping: &[(SCHEME, &[&EcdsaP521Sha512])],
};

#[derive(Debug)]
struct EcdsaP521Sha512;

impl SignatureVerificationAlgorithm for EcdsaP521Sha512 {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let key = VerifyingKey::from_sec1_bytes(public_key).map_err(|_| InvalidSignature)?;
        let signature = Signature::from_der(signature).map_err(|_| InvalidSignature)?;
        let hash = ring::digest::digest(&ring::digest::SHA512, message);
        key.verify_prehash(hash.as_ref(), &signature)
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P521
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA512
    }
}

#[cfg(test)]
mod tests {
    use p521::ecdsa::SigningKey;
    use p521::ecdsa::signature::Signer as _;

    use super::*;

    fn signed(message: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let key = SigningKey::from_slice(&[7; 66][..]).or_else(|_| {
            let mut bytes = [7; 66];
            bytes[0] = 0;
            SigningKey::from_slice(&bytes)
        });
        let key = key.unwrap();
        let signature: Signature = key.sign(message);
        let public = key.verifying_key().to_sec1_point(false);
        (
            public.as_bytes().to_vec(),
            signature.to_der().as_bytes().to_vec(),
        )
    }

    #[test]
    fn accepts_what_was_signed_and_nothing_else() {
        let (key, signature) = signed(b"handshake");
        let verify = |key: &[u8], message: &[u8], signature: &[u8]| {
            EcdsaP521Sha512.verify_signature(key, message, signature)
        };
        assert!(verify(&key, b"handshake", &signature).is_ok());
        assert!(verify(&key, b"another", &signature).is_err());
        for at in [0, 5, 40, signature.len() - 1] {
            let mut changed = signature.clone();
            changed[at] ^= 1;
            assert!(verify(&key, b"handshake", &changed).is_err(), "byte {at}");
        }
        assert!(verify(&key[1..], b"handshake", &signature).is_err());
        assert!(verify(&key, b"handshake", &[]).is_err());
        assert!(verify(&[], b"handshake", &signature).is_err());
    }
}
