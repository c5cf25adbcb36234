//! THE API over HTTP: everything this crate knows about talking to incident.io, and nothing about
//! Terraform.
//!
//! A [`Client`] is cheap to make and to clone. Clones share one connection pool, one rate limit and
//! one bound on requests in flight. Nothing touches the network, the certificate store or the proxy
//! variables before the first request.

mod answer;
mod api;
mod data_source;
mod dates;
mod endpoint;
mod error;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod headers;
mod identity;
mod limits;
mod network;
mod retry;
mod scrub;
mod secret;
mod settings;
mod telemetry;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod text;
mod transport;
mod window;

pub(crate) use self::api::Client;
pub(crate) use self::data_source::{DataSource, DataSourceUpdate, UpdateResult};
pub(crate) use self::endpoint::Endpoint;
pub(crate) use self::error::{ClientError, ConnectionKind, TlsProblem};
pub(crate) use self::identity::Identity;
pub(crate) use self::secret::Secret;
pub(crate) use self::settings::ClientSettings;
pub(crate) use self::telemetry::{DataSourceId, DataSourceIdError};
pub(crate) use self::text::is_invisible;
