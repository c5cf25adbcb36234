//! What a change will come to.

use tokio_util::sync::CancellationToken;

use super::{Managed, NewState, guard};
use crate::diagnostic::Diagnostics;
use crate::path::Path;
use crate::resource::PlanRequest;
use crate::value::AnyValue;

/// A change to plan. Source: `tfplugin6.PlanResourceChange.Request`.
#[derive(Debug)]
pub struct PlanChange {
    /// The refreshed state; null for a create.
    pub prior: AnyValue,
    /// What core makes of prior state and configuration; null for a destroy.
    pub proposed: AnyValue,
    /// What the practitioner wrote; null for a destroy.
    pub config: AnyValue,
    /// The private state beside the prior state.
    pub prior_private: Vec<u8>,
    /// What the first plan of this change kept, if it is handed over.
    pub planned_private: Option<Vec<u8>>,
}

/// A planned change.
#[derive(Debug)]
pub struct Planned {
    /// The state to expect: null after a destroy, and with errors.
    pub state: NewState,
    /// Attributes whose change needs a replacement.
    pub requires_replace: Vec<Path>,
    /// Handed to apply.
    pub private: Vec<u8>,
    /// Errors end the plan.
    pub diagnostics: Diagnostics,
}

impl Managed {
    /// Plans a create, an update or a destroy.
    ///
    /// An update that comes to the prior state answers that state's own
    /// bytes, so that core sees no change in whatever way it compares.
    pub async fn plan(&self, change: PlanChange, stop: &CancellationToken) -> Planned {
        let PlanChange {
            prior,
            proposed,
            config,
            prior_private,
            planned_private,
        } = change;
        if proposed.is_null() {
            return self.plan_destroy(prior, prior_private);
        }
        let mut prior = guard::present(prior);
        let rewrite = prior
            .as_mut()
            .is_some_and(|prior| guard::null_write_only(prior, &self.schema.attributes));
        let request = PlanRequest {
            config,
            prior: prior.clone(),
            prior_private,
            planned_private,
        };
        let response = self.resource.plan(request, stop).await;
        let state = if response.diagnostics.has_errors() {
            NewState::Null
        } else {
            let mut planned = response.planned;
            guard::null_write_only(&mut planned, &self.schema.attributes);
            guard::same_or_new(prior.as_ref().filter(|_| !rewrite), planned)
        };
        Planned {
            state,
            requires_replace: match prior {
                Some(_) => response.requires_replace,
                None => Vec::new(),
            },
            private: response.private,
            diagnostics: response.diagnostics,
        }
    }

    fn plan_destroy(&self, prior: AnyValue, private: Vec<u8>) -> Planned {
        let prior = guard::present(prior);
        Planned {
            state: NewState::Null,
            requires_replace: Vec::new(),
            private,
            diagnostics: prior
                .map_or_else(Diagnostics::new, |prior| self.resource.plan_destroy(prior)),
        }
    }
}
