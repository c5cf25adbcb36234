//! Section 9: diagnostics that core can show.

use super::super::values::Path;
use super::value::{path, place};
use super::{Rule, Verdict};
use crate::proto::tfplugin6::Diagnostic;
use crate::proto::tfplugin6::schema::Block;

/// All diagnostics of one answer.
pub fn judge(block: &Block, diagnostics: &[Diagnostic]) -> Verdict {
    let mut verdict = Verdict::default();
    for diagnostic in diagnostics {
        let root = Path::root();
        let severity = (1..=2).contains(&diagnostic.severity);
        verdict.check(Rule::DiagnosticSeverity, &root, severity);
        let summary = !diagnostic.summary.trim().is_empty();
        verdict.check(Rule::DiagnosticSummary, &root, summary);
        if let Some(wire) = &diagnostic.attribute {
            let path = path(wire);
            let found = path.as_ref().and_then(|path| place(block, path));
            let shown = path.clone().unwrap_or_default();
            verdict.check(Rule::DiagnosticPath, &shown, found.is_some());
        }
    }
    verdict
}
