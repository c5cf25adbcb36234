//! The rules that hold for every resource and data source, one operation per
//! file. What a host relies on is kept here, whatever a resource answers:
//!
//! - write-only values are null in everything that is stored;
//! - a change that changes nothing answers what was there, untouched;
//! - what is stored is wholly known;
//! - a defect is a diagnostic, and loses no state.

mod apply;
mod data_source;
mod generate;
mod guard;
mod import;
mod plan;
mod read;
mod upgrade;
mod validate;

use super::erased::{DynDataSource, DynResource};
use super::schema::{Schema, Type};
use super::value::AnyValue;

pub use apply::{Applied, ApplyChange};
pub use data_source::DataRead;
pub use plan::{PlanChange, Planned};
pub use read::Refreshed;
pub use upgrade::StoredState;
pub use validate::validate_provider;

/// A managed resource with its schema at hand.
pub struct Managed {
    resource: Box<dyn DynResource>,
    schema: Schema,
    ty: Type,
}

impl Managed {
    /// Asks the resource for its schema, once.
    pub fn new(resource: Box<dyn DynResource>) -> Self {
        let schema = resource.schema();
        let ty = schema.ty();
        Self {
            resource,
            schema,
            ty,
        }
    }

    /// The full type name.
    pub fn type_name(&self) -> &'static str {
        self.resource.type_name()
    }

    /// Its schema.
    pub const fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The type of its configuration and state.
    pub const fn ty(&self) -> &Type {
        &self.ty
    }
}

/// A data source with its schema at hand.
pub struct Data {
    inner: Box<dyn DynDataSource>,
    schema: Schema,
    ty: Type,
}

impl Data {
    /// Asks the data source for its schema, once.
    pub fn new(inner: Box<dyn DynDataSource>) -> Self {
        let schema = inner.schema();
        let ty = schema.ty();
        Self { inner, schema, ty }
    }

    /// The full type name.
    pub fn type_name(&self) -> &'static str {
        self.inner.type_name()
    }

    /// Its schema.
    pub const fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The type of its configuration and answer.
    pub const fn ty(&self) -> &Type {
        &self.ty
    }
}

/// A state to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewState {
    /// There is none.
    Null,
    /// The one that the request came with, byte for byte.
    Same,
    /// Another one.
    Value(AnyValue),
}
