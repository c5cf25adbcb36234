//! Carrying a planned change out.

use tokio_util::sync::CancellationToken;
use zeroize::Zeroize;

use super::{Managed, guard};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::resource::ApplyRequest;
use crate::value::AnyValue;

/// A change to carry out. Source: `tfplugin6.ApplyResourceChange.Request`.
#[derive(Debug)]
pub struct ApplyChange {
    /// The state before; null for a create.
    pub prior: AnyValue,
    /// The planned state; null for a destroy.
    pub planned: AnyValue,
    /// What the practitioner wrote; null for a destroy.
    pub config: AnyValue,
    /// What the plan kept.
    pub planned_private: Vec<u8>,
}

/// What a change came to.
#[derive(Debug)]
pub struct Applied {
    /// The state afterwards: `None` after a destroy. With an error, `None`
    /// keeps the state and private state from before, and records no create.
    pub state: Option<AnyValue>,
    /// Kept beside the state, if there is one.
    pub private: Vec<u8>,
    /// What went wrong, or what to know.
    pub diagnostics: Diagnostics,
}

impl Managed {
    /// Creates, updates or destroys.
    pub async fn apply(&self, change: ApplyChange, stop: &CancellationToken) -> Applied {
        let ApplyChange {
            prior,
            planned,
            config,
            mut planned_private,
        } = change;
        let prior = guard::present(prior);
        if planned.is_null() {
            // What a destroy needs is in the state: core does not promise it
            // the right private state.
            planned_private.zeroize();
            let diagnostics = match prior {
                Some(prior) => self.resource.destroy(prior, stop).await,
                None => Diagnostics::new(),
            };
            return Applied {
                state: None,
                private: Vec::new(),
                diagnostics,
            };
        }
        let request = ApplyRequest {
            prior,
            planned,
            config,
            planned_private,
        };
        let response = self.resource.apply(request, stop).await;
        let mut applied = Applied {
            state: response.state,
            private: response.private,
            diagnostics: response.diagnostics,
        };
        self.check_applied(&mut applied);
        applied
    }

    /// Core throws a new state away that breaks its rules, and with it what
    /// was just created. So what breaks them is taken out instead.
    fn check_applied(&self, applied: &mut Applied) {
        let Some(state) = &mut applied.state else {
            if !applied.diagnostics.has_errors() {
                let what = "An apply answered neither a state nor an error.";
                applied.diagnostics.push(Diagnostic::defect(what));
            }
            return;
        };
        if guard::null_write_only(state, &self.schema.attributes) {
            // Nothing is lost by it, and an error would taint what was created.
            tracing::error!(
                resource = self.type_name(),
                "an apply answered a write-only value; it was taken out"
            );
        }
        if let Some(defect) = guard::unknown_left(state, "An apply") {
            guard::null_unknowns(state);
            applied.diagnostics.push(defect);
        }
    }
}
