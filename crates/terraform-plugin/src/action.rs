//! The trait that an action implements.

use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;

use crate::diagnostic::Diagnostics;
use crate::model::Model;
use crate::schema::Schema;

/// An action: something to do that leaves nothing in the state, such as a restart (Terraform 1.14;
/// OpenTofu has none). A practitioner declares it in an `action` block, and has it done by
/// `terraform apply -invoke=…` or by the `action_trigger` of a resource.
///
/// Calls come at once, and share `self`; no call may count on another one in the same process.
/// `stop` is cancelled when the practitioner interrupts: a call that waits then ends soon.
pub trait Action: Send + Sync + 'static {
    /// The attributes and blocks of the configuration, typed.
    type Model: Model + Send + 'static;

    /// The full type name, such as `acme_restart`. Each action of a provider has its own; a
    /// resource or data source may have the same.
    const TYPE_NAME: &'static str;

    /// The shape of the configuration, which is the `config` block (`GetProviderSchema`). Asked for
    /// once, before the provider is configured.
    ///
    /// 1. Nothing in it is computed: there is no answer to put it in.
    /// 2. A write-only attribute takes ephemeral values. One that is not ephemeral stands in a
    ///    saved plan all the same.
    fn schema(&self) -> Schema;

    /// Checks a configuration by itself (`ValidateActionConfig`, section 5.11 of
    /// `docs/core-rules.md`), after the schema's own checks. Nothing to object to by default.
    ///
    /// 1. No I/O: the provider need not be configured.
    /// 2. Any value may be unknown, variables among them. It is asked again before
    ///    [`plan`](Self::plan), where more is known, and by [`revalidate`](Self::revalidate), where
    ///    all is.
    /// 3. Paths are relative to the `config` block. Texts quote nothing that is secret.
    fn validate(&self, config: &Self::Model) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Says beforehand whether it can be done (`PlanAction`): an error ends the plan. Nothing to
    /// object to by default.
    ///
    /// 1. Values may be unknown, and are known when it is invoked.
    /// 2. Nothing is done yet, and nothing can be handed over to [`invoke`](Self::invoke).
    fn plan(
        &self,
        config: Self::Model,
        stop: &CancellationToken,
    ) -> impl Future<Output = Diagnostics> + Send {
        let _ = (config, stop);
        std::future::ready(Diagnostics::new())
    }

    /// Checks the configuration once more, before [`invoke`](Self::invoke) and after the schema's
    /// own checks: Terraform goes from a plan straight to `InvokeAction`, and what an
    /// `action_trigger` takes from a new object was unknown until then. An error ends the
    /// invocation before anything is done. [`validate`](Self::validate) by default.
    ///
    /// An action that misses a value of its own accord can say here what has become of it: see rule
    /// 2 of [`invoke`](Self::invoke).
    fn revalidate(&self, config: &Self::Model) -> Diagnostics {
        self.validate(config)
    }

    /// Does it (`InvokeAction`). An error fails the apply; what was applied before stays.
    ///
    /// 1. The configuration is wholly known, and [`revalidate`](Self::revalidate) has no objection.
    /// 2. An attribute that had an ephemeral value when it was planned may be null: Terraform 1.16
    ///    and 1.17 drop those on `-invoke`. Where it is required, the server answers with an error
    ///    instead of calling.
    /// 3. Terraform 1.14 and 1.15 fold errors into one of their own, without path: a text names the
    ///    attribute by itself.
    fn invoke(
        &self,
        config: Self::Model,
        progress: &Progress,
        stop: &CancellationToken,
    ) -> impl Future<Output = Diagnostics> + Send;
}

/// Where an action says how far it is. Source: `tfplugin6.InvokeAction.Event.Progress`.
#[derive(Debug)]
pub struct Progress(UnboundedSender<String>);

impl Progress {
    pub(crate) const fn new(sender: UnboundedSender<String>) -> Self {
        Self(sender)
    }

    /// Shows a line to the practitioner, at once. Nothing secret belongs in it. Does not wait, and
    /// does nothing once the action is stopped, or where nobody listens any more.
    pub fn report(&self, line: impl Into<String>) {
        let _: Result<(), _> = self.0.send(line.into());
    }
}
