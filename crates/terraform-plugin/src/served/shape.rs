//! The shape of what is served.

use crate::schema::Schema;
use crate::value::Type;

/// A schema, and the type that follows from it.
pub(crate) struct Shape {
    pub(crate) schema: Schema,
    pub(crate) ty: Type,
}

impl Shape {
    pub(crate) fn new(schema: Schema) -> Self {
        Self {
            ty: schema.ty(),
            schema,
        }
    }
}
