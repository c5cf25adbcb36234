//! Protocol messages to framework values.

mod capabilities;
mod raw_state;
mod value;

pub(super) use capabilities::capabilities;
pub(super) use raw_state::ReceivedState;
pub(super) use value::{Received, private};
