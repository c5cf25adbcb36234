//! Core, as far as a provider can tell: the order of its calls, what it carries between them, and
//! what it makes of the answers (core-rules.md, sections 1, 4 and 5).

pub mod commands;
pub mod generation;
pub mod merge;
pub mod session;

pub use commands::{Object, Outcome, Plan};
pub use generation::{GENERATIONS, Generation};
pub use session::{Schemas, Session};

/// What core decides to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    NoOp,
    Create,
    Update,
    Replace,
    Delete,
}
