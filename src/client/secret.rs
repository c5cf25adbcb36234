//! A value that must not be seen.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

/// A credential. Prints as a placeholder, cannot be serialised, and is wiped when the last clone is
/// dropped.
///
/// Clones share one allocation, so that there is one place to wipe.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Arc<Zeroizing<String>>);

impl Secret {
    /// Takes over `value` without copying it.
    pub(crate) fn new(value: String) -> Self {
        Self(Arc::new(Zeroizing::new(value)))
    }

    /// The value itself. Do not log, format or keep what this returns.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use zeroize::ZeroizeOnDrop;

    use super::*;

    // Checked by the compiler: there is no way to write one out by accident.
    static_assertions::assert_not_impl_any!(
        Secret: serde::Serialize, fmt::Display, std::ops::Deref, AsRef<str>, Into<String>,
    );

    #[test]
    fn the_one_copy_is_wiped() {
        fn wiped(_: &impl ZeroizeOnDrop) {}
        let secret = Secret::new("glsa_123".into());
        let clone = secret.clone();
        wiped(&*secret.0);
        assert!(Arc::ptr_eq(&secret.0, &clone.0));
    }

    #[test]
    fn debug_prints_a_placeholder() {
        let secret = Secret::new("glsa_123".into());
        assert_eq!(
            format!("{secret:?} {:#?}", Some(&secret)),
            "Secret([redacted]) Some(\n    Secret([redacted]),\n)"
        );
        assert_eq!(secret.expose(), "glsa_123");
        assert_eq!(secret, secret.clone());
        assert_ne!(secret, Secret::new("glsa_124".into()));
    }
}
