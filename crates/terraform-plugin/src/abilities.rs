//! What a resource can do beyond the trait that all of them implement.

use std::fmt;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::identity::Identified;
use crate::model::{Mismatch, Model};
use crate::moves::{MoveSource, MoveTarget, Moved};
use crate::resource::Resource;
use crate::schema::Schema;
use crate::value::Known;

/// The optional traits of a resource that Terraform is to know of, for
/// [`Offers::resource_with`](crate::Offers::resource_with): of a resource with both,
/// `Abilities::new().identified().move_target()`.
pub struct Abilities<R: Resource> {
    pub(crate) identity: Option<IdentityOf<R>>,
    pub(crate) move_state: Option<MoveState<R>>,
}

/// [`MoveTarget::move_state`].
pub(crate) type MoveState<R> = fn(&R, MoveSource) -> Result<Moved<R>, Diagnostics>;

/// [`Identified`], with the type of the identity taken away.
pub(crate) struct IdentityOf<R: Resource> {
    pub(crate) schema: fn(&R) -> Schema,
    pub(crate) of: fn(&R, &R::Model) -> Known,
    pub(crate) import: Import<R>,
}

type Import<R> = fn(&R, Known) -> Result<Result<<R as Resource>::Model, Diagnostic>, Mismatch>;

impl<R: Resource> Abilities<R> {
    /// None so far.
    pub const fn new() -> Self {
        Self {
            identity: None,
            move_state: None,
        }
    }

    /// The same, and an identity.
    #[must_use]
    pub fn identified(mut self) -> Self
    where
        R: Identified,
    {
        self.identity = Some(IdentityOf {
            schema: R::identity_schema,
            of: |resource, state| resource.identity(state).into_known(),
            import: |resource, identity| {
                let identity = R::Identity::from_known(identity)?;
                Ok(resource.import_by_identity(identity))
            },
        });
        self
    }

    /// The same, and states of other types can be moved to it.
    #[must_use]
    pub fn move_target(mut self) -> Self
    where
        R: MoveTarget,
    {
        self.move_state = Some(R::move_state);
        self
    }
}

impl<R: Resource> Default for Abilities<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: Resource> fmt::Debug for Abilities<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Abilities")
            .field("identified", &self.identity.is_some())
            .field("move_target", &self.move_state.is_some())
            .finish()
    }
}
