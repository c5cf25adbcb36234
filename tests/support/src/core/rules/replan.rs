//! Section 6.3: the plan that is made again just before it is applied.

use super::super::action::Action;
use super::super::values::{AnyValue, Known, Path, Step, Value};
use super::value::{each, members};
use super::{Rule, Verdict};

/// "Provider produced inconsistent final plan".
pub fn judge(first: (Action, &AnyValue), second: (Action, &AnyValue)) -> Verdict {
    let mut verdict = Verdict::default();
    let same = first.0 == second.0 || (first.0 == Action::Update && second.0 == Action::NoOp);
    verdict.check(Rule::ReplanAction, &Path::root(), same);
    compatible(
        first.1,
        second.1,
        &Path::root(),
        Rule::ReplanKnown,
        true,
        &mut verdict,
    );
    verdict
}

/// Whether everything that `planned` knows is so in `actual`. With `may_stay_unknown`, what is
/// unknown may stay so.
pub(super) fn compatible(
    planned: &AnyValue,
    actual: &AnyValue,
    path: &Path,
    rule: Rule,
    may_stay_unknown: bool,
    verdict: &mut Verdict,
) {
    let (planned, actual_known) = match (planned, actual) {
        (Value::Unknown, actual) => {
            verdict.check(rule, path, may_stay_unknown || !actual.is_unknown());
            return;
        }
        (Value::Known(planned), Value::Known(actual)) => (planned, actual),
        (planned, actual) => {
            verdict.check(rule, path, planned == actual);
            return;
        }
    };
    match (planned, actual_known) {
        (Known::Object(_) | Known::Map(_), Known::Object(_) | Known::Map(_))
        | (Known::List(_) | Known::Tuple(_), Known::List(_) | Known::Tuple(_)) => {
            let planned = Value::Known(planned.clone());
            let (before, after) = (each(&planned), each(actual));
            let keys = before.iter().map(|(step, _)| step);
            let same = keys.eq(after.iter().map(|(step, _)| step));
            verdict.check(rule, path, same);
            let object = members(&planned).is_some();
            for ((step, before), (_, after)) in before.iter().zip(&after) {
                let step = match step {
                    Step::Key(key) if object => Step::Attribute(key.clone()),
                    step => step.clone(),
                };
                let path = path.join(step);
                compatible(before, after, &path, rule, may_stay_unknown, verdict);
            }
        }
        (Known::Set(planned), Known::Set(actual)) => {
            // Every element has to come from a planned one; there may be fewer where some were
            // unknown.
            let quiet = |before: &AnyValue, after: &AnyValue| {
                let mut inner = Verdict::default();
                compatible(before, after, path, rule, may_stay_unknown, &mut inner);
                inner.findings.is_empty()
            };
            let from_plan = actual
                .iter()
                .all(|after| planned.iter().any(|before| quiet(before, after)));
            let all_there = planned
                .iter()
                .all(|before| actual.iter().any(|after| quiet(before, after)));
            let grew = actual.len() > planned.len();
            verdict.check(rule, path, from_plan && all_there && !grew);
        }
        (planned, actual) => verdict.check(rule, path, planned == actual),
    }
}
