//! An answer as it came.

use std::time::Duration;

use http::{HeaderMap, HeaderName};
use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::client::error::ClientError;

/// The largest body that is read. An answer has about 300 bytes.
pub(in crate::client) const LARGEST_BODY: usize = 1024 * 1024;
/// Room for a body that does not say how long it is.
const USUAL_BODY: usize = 4096;
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

/// An empty buffer for a body of this length.
pub(in crate::client) fn room_for(length: Option<u64>) -> Zeroizing<Vec<u8>> {
    let length = length.and_then(|length| usize::try_from(length).ok());
    let length = length.unwrap_or(USUAL_BODY).min(LARGEST_BODY);
    Zeroizing::new(Vec::with_capacity(length))
}

/// Adds `bytes` to `body`. A vector that grows by itself leaves behind what it has outgrown as it
/// is, with the key that it may echo.
pub(in crate::client) fn append(body: &mut Zeroizing<Vec<u8>>, bytes: &[u8]) {
    let length = body.len() + bytes.len();
    if length > body.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(length.max(2 * body.capacity())));
        larger.extend_from_slice(body);
        *body = larger;
    }
    body.extend_from_slice(bytes);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_stays_where_it_is_if_its_length_is_told() {
        let mut body = room_for(Some(100_000));
        let place = body.as_ptr();
        for _ in 0..1000 {
            append(&mut body, &[b'x'; 100]);
        }
        assert_eq!((body.as_ptr(), body.len()), (place, 100_000));
        assert_eq!(room_for(Some(u64::MAX)).capacity(), LARGEST_BODY);
    }

    #[test]
    fn a_body_may_be_longer_than_told() {
        for told in [None, Some(0), Some(3)] {
            let mut body = room_for(told);
            let mut expected = vec![];
            for byte in 0..=255 {
                append(&mut body, &[byte; 99]);
                expected.extend_from_slice(&[byte; 99]);
            }
            assert!(*body == expected, "{told:?}");
        }
    }
}
