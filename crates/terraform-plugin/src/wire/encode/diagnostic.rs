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
    let mut detail = printable(diagnostic.detail);
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

/// Terraform writes a text to the terminal as it is, and a terminal obeys what controls it.
pub(crate) fn printable(text: String) -> String {
    let controls = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if text.contains(controls) {
        text.replace(controls, "\u{fffd}")
    } else {
        text
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_does_not_control_a_terminal() {
        let told = diagnostics(Diagnostic::defect("\u{1b}[2Ja\r\n\tb\u{9b}c").into(), "r");
        assert!(
            told[0]
                .detail
                .starts_with("\u{fffd}[2Ja\u{fffd}\n\tb\u{fffd}c\n\nThis is")
        );
    }
}
