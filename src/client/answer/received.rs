//! An answer as it came.

use std::time::Duration;

use http::{HeaderMap, HeaderName};
use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::client::error::ClientError;

/// The largest body that is read. An answer has about 300 bytes.
pub(in crate::client) const LARGEST_BODY: usize = 1024 * 1024;
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// An answer as it came.
#[derive(Debug)]
pub(in crate::client) struct Answer {
    pub(in crate::client) status: u16,
    pub(in crate::client) headers: HeaderMap,
    /// At most [`LARGEST_BODY`]; wiped, as it may echo a key.
    pub(in crate::client) body: Zeroizing<Vec<u8>>,
    pub(in crate::client) ending: Ending,
    /// Our own clock when the status came.
    pub(in crate::client) received: Timestamp,
    /// From the start of the attempt to when the status came.
    pub(in crate::client) elapsed: Duration,
}

/// Where the body stopped.
#[derive(Debug)]
pub(in crate::client) enum Ending {
    Complete,
    TooLarge,
    /// The connection broke.
    Lost(ClientError),
}

/// A header in plain text.
pub(super) fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
