//! For every rule an answer that is sound, and the same answer with one thing wrong.

use super::subject::{
    STRING, applied, attribute, block, child, computed, config, inner, list, nested, object,
    planned, subject, text, with, write_only,
};
use crate::core::Action;
use crate::rules::{
    Rule, Verdict, apply, diagnostics, identity, plan, replan, schema, stored, value,
};
use crate::support::proto::tfplugin6::attribute_path::{Step, step::Selector};
use crate::support::proto::tfplugin6::resource_identity_schema::IdentityAttribute;
use crate::support::proto::tfplugin6::schema::nested_block::NestingMode as BlockNesting;
use crate::support::proto::tfplugin6::schema::object::NestingMode;
use crate::support::proto::tfplugin6::schema::{Attribute, Block, NestedBlock};
use crate::support::proto::tfplugin6::{
    AttributePath, Diagnostic, DynamicValue, ResourceIdentityData, ResourceIdentitySchema, Schema,
    get_provider_schema,
};
use crate::values::{AnyValue, Path, Value, encode};

/// The answer that a rule is about: sound, or broken.
pub(super) fn answer(rule: Rule, broken: bool) -> Verdict {
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
        Rule::IdentityVersion => identity::judge_schema(&ResourceIdentitySchema {
            version: or!(-1, 0),
            ..identity_schema(STRING, true)
        }),
        Rule::IdentityImport => identity::judge_schema(&identity_schema(STRING, !broken)),
        Rule::IdentityType => identity::judge_schema(&identity_schema(
            or!("[\"map\",\"string\"]", "[\"list\",\"string\"]"),
            true,
        )),
        Rule::IdentityGiven => judge_identity(None, (!broken).then(|| text("a"))),
        Rule::IdentityKnown => judge_identity(None, Some(or!(Value::Unknown, text("a")))),
        Rule::IdentityKept => judge_identity(Some(text("a")), Some(text(or!("b", "a")))),
        Rule::GeneratedSettable => stored::judge_generated(
            &subject(),
            &with(&config(), "given", or!(text("g"), Value::Null)),
        ),
    }
}

fn identity_schema(ty: &str, required: bool) -> ResourceIdentitySchema {
    let attribute = IdentityAttribute {
        name: "id".to_owned(),
        r#type: ty.as_bytes().to_vec(),
        required_for_import: required,
        ..IdentityAttribute::default()
    };
    ResourceIdentitySchema {
        version: 0,
        identity_attributes: vec![attribute],
    }
}

fn judge_identity(before: Option<AnyValue>, answer: Option<AnyValue>) -> Verdict {
    let ty = value::block_type(&block(vec![attribute("id", STRING)], Vec::new()));
    let whole = |id| object([("id", id)]);
    let answer = answer.map(|id| ResourceIdentityData {
        identity_data: Some(DynamicValue {
            msgpack: encode(&whole(id), &ty).unwrap(),
            json: Vec::new(),
        }),
    });
    identity::judge(&ty, before.map(whole).as_ref(), answer.as_ref()).0
}

pub(super) fn judge_plan(config: &AnyValue, planned: &AnyValue) -> Verdict {
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

pub(super) fn told(change: impl FnOnce(&mut Diagnostic)) -> Verdict {
    let mut diagnostic = Diagnostic {
        severity: 1,
        summary: "Wrong".to_owned(),
        detail: String::new(),
        attribute: Some(wire_path(&["one", "inner"])),
    };
    change(&mut diagnostic);
    diagnostics::judge(&subject(), &[diagnostic])
}

pub(super) fn wire_path(names: &[&str]) -> AttributePath {
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
