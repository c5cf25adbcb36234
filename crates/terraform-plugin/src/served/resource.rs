//! A resource with its model taken away. What each call does is in the file of its name.

use tokio_util::sync::CancellationToken;

use super::answered::{Answered, Pending, covered};
use super::identity::ServedIdentity;
use super::shape::Shape;
use crate::abilities::{Abilities, MoveState};
use crate::proto::tfplugin6::{
    apply_resource_change, generate_resource_config, import_resource_state, move_resource_state,
    plan_resource_change, read_resource, upgrade_resource_identity, upgrade_resource_state,
    validate_resource_config,
};
use crate::resource::Resource;
use crate::schema::Schema;
use crate::wire::decode::Received;

/// A [`Resource`] of any model.
pub(crate) trait AnyResource: Send + Sync {
    fn type_name(&self) -> &'static str;

    fn schema(&self) -> &Schema;

    /// None for a resource without identity.
    fn identity_schema(&self) -> Option<&Schema>;

    fn validate(
        &self,
        request: validate_resource_config::Request,
    ) -> Answered<validate_resource_config::Response>;

    fn upgrade(
        &self,
        request: upgrade_resource_state::Request,
    ) -> Answered<upgrade_resource_state::Response>;

    fn import(
        &self,
        request: import_resource_state::Request,
    ) -> Answered<import_resource_state::Response>;

    fn generate(
        &self,
        request: generate_resource_config::Request,
    ) -> Answered<generate_resource_config::Response>;

    fn move_state(
        &self,
        request: move_resource_state::Request,
    ) -> Answered<move_resource_state::Response>;

    fn upgrade_identity(&self) -> Answered<upgrade_resource_identity::Response>;

    fn read<'a>(
        &'a self,
        request: read_resource::Request,
        stop: &'a CancellationToken,
    ) -> Pending<'a, read_resource::Response>;

    fn plan<'a>(
        &'a self,
        request: plan_resource_change::Request,
        stop: &'a CancellationToken,
    ) -> Pending<'a, plan_resource_change::Response>;

    fn apply<'a>(
        &'a self,
        request: apply_resource_change::Request,
        stop: &'a CancellationToken,
    ) -> Pending<'a, apply_resource_change::Response>;
}

/// A resource with its schema at hand.
pub(crate) struct ServedResource<R: Resource> {
    pub(super) resource: R,
    pub(super) shape: Shape,
    pub(super) identity: Option<ServedIdentity<R>>,
    pub(super) move_state: Option<MoveState<R>>,
}

impl<R: Resource> ServedResource<R> {
    /// Asks the resource for its schemas, once.
    pub(crate) fn new(resource: R, abilities: Abilities<R>) -> Self {
        let identity = abilities.identity;
        Self {
            shape: Shape::new(resource.schema()),
            identity: identity.map(|functions| ServedIdentity::new(&resource, functions)),
            move_state: abilities.move_state,
            resource,
        }
    }
}

impl<R: Resource> AnyResource for ServedResource<R> {
    fn type_name(&self) -> &'static str {
        R::TYPE_NAME
    }

    fn schema(&self) -> &Schema {
        &self.shape.schema
    }

    fn identity_schema(&self) -> Option<&Schema> {
        self.identity.as_ref().map(|served| &served.shape.schema)
    }

    fn validate(
        &self,
        request: validate_resource_config::Request,
    ) -> Answered<validate_resource_config::Response> {
        let config = Received::new(request.config.clone());
        covered(
            self.validate_resource_config(request),
            &self.shape,
            Some(&config),
        )
    }

    fn upgrade(
        &self,
        request: upgrade_resource_state::Request,
    ) -> Answered<upgrade_resource_state::Response> {
        covered(self.upgrade_resource_state(request), &self.shape, None)
    }

    fn import(
        &self,
        request: import_resource_state::Request,
    ) -> Answered<import_resource_state::Response> {
        covered(self.import_resource_state(request), &self.shape, None)
    }

    fn generate(
        &self,
        request: generate_resource_config::Request,
    ) -> Answered<generate_resource_config::Response> {
        covered(
            self.shape.generate_resource_config(request),
            &self.shape,
            None,
        )
    }

    fn move_state(
        &self,
        request: move_resource_state::Request,
    ) -> Answered<move_resource_state::Response> {
        covered(self.move_resource_state(request), &self.shape, None)
    }

    fn upgrade_identity(&self) -> Answered<upgrade_resource_identity::Response> {
        self.upgrade_resource_identity()
    }

    fn read<'a>(
        &'a self,
        request: read_resource::Request,
        stop: &'a CancellationToken,
    ) -> Pending<'a, read_resource::Response> {
        Box::pin(async move { covered(self.read_resource(request, stop).await, &self.shape, None) })
    }

    fn plan<'a>(
        &'a self,
        request: plan_resource_change::Request,
        stop: &'a CancellationToken,
    ) -> Pending<'a, plan_resource_change::Response> {
        Box::pin(async move {
            let config = Received::new(request.config.clone());
            covered(
                self.plan_resource_change(request, stop).await,
                &self.shape,
                Some(&config),
            )
        })
    }

    fn apply<'a>(
        &'a self,
        request: apply_resource_change::Request,
        stop: &'a CancellationToken,
    ) -> Pending<'a, apply_resource_change::Response> {
        Box::pin(async move {
            let config = Received::new(request.config.clone());
            covered(
                self.apply_resource_change(request, stop).await,
                &self.shape,
                Some(&config),
            )
        })
    }
}
