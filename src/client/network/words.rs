//! What a TLS error means, in words.

use const_oid::ObjectIdentifier;
use jiff::Timestamp;
use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};

use crate::client::error::TlsProblem;

/// Signatures and keys that are known and not verified, by their object identifier.
const NAMES: [(&str, &str); 9] = [
    ("1.2.840.113549.1.1.4", "RSA with MD5"),
    ("1.2.840.113549.1.1.5", "RSA with SHA-1"),
    ("1.2.840.113549.1.1.14", "RSA with SHA-224"),
    ("1.2.840.10040.4.3", "DSA with SHA-1"),
    ("1.2.840.10045.4.1", "ECDSA with SHA-1"),
    ("1.2.840.10045.4.3.1", "ECDSA with SHA-224"),
    ("1.3.101.113", "Ed448"),
    ("1.2.840.10045.4.3.2", "ECDSA with SHA-256"),
    ("1.2.840.10045.4.3.4", "ECDSA with SHA-512"),
];

/// The kind of problem, which decides what to advise, and a sentence part about it.
pub(super) fn explain(error: &Error) -> (TlsProblem, String) {
    match error {
        Error::InvalidCertificate(error) => certificate(error),
        Error::InvalidMessage(
            InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion,
        ) => (
            TlsProblem::NotTls,
            "the other side does not speak TLS".to_owned(),
        ),
        Error::PeerIncompatible(_)
        | Error::NoApplicationProtocol
        | Error::AlertReceived(
            AlertDescription::HandshakeFailure
            | AlertDescription::ProtocolVersion
            | AlertDescription::InsufficientSecurity,
        ) => (
            TlsProblem::NoAgreement,
            format!("the two sides share no TLS version or cipher suite ({error})"),
        ),
        other => (TlsProblem::Other, other.to_string()),
    }
}

fn certificate(error: &CertificateError) -> (TlsProblem, String) {
    use CertificateError as E;
    match error {
        E::UnknownIssuer => (
            TlsProblem::UnknownIssuer,
            "its certificate is signed by an authority that this machine does not trust".to_owned(),
        ),
        E::Expired => (
            TlsProblem::Expired,
            "its certificate has expired".to_owned(),
        ),
        E::ExpiredContext { not_after, .. } => (
            TlsProblem::Expired,
            format!("its certificate expired at {}", moment(*not_after)),
        ),
        E::NotValidYet => (
            TlsProblem::NotValidYet,
            "its certificate is not valid yet".to_owned(),
        ),
        E::NotValidYetContext { not_before, .. } => (
            TlsProblem::NotValidYet,
            format!(
                "its certificate is not valid before {}",
                moment(*not_before)
            ),
        ),
        E::NotValidForName => (
            TlsProblem::WrongHost,
            "its certificate is for another host".to_owned(),
        ),
        E::NotValidForNameContext { presented, .. } => {
            let names: Vec<_> = presented.iter().take(5).map(|name| plain(name)).collect();
            let names = match names.as_slice() {
                [] => "another host".to_owned(),
                names => names.join(", "),
            };
            (
                TlsProblem::WrongHost,
                format!("its certificate is for {names}"),
            )
        }
        E::UnsupportedSignatureAlgorithmContext {
            signature_algorithm_id,
            ..
        }
        | E::UnsupportedSignatureAlgorithmForPublicKeyContext {
            signature_algorithm_id,
            ..
        } => (
            TlsProblem::Algorithm,
            format!(
                "its certificate, or one above it, has a signature that is not supported: {}",
                algorithm(signature_algorithm_id)
            ),
        ),
        // A forged one, in theory; an authority that was made anew under its old name, in practice.
        E::BadSignature => (
            TlsProblem::UnknownIssuer,
            "its certificate names an authority that this machine trusts, but is signed with a \
             different key"
                .to_owned(),
        ),
        E::Revoked => (TlsProblem::Other, "its certificate is revoked".to_owned()),
        E::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => (
            TlsProblem::Other,
            "its certificate is a CA certificate (CA:TRUE), which cannot be a server's own"
                .to_owned(),
        ),
        other => (
            TlsProblem::Other,
            format!("its certificate is invalid: {other}"),
        ),
    }
}

