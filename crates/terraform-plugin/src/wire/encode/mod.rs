//! Framework values to protocol messages.

mod capabilities;
mod diagnostic;
mod private;
mod schema;
mod value;

pub(crate) use self::capabilities::server_capabilities;
pub(crate) use self::diagnostic::{attribute_path, diagnostics, printable};
pub(crate) use self::private::private;
pub(crate) use self::schema::{identity_schema, schema};
pub(crate) use self::value::value;
