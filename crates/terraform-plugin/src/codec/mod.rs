//! Bytes to values and back, guided by a [`Type`](crate::value::Type): msgpack as the protocol
//! speaks it, JSON as state is stored.
//!
//! Decoding is strict: bytes that do not hold exactly a value of the type are refused with the
//! attribute to blame, whatever they claim about their own size, and never panic. Only JSON state
//! is lenient, and only about which attributes an object has. No error repeats a value, which may
//! be a secret.
//!
//! Source: the value encoding of Terraform's plugin protocol, version 6 (`tfplugin6.DynamicValue`,
//! `tfplugin6.RawState`).

mod decode;
mod encode;
mod error;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod json;
mod shape;
#[cfg(test)]
mod tests;
mod types;

pub use self::decode::decode;
pub use self::encode::encode;
pub use self::error::Error;
pub use self::error::Reason;
pub use self::json::from_json;
pub(crate) use self::json::wipe_json;
pub use self::types::type_from_json;
pub use self::types::type_to_json;
