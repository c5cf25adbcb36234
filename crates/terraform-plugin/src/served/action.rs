//! `ValidateActionConfig`, `PlanAction` and `InvokeAction`.

use tokio_util::sync::CancellationToken;

use super::answered::{Answered, Pending, covered};
use super::shape::Shape;
use super::typed::typed;
use super::validate::by_schema;
use crate::action::{Action, Progress};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::messages;
use crate::proto::tfplugin6::{DynamicValue, invoke_action, plan_action, validate_action_config};
use crate::schema::Schema;
use crate::wire::decode::Received;

/// An [`Action`] of any model.
pub(crate) trait AnyAction: Send + Sync {
    fn type_name(&self) -> &'static str;

    fn schema(&self) -> &Schema;

    fn validate(
        &self,
        request: validate_action_config::Request,
    ) -> Answered<validate_action_config::Response>;

    fn plan<'a>(
        &'a self,
        request: plan_action::Request,
        stop: &'a CancellationToken,
    ) -> Pending<'a, plan_action::Response>;

    /// The answer is that it is done.
    fn invoke<'a>(
        &'a self,
        request: invoke_action::Request,
        progress: &'a Progress,
        stop: &'a CancellationToken,
    ) -> Pending<'a, ()>;
}

/// An action with its schema at hand.
pub(crate) struct ServedAction<A> {
    action: A,
    shape: Shape,
}

impl<A: Action> ServedAction<A> {
    /// Asks the action for its schema, once.
    pub(crate) fn new(action: A) -> Self {
        let shape = Shape::new(action.schema());
        Self { action, shape }
    }

    /// The configuration, and everything that is wrong with it. A host that knows actions knows
    /// write-only attributes.
    fn checked(
        &self,
        config: Option<DynamicValue>,
    ) -> Result<(Option<A::Model>, Diagnostics), Diagnostic> {
        let received = Received::new(config);
        let config = received.decode(&self.shape.ty, "The configuration")?;
        let mut diagnostics = by_schema(&config, &self.shape.schema, true);
        let config = match typed(config) {
            Ok(config) => {
                diagnostics.extend(self.action.validate(&config));
                Some(config)
            }
            Err(unfit) => {
                diagnostics.push(unfit);
                None
            }
        };
        Ok((config, diagnostics))
    }

    fn validate_action_config(
        &self,
        request: validate_action_config::Request,
    ) -> Answered<validate_action_config::Response> {
        let (_, diagnostics) = self.checked(request.config)?;
        Ok((validate_action_config::Response::default(), diagnostics))
    }

    /// `ValidateActionConfig` knows no variables, so what was unknown there is checked now.
    async fn plan_action(
        &self,
        request: plan_action::Request,
        stop: &CancellationToken,
    ) -> Answered<plan_action::Response> {
        let (config, mut diagnostics) = self.checked(request.config)?;
        if let Some(config) = config.filter(|_| !diagnostics.has_errors()) {
            diagnostics.extend(self.action.plan(config, stop).await);
        }
        Ok((plan_action::Response::default(), diagnostics))
    }

    async fn invoke_action(
        &self,
        request: invoke_action::Request,
        progress: &Progress,
        stop: &CancellationToken,
    ) -> Answered<()> {
        let received = Received::new(request.config);
        let config = received.decode(&self.shape.ty, "The configuration")?;
        drop(received);
        // A plan has checked what it knew of the configuration. What is missing since then was
        // ephemeral, or unknown.
        let missing = by_schema(&config, &self.shape.schema, true);
        if missing.has_errors() {
            return Err(missing.into_iter().map(messages::maybe_dropped).collect());
        }
        let config = typed(config)?;
        let mut diagnostics = self.action.revalidate(&config);
        if !diagnostics.has_errors() {
            diagnostics.extend(self.action.invoke(config, progress, stop).await);
        }
        Ok(((), diagnostics))
    }
}

impl<A: Action> AnyAction for ServedAction<A> {
    fn type_name(&self) -> &'static str {
        A::TYPE_NAME
    }

    fn schema(&self) -> &Schema {
        &self.shape.schema
    }

    fn validate(
        &self,
        request: validate_action_config::Request,
    ) -> Answered<validate_action_config::Response> {
        let config = Received::new(request.config.clone());
        covered(
            self.validate_action_config(request),
            &self.shape,
            Some(&config),
        )
    }

    fn plan<'a>(
        &'a self,
        request: plan_action::Request,
        stop: &'a CancellationToken,
    ) -> Pending<'a, plan_action::Response> {
        Box::pin(async move {
            let config = Received::new(request.config.clone());
            covered(
                self.plan_action(request, stop).await,
                &self.shape,
                Some(&config),
            )
        })
    }

    fn invoke<'a>(
        &'a self,
        request: invoke_action::Request,
        progress: &'a Progress,
        stop: &'a CancellationToken,
    ) -> Pending<'a, ()> {
        Box::pin(async move {
            let config = Received::new(request.config.clone());
            covered(
                self.invoke_action(request, progress, stop).await,
                &self.shape,
                Some(&config),
            )
        })
    }
}
