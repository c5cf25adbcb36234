//! Turns what the HTTP library reports into what went wrong.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use super::dns::NoThread;
use super::words;
use crate::client::error::{ConnectionError, ConnectionKind};
use crate::client::scrub::Scrubber;
use crate::client::text;

/// What was to be reached, and how.
pub(in crate::client) struct Way<'a> {
    /// Host of the endpoint.
    pub(in crate::client) host: &'a str,
    /// The variable that names the proxy on the way.
    pub(in crate::client) proxy: Option<&'static str>,
    /// How long connecting was allowed to take.
    pub(in crate::client) connect_timeout: Duration,
}

/// The library's `error` on this way.
pub(in crate::client) fn connection(
    error: reqwest::Error,
    way: &Way<'_>,
    scrubber: &Scrubber,
) -> ConnectionError {
    // The address is said by `host`; without it, an id cannot be shown twice.
    let error = error.without_url();
    let kind = kind(&error, way.proxy);
    let tls = chain(&error).find_map(|cause| cause.downcast_ref::<rustls::Error>());
    let is_handshake = matches!(kind, ConnectionKind::Tls | ConnectionKind::Proxy);
    let (tls, cause) = match tls.filter(|_| is_handshake) {
        Some(tls) => {
            let (problem, words) = words::explain(tls);
            (Some(problem), words)
        }
        None if is_late(&error) => {
            let within = text::duration(way.connect_timeout);
            (None, format!("no connection within {within}"))
        }
        None => (None, innermost(&error)),
    };
    ConnectionError {
        kind,
        tls,
        host: way.host.to_owned(),
        proxy: way.proxy,
        cause: text::message(&cause, scrubber),
        // With every other kind, nothing was sent.
        in_doubt: kind == ConnectionKind::Lost,
        source: Some(error.into()),
    }
}

/// The library refused to be set up.
pub(in crate::client) fn setup(error: reqwest::Error, host: &str) -> ConnectionError {
    let error = error.without_url();
    ConnectionError {
        cause: innermost(&error),
        source: Some(error.into()),
        ..of_settings(ConnectionKind::Setup, "", host)
    }
}

/// What the environment says cannot be followed.
pub(super) fn of_settings(kind: ConnectionKind, cause: &str, host: &str) -> ConnectionError {
    ConnectionError {
        kind,
        tls: None,
        host: host.to_owned(),
        proxy: None,
        cause: text::message(cause, &Scrubber::default()),
        in_doubt: false,
        source: None,
    }
}

fn innermost(error: &(dyn StdError + 'static)) -> String {
    let innermost = chain(error).last();
    innermost.map(ToString::to_string).unwrap_or_default()
}

/// Whether connecting took longer than allowed. What the operating system gave up on is none of
/// that, and has a text of its own.
fn is_late(error: &reqwest::Error) -> bool {
    let mut system = chain(error).filter_map(|cause| cause.downcast_ref::<io::Error>());
    error.is_connect() && error.is_timeout() && !system.any(|cause| cause.raw_os_error().is_some())
}

fn kind(error: &reqwest::Error, proxy: Option<&str>) -> ConnectionKind {
    if chain(error).any(<dyn StdError>::is::<NoThread>) {
        return ConnectionKind::NoThread;
    }
    // Before all that may have gone wrong with the proxy as with the API: its name, its
    // certificate. The type is not public; `a_proxy_that_wants_credentials` and
    // `a_proxy_that_cannot_be_reached` watch its wording.
    let tunnel = chain(error)
        .map(ToString::to_string)
        .find(|text| text.starts_with("tunnel error") || text == "error connecting to socks proxy");
    if let Some(tunnel) = tunnel {
        return if tunnel.contains("authorization required") {
            ConnectionKind::ProxyAuthentication
        } else {
            ConnectionKind::Proxy
        };
    }
    if is_late(error) && proxy.is_some() {
        return ConnectionKind::Proxy;
    }
    // Whatever TLS says to begin with, it says again next time: a certificate, a version, or that
    // the other side speaks none. Later on, it is one more way to lose a connection.
    if error.is_connect() && chain(error).any(<dyn StdError>::is::<rustls::Error>) {
        return ConnectionKind::Tls;
    }
    if error.is_dns() {
        return ConnectionKind::Dns;
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