fn moment(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).ok();
    let moment = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    moment.map_or_else(
        || "a time beyond the calendar".to_owned(),
        |at| at.to_string(),
    )
}

/// `localhost` of `DnsName("localhost")`, which is how the library lists names.
fn plain(name: &str) -> &str {
    let mut parts = name.split('"');
    parts
        .nth(1)
        .filter(|inner| !inner.is_empty())
        .unwrap_or(name)
}

/// The name of an algorithm, or else its object identifier; from the content of its
/// `AlgorithmIdentifier` in DER.
fn algorithm(der: &[u8]) -> String {
    let Some(dotted) = object_identifier(der) else {
        return "an unknown algorithm".to_owned();
    };
    let known = NAMES.iter().find(|(identifier, _)| *identifier == dotted);
    match known {
        Some((_, name)) => (*name).to_owned(),
        None => format!("the algorithm {dotted}"),
    }
}

/// The object identifier that `der` begins with (X.690, 8.19), with dots.
fn object_identifier(der: &[u8]) -> Option<String> {
    let [6, length, rest @ ..] = der else {
        return None;
    };
    let content = rest.get(..usize::from(*length))?;
    let identifier = ObjectIdentifier::from_bytes(content).ok()?;
    Some(identifier.to_string())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rustls::PeerIncompatible;
    use rustls::pki_types::ServerName;

    use super::*;

    #[test]
    fn every_kind_has_its_words() {
        let at = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let certificate = Error::InvalidCertificate;
        let algorithm = |id: &[u8]| {
            certificate(CertificateError::UnsupportedSignatureAlgorithmContext {
                signature_algorithm_id: id.to_vec(),
                supported_algorithms: vec![],
            })
        };
        let sha1 = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05\x05\0";
        for (error, problem, words) in [
            (
                certificate(CertificateError::UnknownIssuer),
                TlsProblem::UnknownIssuer,
                "its certificate is signed by an authority that this machine does not trust",
            ),
            (
                certificate(CertificateError::BadSignature),
                TlsProblem::UnknownIssuer,
                "its certificate names an authority that this machine trusts, but is signed with a \
                 different key",
            ),
            (
                certificate(CertificateError::ExpiredContext {
                    time: at(9),
                    not_after: at(0),
                }),
                TlsProblem::Expired,
                "its certificate expired at 1970-01-01T00:00:00Z",
            ),
            (
                certificate(CertificateError::NotValidYetContext {
                    time: at(0),
                    not_before: at(u64::MAX),
                }),
                TlsProblem::NotValidYet,
                "its certificate is not valid before a time beyond the calendar",
            ),
            (
                certificate(CertificateError::NotValidForNameContext {
                    expected: ServerName::try_from("h").unwrap(),
                    presented: vec!["DnsName(\"a.example\")".to_owned(), "odd".to_owned()],
                }),
                TlsProblem::WrongHost,
                "its certificate is for a.example, odd",
            ),
            (
                algorithm(sha1),
                TlsProblem::Algorithm,
                "its certificate, or one above it, has a signature that is not supported: RSA \
                 with SHA-1",
            ),
            (
                algorithm(b"\x06\x03\x2b\x65\x01"),
                TlsProblem::Algorithm,
                "its certificate, or one above it, has a signature that is not supported: the \
                 algorithm 1.3.101.1",
            ),
            (
                algorithm(b"\x06\xff\x2b"),
                TlsProblem::Algorithm,
                "its certificate, or one above it, has a signature that is not supported: an \
                 unknown algorithm",
            ),
            (
                Error::InvalidMessage(InvalidMessage::InvalidContentType),
                TlsProblem::NotTls,
                "the other side does not speak TLS",
            ),
            (
                Error::PeerIncompatible(PeerIncompatible::Tls12NotOffered),
                TlsProblem::NoAgreement,
                "the two sides share no TLS version or cipher suite (peer is incompatible: \
                 Tls12NotOffered)",
            ),
        ] {
            assert_eq!(explain(&error), (problem, words.to_owned()));
        }
    }
}
