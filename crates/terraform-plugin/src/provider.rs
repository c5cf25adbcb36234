//! The trait that a provider implements.

use crate::abilities::Abilities;
use crate::action::Action;
use crate::data_source::DataSource;
use crate::diagnostic::Diagnostics;
use crate::model::Model;
use crate::resource::Resource;
use crate::schema::Schema;
use crate::served::{
    AnyAction, AnyDataSource, AnyResource, ServedAction, ServedDataSource, ServedResource,
};

/// A provider: the schema of its block, its configuration, and what it offers.
pub trait Provider: Send + Sync + 'static {
    /// The provider block, typed.
    type Model: Model + Send + 'static;

    /// The shape of the provider block (`GetProviderSchema`). Asked for once. Nothing in it is
    /// computed or write-only.
    fn schema(&self) -> Schema;

    /// Checks the provider block (`ValidateProviderConfig`), after the schema's own checks: without
    /// I/O, and anything may be unknown. Nothing to object to by default.
    fn validate(&self, config: &Self::Model) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Takes a configuration (`ConfigureProvider`, section 5.2 of `docs/core-rules.md`). An error
    /// ends the run. A block that is missing has null everywhere.
    ///
    /// 1. A later one replaces it: a process that is debugged is configured once a run.
    /// 2. Values may be unknown, and must not fail: resources find out once they need one.
    /// 3. Nothing is sent: every command configures, also those that need nothing.
    fn configure(&self, config: Self::Model, host: &Host) -> Diagnostics;

    /// The resources, data sources and actions on offer. Asked for once, before anything is
    /// configured: each keeps a handle on what [`configure`](Self::configure) sets.
    fn offers(&self) -> Offers;
}

/// Who runs the provider. Source: `tfplugin6.ConfigureProvider.Request`.
#[derive(Debug, Clone, Default)]
pub struct Host {
    /// The version of Terraform or OpenTofu as it says it: not always a semantic version, and empty
    /// where it says none. For information only.
    pub version: String,
}

/// What a provider offers: any number of resources, data sources and actions. Of two of a kind with
/// the same type name the later one counts. Source: `tfplugin6.GetProviderSchema.Response`.
#[derive(Default)]
pub struct Offers {
    pub(crate) resources: Vec<Box<dyn AnyResource>>,
    pub(crate) data_sources: Vec<Box<dyn AnyDataSource>>,
    pub(crate) actions: Vec<Box<dyn AnyAction>>,
}

impl Offers {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, and a managed resource.
    #[must_use]
    pub fn resource(self, resource: impl Resource) -> Self {
        self.resource_with(resource, Abilities::new())
    }

    /// The same, and a managed resource with optional traits.
    #[must_use]
    pub fn resource_with<R: Resource>(mut self, resource: R, abilities: Abilities<R>) -> Self {
        let served = ServedResource::new(resource, abilities);
        self.resources.push(Box::new(served));
        self
    }

    /// The same, and a data source.
    #[must_use]
    pub fn data_source(mut self, data_source: impl DataSource) -> Self {
        self.data_sources
            .push(Box::new(ServedDataSource::new(data_source)));
        self
    }

    /// The same, and an action.
    #[must_use]
    pub fn action(mut self, action: impl Action) -> Self {
        self.actions.push(Box::new(ServedAction::new(action)));
        self
    }

    /// The managed resources so far: type name and schema.
    pub fn resources(&self) -> impl Iterator<Item = (&'static str, &Schema)> {
        let resources = self.resources.iter();
        resources.map(|resource| (resource.type_name(), resource.schema()))
    }

    /// The data sources so far, likewise.
    pub fn data_sources(&self) -> impl Iterator<Item = (&'static str, &Schema)> {
        let data_sources = self.data_sources.iter();
        data_sources.map(|data_source| (data_source.type_name(), data_source.schema()))
    }

    /// The identities of the managed resources so far: type name and schema of those that have one.
    pub fn identities(&self) -> impl Iterator<Item = (&'static str, &Schema)> {
        let resources = self.resources.iter();
        resources.filter_map(|resource| Some((resource.type_name(), resource.identity_schema()?)))
    }

    /// The actions so far, likewise.
    pub fn actions(&self) -> impl Iterator<Item = (&'static str, &Schema)> {
        let actions = self.actions.iter();
        actions.map(|action| (action.type_name(), action.schema()))
    }
}
