//! Terraform's vocabulary and rules: values, schemas, diagnostics, and the
//! traits that a provider implements. Knows nothing of the wire or of
//! incident.io, and does no I/O.

pub mod codec;
pub mod diagnostic;
pub mod erased;
pub mod lifecycle;
pub mod model;
pub mod number;
pub mod path;
pub mod provider;
pub mod resource;
pub mod schema;
pub mod value;

pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use erased::{DynDataSource, DynResource};
pub use model::Model;
pub use path::{Path, Step};
pub use value::{AnyValue, Known, Number, Text, Value};
