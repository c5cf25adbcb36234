use zeroize::Zeroize;

use crate::lifecycle::StoredState;
use crate::proto::tfplugin6::RawState;

/// A stored state as received, wiped when dropped.
pub(in crate::server) struct ReceivedState(RawState);

impl ReceivedState {
    pub(in crate::server) fn new(state: Option<RawState>) -> Self {
        Self(state.unwrap_or_default())
    }

    /// Exactly one of both forms is filled; an old state may also be empty.
    pub(in crate::server) fn stored(&self) -> StoredState<'_> {
        if self.0.json.is_empty() && !self.0.flatmap.is_empty() {
            StoredState::Flatmap
        } else {
            StoredState::Json(&self.0.json)
        }
    }
}

impl Drop for ReceivedState {
    fn drop(&mut self) {
        self.0.json.zeroize();
        self.0.flatmap.values_mut().for_each(Zeroize::zeroize);
    }
}
