//! The trait that a data source implements.

use tokio_util::sync::CancellationToken;

use crate::diagnostic::Diagnostics;
use crate::model::Model;
use crate::schema::Schema;

/// A data source: something that is read with every plan, and never changed.
pub trait DataSource: Send + Sync + 'static {
    /// The attributes and blocks, typed.
    type Model: Model + Send + 'static;

    /// The full type name, such as `acme_note`. Each data source of a provider has its own; a
    /// resource may have the same.
    const TYPE_NAME: &'static str;

    /// The shape of configuration and answer (`GetProviderSchema`). Asked for once, before the
    /// provider is configured. Nothing in it may be write-only.
    fn schema(&self) -> Schema;

    /// Checks a configuration by itself (`ValidateDataResourceConfig`), after the schema's own
    /// checks: without I/O, and anything may be unknown. Nothing to object to by default.
    fn validate(&self, config: &Self::Model) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Reads it (`ReadDataSource`, section 5.9 of `docs/core-rules.md`): in a plan, or in the apply
    /// where the configuration is unknown before. Calls come at once; `stop` is cancelled when the
    /// practitioner interrupts. The answer is the configuration with the rest filled in, and
    /// warnings.
    ///
    /// 1. The configuration is wholly known.
    /// 2. The answer is too, and has every value that was configured.
    /// 3. Something that does not exist is an error.
    ///
    /// # Errors
    /// At least one error among the diagnostics.
    fn read(
        &self,
        config: Self::Model,
        stop: &CancellationToken,
    ) -> impl Future<Output = Result<(Self::Model, Diagnostics), Diagnostics>> + Send;
}
