//! The shape of what is served.

use crate::schema::Schema;
use crate::value::Type;

/// A schema, and the type that follows from it.
pub(super) struct Shape {
    pub(super) schema: Schema,
    pub(super) ty: Type,
}

impl Shape {
    pub(super) fn new(schema: Schema) -> Self {
        Self {
            ty: schema.ty(),
            schema,
        }
    }
}
