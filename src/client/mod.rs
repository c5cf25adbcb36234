//! THE API over HTTP: everything this crate knows about talking to incident.io, and nothing about
//! Terraform.
//!
//! A [`Client`] is cheap to make and to clone. Clones share one connection pool, one rate limit and
//! one bound on requests in flight. Nothing touches the network, the certificate store or the proxy
//! variables before the first request.

mod answer;
mod data_source;
mod dates;
mod endpoint;
mod error;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod headers;
mod identity;
mod limits;
mod network;
mod retry;
mod scrub;
mod secret;
mod settings;
mod telemetry;
#[cfg(test)]
mod tests;
mod text;
mod transport;
mod window;

use std::sync::Arc;

use tokio::sync::OnceCell;

pub(crate) use self::data_source::{DataSource, DataSourceUpdate, UpdateResult};
pub(crate) use self::endpoint::Endpoint;
pub(crate) use self::error::{ClientError, ConnectionKind, TlsProblem};
pub(crate) use self::identity::Identity;
pub(crate) use self::secret::Secret;
pub(crate) use self::settings::ClientSettings;
pub(crate) use self::telemetry::{DataSourceId, DataSourceIdError};
use self::transport::Transport;

/// A connection to the API. Clones share everything.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    transport: Arc<Transport>,
    /// Asked for once by all clones, when an error needs to be explained.
    identity: Arc<OnceCell<Option<Identity>>>,
}

impl Client {
    /// Makes a client; no I/O happens before the first request.
    ///
    /// # Errors
    /// [`ClientError::InvalidCredential`] if the API key cannot be the value of a header.
    pub(crate) fn new(settings: ClientSettings) -> Result<Self, ClientError> {
        Ok(Self {
            transport: Arc::new(Transport::new(settings)?),
            identity: Arc::default(),
        })
    }
}
