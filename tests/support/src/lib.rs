//! What the tests of the workspace share.

pub mod damage;
pub mod json;
