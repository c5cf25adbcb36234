//! Core, as far as a provider can tell: the order of its calls, what it carries between them, and
//! how it judges the answers. The sections that comments name are those of
//! `crates/terraform-plugin/docs/core-rules.md`.
//!
//! - `session`: the calls of one run, every answer judged; `commands`: plan, apply and import.
//! - `merge`: what core makes of a configuration before it asks for a plan.
//! - `rules`: core's judgement of each answer.
//! - `generation`: what each line of releases sends.

mod action;
pub mod commands;
mod encoding;
mod generation;
pub mod merge;
pub mod rules;
mod schemas;
pub mod session;
mod told;
pub mod values;

pub use self::action::Action;
pub use self::commands::{Object, Outcome, Plan};
pub use self::generation::{GENERATIONS, Generation, TERRAFORM_1_14, TERRAFORM_1_16};
pub use self::schemas::{Schemas, TYPE_NAME};
pub use self::session::Session;
pub use self::told::Told;
