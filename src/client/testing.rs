//! Failed requests, for tests of what is said about them.

use std::time::Duration;

use http::{HeaderName, HeaderValue};
use jiff::Timestamp;
use serde_json::Value;
use zeroize::Zeroizing;

use super::answer::{Answer, Ending, read};
use super::error::{ConnectionError, TlsProblem};
use super::scrub::Scrubber;
use super::{ClientError, ConnectionKind, DataSource, Endpoint};

/// What the client makes of this answer.
pub(crate) fn answered(status: u16, headers: &[(&'static str, &str)], body: &Value) -> ClientError {
    let headers = headers.iter().map(|(name, value)| {
        let value = HeaderValue::from_str(value).unwrap();
        (HeaderName::from_static(name), value)
    });
    let answer = Answer {
        status,
        headers: headers.collect(),
        body: Zeroizing::new(body.to_string().into_bytes()),
        ending: Ending::Complete,
        received: Timestamp::UNIX_EPOCH,
        elapsed: Duration::ZERO,
    };
    let read = read::<DataSource>(answer, &Endpoint::default(), &Scrubber::default());
    read.unwrap_err()
}

/// A connection of every kind that fails, and every way in which TLS does.
pub(crate) fn connections() -> Vec<ClientError> {
    let plain = kinds().filter(|kind| *kind != ConnectionKind::Tls);
    let tls = tls_problems().map(|problem| (ConnectionKind::Tls, Some(problem)));
    let all = plain.map(|kind| (kind, None)).chain(tls);
    let errors = all.map(|(kind, tls)| ConnectionError {
        kind,
        tls,
        host: "api.incident.io".to_owned(),
        proxy: None,
        cause: "(the cause)".to_owned(),
        in_doubt: kind == ConnectionKind::Lost,
        source: None,
    });
    errors.map(ClientError::Connection).collect()
}

/// Each names the next, so that the compiler asks for one that is new.
fn kinds() -> impl Iterator<Item = ConnectionKind> {
    use ConnectionKind as K;
    std::iter::successors(Some(K::Setup), |kind| match kind {
        K::Setup => Some(K::Trust),
        K::Trust => Some(K::ProxySettings),
        K::ProxySettings => Some(K::NoThread),
        K::NoThread => Some(K::Dns),
        K::Dns => Some(K::Connect),
        K::Connect => Some(K::Proxy),
        K::Proxy => Some(K::ProxyAuthentication),
        K::ProxyAuthentication => Some(K::Tls),
        K::Tls => Some(K::Lost),
        K::Lost => None,
    })
}

/// See [`kinds`].
fn tls_problems() -> impl Iterator<Item = TlsProblem> {
    use TlsProblem as P;
    std::iter::successors(Some(P::UnknownIssuer), |problem| match problem {
        P::UnknownIssuer => Some(P::Expired),
        P::Expired => Some(P::NotValidYet),
        P::NotValidYet => Some(P::WrongHost),
        P::WrongHost => Some(P::Algorithm),
        P::Algorithm => Some(P::NotTls),
        P::NotTls => Some(P::NoAgreement),
        P::NoAgreement => Some(P::Other),
        P::Other => None,
    })
}
