//! `ApplyResourceChange`: a planned change, carried out.

use tokio_util::sync::CancellationToken;

use super::answered::Answered;
use super::resource::ServedResource;
use super::shape::Shape;
use super::stored::{null_unknowns, present, unknown_left};
use super::typed::typed;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::Model;
use crate::proto::tfplugin6::DynamicValue;
use crate::proto::tfplugin6::apply_resource_change::{Request, Response};
use crate::resource::{ApplyRequest, Resource};
use crate::value::{AnyValue, Value};
use crate::wire::decode::{self, Received};
use crate::wire::encode;

impl<R: Resource> ServedResource<R> {
    /// Creates, updates or destroys.
    ///
    /// Runs within its call, not in a task of its own: where the host hangs up, the request is
    /// given up as it stands. Going on would change nothing for the better. Nobody could be told
    /// how it ended, tries that nobody waits for might still be made, and the process ends with its
    /// host anyway. The next plan deals with it as with a killed process.
    pub(super) async fn apply_resource_change(
        &self,
        request: Request,
        stop: &CancellationToken,
    ) -> Answered<Response> {
        let ty = &self.shape.ty;
        let prior = Received::new(request.prior_state);
        let planned = Received::new(request.planned_state);
        let config = Received::new(request.config);
        let prior = present(prior.decode(ty, "The prior state")?);
        let planned = planned.decode(ty, "The planned state")?;
        if planned.is_null() {
            let diagnostics = match prior {
                Some(prior) => self.resource.delete(typed(prior)?, stop).await,
                None => Diagnostics::new(),
            };
            // Without a new state beside an error, core keeps the object.
            return Ok((Response::default(), diagnostics));
        }
        let planned_identity = request.planned_identity;
        let request = ApplyRequest {
            planned: typed(planned)?,
            config: typed(config.decode(ty, "The configuration")?)?,
            planned_private: decode::private(request.planned_private),
        };
        drop(config);
        let applied = match prior {
            None => self.resource.create(request, stop).await,
            Some(prior) => self.resource.update(typed(prior)?, request, stop).await,
        };
        let mut diagnostics = applied.diagnostics;
        let new_identity = applied
            .state
            .as_ref()
            .and_then(|state| self.stored_identity(state, planned_identity, &mut diagnostics));
        let state = applied.state.map(|state| Value::Known(state.into_known()));
        let new_state = self.shape.new_state(state, R::TYPE_NAME, &mut diagnostics);
        let private = encode::private(&applied.private);
        let response = Response {
            new_state,
            private: private.unwrap_or_else(|defect| {
                diagnostics.push(defect);
                Vec::new()
            }),
            new_identity,
            ..Response::default()
        };
        Ok((response, diagnostics))
    }
}

impl Shape {
    /// The state to record. Core throws a new state away that breaks its rules, and with it what
    /// was just created. So what breaks them is taken out instead.
    fn new_state(
        &self,
        state: Option<AnyValue>,
        type_name: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<DynamicValue> {
        let Some(mut state) = state else {
            if !diagnostics.has_errors() {
                let what = "An apply came to neither a state nor an error.";
                diagnostics.push(Diagnostic::defect(what));
            }
            return None;
        };
        if self.amend(&mut state).write_only {
            // Nothing is lost by it, and an error would taint what was created.
            tracing::error!(
                resource = type_name,
                "a write-only value was about to be stored; it was taken out"
            );
        }
        if let Some(defect) = unknown_left(&state, "An apply") {
            null_unknowns(&mut state);
            // Blocks that were unknown are null now.
            self.amend(&mut state);
            diagnostics.push(defect);
        }
        encode::value(&state, &self.ty, "The new state")
            .map_err(|defect| diagnostics.push(defect))
            .ok()
    }
}
