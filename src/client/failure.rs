//! Turns what the HTTP library reports into what went wrong.

use std::error::Error as StdError;
use std::io;

use super::error::{ConnectionError, ConnectionKind};
use super::scrub::Scrubber;
use super::text;

/// The library's `error` while talking to `host`.
pub(super) fn connection(
    error: reqwest::Error,
    host: &str,
    scrubber: &Scrubber,
) -> ConnectionError {
    // The address is said by `host`; without it, an id cannot be shown twice.
    let error = error.without_url();
    let kind = kind(&error);
    let innermost = chain(&error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default();
    ConnectionError {
        kind,
        host: host.to_owned(),
        cause: text::message(&innermost, scrubber),
        // With every other kind, nothing was sent.
        in_doubt: kind == ConnectionKind::Lost,
        source: Some(error.into()),
    }
}

/// The client could not be set up.
pub(super) fn setup(error: impl StdError + Send + Sync + 'static, host: &str) -> ConnectionError {
    let cause = chain(&error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default();
    ConnectionError {
        kind: ConnectionKind::Setup,
        host: host.to_owned(),
        cause,
        in_doubt: false,
        source: Some(error.into()),
    }
}

fn kind(error: &reqwest::Error) -> ConnectionKind {
    // Whatever TLS says to begin with, it says again next time: a certificate, a version, or that
    // the other side speaks none. Later on, it is one more way to lose a connection.
    if error.is_connect() && chain(error).any(<dyn StdError>::is::<rustls::Error>) {
        return ConnectionKind::Tls;
    }
    if error.is_dns() {
        return ConnectionKind::Dns;
    }
    // The type is not public; `a_proxy_that_wants_credentials` watches its wording.
    if let Some(tunnel) = chain(error)
        .map(ToString::to_string)
        .find(|text| text.starts_with("tunnel error"))
    {
        return if tunnel.contains("authorization required") {
            ConnectionKind::ProxyAuthentication
        } else {
            ConnectionKind::Proxy
        };
    }
    if error.is_connect() {
        return ConnectionKind::Connect;
    }
    if error.is_builder() {
        return ConnectionKind::Setup;
    }
    ConnectionKind::Lost
}

/// `error` and what caused it, outermost first.
fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| {
        // An I/O error does not name what it wraps as its source, but the source of that.
        match error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            Some(wrapped) => Some(wrapped as &(dyn StdError + 'static)),
            None => error.source(),
        }
    })
}
