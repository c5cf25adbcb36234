//! Protocol messages to framework values.

mod capabilities;
mod private;
mod raw_state;
mod value;

pub(crate) use self::capabilities::capabilities;
pub(crate) use self::private::private;
pub(crate) use self::raw_state::{ReceivedState, StoredState};
pub(crate) use self::value::Received;
