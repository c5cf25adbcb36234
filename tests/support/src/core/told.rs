use crate::proto::tfplugin6::{Diagnostic, diagnostic};

/// What a call, or a run, tells the practitioner.
#[derive(Debug, Clone, Default)]
pub struct Told(pub Vec<Diagnostic>);

impl Told {
    fn of(&self, severity: diagnostic::Severity) -> impl Iterator<Item = &Diagnostic> {
        let told = self.0.iter();
        told.filter(move |diagnostic| diagnostic.severity() == severity)
    }

    /// Whether anything failed.
    pub fn has_errors(&self) -> bool {
        self.of(diagnostic::Severity::Error).next().is_some()
    }

    /// Whether there is neither an error nor a warning.
    pub fn is_silent(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether something is said, and all of it under this summary.
    pub fn says_only(&self, summary: &str) -> bool {
        !self.is_silent() && self.0.iter().all(|told| told.summary == summary)
    }

    /// The summaries of the warnings.
    pub fn warnings(&self) -> Vec<&str> {
        let warnings = self.of(diagnostic::Severity::Warning);
        warnings.map(|told| told.summary.as_str()).collect()
    }

    /// The summaries, each behind its severity.
    pub fn summaries(&self) -> Vec<String> {
        let line = |told: &Diagnostic| format!("{:?}: {}", told.severity(), told.summary);
        self.0.iter().map(line).collect()
    }

    /// All of it, as one text.
    pub fn text(&self) -> String {
        let line = |told: &Diagnostic| {
            let severity = told.severity();
            format!("{severity:?}: {}: {}\n", told.summary, told.detail)
        };
        self.0.iter().map(line).collect()
    }
}
