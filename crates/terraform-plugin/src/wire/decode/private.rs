use zeroize::Zeroizing;

use crate::resource::Private;

/// Private state as received, which is wiped. What cannot be read counts as nothing known: an error
/// would be a dead end, since nobody can edit private state.
pub(crate) fn private<P: Private>(bytes: Vec<u8>) -> P {
    let bytes = Zeroizing::new(bytes);
    serde_json::from_slice(&bytes).unwrap_or_default()
}
