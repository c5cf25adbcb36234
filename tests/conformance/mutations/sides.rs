//! Rules that have more than one side.

use super::answers::{judge_plan, told, wire_path};
use super::subject::{applied, config, inner, planned, set, subject, text, with};
use crate::core::Action;
use crate::rules::{Rule, Verdict, apply, plan, replan};
use crate::values::{AnyValue, Known, Number, Value};

test_support::tests! {
    a_plan_may_keep_what_was_there,
    what_is_computed_is_free_unless_it_is_configured,
    nested_attributes_are_judged_one_by_one,
    unknown_blocks_stay_unknown,
    a_second_plan_may_know_more_and_not_less,
    an_apply_may_fail_with_less_than_was_planned,
    sets_may_shrink_where_something_was_unknown,
    numbers_are_equal_by_value,
    paths_end_where_core_cannot_go
}

fn rules(verdict: &Verdict) -> Vec<Rule> {
    verdict
        .findings
        .iter()
        .map(|finding| finding.rule)
        .collect()
}

fn a_plan_may_keep_what_was_there() {
    let config = with(&config(), "set", text("S"));
    let prior = applied();
    // Suppressing a meaningless change: the configuration differs, the plan keeps the state.
    let verdict = plan::judge(&subject(), &prior, &config, &prior);
    assert_eq!(rules(&verdict), []);
    let unknown = with(&config, "set", Value::Unknown);
    let verdict = plan::judge(&subject(), &prior, &unknown, &prior);
    assert_eq!(rules(&verdict), []);
    // But not null, where something is configured.
    let verdict = judge_plan(&config, &with(&planned(), "set", Value::Null));
    assert_eq!(rules(&verdict), [Rule::PlanKeepsConfig]);
}

fn what_is_computed_is_free_unless_it_is_configured() {
    for value in [Value::Null, Value::Unknown, text("any")] {
        let verdict = judge_plan(&config(), &with(&planned(), "either", value));
        assert_eq!(rules(&verdict), []);
    }
    let configured = with(&config(), "either", text("mine"));
    let verdict = judge_plan(&configured, &with(&planned(), "either", text("yours")));
    assert_eq!(rules(&verdict), [Rule::PlanKeepsConfig]);
}

fn nested_attributes_are_judged_one_by_one() {
    let verdict = judge_plan(&config(), &with(&planned(), "one.inner", text("other")));
    assert_eq!(rules(&verdict), [Rule::PlanKeepsConfig]);
    assert_eq!(verdict.findings[0].path, "one.inner");
    let absent = with(&config(), "one", Value::Null);
    let verdict = judge_plan(&absent, &planned());
    assert_eq!(rules(&verdict), [Rule::PlanNestedPresence]);
    let verdict = judge_plan(&config(), &with(&planned(), "many.0.inner", text("other")));
    assert_eq!(verdict.findings[0].path, "many[0].inner");
    // Elements of a set are not compared, only counted.
    let other = with(&planned(), "bag", set(vec![inner("other")]));
    assert_eq!(rules(&judge_plan(&config(), &other)), []);
    let more = with(&planned(), "bag", set(vec![inner("b"), inner("c")]));
    assert_eq!(
        rules(&judge_plan(&config(), &more)),
        [Rule::PlanNestedElements]
    );
}

fn unknown_blocks_stay_unknown() {
    let unknown = with(&config(), "items", Value::Unknown);
    let verdict = judge_plan(&unknown, &planned());
    assert_eq!(rules(&verdict), [Rule::PlanKeepsUnknown]);
    let kept = with(&planned(), "items", Value::Unknown);
    assert_eq!(rules(&judge_plan(&unknown, &kept)), []);
    assert_eq!(rules(&judge_plan(&config(), &kept)), [Rule::PlanBlocks]);
}

fn a_second_plan_may_know_more_and_not_less() {
    let (first, second) = (planned(), applied());
    let judge = |a: &AnyValue, b: &AnyValue| {
        rules(&replan::judge((Action::Update, a), (Action::Update, b)))
    };
    assert_eq!(judge(&first, &second), []);
    assert_eq!(judge(&first, &first), []);
    assert_eq!(
        judge(&second, &first),
        [Rule::ReplanKnown, Rule::ReplanKnown]
    );
    let verdict = replan::judge((Action::Update, &first), (Action::NoOp, &first));
    assert_eq!(rules(&verdict), [], "an update may turn out to be none");
}

fn an_apply_may_fail_with_less_than_was_planned() {
    let partly = with(&applied(), "set", text("before"));
    assert_eq!(
        rules(&apply::judge(&subject(), &planned(), &partly, true)),
        []
    );
    assert_eq!(
        rules(&apply::judge(&subject(), &planned(), &Value::Null, true)),
        []
    );
    assert_eq!(
        rules(&apply::judge(&subject(), &planned(), &planned(), true)),
        [Rule::WhollyKnown]
    );
}

fn sets_may_shrink_where_something_was_unknown() {
    let before = set(vec![Value::Unknown, text("a")]);
    let shrunk = set(vec![text("a")]);
    let grown = set(vec![text("a"), text("b"), text("c")]);
    let judge = |after: &AnyValue| {
        let verdict = replan::judge((Action::Update, &before), (Action::Update, after));
        rules(&verdict)
    };
    assert_eq!(judge(&shrunk), []);
    assert_eq!(judge(&grown), [Rule::ReplanKnown]);
}

fn numbers_are_equal_by_value() {
    let number = |text: &str| Value::Known(Known::Number(Number::parse(text).unwrap()));
    let judge = |a: &str, b: &str| {
        let verdict = replan::judge((Action::Update, &number(a)), (Action::Update, &number(b)));
        rules(&verdict)
    };
    assert_eq!(judge("0.1", "0.1"), []);
    assert_eq!(judge("1", "1.0"), []);
    assert_eq!(judge("1", "2"), [Rule::ReplanKnown]);
}

fn paths_end_where_core_cannot_go() {
    let judge = |names: &[&str]| rules(&told(|told| told.attribute = Some(wire_path(names))));
    assert_eq!(judge(&["set"]), []);
    assert_eq!(judge(&["items"]), []);
    for names in [
        &["other"][..],
        &["set", "x"],
        &["bag", "inner"],
        &["many", "inner"],
    ] {
        assert_eq!(judge(names), [Rule::DiagnosticPath], "{names:?}");
    }
}
