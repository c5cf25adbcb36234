//! Every rule, broken on purpose: a rule that nothing can violate is a defect.
//!
//! Each case is an answer that is sound, and the same answer with one thing wrong. The sound one
//! breaks nothing, the other one its rule.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::core::Action;
use crate::rules::{Rule, Verdict, apply, diagnostics, plan, replan, schema, stored, value};
use crate::support::proto::tfplugin6::attribute_path::{Step, step::Selector};
use crate::support::proto::tfplugin6::schema::nested_block::NestingMode as BlockNesting;
use crate::support::proto::tfplugin6::schema::object::NestingMode;
use crate::support::proto::tfplugin6::schema::{Attribute, Block, NestedBlock, Object};
use crate::support::proto::tfplugin6::{
    AttributePath, Diagnostic, DynamicValue, Schema, get_provider_schema,
};
use crate::values::{AnyValue, Known, Number, Path, Value};

test_support::tests! {
    every_rule_fires_on_a_broken_answer_and_on_no_sound_one,
    every_rule_quotes_its_section,
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

const STRING: &str = "\"string\"";

fn attribute(name: &str, ty: &str) -> Attribute {
    Attribute {
        name: name.to_owned(),
        r#type: ty.as_bytes().to_vec(),
        optional: true,
        ..Attribute::default()
    }
}

fn computed(name: &str) -> Attribute {
    Attribute {
        optional: false,
        computed: true,
        ..attribute(name, STRING)
    }
}

fn write_only(name: &str) -> Attribute {
    Attribute {
        sensitive: true,
        write_only: true,
        ..attribute(name, STRING)
    }
}

fn nested(name: &str, nesting: NestingMode, attributes: Vec<Attribute>) -> Attribute {
    Attribute {
        r#type: Vec::new(),
        nested_type: Some(Object {
            attributes,
            nesting: nesting.into(),
            ..Object::default()
        }),
        ..attribute(name, "")
    }
}

fn child(name: &str, nesting: BlockNesting, block: Block) -> NestedBlock {
    NestedBlock {
        type_name: name.to_owned(),
        block: Some(block),
        nesting: nesting.into(),
        ..NestedBlock::default()
    }
}

fn block(attributes: Vec<Attribute>, block_types: Vec<NestedBlock>) -> Block {
    Block {
        attributes,
        block_types,
        ..Block::default()
    }
}

/// One of each kind of attribute and block that values are judged by.
fn subject() -> Block {
    block(
        vec![
            attribute("set", STRING),
            computed("given"),
            Attribute {
                computed: true,
                ..attribute("either", STRING)
            },
            write_only("hidden"),
            nested(
                "one",
                NestingMode::Single,
                vec![attribute("inner", STRING), write_only("secret")],
            ),
            nested("many", NestingMode::List, vec![attribute("inner", STRING)]),
            nested("bag", NestingMode::Set, vec![attribute("inner", STRING)]),
        ],
        vec![child(
            "items",
            BlockNesting::List,
            block(vec![attribute("inner", STRING)], Vec::new()),
        )],
    )
}

fn text(text: &str) -> AnyValue {
    Value::text(text).into_any()
}

fn object<const N: usize>(members: [(&'static str, AnyValue); N]) -> AnyValue {
    let members = members.map(|(name, value)| (name.into(), value));
    Value::Known(Known::Object(BTreeMap::from(members)))
}

fn list(elements: Vec<AnyValue>) -> AnyValue {
    Value::Known(Known::List(elements))
}

fn set(elements: Vec<AnyValue>) -> AnyValue {
    Value::Known(Known::Set(elements))
}

fn inner(value: &str) -> AnyValue {
    object([("inner", text(value))])
}

/// A configuration of [`subject`].
fn config() -> AnyValue {
    object([
        ("set", text("s")),
        ("given", Value::Null),
        ("either", Value::Null),
        ("hidden", Value::Null),
        (
            "one",
            object([("inner", text("i")), ("secret", Value::Null)]),
        ),
        ("many", list(vec![inner("m")])),
        ("bag", set(vec![inner("b")])),
        ("items", list(vec![inner("x")])),
    ])
}

/// A value with one member of it put elsewhere.
fn with(value: &AnyValue, path: &str, new: AnyValue) -> AnyValue {
    fn put(value: &mut AnyValue, mut steps: std::str::Split<'_, char>, new: AnyValue) {
        let Some(step) = steps.next() else {
            *value = new;
            return;
        };
        match value {
            Value::Known(Known::Object(members)) => put(members.get_mut(step).unwrap(), steps, new),
            Value::Known(Known::List(elements)) => {
                put(&mut elements[step.parse::<usize>().unwrap()], steps, new);
            }
            _ => panic!("no way through {step}"),
        }
    }
    let mut value = value.clone();
    put(&mut value, path.split('.'), new);
    value
}

/// The plan of [`config`], as a create.
fn planned() -> AnyValue {
    let planned = with(&config(), "given", Value::Unknown);
    with(&planned, "either", Value::Unknown)
}

/// What becomes of [`planned`].
fn applied() -> AnyValue {
    let applied = with(&planned(), "given", text("g"));
    with(&applied, "either", text("e"))
}

fn judge_plan(config: &AnyValue, planned: &AnyValue) -> Verdict {
    plan::judge(&subject(), &Value::Null, config, planned)
}

fn judge_attribute(attribute: Attribute) -> Verdict {
    judge_block(block(vec![attribute], Vec::new()))
}

fn judge_child(nested: NestedBlock) -> Verdict {
    judge_block(block(Vec::new(), vec![nested]))
}

fn judge_block(block: Block) -> Verdict {
    schema::judge(&Schema {
        version: 0,
        block: Some(block),
    })
}

fn decoded(answer: &DynamicValue) -> Verdict {
    let mut verdict = Verdict::default();
    let ty = value::block_type(&block(vec![attribute("set", STRING)], Vec::new()));
    value::decode(Some(answer), &ty, &mut verdict);
    verdict
}

fn flag(rule: Rule, holds: bool) -> Verdict {
    let mut verdict = Verdict::default();
    verdict.check(rule, &Path::root(), holds);
    verdict
}

fn told(change: impl FnOnce(&mut Diagnostic)) -> Verdict {
    let mut diagnostic = Diagnostic {
        severity: 1,
        summary: "Wrong".to_owned(),
        detail: String::new(),
        attribute: Some(wire_path(&["one", "inner"])),
    };
    change(&mut diagnostic);
    diagnostics::judge(&subject(), &[diagnostic])
}

fn wire_path(names: &[&str]) -> AttributePath {
    let steps = names.iter().map(|name| Step {
        selector: Some(Selector::AttributeName((*name).to_owned())),
    });
    AttributePath {
        steps: steps.collect(),
    }
}

fn replaces(path: &str) -> Verdict {
    let path = Some(Path::attributes(path));
    plan::judge_replace(&subject(), &applied(), &planned(), &[path])
}

/// The answer that a rule is about: sound, or broken.
fn answer(rule: Rule, broken: bool) -> Verdict {
    // Picks the broken part where it is wanted.
    macro_rules! or {
        ($broken:expr, $sound:expr) => {
            if broken { $broken } else { $sound }
        };
    }
    match rule {
        Rule::SchemaHasProvider => schema::judge_answer(&get_provider_schema::Response {
            provider: or!(
                None,
                Some(Schema {
                    version: 0,
                    block: Some(Block::default())
                })
            ),
            ..get_provider_schema::Response::default()
        }),
        Rule::SchemaHasBlock => schema::judge(&Schema {
            version: 0,
            block: or!(None, Some(Block::default())),
        }),
        Rule::SchemaVersion => schema::judge(&Schema {
            version: or!(-1, 0),
            block: Some(Block::default()),
        }),
        Rule::AttributeMode => judge_attribute(Attribute {
            optional: !broken,
            ..attribute("a", STRING)
        }),
        Rule::AttributeOptionalRequired => judge_attribute(Attribute {
            optional: broken,
            required: true,
            ..attribute("a", STRING)
        }),
        Rule::AttributeComputedRequired => judge_attribute(Attribute {
            optional: false,
            required: broken,
            computed: true,
            ..attribute("a", STRING)
        }),
        Rule::AttributeType => judge_attribute(attribute("a", or!("", STRING))),
        Rule::AttributeTypeJson => judge_attribute(attribute("a", or!("string", STRING))),
        Rule::AttributeDynamicInCollection => {
            judge_attribute(attribute("a", or!(r#"["list","dynamic"]"#, r#""dynamic""#)))
        }
        Rule::NestedNesting => judge_attribute(nested(
            "a",
            or!(NestingMode::Invalid, NestingMode::Map),
            Vec::new(),
        )),
        Rule::BlockNesting => judge_child(child(
            "b",
            or!(BlockNesting::Invalid, BlockNesting::List),
            Block::default(),
        )),
        Rule::BlockNameTaken => judge_block(block(
            vec![attribute(or!("b", "a"), STRING)],
            vec![child("b", BlockNesting::List, Block::default())],
        )),
        Rule::BlockName => judge_child(child(
            or!("B-b", "b_1"),
            BlockNesting::List,
            Block::default(),
        )),
        Rule::BlockItems => judge_child(NestedBlock {
            min_items: 1,
            max_items: or!(2, 1),
            ..child("b", BlockNesting::Single, Block::default())
        }),
        Rule::SetDynamic => judge_child(child(
            "b",
            or!(BlockNesting::Set, BlockNesting::List),
            block(vec![attribute("a", "\"dynamic\"")], Vec::new()),
        )),
        Rule::SetWriteOnly => judge_attribute(nested(
            "n",
            or!(NestingMode::Set, NestingMode::List),
            vec![write_only("a")],
        )),
        Rule::DeprecationMessage => judge_attribute(Attribute {
            deprecated: !broken,
            deprecation_message: "use b".to_owned(),
            ..attribute("a", STRING)
        }),
        Rule::ComputedBlock => judge_child(child(
            "b",
            BlockNesting::List,
            Block {
                computed: true,
                ..block(vec![or!(attribute("a", STRING), computed("a"))], Vec::new())
            },
        )),
        Rule::WriteOnlyNotComputed => judge_attribute(Attribute {
            computed: broken,
            ..write_only("a")
        }),
        Rule::WriteOnlyChildren => judge_attribute(Attribute {
            sensitive: true,
            write_only: true,
            ..nested(
                "n",
                NestingMode::Single,
                vec![or!(attribute("a", STRING), write_only("a"))],
            )
        }),
        Rule::WriteOnlySensitive => judge_attribute(Attribute {
            sensitive: !broken,
            ..write_only("a")
        }),
        Rule::ReservedName => judge_attribute(attribute(or!("provider", "provider_name"), STRING)),
        Rule::AttributeName => judge_attribute(attribute(or!("Bad-Name", "good_name"), STRING)),

        Rule::AnswerIsMsgpack => decoded(&DynamicValue {
            msgpack: vec![0xc0],
            json: or!(b"null".to_vec(), Vec::new()),
        }),
        Rule::ValueFits => decoded(&DynamicValue {
            // {"set": "x"}, and {}: core takes it for another type.
            msgpack: or!(vec![0x80], vec![0x81, 0xa3, b's', b'e', b't', 0xa1, b'x']),
            json: Vec::new(),
        }),
        Rule::UnknownIsPlain => decoded(&DynamicValue {
            msgpack: or!(vec![0xc7, 3, 12, 0x81, 1, 0xc2], vec![0xd4, 0, 0]),
            json: Vec::new(),
        }),
        // The session applies these to what has no value to look into.
        Rule::CallAnswered | Rule::NoLegacyTypeSystem | Rule::NoDeferral => flag(rule, !broken),
        Rule::WriteOnlyIsNull => stored::write_only_null(
            &subject(),
            &with(&config(), "one.secret", or!(text("secret"), Value::Null)),
        ),
        Rule::WhollyKnown => stored::wholly_known(&or!(planned(), applied())),
        Rule::PrivateSize => {
            stored::judge_private(b"", &vec![0; stored::PRIVATE_LIMIT + usize::from(broken)])
        }
        Rule::PrivateKept => stored::judge_private(b"kept", or!(b"", b"kept")),
        Rule::NoSecret => {
            stored::judge_secrets("hunter2", or!(b"it was hunter2.", b"it was wrong."))
        }

        Rule::DiagnosticSeverity => told(|told| told.severity = or!(0, 2)),
        Rule::DiagnosticSummary => told(|told| told.summary = String::from(or!(" ", "Wrong"))),
        Rule::DiagnosticPath => told(|told| {
            told.attribute = Some(wire_path(or!(&["bag", "inner"], &["one", "inner"])));
        }),

        Rule::PlannedPresent => judge_plan(&config(), &or!(Value::Null, planned())),
        Rule::DestroyPlansNull => plan::judge_destroy(&or!(applied(), Value::Null)),
        Rule::PlanKeepsConfig => {
            judge_plan(&config(), &with(&planned(), "set", text(or!("S", "s"))))
        }
        Rule::PlanKeepsNull => judge_plan(
            &with(&config(), "set", Value::Null),
            &with(&planned(), "set", or!(text("default"), Value::Null)),
        ),
        Rule::PlanKeepsUnknown => judge_plan(
            &with(&config(), "set", Value::Unknown),
            &with(&planned(), "set", or!(text("guess"), Value::Unknown)),
        ),
        Rule::PlanNestedPresence => judge_plan(
            &config(),
            &or!(with(&planned(), "one", Value::Unknown), planned()),
        ),
        Rule::PlanNestedElements => judge_plan(
            &config(),
            &or!(
                with(&planned(), "many", list(vec![inner("m"), inner("m")])),
                planned()
            ),
        ),
        Rule::PlanBlocks => judge_plan(
            &config(),
            &or!(with(&planned(), "items", Value::Null), planned()),
        ),
        Rule::ReplacePathExists => replaces(or!("one.outer", "one.inner")),
        Rule::ReplacePathWriteOnly => replaces(or!("hidden", "set")),

        Rule::ReplanAction => replan::judge(
            (or!(Action::NoOp, Action::Update), &planned()),
            (Action::Update, &planned()),
        ),
        Rule::ReplanKnown => replan::judge(
            (
                Action::Create,
                &with(&planned(), "given", or!(text("before"), Value::Unknown)),
            ),
            (Action::Create, &planned()),
        ),

        Rule::ApplyKeepsPlan => apply::judge(
            &subject(),
            &planned(),
            &with(&applied(), "set", text(or!("normalised", "s"))),
            false,
        ),
        Rule::DestroyLeavesNull => apply::judge_destroy(&or!(applied(), Value::Null), false),
        Rule::ApplyAnswersObject => {
            apply::judge(&subject(), &planned(), &or!(Value::Null, applied()), false)
        }

        Rule::UpgradePresent => {
            stored::judge_upgrade(&subject(), &applied(), &or!(Value::Null, applied()))
        }
        Rule::UpgradeKeepsCurrent => stored::judge_upgrade(
            &subject(),
            &applied(),
            &with(&applied(), "given", text(or!("new", "g"))),
        ),
        Rule::ImportOne => stored::judge_import(
            &subject(),
            "t",
            &vec![("t".to_owned(), applied()); or!(0, 1)],
        ),
        Rule::ImportType => {
            let imported = (or!("", "t").to_owned(), applied());
            stored::judge_import(&subject(), "t", &[imported])
        }
        Rule::ImportPresent => {
            let imported = ("t".to_owned(), or!(Value::Null, applied()));
            stored::judge_import(&subject(), "t", &[imported])
        }
        Rule::DataPresent => {
            let nothing = with(&config(), "set", Value::Null);
            let nothing = with(&nothing, "one", Value::Null);
            let nothing = with(&nothing, "many", Value::Null);
            let nothing = with(&nothing, "bag", Value::Null);
            stored::judge_data(&subject(), &nothing, &or!(Value::Null, applied()))
        }
        Rule::DataKeepsConfig => stored::judge_data(
            &subject(),
            &config(),
            &with(&applied(), "set", text(or!("other", "s"))),
        ),
        Rule::GeneratedSettable => stored::judge_generated(
            &subject(),
            &with(&config(), "given", or!(text("g"), Value::Null)),
        ),
    }
}

fn every_rule_fires_on_a_broken_answer_and_on_no_sound_one() {
    let mut table = String::from("rule | section | fires on\n");
    let mut failures = Vec::new();
    for &rule in Rule::ALL {
        let sound = answer(rule, false);
        let broken = answer(rule, true);
        let _ = writeln!(
            table,
            "{rule:?} | {} | {}",
            rule.citation().0,
            broken
                .findings
                .iter()
                .filter(|finding| finding.rule == rule)
                .map(|finding| format!("{:?}", finding.path))
                .collect::<Vec<_>>()
                .join(", ")
        );
        if !sound.findings.is_empty() || sound.checked == 0 {
            failures.push(format!(
                "{rule:?} finds in a sound answer: {:?}",
                sound.findings
            ));
        }
        if !broken.breaks(rule) {
            failures.push(format!("{rule:?} does not fire: {:?}", broken.findings));
        }
    }
    eprintln!("{table}");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The sections of core-rules.md by number.
fn sections() -> BTreeMap<&'static str, String> {
    let text = include_str!("../../../crates/terraform-plugin/docs/core-rules.md");
    let mut sections = BTreeMap::<_, String>::new();
    let mut number = "";
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("##") {
            let title = title.trim_start_matches(['#', ' ']);
            number = title
                .split(' ')
                .next()
                .unwrap_or_default()
                .trim_end_matches('.');
        }
        // One line, so that a quotation may run over a line break.
        let section = sections.entry(number).or_default();
        section.push_str(line.trim_start());
        section.push(' ');
    }
    sections
}

fn every_rule_quotes_its_section() {
    let sections = sections();
    for rule in Rule::ALL {
        let (section, quote) = rule.citation();
        let text = sections
            .get(section)
            .map(String::as_str)
            .unwrap_or_default();
        assert!(
            text.contains(quote),
            "{rule:?} is not in section {section}: {quote}"
        );
    }
}

// Rows that have more than one side.

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
