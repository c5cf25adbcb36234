//! The stand-in over its own wire: what it promises, and how it misbehaves on demand.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod answers;
mod api;
mod client;
mod contract;
mod faults;
mod identity;
mod page;
mod times;
mod tls;
