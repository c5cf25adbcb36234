//! Where the API is.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use reqwest::Url;
use thiserror::Error;

const DEFAULT: &str = "https://api.incident.io";

/// The base address of the API: `https`, or `http` towards this very machine. It may carry a path,
/// which requests are appended to; it has no user information, query or fragment.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// Scheme, host, port and path, without a trailing slash.
    base: String,
    host: String,
    port: u16,
    encrypted: bool,
}

/// Why an address cannot be an [`Endpoint`]. Never quotes the address, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum EndpointError {
    /// Not a URL at all.
    #[error("not a valid URL: {0}")]
    Invalid(String),
    /// No scheme.
    #[error("it lacks a scheme: put https:// in front of it")]
    NoScheme,
    /// A scheme other than `https` or `http`.
    #[error("the scheme must be https (or http towards this machine)")]
    Scheme,
    /// `http` to another machine, which would send the API key in the clear.
    #[error("plain http is for loopback addresses only, as it would send the API key unencrypted")]
    Unencrypted,
    /// A user name or password.
    #[error("user name and password have no place in it; the API key is given separately")]
    UserInfo,
    /// A query or fragment.
    #[error("it must end with the path, without a query (?) or fragment (#)")]
    QueryOrFragment,
    /// The path of a request, or the beginning of one; what to leave off.
    #[error(
        "leave off \"{0}\" and whatever follows it, as each request adds its own path to the \
         address"
    )]
    RequestPath(String),
}

impl Endpoint {
    /// Reads an endpoint as a user writes it, with or without a trailing slash.
    ///
    /// # Errors
    /// Says what is wrong with the address, without quoting it.
    pub(crate) fn parse(text: &str) -> Result<Self, EndpointError> {
        if !text.contains("://") {
            return Err(EndpointError::NoScheme);
        }
        let url = Url::parse(text).map_err(|error| EndpointError::Invalid(error.to_string()))?;
        let host = url.host_str().unwrap_or_default();
        let encrypted = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(EndpointError::Scheme),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EndpointError::UserInfo);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(EndpointError::QueryOrFragment);
        }
        if !encrypted && !is_loopback(host) {
            return Err(EndpointError::Unencrypted);
        }
        if let Some(superfluous) = request_path(url.path()) {
            return Err(EndpointError::RequestPath(superfluous));
        }
        Ok(Self {
            base: url.as_str().trim_end_matches('/').to_owned(),
            host: host.to_owned(),
            port: url.port_or_known_default().unwrap_or_default(),
            encrypted,
        })
    }

    /// The host name or address, an IPv6 address in brackets.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The port, also where the address leaves it out.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Whether it is on this very machine.
    pub(super) fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }

    /// Whether requests are encrypted. If not, they do not leave this machine.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// The full address of `path`, which starts with a slash and is percent-encoded already.
    pub(super) fn join(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

impl Default for Endpoint {
    /// The public API, `https://api.incident.io`.
    fn default() -> Self {
        Self {
            base: DEFAULT.to_owned(),
            host: DEFAULT["https://".len()..].to_owned(),
            port: 443,
            encrypted: true,
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({})", self.base)
    }
}

/// What of `path` belongs to a request of the API: a version at its end, or `telemetry` anywhere,
/// with the version in front of it. What follows is not repeated, as it may be an id.
fn request_path(path: &str) -> Option<String> {
    let is_version = |segment: &str| {
        segment.strip_prefix('v').is_some_and(|number| {
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    let mut before: Option<&str> = None;
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        if segment == "telemetry" {
            return Some(match before.filter(|&before| is_version(before)) {
                Some(version) => format!("/{version}/telemetry"),
                None => "/telemetry".to_owned(),
            });
        }
        before = Some(segment);
    }
    before
        .filter(|&last| is_version(last))
        .map(|version| format!("/{version}"))
}

/// `host` as the URL parser writes it: lower case, IPv4 in dotted form, IPv6 in brackets.
fn is_loopback(host: &str) -> bool {
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host);
    match bare.parse() {
        Ok(IpAddr::V4(address)) => address.is_loopback(),
        Ok(IpAddr::V6(address)) => address == Ipv6Addr::LOCALHOST,
        Err(_) => host == "localhost",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_and_normalises() {
        for (text, base) in [
            ("https://api.incident.io", "https://api.incident.io"),
            ("https://api.incident.io/", "https://api.incident.io"),
            (
                "HTTPS://API.incident.io:443/Gate/way/",
                "https://api.incident.io/Gate/way",
            ),
            ("https://10.0.0.1:8443/a%20b", "https://10.0.0.1:8443/a%20b"),
            ("https://h/v2/gate", "https://h/v2/gate"),
            ("https://h/v/version2/vx", "https://h/v/version2/vx"),
            ("https://h/telemetry-gate", "https://h/telemetry-gate"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://127.9.9.9/x", "http://127.9.9.9/x"),
            ("http://[::1]:1", "http://[::1]:1"),
            ("http://LocalHost:1", "http://localhost:1"),
        ] {
            assert_eq!(Endpoint::parse(text).unwrap().to_string(), base, "{text}");
        }
        assert_eq!(Endpoint::parse(DEFAULT).unwrap(), Endpoint::default());
        assert_eq!(
            Endpoint::parse("https://h/base/").unwrap().join("/v2/x"),
            "https://h/base/v2/x"
        );
    }

    #[test]
    fn paths_of_requests() {
        for (text, leave_off) in [
            ("https://api.incident.io/v2", "/v2"),
            ("https://api.incident.io/v1/", "/v1"),
            ("https://h/gate//v2//", "/v2"),
            ("https://h/telemetry", "/telemetry"),
            ("https://h/gate/telemetry/x", "/telemetry"),
            ("https://h/v2/telemetry/data_sources/01G", "/v2/telemetry"),
        ] {
            let error = Endpoint::parse(text).unwrap_err();
            assert_eq!(
                error,
                EndpointError::RequestPath(leave_off.to_owned()),
                "{text}"
            );
        }
        assert_eq!(
            Endpoint::parse("https://h/v2").unwrap_err().to_string(),
            "leave off \"/v2\" and whatever follows it, as each request adds its own path to the \
             address"
        );
    }

    #[test]
    fn refuses() {
        for (text, expected) in [
            (
                "api.incident.io",
                "it lacks a scheme: put https:// in front of it",
            ),
            ("", "it lacks a scheme: put https:// in front of it"),
            ("https://", "not a valid URL: empty host"),
            (
                "ftp://api.incident.io",
                "the scheme must be https (or http towards this machine)",
            ),
            (
                "http://api.incident.io",
                "plain http is for loopback addresses only, as it would send the API key \
                 unencrypted",
            ),
            (
                "http://localhost.example.com",
                "plain http is for loopback addresses only, as it would send the API key \
                 unencrypted",
            ),
            (
                "http://[::ffff:127.0.0.1]",
                "plain http is for loopback addresses only, as it would send the API key \
                 unencrypted",
            ),
            (
                "https://user:hunter22@api.incident.io",
                "user name and password have no place in it; the API key is given separately",
            ),
            (
                "https://api.incident.io/?",
                "it must end with the path, without a query (?) or fragment (#)",
            ),
            (
                "https://api.incident.io/#",
                "it must end with the path, without a query (?) or fragment (#)",
            ),
        ] {
            assert_eq!(
                Endpoint::parse(text).unwrap_err().to_string(),
                expected,
                "{text}"
            );
        }
    }
}
