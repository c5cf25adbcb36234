//! The trait that a provider implements.

use super::diagnostic::Diagnostics;
use super::erased::{DynDataSource, DynResource};
use super::schema::Schema;
use super::value::AnyValue;

/// What `ConfigureProvider` is given.
#[derive(Debug)]
pub struct ConfigureRequest {
    /// The provider block: a known object whose attributes may be unknown.
    pub config: AnyValue,
    /// The version of the host, for information only.
    pub terraform_version: String,
}

/// A provider: its block's schema, its configuration, and what it offers.
pub trait Provider: Send + Sync + 'static {
    /// The shape of the provider block.
    fn schema(&self) -> Schema;

    /// Checks the provider block, without I/O. Anything may be unknown.
    fn validate(&self, config: AnyValue) -> Diagnostics;

    /// Takes a configuration. A later one replaces it, since a process that is
    /// debugged is configured once a run. Must not fail on unknown values.
    fn configure(&self, request: ConfigureRequest) -> Diagnostics;

    /// The managed resources on offer, in any order. Asked for once, before
    /// anything is configured: each keeps a handle on what
    /// [`configure`](Self::configure) sets.
    fn resources(&self) -> Vec<Box<dyn DynResource>>;

    /// The data sources on offer, likewise.
    fn data_sources(&self) -> Vec<Box<dyn DynDataSource>>;
}
