//! The trait that a managed resource implements.

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::messages;
use crate::model::Model;
use crate::schema::Schema;

/// A managed resource.
///
/// Values arrive decoded by the schema: every attribute and block present, and of its type. The
/// rules on each method are core's; `docs/core-rules.md` has them in the sections named here, with
/// their places in core's source. The server keeps those that it can by itself: write-only values
/// are null and absent blocks empty in whatever is stored, a change that changes nothing is
/// answered with the very bytes that came, an unknown value that is left where all must be known
/// becomes an error, and a panic is a diagnostic that loses no state.
///
/// What only some resources do has traits of its own: see [`Abilities`](crate::Abilities).
///
/// Calls come at once, each for one object, and share `self`; no call may count on another one in
/// the same process, since an apply runs in a new one. `stop` is cancelled when the practitioner
/// interrupts: a call that waits then ends soon, with what it has (section 5.12).
pub trait Resource: Send + Sync + 'static {
    /// The attributes and blocks, typed.
    type Model: Model + Clone + Send + Sync + 'static;

    /// What is kept beside the state, as JSON. Anyone who reads the state reads it.
    type Private: Private;

    /// The full type name, such as `acme_note`: the provider's name, an underscore, and more. Each
    /// resource of a provider has its own.
    const TYPE_NAME: &'static str;

    /// The shape of configuration and state (`GetProviderSchema`). Asked for once, before the
    /// provider is configured; what is wrong with it ([`Schema::problems`]) is answered in its
    /// place.
    fn schema(&self) -> Schema;

    /// Checks a configuration by itself (`ValidateResourceConfig`, section 5.2), after the schema's
    /// own checks. Nothing to object to by default.
    ///
    /// 1. No I/O: the provider need not be configured.
    /// 2. Any value may be unknown, and is validated again once it is known.
    /// 3. The configuration is the one before `ignore_changes`, with its write-only values.
    /// 4. Texts quote nothing that is secret; core shows the line of the attribute by itself.
    fn validate(&self, config: &Self::Model) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Turns a state of an older schema version into the current shape (`UpgradeResourceState`,
    /// section 5.3). `state` is the JSON that was stored, an object whose members are the
    /// attributes and blocks of that version, and so is the answer for the current one. An error by
    /// default.
    ///
    /// 1. No I/O, as for [`validate`](Self::validate).
    /// 2. Attributes that are missing afterwards become null and blocks empty, others are dropped.
    /// 3. Asked only for versions below the schema's own.
    ///
    /// # Errors
    /// Says why the state cannot be brought into the current shape.
    fn upgrade(
        &self,
        version: i64,
        state: serde_json::Value,
    ) -> Result<serde_json::Value, Diagnostic> {
        let _ = (version, state);
        Err(Diagnostic::defect(
            "The resource does not know its earlier schema versions.",
        ))
    }

    /// The state that an import begins with (`ImportResourceState`, section 5.7). `id` is what the
    /// practitioner gave, perhaps nothing. Refused by default.
    ///
    /// 1. No I/O: core reads the state next, and that is where an id that does not exist shows.
    /// 2. The state is wholly known; what the id does not tell is null.
    ///
    /// # Errors
    /// Says why that is no id.
    fn import(&self, id: &str) -> Result<Self::Model, Diagnostic> {
        let _ = id;
        Err(messages::no_import(Self::TYPE_NAME))
    }

    /// Refreshes a state (`ReadResource`, section 5.4).
    ///
    /// 1. The new state is wholly known.
    /// 2. No state says that the object is gone; core then plans to create it.
    /// 3. With an error, core keeps state and private state as they are.
    /// 4. What differs from the state is drift, which the next plan undoes: where only the spelling
    ///    differs, keep that of the state.
    /// 5. After an import the state is what [`import`](Self::import) made.
    fn read(
        &self,
        request: ReadRequest<Self>,
        stop: &CancellationToken,
    ) -> impl Future<Output = ReadResponse<Self>> + Send;

    /// Plans a create (no prior state) or an update (`PlanResourceChange`, sections 5.5 and 6).
    /// Unless a resource decides otherwise, a plan is what the schema makes of the configuration.
    ///
    /// 1. A value that is configured stays as it is configured.
    /// 2. What is not configured may become anything if it is computed, and stays null otherwise.
    /// 3. A value that is known in the plan is that value after the apply. What may still change is
    ///    unknown.
    /// 4. Without a change the plan is the prior state, to the letter.
    /// 5. Core plans again just before it applies, and refuses a value that was known in the first
    ///    plan and is another in the second.
    /// 6. Where another object is needed ([`requires_replace`]), core asks again without prior
    ///    state.
    ///
    /// [`requires_replace`]: crate::schema::Attribute::requires_replace
    fn plan(
        &self,
        request: PlanRequest<Self>,
        stop: &CancellationToken,
    ) -> impl Future<Output = PlanResponse<Self>> + Send {
        let _ = stop;
        std::future::ready(PlanResponse {
            planned: request.proposed,
            private: request.prior_private,
            diagnostics: Diagnostics::new(),
        })
    }

    /// What to say where the object is about to be destroyed (`PlanResourceChange` of nothing). An
    /// error ends the plan, a warning is shown with it. Not asked for the half of a replacement.
    fn plan_delete(&self, prior: &Self::Model) -> Diagnostics {
        let _ = prior;
        Diagnostics::new()
    }

    /// Creates the object that was planned (`ApplyResourceChange` without prior state, sections 5.6
    /// and 7).
    ///
    /// 1. The new state is wholly known, and has every value that was known in the plan.
    /// 2. An error without a state records nothing. With one, the object is recorded as tainted.
    fn create(
        &self,
        request: ApplyRequest<Self>,
        stop: &CancellationToken,
    ) -> impl Future<Output = ApplyResponse<Self>> + Send;

    /// Updates the object as planned (`ApplyResourceChange` with both states). `prior` is the
    /// refreshed state that was planned from.
    ///
    /// 1. As for [`create`](Self::create).
    /// 2. An error without a state keeps state and private state from before.
    fn update(
        &self,
        prior: Self::Model,
        request: ApplyRequest<Self>,
        stop: &CancellationToken,
    ) -> impl Future<Output = ApplyResponse<Self>> + Send;

    /// Destroys the object (`ApplyResourceChange` of nothing). An error keeps it in the state.
    ///
    /// 1. What is needed is in the state: core does not promise the right private state.
    /// 2. An object that is gone already is destroyed.
    fn delete(
        &self,
        prior: Self::Model,
        stop: &CancellationToken,
    ) -> impl Future<Output = Diagnostics> + Send;
}

