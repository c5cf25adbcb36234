//! Terraform and OpenTofu providers in Rust.

pub mod codec;
pub mod diagnostic;
pub mod erased;
pub mod lifecycle;
pub mod model;
pub mod number;
pub mod path;
pub mod process;
pub(crate) mod proto;
pub mod provider;
pub mod resource;
pub mod schema;
pub mod server;
pub mod value;

pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use erased::{DynDataSource, DynResource};
pub use model::Model;
pub use path::{Path, Step};
pub use value::{AnyValue, Known, Number, Text, Value};
