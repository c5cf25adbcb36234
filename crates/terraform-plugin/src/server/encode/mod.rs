//! Framework values to protocol messages.

mod capabilities;
mod diagnostic;
mod schema;
mod value;

pub(super) use capabilities::server_capabilities;
pub(super) use diagnostic::{attribute_path, diagnostic, diagnostics};
pub(super) use schema::schema;
pub(super) use value::value;
