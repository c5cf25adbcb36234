//! Terraform and OpenTofu providers in Rust: the plugin process, protocol 6.11 and typed resources.
//!
//! The README has a provider in one page, `examples/notes.rs` a larger one. `docs/core-rules.md` is
//! what Terraform checks in every answer.
//!
//! # To write a provider
//!
//! Read in this order:
//!
//! 1. [`Program`]: the whole of `main`.
//! 2. [`Provider`]: its settings, and what it [`Offers`].
//! 3. [`schema`]: attributes, blocks, and who sets a value.
//! 4. [`model!`] and [`Value`]: the same as Rust structs, each field null, unknown or known.
//!    [`Model`] has the table of types.
//! 5. [`Resource`], [`DataSource`] and [`Action`]: a method for each thing that Terraform asks,
//!    with its rules.
//! 6. [`Abilities`]: what a resource may do beyond that. It may have an identity ([`Identified`]),
//!    and take over states of other types ([`MoveTarget`]).
//! 7. [`Diagnostic`] and [`Path`]: what a practitioner is told, and where.
//!
//! [`value`] and [`codec`] are for tools that walk through values of any type.
//!
//! # To change the framework
//!
//! A call of Terraform comes in at the top of this table and goes down.
//!
//! | Module | What it does |
//! |---|---|
//! | `program` | a provider's executable: arguments, logging, the runtime |
//! | `process` | a plugin process: handshake, TLS, go-plugin's services, the end |
//! | `server` | the list of calls, each under a guard that makes diagnostics of errors and panics |
//! | `provider` | what a provider is, and offers |
//! | `served` | one file for each call: decode, call the typed method, encode |
//! | `wire` | protocol messages to values and diagnostics, and back |
//! | `resource`, `data_source`, `action` | the traits, what methods are given and come to |
//! | `abilities`, `identity`, `moves` | the optional traits of a resource |
//! | `schema` | attributes and blocks, their soundness, and what a plan makes of a configuration |
//! | `codec` | msgpack and JSON to values, and back |
//! | `messages` | the framework's own diagnostics |
//! | `model`, `value`, `path`, `summary`, `diagnostic`, `source_state` | the nouns |
//! | `proto` | generated messages |

pub mod codec;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod process;
pub mod schema;
pub mod value;

mod abilities;
mod action;
mod data_source;
mod diagnostic;
mod identity;
mod messages;
#[doc(hidden)]
pub mod model;
mod moves;
mod path;
mod place;
mod program;
mod proto;
mod provider;
mod resource;
mod served;
mod server;
mod source_state;
mod summary;
mod wire;

pub use tokio_util::sync::CancellationToken;

pub use self::abilities::Abilities;
pub use self::action::{Action, Progress};
pub use self::data_source::DataSource;
pub use self::diagnostic::{Diagnostic, Diagnostics, Severity};
pub use self::identity::Identified;
pub use self::model::{Mismatch, Model, Set};
pub use self::moves::{MoveSource, MoveTarget, Moved};
pub use self::path::{Path, Step};
pub use self::program::Program;
pub use self::provider::{Host, Offers, Provider};
pub use self::resource::{
    ApplyRequest, ApplyResponse, PlanRequest, PlanResponse, Private, ReadRequest, ReadResponse,
    Resource,
};
pub use self::source_state::SourceState;
pub use self::summary::Summary;
pub use self::value::{AnyValue, Known, Number, Text, Value};

/// Compiles the provider in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
