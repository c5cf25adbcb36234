//! What a practitioner is told.

use crate::path::Path;
use crate::summary::{Own, Summary};

/// How serious a diagnostic is. Source: `tfplugin6.Diagnostic.Severity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The operation failed.
    Error,
    /// The operation goes on.
    Warning,
}

/// A message for the practitioner, on an attribute where one is to blame. Nothing secret belongs in
/// it.
/// Source: `tfplugin6.Diagnostic`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    pub(crate) summary: &'static str,
    /// What was attempted, what happened, and what to do next.
    pub detail: String,
    /// The attribute it is about; `None` for the whole block. Terraform prints source lines for a
    /// path, so the server takes one away whose lines may show a secret: the text names it, too.
    pub path: Option<Path>,
    /// Whether the provider itself is wrong. The server says where to report that.
    pub is_defect: bool,
}

impl Diagnostic {
    /// An error about the whole block.
    pub fn error(summary: impl Summary, detail: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            summary: summary.text(),
            detail: detail.into(),
            path: None,
            is_defect: false,
        }
    }

    /// A warning about the whole block.
    pub fn warning(summary: impl Summary, detail: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(summary, detail)
        }
    }

    /// An error that no configuration can cause: the provider itself is wrong.
    pub fn defect(what: impl Into<String>) -> Self {
        Self {
            is_defect: true,
            ..Self::error(Own::Defect, what)
        }
    }

    /// The same diagnostic, on an attribute. The root path means the whole block.
    #[must_use]
    pub fn at(mut self, path: Path) -> Self {
        self.path = Some(path).filter(|path| !path.is_root());
        self
    }

    /// The text of its [`Summary`].
    pub fn summary(&self) -> &'static str {
        self.summary
    }

    /// Whether this is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Diagnostics in the order in which they were found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// None yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(Diagnostic::is_error)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [Diagnostic] {
        &mut self.0
    }

    /// In order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, iter: I) {
        self.0.extend(iter);
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(iter: I) -> Self {
        Self(iter.into_iter().collect())
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
