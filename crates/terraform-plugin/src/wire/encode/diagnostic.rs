use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::path::{Path, Step};
use crate::proto::tfplugin6::attribute_path as proto;
use crate::proto::tfplugin6::{self, AttributePath};

/// All of them, in order. `report_url` is where defects of the provider are reported.
pub(crate) fn diagnostics(
    diagnostics: Diagnostics,
    report_url: &str,
) -> Vec<tfplugin6::Diagnostic> {
    let encoded = diagnostics.into_iter();
    encoded.map(|each| diagnostic(each, report_url)).collect()
}

fn diagnostic(diagnostic: Diagnostic, report_url: &str) -> tfplugin6::Diagnostic {
    // Severity zero would make core print the text and go on.
    let severity = match diagnostic.severity {
        Severity::Error => tfplugin6::diagnostic::Severity::Error,
        Severity::Warning => tfplugin6::diagnostic::Severity::Warning,
    };
    let mut detail = diagnostic.detail;
    if diagnostic.is_defect {
        detail.push_str(
            "\n\nThis is a mistake in the provider, not in your configuration. Please report it at \
             ",
        );
        detail.push_str(report_url);
        detail.push('.');
    }
    tfplugin6::Diagnostic {
        severity: severity.into(),
        summary: diagnostic.summary.to_owned(),
        detail,
        attribute: diagnostic.path.as_ref().map(attribute_path),
    }
}

/// A path, step by step.
pub(crate) fn attribute_path(path: &Path) -> AttributePath {
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
