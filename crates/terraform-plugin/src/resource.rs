//! The traits that a managed resource and a data source implement.

use std::future::Future;
use std::pin::Pin;

use tokio_util::sync::CancellationToken;

use super::diagnostic::{Diagnostic, Diagnostics};
use super::model::Model;
use super::path::Path;
use super::schema::Schema;

/// A boxed answer in the making.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What the host can do; absent means no.
/// Source: `tfplugin6.ClientCapabilities`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClientCapabilities {
    /// It keeps write-only values out of plan and state (Terraform and OpenTofu 1.11).
    pub write_only_attributes: bool,
    /// It hands the first plan's private state to the plan at apply (Terraform 1.16).
    pub store_planned_private: bool,
}

/// A managed resource. Values arrive decoded by the schema: every attribute
/// present and of its type.
pub trait Resource: Send + Sync + 'static {
    /// The attributes, typed.
    type Model: Model + Clone + PartialEq + Send + 'static;

    /// The full type name.
    fn type_name(&self) -> &'static str;

    /// The shape of configuration and state.
    fn schema(&self) -> Schema;

    /// Checks a configuration by itself, without I/O. Anything may be unknown.
    fn validate(&self, config: &Self::Model) -> Diagnostics;

    /// Turns a state of an older schema version into the current shape.
    /// Attributes that are missing afterwards become null, others are dropped.
    ///
    /// # Errors
    /// Says why the state cannot be brought into the current shape.
    fn upgrade(
        &self,
        version: i64,
        state: serde_json::Value,
    ) -> Result<serde_json::Value, Diagnostic>;

    /// The state that an import by `id` starts from; a read fills it.
    ///
    /// # Errors
    /// Says why that is no id.
    fn import(&self, id: &str) -> Result<Self::Model, Diagnostic>;

    /// Refreshes a state.
    fn read<'a>(
        &'a self,
        request: ReadRequest<Self::Model>,
        stop: &'a CancellationToken,
    ) -> Pending<'a, ReadResponse<Self::Model>>;

    /// Plans a create (no prior state) or an update.
    fn plan<'a>(
        &'a self,
        request: PlanRequest<Self::Model>,
        stop: &'a CancellationToken,
    ) -> Pending<'a, PlanResponse<Self::Model>>;

    /// What to say when the object is about to be destroyed.
    fn plan_destroy(&self, prior: &Self::Model) -> Diagnostics;

    /// Carries a create or an update out.
    fn apply<'a>(
        &'a self,
        request: ApplyRequest<Self::Model>,
        stop: &'a CancellationToken,
    ) -> Pending<'a, ApplyResponse<Self::Model>>;

    /// Carries a destroy out.
    fn destroy<'a>(
        &'a self,
        prior: Self::Model,
        stop: &'a CancellationToken,
    ) -> Pending<'a, Diagnostics>;
}

/// What a read is given.
#[derive(Debug)]
pub struct ReadRequest<M> {
    /// The state as stored; write-only attributes are null.
    pub state: M,
    /// The private state as stored.
    pub private: Vec<u8>,
}

/// What a read answers.
#[derive(Debug)]
pub struct ReadResponse<M> {
    /// The refreshed state; `None` says that the object is gone. Ignored with errors.
    pub state: Option<M>,
    /// Replaces the stored private state.
    pub private: Vec<u8>,
    /// With an error among them, Terraform keeps the state as it is.
    pub diagnostics: Diagnostics,
}

/// What a plan is given.
#[derive(Debug)]
pub struct PlanRequest<M> {
    /// What the practitioner wrote, after `ignore_changes`; write-only values are here.
    pub config: M,
    /// The refreshed state; `None` for a create.
    pub prior: Option<M>,
    /// The private state beside it.
    pub prior_private: Vec<u8>,
    /// What the first plan of this change kept, at the plan during apply, where
    /// the host hands it over ([`ClientCapabilities::store_planned_private`]).
    pub planned_private: Option<Vec<u8>>,
}

/// What a plan answers.
#[derive(Debug)]
pub struct PlanResponse<M> {
    /// The state to expect; write-only attributes null. Ignored with errors.
    pub planned: M,
    /// Attributes whose change needs a replacement.
    pub requires_replace: Vec<Path>,
    /// Handed to apply.
    pub private: Vec<u8>,
    /// Errors end the plan.
    pub diagnostics: Diagnostics,
}

/// What an apply is given.
#[derive(Debug)]
pub struct ApplyRequest<M> {
    /// The state before; `None` for a create.
    pub prior: Option<M>,
    /// The planned state. Ordinary values are taken from here.
    pub planned: M,
    /// What the practitioner wrote, *before* `ignore_changes`: only write-only
    /// values are to be taken from here.
    pub config: M,
    /// What the plan kept.
    pub planned_private: Vec<u8>,
}

/// What an apply answers.
#[derive(Debug)]
pub struct ApplyResponse<M> {
    /// The state afterwards. `None`, with an error, keeps the state and private
    /// state from before (a failed create is not recorded).
    pub state: Option<M>,
    /// Kept beside the state, if there is one.
    pub private: Vec<u8>,
    /// What went wrong, or what to know.
    pub diagnostics: Diagnostics,
}

/// A data source.
pub trait DataSource: Send + Sync + 'static {
    /// The attributes, typed.
    type Model: Model + Send + 'static;

    /// The full type name.
    fn type_name(&self) -> &'static str;

    /// The shape of configuration and answer.
    fn schema(&self) -> Schema;

    /// Checks a configuration by itself, without I/O. Anything may be unknown.
    fn validate(&self, config: &Self::Model) -> Diagnostics;

    /// Reads it. The configuration is wholly known. `Err` holds at least one error.
    fn read<'a>(
        &'a self,
        config: Self::Model,
        stop: &'a CancellationToken,
    ) -> Pending<'a, Result<(Self::Model, Diagnostics), Diagnostics>>;
}
