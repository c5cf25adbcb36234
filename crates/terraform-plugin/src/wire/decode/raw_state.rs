use zeroize::Zeroize;

use crate::proto::tfplugin6::RawState;

/// A stored state as received, wiped when dropped. Source: `tfplugin6.RawState`.
pub(crate) struct ReceivedState(RawState);

/// A state as the host has stored it.
pub(crate) enum StoredState<'a> {
    /// JSON text.
    Json(&'a [u8]),
    /// Dotted keys, as Terraform wrote them before 0.12.
    Flatmap,
}

impl ReceivedState {
    pub(crate) fn new(state: Option<RawState>) -> Self {
        Self(state.unwrap_or_default())
    }

    /// Exactly one of both forms is filled; an old state may also be empty.
    pub(crate) fn stored(&self) -> StoredState<'_> {
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
