//! A value that must not be seen.

use std::{fmt, sync::Arc};

use zeroize::Zeroizing;

/// A credential. Prints as a placeholder, cannot be serialised, and is wiped when the last clone is dropped.
///
/// Clones share one allocation, so that there is one place to wipe.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<Zeroizing<String>>);

impl Secret {
    /// Takes over `value` without copying it.
    pub fn new(value: String) -> Self {
        Self(Arc::new(Zeroizing::new(value)))
    }

    /// The value itself. Do not log, format or keep what this returns.
    pub fn expose(&self) -> &str {
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
    use super::*;

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
