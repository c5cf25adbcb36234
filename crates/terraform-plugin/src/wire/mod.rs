//! Protocol messages to the framework's values and back: the one room that sees both.

pub(crate) mod decode;
pub(crate) mod encode;
