//! The shape of a configuration or state, and what a practitioner may set in it.

mod attribute;
mod block;
mod check;
mod definition;
mod field;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
mod propose;

pub use self::attribute::{Attribute, Literal, Mode, Nesting, Planned, Shape};
pub use self::block::Block;
pub use self::check::Kind;
pub use self::definition::Schema;
pub(crate) use self::field::{Content, Fields, elements_mut};
