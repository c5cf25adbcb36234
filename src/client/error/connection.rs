//! A request without an answer.

use std::error::Error as StdError;
use std::fmt;

use thiserror::Error;

/// A request without an answer.
#[derive(Debug, Error)]
#[error("{kind} {host}: {cause}")]
pub(crate) struct ConnectionError {
    /// Which step failed.
    pub(crate) kind: ConnectionKind,
    /// Host of the endpoint.
    pub(crate) host: String,
    /// What the operating system or library said.
    pub(crate) cause: String,
    /// Whether the request may have been carried out all the same, by this attempt or one before.
    pub(crate) in_doubt: bool,
    /// The library's error.
    #[source]
    pub(in crate::client) source: Option<Box<dyn StdError + Send + Sync>>,
}

/// Which step of reaching the API failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConnectionKind {
    /// The client could not be set up, say because no trusted certificate could be loaded.
    Setup,
    /// The host name was not found.
    Dns,
    /// No connection.
    Connect,
    /// The proxy of the environment did not connect us.
    Proxy,
    /// The proxy of the environment wants credentials (407).
    ProxyAuthentication,
    /// No agreement on encryption, or a certificate that is not trusted.
    Tls,
    /// The connection was lost after the request, or some of it, had been sent: it may have been
    /// carried out.
    Lost,
}

impl fmt::Display for ConnectionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Setup => "cannot prepare a connection to",
            Self::Dns => "cannot find the host",
            Self::Connect => "cannot connect to",
            Self::Proxy => "the proxy gave no connection to",
            Self::ProxyAuthentication => "the proxy asks for credentials before connecting to",
            Self::Tls => "no trusted encrypted connection to",
            Self::Lost => "lost the connection before the whole answer came from",
        })
    }
}
