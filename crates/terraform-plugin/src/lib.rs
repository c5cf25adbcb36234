//! Terraform and OpenTofu providers in Rust.

pub mod codec;
mod process;
pub mod schema;
pub mod value;

mod data_source;
mod diagnostic;
#[doc(hidden)]
pub mod model;
mod path;
mod place;
mod program;
mod proto;
mod provider;
mod resource;
mod served;
mod server;
mod wire;

pub use tokio_util::sync::CancellationToken;

pub use self::data_source::DataSource;
pub use self::diagnostic::{Diagnostic, Diagnostics, Severity};
pub use self::model::{Mismatch, Model, Set};
pub use self::path::{Path, Step};
pub use self::program::Program;
pub use self::provider::{Host, Offers, Provider};
pub use self::resource::{
    ApplyRequest, ApplyResponse, PlanRequest, PlanResponse, Private, ReadRequest, ReadResponse,
    Resource,
};
pub use self::value::{AnyValue, Known, Number, Text, Value};
