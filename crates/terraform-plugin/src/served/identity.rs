//! The identity of a resource, with its model taken away.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::shape::Shape;
use crate::abilities::IdentityOf;
use crate::diagnostic::Diagnostic;
use crate::proto::tfplugin6::ResourceIdentityData;
use crate::resource::Resource;
use crate::schema::Mode;
use crate::value::{AnyValue, Known, Value};
use crate::wire::encode;

/// The identity of a resource, with its schema at hand.
pub(super) struct ServedIdentity<R: Resource> {
    pub(super) shape: Shape,
    pub(super) functions: IdentityOf<R>,
}

/// An identity in an answer, or none.
pub(super) type Identity = Option<ResourceIdentityData>;

impl<R: Resource> ServedIdentity<R> {
    /// Asks the resource for the schema, once.
    pub(super) fn new(resource: &R, functions: IdentityOf<R>) -> Self {
        Self {
            shape: Shape::new((functions.schema)(resource)),
            functions,
        }
    }

    /// The identity of the object that a state is about. None where the state does not tell.
    ///
    /// A panic stays in here: what an apply has just created must be recorded all the same.
    pub(super) fn of(
        &self,
        resource: &R,
        state: &R::Model,
    ) -> Result<Option<AnyValue>, Diagnostic> {
        let made = AssertUnwindSafe(|| (self.functions.of)(resource, state));
        let Ok(identity) = catch_unwind(made).map(Value::Known) else {
            return Err(Diagnostic::defect(
                "The provider crashed while it made the identity of the object. The log \
                 (TF_LOG=ERROR) says where.",
            ));
        };
        Ok(self.shape.missing(&identity).is_none().then_some(identity))
    }

    pub(super) fn encode(&self, identity: &AnyValue) -> Result<ResourceIdentityData, Diagnostic> {
        let data = encode::value(identity, &self.shape.ty, "The identity")?;
        Ok(ResourceIdentityData {
            identity_data: Some(data),
        })
    }
}

impl Shape {
    /// The first required attribute of an identity that is null.
    pub(super) fn missing(&self, identity: &AnyValue) -> Option<&'static str> {
        let Value::Known(Known::Object(object)) = identity else {
            return None;
        };
        let required = self.schema.attributes.iter();
        let mut required = required.filter(|attribute| attribute.mode == Mode::Required);
        let missing =
            required.find(|attribute| object.get(attribute.name).is_none_or(Value::is_null))?;
        Some(missing.name)
    }
}
