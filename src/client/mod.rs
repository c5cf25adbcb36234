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
mod telemetry;
#[cfg(test)]
mod tests;
mod text;
mod transport;
mod window;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OnceCell;

pub(crate) use self::data_source::{DataSource, UpdateResult};
pub(crate) use self::endpoint::Endpoint;
pub(crate) use self::error::{ClientError, ConnectionKind};
pub(crate) use self::identity::Identity;
pub(crate) use self::secret::Secret;
pub(crate) use self::telemetry::{DataSourceId, DataSourceIdError, DataSourceUpdate};
use self::transport::Transport;

/// How long one attempt may take unless told otherwise, from connecting to the last byte of the
/// answer.
pub(crate) const DEFAULT_REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// How many times a request is tried again unless told otherwise: some eight seconds of an API that
/// is away.
pub(crate) const DEFAULT_MAX_RETRIES: u32 = 4;
/// How long all attempts of one request and the waits between them may take unless told otherwise.
pub(crate) const DEFAULT_RETRY_TIMEOUT: Duration = Duration::from_mins(5);
/// The API's own limit per key, see its documentation on rate limits.
pub(crate) const DEFAULT_REQUESTS_PER_MINUTE: u32 = 1200;
/// As many as Terraform works on at once by default (`-parallelism`).
pub(crate) const DEFAULT_MAX_CONCURRENT_REQUESTS: usize = 10;

/// What a [`Client`] needs to know.
#[derive(Debug, Clone)]
pub(crate) struct ClientSettings {
    /// Where the API is.
    pub(crate) endpoint: Endpoint,
    /// The bearer key of every request.
    pub(crate) api_key: Secret,
    /// Sent with every request; characters that a header cannot hold are left out.
    pub(crate) user_agent: String,
    /// The longest that one attempt may take, connecting and reading the answer included.
    pub(crate) request_timeout: Duration,
    /// How many attempts may follow the first. 0: none.
    pub(crate) max_retries: u32,
    /// The longest that all attempts of one request and the waits between them may take, counted
    /// from the start of the first attempt: queueing for our own limits does not eat it up.
    pub(crate) retry_timeout: Duration,
    /// Requests per minute over all clones of the client, with that many at once to begin with. 0:
    /// unlimited.
    pub(crate) requests_per_minute: u32,
    /// Requests in flight at any time over all clones of the client. 0 counts as 1.
    pub(crate) max_concurrent_requests: usize,
}

impl ClientSettings {
    /// Settings for `api_key` with the default of everything else.
    pub(crate) fn new(api_key: Secret) -> Self {
        Self {
            endpoint: Endpoint::default(),
            api_key,
            user_agent: concat!("terraform-provider-incident/", env!("CARGO_PKG_VERSION"))
                .to_owned(),
            request_timeout: DEFAULT_REQUEST_TIMEOUT,
            max_retries: DEFAULT_MAX_RETRIES,
            retry_timeout: DEFAULT_RETRY_TIMEOUT,
            requests_per_minute: DEFAULT_REQUESTS_PER_MINUTE,
            max_concurrent_requests: DEFAULT_MAX_CONCURRENT_REQUESTS,
        }
    }
}

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
