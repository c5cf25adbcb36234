//! Section 7: what an apply answers, against what was planned.

use super::super::values::{AnyValue, Path};
use super::replan::compatible;
use super::{Rule, Verdict, stored};
use crate::proto::tfplugin6::schema::Block;

/// A create or an update.
pub fn judge(block: &Block, planned: &AnyValue, new: &AnyValue, failed: bool) -> Verdict {
    let mut verdict = stored::write_only_null(block, new);
    let root = Path::root();
    verdict.check(Rule::ApplyAnswersObject, &root, failed || new.is_known());
    if new.is_null() {
        return verdict;
    }
    verdict.extend(stored::wholly_known(new));
    if !failed {
        compatible(
            planned,
            new,
            &root,
            Rule::ApplyKeepsPlan,
            true,
            &mut verdict,
        );
    }
    verdict
}

/// A destroy.
pub fn judge_destroy(new: &AnyValue, failed: bool) -> Verdict {
    let mut verdict = Verdict::default();
    let holds = failed || new.is_null();
    verdict.check(Rule::DestroyLeavesNull, &Path::root(), holds);
    verdict
}
