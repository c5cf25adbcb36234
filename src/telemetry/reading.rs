//! Reading a data source: an empty update, and what it comes to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use jiff::Timestamp;
use terraform_plugin::CancellationToken;

use crate::client::{DataSource, DataSourceUpdate, UpdateResult};
use crate::connection::Connection;
use crate::failure::Failure;

/// What a reading of a data source came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reading {
    /// It exists.
    Found(Box<Found>),
    /// It does not exist.
    Absent,
    /// The API does not let us read: a key that lacks the permission to update, or an API that takes
    /// no empty update. The reason is a sentence.
    Refused(String),
}

/// An existing data source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) data_source: DataSource,
    /// Whether its `updated_at` falls into the time of the very request that was answered, so that an
    /// API which stamps empty updates may have set it.
    pub(crate) is_recent: bool,
}

/// Reads by an empty update, which changes nothing.
///
/// # Errors
/// Whatever a plan cannot go on with.
pub(crate) async fn read(
    connection: &Connection,
    id: &str,
    stop: &CancellationToken,
) -> Result<Reading, Failure> {
    let update = DataSourceUpdate::default();
    match connection.update_data_source(id, &update, stop).await {
        Ok(result) => Ok(Reading::Found(Box::new(result.into()))),
        Err(Failure::Client(error)) if error.is_not_found() => Ok(Reading::Absent),
        Err(Failure::Client(error)) if error.is_forbidden() || error.is_unprocessable() => {
            Ok(Reading::Refused(format!("{error}.")))
        }
        Err(failure) => Err(failure),
    }
}

impl From<UpdateResult> for Found {
    fn from(result: UpdateResult) -> Self {
        let updated_at = result.data_source.updated_at.as_deref();
        let updated_at = updated_at.and_then(|text| text.parse::<Timestamp>().ok());
        Self {
            is_recent: updated_at.is_some_and(|updated_at| result.window.contains(updated_at)),
            data_source: result.data_source,
        }
    }
}

/// The readings of a run, so that a plan that follows its read in the same process asks no second
/// time, and so that what was in the state until now is told from what never existed.
#[derive(Debug, Default)]
pub(crate) struct Readings(Mutex<(Weak<Connection>, HashMap<String, Reading>)>);

impl Readings {
    /// Keeps a reading. Those of an earlier configuration of the provider are forgotten.
    pub(crate) fn keep(&self, connection: &Arc<Connection>, id: &str, reading: Reading) {
        let mut readings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::ptr::eq(readings.0.as_ptr(), Arc::as_ptr(connection)) {
            *readings = (Arc::downgrade(connection), HashMap::new());
        }
        readings.1.insert(id.to_owned(), reading);
    }

    /// An earlier reading under this configuration of the provider.
    pub(crate) fn get(&self, connection: &Arc<Connection>, id: &str) -> Option<Reading> {
        let readings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let current = std::ptr::eq(readings.0.as_ptr(), Arc::as_ptr(connection));
        readings.1.get(id).filter(|_| current).cloned()
    }
}
