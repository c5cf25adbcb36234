//! The trait that a data source implements.

use tokio_util::sync::CancellationToken;

use crate::diagnostic::Diagnostics;
use crate::model::Model;
use crate::schema::Schema;

/// A data source: something that is read with every plan, and never changed.
pub trait DataSource: Send + Sync + 'static {
    /// The attributes and blocks, typed.
    type Model: Model + Send + 'static;

    /// The full type name, such as `acme_note`.
    const TYPE_NAME: &'static str;

    /// The shape of configuration and answer. Asked for once.
    fn schema(&self) -> Schema;

    /// Checks a configuration by itself (`ValidateDataResourceConfig`): without I/O, and anything may
    /// be unknown.
    fn validate(&self, config: &Self::Model) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Reads it (`ReadDataSource`).
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
