//! Certificates as go-plugin makes them for its side: self-signed, CA and leaf at once, on P-521.

use std::sync::Arc;

use base64::Engine as _;
use p521::ecdsa::signature::Signer as _;
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose};
use ring::rand::{SecureRandom as _, SystemRandom};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::{CertifiedKey, Signer, SigningKey};
use rustls::{SignatureAlgorithm, SignatureScheme};

/// A client's certificate and key.
#[derive(Clone)]
pub struct ClientIdentity {
    /// Self-signed.
    pub certificate: CertificateDer<'static>,
    /// What the certificate is for; another one makes a client that proves nothing.
    pub key: Arc<dyn SigningKey>,
}

impl ClientIdentity {
    /// As Terraform's: slow in an unoptimised build, by some milliseconds.
    pub fn p521() -> Self {
        let key = p521_key();
        let public = key.verifying_key().to_sec1_point(false);
        let tbs = to_be_signed(public.as_bytes());
        let signature: p521::ecdsa::Signature = key.sign(&tbs);
        let certificate = tlv(
            0x30,
            &[
                &tbs,
                &tlv(0x30, &[ECDSA_WITH_SHA512]),
                &tlv(0x03, &[&[0], signature.to_der().as_bytes()]),
            ],
        );
        Self {
            certificate: certificate.into(),
            key: Arc::new(P521Key(Arc::new(key))),
        }
    }

    /// The same on a curve that needs no code of ours.
    pub fn p256() -> Self {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyCertSign,
        ];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ClientAuth,
            ExtendedKeyUsagePurpose::ServerAuth,
        ];
        let certificate = params.self_signed(&key).unwrap().der().clone();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        Self {
            certificate,
            key: rustls::crypto::ring::sign::any_supported_type(&key).unwrap(),
        }
    }

    /// The certificate as it goes into `PLUGIN_CLIENT_CERT`.
    pub fn pem(&self) -> String {
        let body = base64::engine::general_purpose::STANDARD.encode(&self.certificate);
        let lines: Vec<&str> = body
            .as_bytes()
            .chunks(64)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            lines.join("\n")
        )
    }

    pub(crate) fn certified_key(&self) -> CertifiedKey {
        CertifiedKey::new(vec![self.certificate.clone()], Arc::clone(&self.key))
    }
}

fn p521_key() -> p521::ecdsa::SigningKey {
    loop {
        let mut bytes = [0; 66];
        SystemRandom::new().fill(&mut bytes).unwrap();
        bytes[0] &= 1; // 521 bits
        if let Ok(key) = p521::ecdsa::SigningKey::from_slice(&bytes) {
            return key;
        }
    }
}

#[derive(Clone, Debug)]
struct P521Key(Arc<p521::ecdsa::SigningKey>);

impl SigningKey for P521Key {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered
            .contains(&SignatureScheme::ECDSA_NISTP521_SHA512)
            .then(|| Box::new(self.clone()) as Box<dyn Signer>)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

impl Signer for P521Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        let signature: p521::ecdsa::Signature = self.0.sign(message);
        Ok(signature.to_der().as_bytes().to_vec())
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ECDSA_NISTP521_SHA512
    }
}

// rcgen makes P-521 certificates only with another crypto library, hence this much DER by hand.

const ECDSA_WITH_SHA512: &[u8] = &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4];
const EC_PUBLIC_KEY: &[u8] = &[6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const SECP521R1: &[u8] = &[6, 5, 0x2b, 0x81, 4, 0, 0x23];
const TRUE: &[u8] = &[1, 1, 0xff];

fn to_be_signed(public_key: &[u8]) -> Vec<u8> {
    let mut serial = [0; 16];
    SystemRandom::new().fill(&mut serial).unwrap();
    serial[0] = serial[0] & 0x3f | 0x40; // positive, and as short as DER wants it
    let attribute =
        |oid: &[u8], value: &str| tlv(0x31, &[&tlv(0x30, &[oid, &tlv(0x13, &[value.as_bytes()])])]);
    let name = tlv(
        0x30,
        &[
            &attribute(&[6, 3, 0x55, 4, 10], "HashiCorp"),
            &attribute(&[6, 3, 0x55, 4, 3], "localhost"),
        ],
    );
    let extension = |oid: &[u8], critical: &[u8], value: &[u8]| {
        tlv(0x30, &[oid, critical, &tlv(0x04, &[value])])
    };
    let client_and_server_auth = tlv(
        0x30,
        &[
            &[6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 2],
            &[6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1],
        ],
    );
    let extensions = tlv(
        0x30,
        &[
            // digitalSignature, keyEncipherment, keyAgreement, keyCertSign
            &extension(&[6, 3, 0x55, 0x1d, 0x0f], TRUE, &[3, 2, 2, 0xac]),
            &extension(&[6, 3, 0x55, 0x1d, 0x25], &[], &client_and_server_auth),
            &extension(&[6, 3, 0x55, 0x1d, 0x13], TRUE, &tlv(0x30, &[TRUE])),
            &extension(
                &[6, 3, 0x55, 0x1d, 0x11],
                &[],
                &tlv(0x30, &[&tlv(0x82, &[b"localhost"])]),
            ),
        ],
    );
    tlv(
        0x30,
        &[
            &tlv(0xa0, &[&[2, 1, 2]]), // version 3
            &tlv(0x02, &[&serial]),
            &tlv(0x30, &[ECDSA_WITH_SHA512]),
            &name,
            &tlv(
                0x30,
                &[
                    &tlv(0x17, &[b"250101000000Z"]),
                    &tlv(0x18, &[b"20550101000000Z"]),
                ],
            ),
            &name,
            &tlv(
                0x30,
                &[
                    &tlv(0x30, &[EC_PUBLIC_KEY, SECP521R1]),
                    &tlv(0x03, &[&[0], public_key]),
                ],
            ),
            &tlv(0xa3, &[&extensions]),
        ],
    )
}

/// One DER element: tag, length, value.
fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let value = parts.concat();
    let mut element = vec![tag];
    match value.len() {
        length @ 0..0x80 => element.push(u8::try_from(length).unwrap()),
        length @ 0x80..0x100 => element.extend([0x81, u8::try_from(length).unwrap()]),
        length => {
            element.push(0x82);
            element.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
    }
    element.extend(value);
    element
}
