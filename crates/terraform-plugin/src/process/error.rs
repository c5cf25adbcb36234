//! What can keep a plugin process from running.

use std::io;

/// Ends the process: one plain explanation on standard error and a non-zero exit status.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    /// The magic cookie is missing or wrong, so no host started this process.
    #[error(
        "This program is a Terraform provider. It is not meant to be run directly: Terraform and \
         OpenTofu start it; --help says more."
    )]
    NotStartedByHost,
    /// An environment variable holds what cannot be used. The value is left out on purpose.
    #[error("the environment variable {name} must hold {expected}")]
    Variable {
        /// The variable's name.
        name: String,
        /// What it should have held.
        expected: &'static str,
    },
    /// The listener could not be set up.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The path or port in question.
        address: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// No address could be made that fits into the handshake line and the system's limits.
    #[error(
        "no directory for temporary files can hold a unix socket: its path is not absolute, too \
         long, or has a `|` in it"
    )]
    NoSocketPath,
    /// The system would not give random bytes.
    #[cfg(unix)]
    #[error("the system's random number generator failed")]
    Random,
    /// Our own key or certificate could not be made.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The TLS library refused our settings.
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// Nobody reads the standard output that the handshake goes to.
    #[error("cannot announce the address on standard output: {0}")]
    Announce(#[source] io::Error),
    /// The asynchronous runtime could not be set up.
    #[error("cannot start the runtime: {0}")]
    Runtime(#[source] io::Error),
    /// Signals could not be watched.
    #[error("cannot watch for signals: {0}")]
    Signals(#[source] io::Error),
}
