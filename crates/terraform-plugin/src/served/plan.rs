//! `PlanResourceChange`: what a change will come to.

use tokio_util::sync::CancellationToken;

use super::answered::Answered;
use super::resource::ServedResource;
use super::stored::{NewState, present};
use super::typed::typed;
use crate::diagnostic::Diagnostics;
use crate::model::Model;
use crate::proto::tfplugin6::plan_resource_change::{Request, Response};
use crate::resource::{PlanRequest, Resource};
use crate::value::Value;
use crate::wire::decode::{self, Received};
use crate::wire::encode;

impl<R: Resource> ServedResource<R> {
    /// Plans a create, an update or a destroy.
    ///
    /// An update that comes to the prior state is answered with that state's own bytes, so that
    /// core sees no change in whatever way it compares.
    pub(super) async fn plan_resource_change(
        &self,
        request: Request,
        stop: &CancellationToken,
    ) -> Answered<Response> {
        let shape = &self.shape;
        let received = Received::new(request.prior_state);
        // The schema proposes by itself.
        drop(Received::new(request.proposed_new_state));
        let config = Received::new(request.config);
        let mut prior = present(received.decode(&shape.ty, "The prior state")?);
        let config = config.decode(&shape.ty, "The configuration")?;
        if config.is_null() {
            let diagnostics = match prior {
                Some(prior) => self.resource.plan_delete(&typed(prior)?),
                None => Diagnostics::new(),
            };
            let response = Response {
                planned_state: Some(encode::value(&Value::Null, &shape.ty, "The planned state")?),
                planned_private: request.prior_private,
                planned_identity: request.prior_identity,
                ..Response::default()
            };
            return Ok((response, diagnostics));
        }
        let amended = prior.as_mut().is_some_and(|prior| shape.amend(prior).any());
        let capabilities = decode::capabilities(request.client_capabilities);
        let handed_over = capabilities.store_planned_private && !request.planned_private.is_empty();
        let planned_private = decode::private(request.planned_private);
        let identity = request.prior_identity;
        let prior_model: Option<R::Model> = prior.clone().map(typed).transpose()?;
        let prior_identity = match &prior_model {
            Some(prior) => self.identity_of(prior)?,
            None => None,
        };
        let request = PlanRequest {
            proposed: typed(shape.schema.propose(&config, prior.as_ref()))?,
            config: typed(config.clone())?,
            prior: prior_model,
            prior_private: decode::private(request.prior_private),
            planned_private: handed_over.then_some(planned_private),
        };
        let plan = self.resource.plan(request, stop).await;
        if plan.diagnostics.has_errors() {
            return Err(plan.diagnostics);
        }
        let planned_identity = self.identity_of(&plan.planned)?;
        let mut planned = Value::Known(plan.planned.into_known());
        shape.amend(&mut planned);
        let replacements = prior
            .as_ref()
            .map(|prior| shape.schema.replacements(&config, prior, &planned))
            .unwrap_or_default();
        let is_new = prior.is_none() || !replacements.is_empty();
        let planned_identity =
            self.planned_identity(prior_identity, planned_identity, is_new, identity)?;
        let planned = NewState::same_or_new(prior.as_ref().filter(|_| !amended), planned);
        let response = Response {
            planned_state: Some(planned.encode(received, shape, "The planned state")?),
            requires_replace: replacements.iter().map(encode::attribute_path).collect(),
            planned_private: encode::private(&plan.private)?,
            planned_identity,
            ..Response::default()
        };
        Ok((response, plan.diagnostics))
    }
}
