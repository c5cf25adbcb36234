//! What a client needs to know.

use std::time::Duration;

use super::endpoint::Endpoint;
use super::secret::Secret;

/// What a [`Client`](super::Client) needs to know.
#[derive(Debug, Clone)]
pub(crate) struct ClientSettings {
    /// Where the API is.
    pub(crate) endpoint: Endpoint,
    /// The bearer key of every request.
    pub(crate) api_key: Secret,
    /// Sent with every request; characters that a header cannot hold are left out.
    pub(crate) user_agent: String,
    /// The longest that one attempt may take, from connecting to the last byte of the answer.
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
            request_timeout: Duration::from_secs(30),
            // Some eight seconds of an API that is away.
            max_retries: 4,
            retry_timeout: Duration::from_mins(5),
            // The API's own limit for a key, see its documentation on rate limits.
            requests_per_minute: 1200,
            // As many as Terraform works on at once by default (`-parallelism`).
            max_concurrent_requests: 10,
        }
    }
}
