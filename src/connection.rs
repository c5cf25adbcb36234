//! The API as the provider block configures it, for resources and data sources.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use terraform_plugin::{CancellationToken, Diagnostics, Path};

use crate::client::{Client, DataSourceId, DataSourceUpdate, UpdateResult};
use crate::failure::{Failure, Told};
use crate::settings::{Access, Settings};

/// A handle on the configuration in force. A process that is debugged is configured once a run, so
/// it can be replaced.
#[derive(Debug, Default)]
pub(crate) struct Connections(RwLock<Arc<Connection>>);

impl Connections {
    /// Puts a configuration in force.
    pub(crate) fn configure(&self, settings: Settings) {
        let connection = Arc::new(Connection {
            settings,
            ..Connection::default()
        });
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = connection;
    }

    /// The configuration in force.
    pub(crate) fn current(&self) -> Arc<Connection> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// One configuration of the provider. By default there is no key.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    settings: Settings,
    client: OnceLock<Client>,
    told: Told,
}

impl Connection {
    /// Whether plans may read.
    pub(crate) fn drift_detection(&self) -> bool {
        self.settings.drift_detection
    }

    /// Whether the key or the endpoint is not known yet.
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self.settings.access, Access::Unknown)
    }

    /// See [`Client::update_data_source`].
    ///
    /// # Errors
    /// See [`Failure`].
    pub(crate) async fn update_data_source(
        &self,
        id: &str,
        update: &DataSourceUpdate,
        stop: &CancellationToken,
    ) -> Result<UpdateResult, Failure> {
        let client = self.client()?;
        let id = DataSourceId::parse(id).map_err(Failure::InvalidId)?;
        match client.update_data_source(&id, update, stop).await {
            Ok(result) => Ok(result),
            Err(error) => {
                let identity = if error.may_be_the_key() && !error.is_repeated() {
                    client.identity(stop).await.cloned().map(Box::new)
                } else {
                    None
                };
                Err(Failure::Client { error, identity })
            }
        }
    }

    /// What to tell the practitioner of a failure: in full, and in one line where another resource
    /// has met the same. See [`Failure::into_diagnostics`].
    pub(crate) fn explain(
        &self,
        failure: Failure,
        doing: &str,
        in_doubt: Option<&str>,
        attribute: impl Fn(&str) -> Option<Path>,
    ) -> Diagnostics {
        failure.into_diagnostics(doing, in_doubt, attribute, &self.told)
    }

    /// The client, for whatever family of the API.
    ///
    /// # Errors
    /// There is no key, or not yet.
    pub(crate) fn client(&self) -> Result<&Client, Failure> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        match &self.settings.access {
            Access::Unknown => Err(Failure::UnknownSettings),
            Access::MissingKey => Err(Failure::MissingKey),
            Access::Ready(settings) => {
                let client = Client::new(settings.as_ref().clone()).map_err(Failure::client)?;
                Ok(self.client.get_or_init(|| client))
            }
        }
    }
}
