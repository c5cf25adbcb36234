//! A client of the API. What each family of operations offers is in a file of its own.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use tokio::sync::OnceCell;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::error::ClientError;
use super::identity::Identity;
use super::scrub::Scrubber;
use super::settings::ClientSettings;
use super::transport::{Errand, Request, Transport};

/// The longest that anyone waits for an identity: it only explains an error that is there already.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection to the API. Clones share everything.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(super) transport: Arc<Transport>,
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

    /// Whose key this client uses (`GET /v1/identity`), to explain a refusal with. It is asked for
    /// once per client, in one attempt of a few seconds; `None` if that does not succeed.
    pub(crate) async fn identity(&self, stop: &CancellationToken) -> Option<&Identity> {
        let ask = async || {
            let request = Request {
                method: Method::GET,
                path: "/v1/identity".to_owned(),
                body: Bytes::new(),
                secrets: vec![],
                errand: Errand::Aside,
            };
            let sent = timeout(PATIENCE, self.transport.send::<Identity>(&request, stop)).await;
            let (identity, _) = sent.ok()?.ok()?;
            let scrubber = Scrubber::new([self.transport.api_key.clone()]);
            let identity = identity.fit_to_show(&scrubber);
            (identity != Identity::default()).then_some(identity)
        };
        self.identity.get_or_init(ask).await.as_ref()
    }
}