/// What a resource keeps beside its state, as JSON: the `private` bytes of the protocol (section
/// 8.3 of `docs/core-rules.md`). Nothing secret belongs there, and little of anything. The default
/// stands for nothing known: it is stored as no bytes at all, and bytes of another layout are read
/// as it. `()` is for a resource that keeps nothing.
pub trait Private: Serialize + DeserializeOwned + Default + PartialEq + Send + 'static {}

impl<T: Serialize + DeserializeOwned + Default + PartialEq + Send + 'static> Private for T {}

/// What a read is given. Source: `tfplugin6.ReadResource.Request`.
#[derive(Debug)]
pub struct ReadRequest<R: Resource + ?Sized> {
    /// The state as stored; write-only attributes are null.
    pub state: R::Model,
    /// What is stored beside it.
    pub private: R::Private,
}

/// What a read comes to. Source: `tfplugin6.ReadResource.Response`.
#[derive(Debug)]
pub struct ReadResponse<R: Resource + ?Sized> {
    /// The refreshed state; `None` says that the object is gone. Ignored beside an error.
    pub state: Option<R::Model>,
    /// Replaces what is stored beside it. Ignored beside an error.
    pub private: R::Private,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

impl<R: Resource<Private = ()>> ReadResponse<R> {
    /// A refreshed state, for a resource that keeps nothing beside it.
    pub fn found(state: R::Model) -> Self {
        Self {
            state: Some(state),
            private: (),
            diagnostics: Diagnostics::new(),
        }
    }
}

/// What is found, is gone or fails, for a resource that keeps nothing beside its state.
impl<R, E> From<Result<Option<R::Model>, E>> for ReadResponse<R>
where
    R: Resource<Private = ()>,
    E: Into<Diagnostics>,
{
    fn from(read: Result<Option<R::Model>, E>) -> Self {
        let (state, diagnostics) = match read {
            Ok(state) => (state, Diagnostics::new()),
            Err(errors) => (None, errors.into()),
        };
        Self {
            state,
            private: (),
            diagnostics,
        }
    }
}

/// What a plan is given. Source: `tfplugin6.PlanResourceChange.Request`.
#[derive(Debug)]
pub struct PlanRequest<R: Resource + ?Sized> {
    /// What the practitioner wrote, after `ignore_changes`; write-only values are here.
    pub config: R::Model,
    /// The refreshed state; `None` for a create.
    pub prior: Option<R::Model>,
    /// What the schema makes of the two ([`Schema::propose`]).
    pub proposed: R::Model,
    /// What is stored beside the prior state. In the second half of a replacement it still belongs
    /// to the object that is replaced.
    pub prior_private: R::Private,
    /// What the first plan of this change kept, in the plan just before the apply, where the host
    /// hands it over (Terraform 1.16, `ClientCapabilities.store_planned_private`).
    pub planned_private: Option<R::Private>,
}

/// What a plan comes to. Source: `tfplugin6.PlanResourceChange.Response`.
#[derive(Debug)]
pub struct PlanResponse<R: Resource + ?Sized> {
    /// The state to expect. Ignored beside an error.
    pub planned: R::Model,
    /// Handed to the apply.
    pub private: R::Private,
    /// Errors end the plan.
    pub diagnostics: Diagnostics,
}

/// What a create or an update is given. Source: `tfplugin6.ApplyResourceChange.Request`.
#[derive(Debug)]
pub struct ApplyRequest<R: Resource + ?Sized> {
    /// The planned state. Ordinary values are taken from here.
    pub planned: R::Model,
    /// What the practitioner wrote, *before* `ignore_changes`: only write-only values are to be
    /// taken from here.
    pub config: R::Model,
    /// What the plan kept.
    pub planned_private: R::Private,
}

/// What a create or an update comes to. Source: `tfplugin6.ApplyResourceChange.Response`.
#[derive(Debug)]
pub struct ApplyResponse<R: Resource + ?Sized> {
    /// The state afterwards. `None`, beside an error, keeps what there was.
    pub state: Option<R::Model>,
    /// Kept beside the state, if there is one.
    pub private: R::Private,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

impl<R: Resource + ?Sized> ApplyResponse<R> {
    /// A failure that keeps what there was.
    pub fn failed(diagnostics: impl Into<Diagnostics>) -> Self {
        Self {
            state: None,
            private: R::Private::default(),
            diagnostics: diagnostics.into(),
        }
    }
}

impl<R: Resource<Private = ()>> ApplyResponse<R> {
    /// A success, for a resource that keeps nothing beside its state.
    pub fn done(state: R::Model) -> Self {
        Self {
            state: Some(state),
            private: (),
            diagnostics: Diagnostics::new(),
        }
    }
}

/// What comes to a state or to errors, for a resource that keeps nothing beside its state.
impl<R, E> From<Result<R::Model, E>> for ApplyResponse<R>
where
    R: Resource<Private = ()>,
    E: Into<Diagnostics>,
{
    fn from(applied: Result<R::Model, E>) -> Self {
        match applied {
            Ok(state) => Self::done(state),
            Err(errors) => Self::failed(errors),
        }
    }
}
