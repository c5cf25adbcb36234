//! API keys, and what they may do.

/// The API key that a sandbox accepts unless told otherwise.
pub const DEFAULT_KEY: &str = "sandbox-key";

/// A key that may call the API, and what it may do.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// The bearer token.
    pub value: String,
    /// Whether it carries the scope that updates need; without it every update is a 403.
    pub may_update: bool,
}

impl ApiKey {
    /// A key with every scope.
    pub fn full(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            may_update: true,
        }
    }

    /// A key whose updates, empty ones included, are refused with 403.
    pub fn viewer(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            may_update: false,
        }
    }
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiKey")
            .field("may_update", &self.may_update)
            .finish_non_exhaustive()
    }
}
