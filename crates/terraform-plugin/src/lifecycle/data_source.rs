//! Reading a data source.

use tokio_util::sync::CancellationToken;

use super::{Data, guard};
use crate::diagnostic::Diagnostics;
use crate::value::AnyValue;

/// What a data source answers.
#[derive(Debug)]
pub struct DataRead {
    /// The whole object; `None` only with errors.
    pub state: Option<AnyValue>,
    /// What went wrong, or what to know.
    pub diagnostics: Diagnostics,
}

impl Data {
    /// Reads it. The configuration is wholly known.
    pub async fn read(&self, config: AnyValue, stop: &CancellationToken) -> DataRead {
        match self.inner.read(config, stop).await {
            Ok((state, mut diagnostics)) => {
                let defect = guard::unknown_left(&state, "A data source");
                let state = Some(state).filter(|_| defect.is_none());
                diagnostics.extend(defect);
                DataRead { state, diagnostics }
            }
            Err(diagnostics) => DataRead {
                state: None,
                diagnostics,
            },
        }
    }
}
