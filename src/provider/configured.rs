//! What a configured provider shares among its resources and data sources.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use tokio_util::sync::CancellationToken;

use super::config::{Access, Settings};
use super::diagnostics::Failure;
use crate::client::{Client, DataSourceId, DataSourceUpdate, UpdateResult};

/// A handle on the configuration in force. A process that is debugged is
/// configured once a run, so it can be replaced.
#[derive(Debug)]
pub(crate) struct Shared(RwLock<Arc<Configured>>);

impl Default for Shared {
    fn default() -> Self {
        Self(RwLock::new(Arc::new(Configured::new(Settings {
            access: Access::MissingKey,
            drift_detection: true,
        }))))
    }
}

impl Shared {
    /// Puts a configuration in force.
    pub(crate) fn configure(&self, settings: Settings) {
        let configured = Arc::new(Configured::new(settings));
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = configured;
    }

    /// The configuration in force.
    pub(crate) fn configured(&self) -> Arc<Configured> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// One configuration of the provider, and what was seen under it.
#[derive(Debug)]
pub(crate) struct Configured {
    settings: Settings,
    client: OnceLock<Client>,
    sightings: Mutex<HashMap<String, Sighting>>,
}

/// What a read found, kept so that the plan that follows in the same process
/// asks no second time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sighting {
    /// It exists.
    Found(Sighted),
    /// It was in state, and is gone.
    Gone,
    /// The API refused, in its words.
    Refused(String),
}

/// What a read told of an existing data source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sighted {
    /// Its kind: the API's `provider`.
    pub(crate) provider: String,
    /// Whether the read, an empty update, left its `updated_at` alone.
    pub(crate) empty_update_keeps: bool,
}

impl Configured {
    fn new(settings: Settings) -> Self {
        Self {
            settings,
            client: OnceLock::new(),
            sightings: Mutex::default(),
        }
    }

    /// Whether plans may read.
    pub(crate) fn drift_detection(&self) -> bool {
        self.settings.drift_detection
    }

    /// Whether the key or the endpoint is not known yet.
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self.settings.access, Access::Unknown)
    }

    /// Sends an update; an empty one is a read.
    pub(crate) async fn send(
        &self,
        id: &str,
        update: &DataSourceUpdate,
        stop: &CancellationToken,
    ) -> Result<UpdateResult, Failure> {
        let client = self.client()?;
        let id = DataSourceId::parse(id).map_err(Failure::InvalidId)?;
        Ok(client.update_data_source(&id, update, stop).await?)
    }

    /// Reads by an empty update, which changes nothing.
    pub(crate) async fn look(
        &self,
        id: &str,
        stop: &CancellationToken,
    ) -> Result<UpdateResult, Failure> {
        self.send(id, &DataSourceUpdate::default(), stop).await
    }

    /// Keeps what a read found.
    pub(crate) fn note(&self, id: &str, sighting: Sighting) {
        self.sightings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id.to_owned(), sighting);
    }

    /// What a read found earlier under this configuration.
    pub(crate) fn sighting(&self, id: &str) -> Option<Sighting> {
        self.sightings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            .cloned()
    }

    fn client(&self) -> Result<&Client, Failure> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        match &self.settings.access {
            Access::Unknown => Err(Failure::UnknownSettings),
            Access::MissingKey => Err(Failure::MissingKey),
            Access::Ready(settings) => {
                let client = Client::new(settings.as_ref().clone())?;
                Ok(self.client.get_or_init(|| client))
            }
        }
    }
}
