//! Reading a data source: an empty update, and what it comes to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use jiff::Timestamp;
use terraform_plugin::CancellationToken;

use super::attributes::keys_in;
use super::model::TelemetryDataSource;
use crate::client::{DataSource, DataSourceUpdate, UpdateResult};
use crate::connection::Connection;
use crate::failure::Failure;

/// What a reading of a data source came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reading {
    /// It exists.
    Found(Box<Found>),
    /// There is none that this key can see. Whose key it is, in a sentence, if that is known.
    Absent(String),
    /// The API does not let us read: a key that lacks the permission to update, or an API that
    /// takes no empty update. The reason, in sentences.
    Refused(String),
}

/// An existing data source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) data_source: DataSource,
    /// Whether its `updated_at` falls into the time of the very request that was answered, so that
    /// an API which stamps empty updates may have set it.
    pub(crate) is_recent: bool,
}

/// Reads by an empty update, which changes nothing. The keys in `known`, a state or a
/// configuration, are taken out of what the API says.
///
/// # Errors
/// Whatever a plan cannot go on with.
pub(crate) async fn read(
    connection: &Connection,
    id: &str,
    known: &TelemetryDataSource,
    stop: &CancellationToken,
) -> Result<Reading, Failure> {
    let update = DataSourceUpdate {
        in_place: keys_in(known).collect(),
        ..DataSourceUpdate::default()
    };
    match connection.update_data_source(id, &update, stop).await {
        Ok(result) => Ok(Reading::Found(Box::new(result.into()))),
        Err(failure) if failure.is_not_found() => Ok(Reading::Absent(failure.whose_key())),
        Err(failure) if is_refusal(&failure) => {
            let reason = format!("{failure}. {}", failure.whose_key());
            Ok(Reading::Refused(reason.trim_end().to_owned()))
        }
        Err(failure) => Err(failure),
    }
}

fn is_refusal(failure: &Failure) -> bool {
    let error = failure.error();
    error.is_some_and(|error| error.is_forbidden() || error.is_unprocessable())
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

/// What a run has seen of data sources, by their ids: readings, so that a plan that follows its
/// read in the same process asks no second time, and how many resources have which id.
#[derive(Debug, Default)]
pub(crate) struct Readings(Mutex<(Weak<Connection>, HashMap<String, Seen>)>);

#[derive(Debug, Default)]
struct Seen {
    reading: Option<Reading>,
    /// How many states with this id were read.
    states: usize,
    /// How many resources were planned with this id.
    plans: usize,
}

impl Readings {
    /// Keeps a reading.
    pub(crate) fn keep(&self, connection: &Arc<Connection>, id: &str, reading: Reading) {
        self.with(connection, id, |seen| seen.reading = Some(reading));
    }

    /// An earlier reading under this configuration of the provider.
    pub(crate) fn get(&self, connection: &Arc<Connection>, id: &str) -> Option<Reading> {
        self.with(connection, id, |seen| seen.reading.clone())
    }

    /// Counts a state with this id.
    pub(crate) fn count_state(&self, connection: &Arc<Connection>, id: &str) {
        self.with(connection, id, |seen| seen.states += 1);
    }

    /// Counts a plan of a resource with this id.
    pub(crate) fn count_plan(&self, connection: &Arc<Connection>, id: &str) {
        self.with(connection, id, |seen| seen.plans += 1);
    }

    /// Whether more than one resource of this run has this id, as far as they were met.
    pub(crate) fn is_shared(&self, connection: &Arc<Connection>, id: &str) -> bool {
        self.with(connection, id, |seen| seen.states > 1 || seen.plans > 1)
    }

    /// What belongs to an earlier configuration of the provider is forgotten.
    fn with<T>(
        &self,
        connection: &Arc<Connection>,
        id: &str,
        act: impl FnOnce(&mut Seen) -> T,
    ) -> T {
        let mut readings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::ptr::eq(readings.0.as_ptr(), Arc::as_ptr(connection)) {
            *readings = (Arc::downgrade(connection), HashMap::new());
        }
        act(readings.1.entry(id.to_owned()).or_default())
    }
}
