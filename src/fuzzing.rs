//! What the targets under `fuzz/` call: bytes in, a panic where a rule is broken. Compiled by
//! cargo-fuzz alone.

use crate::{client, telemetry};

/// An answer of the API: a line with the status and the ending (`complete`, `large`, `lost`), a
/// line with a secret that was sent, lines of headers, an empty line, the body. The bytes 1 to 8
/// and 11 stand for spellings of the secrets.
pub fn answer(data: &[u8]) {
    client::fuzzing::answer(data);
}

/// What an answer says about limits and time: on each line milliseconds, `X-RateLimit-Limit`,
/// `X-RateLimit-Remaining`, `Retry-After` and `Date`, divided by `|`.
pub fn headers(data: &[u8]) {
    client::fuzzing::headers(data);
}

/// An address of the API as a user writes it, and an id on the next line.
pub fn endpoint(data: &[u8]) {
    client::fuzzing::endpoint(data);
}

/// Private state as Terraform hands it back.
pub fn private_state(data: &[u8]) {
    telemetry::fuzzing::any_private_state(data);
}
