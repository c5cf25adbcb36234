//! Refreshing a state.

use tokio_util::sync::CancellationToken;

use super::{Managed, NewState, guard};
use crate::diagnostic::Diagnostics;
use crate::resource::ReadRequest;
use crate::value::AnyValue;

/// What a refresh comes to.
#[derive(Debug)]
pub struct Refreshed {
    /// The state from now on. Null says that the object is gone.
    pub state: NewState,
    /// Replaces the stored private state.
    pub private: Vec<u8>,
    /// With an error among them, the host keeps everything as it is.
    pub diagnostics: Diagnostics,
}

impl Managed {
    /// Refreshes a state. What is gone already stays gone.
    pub async fn read(
        &self,
        mut state: AnyValue,
        private: Vec<u8>,
        stop: &CancellationToken,
    ) -> Refreshed {
        if state.is_null() {
            return Refreshed {
                state: NewState::Null,
                private,
                diagnostics: Diagnostics::new(),
            };
        }
        let rewrite = guard::null_write_only(&mut state, &self.schema.attributes);
        let request = ReadRequest {
            state: state.clone(),
            private,
        };
        let response = self.resource.read(request, stop).await;
        let mut diagnostics = response.diagnostics;
        let new = match response.state {
            _ if diagnostics.has_errors() => NewState::Same,
            None => NewState::Null,
            Some(mut new) => {
                guard::null_write_only(&mut new, &self.schema.attributes);
                if let Some(defect) = guard::unknown_left(&new, "A read") {
                    diagnostics.push(defect);
                    NewState::Same
                } else {
                    guard::same_or_new(Some(&state).filter(|_| !rewrite), new)
                }
            }
        };
        Refreshed {
            state: new,
            private: response.private,
            diagnostics,
        }
    }
}
