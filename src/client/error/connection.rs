//! A request without an answer.

use std::error::Error as StdError;
use std::fmt;

use thiserror::Error;

/// A request without an answer.
#[derive(Debug, Error)]
#[error("{kind} {host}{}: {cause}", through(*.kind, *.proxy))]
pub(crate) struct ConnectionError {
    /// Which step failed.
    pub(crate) kind: ConnectionKind,
    /// What TLS complained of: for [`ConnectionKind::Tls`] with the API, for
    /// [`ConnectionKind::Proxy`] with the proxy.
    pub(crate) tls: Option<TlsProblem>,
    /// Host of the endpoint.
    pub(crate) host: String,
    /// The variable that names the proxy which leads there, if one does.
    pub(crate) proxy: Option<&'static str>,
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
    /// The client could not be set up.
    Setup,
    /// The trusted root certificates could not be loaded. The cause names the variable and the path
    /// that yielded none.
    Trust,
    /// A variable with a proxy, or with exceptions from it, cannot be read. The cause names it.
    ProxySettings,
    /// No thread could be started to look up the host name with.
    NoThread,
    /// The host name was not found.
    Dns,
    /// No connection.
    Connect,
    /// The proxy of the environment did not connect us, or cannot be reached itself.
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
            Self::Trust => "cannot load the trusted certificates for a connection to",
            Self::ProxySettings => "cannot read the proxy settings for a connection to",
            Self::NoThread => "cannot look up the host",
            Self::Dns => "cannot find the host",
            Self::Connect | Self::Proxy => "cannot connect to",
            Self::ProxyAuthentication => "the proxy requires credentials to connect to",
            Self::Tls => "cannot make a trusted TLS connection to",
            Self::Lost => "lost the connection before the complete answer arrived from",
        })
    }
}

/// The proxy is to blame rather than the host. What its variable holds may have a password in it.
fn through(kind: ConnectionKind, proxy: Option<&str>) -> String {
    match proxy {
        _ if kind != ConnectionKind::Proxy => String::new(),
        Some(variable) => format!(" through the proxy that {variable} names"),
        None => " through the proxy".to_owned(),
    }
}

/// What TLS complained of: each kind has its own remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TlsProblem {
    /// The certificate comes from an authority that is not trusted: a company's own, whose root is
    /// missing here.
    UnknownIssuer,
    /// The certificate has expired, or this machine's clock is fast.
    Expired,
    /// The certificate is not valid yet, or this machine's clock is slow.
    NotValidYet,
    /// The certificate is for another host.
    WrongHost,
    /// A signature of the certificates is made in a way that is not supported.
    Algorithm,
    /// Whatever listens there does not speak TLS.
    NotTls,
    /// There is no version or cipher of TLS that both sides accept.
    NoAgreement,
    /// Anything else; the cause says what.
    Other,
}
