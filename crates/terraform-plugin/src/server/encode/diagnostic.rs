use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::path::{Path, Step};
use crate::proto::tfplugin6::{self, AttributePath, attribute_path as proto};

/// All of them, in order.
pub(in crate::server) fn diagnostics(diagnostics: Diagnostics) -> Vec<tfplugin6::Diagnostic> {
    diagnostics.into_iter().map(diagnostic).collect()
}

/// Severity zero would make core print the text and go on.
pub(in crate::server) fn diagnostic(diagnostic: Diagnostic) -> tfplugin6::Diagnostic {
    let severity = match diagnostic.severity {
        Severity::Error => tfplugin6::diagnostic::Severity::Error,
        Severity::Warning => tfplugin6::diagnostic::Severity::Warning,
    };
    tfplugin6::Diagnostic {
        severity: severity.into(),
        summary: diagnostic.summary,
        detail: diagnostic.detail,
        attribute: diagnostic.path.as_ref().map(attribute_path),
    }
}

/// A path, step by step.
pub(in crate::server) fn attribute_path(path: &Path) -> AttributePath {
    let steps = path.steps().iter().map(|step| {
        use proto::step::Selector;
        let selector = match step {
            Step::Attribute(name) => Selector::AttributeName(name.clone()),
            Step::Key(key) => Selector::ElementKeyString(key.clone()),
            Step::Index(index) => Selector::ElementKeyInt(*index),
        };
        proto::Step {
            selector: Some(selector),
        }
    });
    AttributePath {
        steps: steps.collect(),
    }
}
