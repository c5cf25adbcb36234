//! What the calls share.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio_util::sync::CancellationToken;

use super::absent;
use super::provider::{AnyProvider, ServedProvider};
use crate::diagnostic::Diagnostics;
use crate::proto::tfplugin6::get_provider_schema;
use crate::provider::Provider;
use crate::served::{AnyAction, AnyDataSource, AnyResource};

/// A provider, served. Clones serve the same one.
#[derive(Clone)]
pub(crate) struct Server(pub(super) Arc<Shared>);

/// What the calls share.
pub(super) struct Shared {
    pub(super) provider: Box<dyn AnyProvider>,
    pub(super) resources: BTreeMap<&'static str, Box<dyn AnyResource>>,
    pub(super) data_sources: BTreeMap<&'static str, Box<dyn AnyDataSource>>,
    pub(super) actions: BTreeMap<&'static str, Box<dyn AnyAction>>,
    /// Encoded when asked for first; most processes are never asked.
    pub(super) schemas: OnceLock<Result<get_provider_schema::Response, Diagnostics>>,
    /// Given to every call; cancelled by `StopProvider`.
    stop: Mutex<CancellationToken>,
    pub(super) report_url: &'static str,
}

impl Server {
    /// Asks the provider once what it offers. `report_url` is where its defects are reported.
    pub(crate) fn new(provider: impl Provider, report_url: &'static str) -> Self {
        let offers = provider.offers();
        Self(Arc::new(Shared {
            provider: Box::new(ServedProvider::new(provider)),
            resources: offers
                .resources
                .into_iter()
                .map(|each| (each.type_name(), each))
                .collect(),
            data_sources: offers
                .data_sources
                .into_iter()
                .map(|each| (each.type_name(), each))
                .collect(),
            actions: offers
                .actions
                .into_iter()
                .map(|each| (each.type_name(), each))
                .collect(),
            schemas: OnceLock::new(),
            stop: Mutex::default(),
            report_url,
        }))
    }

    /// Asks calls in flight, and those that begin later, to end. They still answer with what they
    /// have. The next `ConfigureProvider` lifts it.
    pub(crate) fn stop(&self) {
        self.0.token().cancel();
    }
}

impl Shared {
    pub(super) fn resource(&self, name: &str) -> Result<&dyn AnyResource, Diagnostics> {
        let found = self.resources.get(name).map(AsRef::as_ref);
        found.ok_or_else(|| absent::unknown("resource", name))
    }

    pub(super) fn data_source(&self, name: &str) -> Result<&dyn AnyDataSource, Diagnostics> {
        let found = self.data_sources.get(name).map(AsRef::as_ref);
        found.ok_or_else(|| absent::unknown("data source", name))
    }

    pub(super) fn action(&self, name: &str) -> Result<&dyn AnyAction, Diagnostics> {
        let found = self.actions.get(name).map(AsRef::as_ref);
        found.ok_or_else(|| absent::unknown("action", name))
    }

    /// What a call that begins now has to heed.
    pub(super) fn token(&self) -> CancellationToken {
        let stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        stop.clone()
    }

    /// Calls from now on are not stopped. Those in flight stay so.
    pub(super) fn resume(&self) {
        let mut stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        if stop.is_cancelled() {
            *stop = CancellationToken::new();
        }
    }
}
