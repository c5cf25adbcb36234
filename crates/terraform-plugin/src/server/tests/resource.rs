use std::collections::BTreeMap;

use super::*;
use crate::value::Text;

fn write_only(thing: &ThingModel) -> &Value<Text> {
    &thing.config.known().unwrap().api_key_wo
}

/// The same value in another form: the name as a str 16, one byte longer.
fn in_other_bytes(value: Option<proto::DynamicValue>, name: &str) -> Option<proto::DynamicValue> {
    let mut value = value.unwrap();
    let short: Vec<u8> = [&[0xa0 | u8::try_from(name.len()).unwrap()], name.as_bytes()].concat();
    let at = value
        .msgpack
        .windows(short.len())
        .rposition(|window| window == short)
        .unwrap();
    let long = [0xd9, u8::try_from(name.len()).unwrap()];
    value.msgpack.splice(at..=at, long);
    Some(value)
}

#[tokio::test]
async fn validate_gathers_everything() {
    let refused = ThingModel {
        id: Value::text("mine"),
        ..written("")
    };
    let null_name = ThingModel {
        name: Value::Null,
        ..written("x")
    };
    let unknown = ThingModel {
        id: Value::Unknown,
        name: Value::Unknown,
        revision: Value::Unknown,
        config: Value::Known(ConfigModel {
            api_key: Value::Unknown,
            api_key_wo: Value::Unknown,
        }),
    };
    let cases: [(&str, ThingModel, bool, &[&str]); 5] = [
        ("fine", written("x"), true, &[]),
        ("unknown", unknown, false, &[]),
        (
            "null where required",
            null_name,
            true,
            &["E Missing Configuration for Required Attribute name"],
        ),
        (
            "an old host",
            written("x"),
            false,
            &["E Write-only Attribute Not Allowed"],
        ),
        (
            "all at once",
            refused,
            false,
            &[
                "E Invalid Configuration for Read-Only Attribute id",
                "E Write-only Attribute Not Allowed",
                "E Empty Name name",
            ],
        ),
    ];
    for (name, config, write_only_attributes_allowed, expected) in cases {
        let request = request(proto::validate_resource_config::Request {
            type_name: "fake_thing".into(),
            config: thing(config),
            client_capabilities: Some(proto::ClientCapabilities {
                write_only_attributes_allowed,
                ..Default::default()
            }),
        });
        let answer = ok(server().validate_resource_config(request).await);
        assert_eq!(told(&answer.diagnostics), expected, "{name}");
    }
}

#[tokio::test]
async fn a_plan_without_a_change_is_the_prior_state_byte_for_byte() {
    let prior = in_other_bytes(thing(stored("name")), "id-1");
    let plan = plan_of(prior.clone(), thing(written("name")));
    let answer = ok(server().plan_resource_change(request(plan)).await);
    assert_eq!(answer.planned_state, prior);
    assert_eq!(answer.planned_private, KEPT);
    assert_eq!(told(&answer.diagnostics), [""; 0]);
    assert!(!answer.legacy_type_system);

    let reading = proto::read_resource::Request {
        type_name: "fake_thing".into(),
        current_state: prior.clone(),
        private: KEPT.to_vec(),
        ..Default::default()
    };
    let answer = ok(server().read_resource(request(reading)).await);
    assert_eq!((answer.new_state, &answer.private[..]), (prior, KEPT));
}

#[tokio::test]
async fn a_write_only_value_in_the_prior_state_is_not_given_back() {
    let leaked = ThingModel {
        id: Value::text("id-1"),
        revision: Value::Known(1),
        ..written("name")
    };
    let plan = plan_of(thing(leaked), thing(written("name")));
    let answer = ok(server().plan_resource_change(request(plan)).await);
    assert_eq!(received(answer.planned_state), Some(stored("name")));
}

#[tokio::test]
async fn plans_of_creates_and_updates_hold_no_write_only_value() {
    let create = plan_of(nil(), thing(written("name")));
    let answer = ok(server().plan_resource_change(request(create)).await);
    let planned = received(answer.planned_state).unwrap();
    assert!(planned.id.is_unknown());
    assert!(write_only(&planned).is_null());
    assert_eq!(answer.requires_replace, []);

    let update = plan_of(thing(stored("old")), thing(written("new")));
    let answer = ok(server().plan_resource_change(request(update)).await);
    let planned = received(answer.planned_state).unwrap();
    assert_eq!(planned.name, Value::text("new"));
    assert!(write_only(&planned).is_null());
    assert_eq!(answer.requires_replace.len(), 1);
}

#[tokio::test]
async fn the_first_plan_is_handed_over_only_by_a_host_that_says_so() {
    for (store_planned_private, private) in [(true, "\"planned\""), (false, "\"kept\"")] {
        let mut plan = plan_of(nil(), thing(written("name")));
        plan.planned_private = b"\"planned\"".to_vec();
        plan.client_capabilities = Some(proto::ClientCapabilities {
            store_planned_private,
            ..Default::default()
        });
        let answer = ok(server().plan_resource_change(request(plan)).await);
        assert_eq!(answer.planned_private, private.as_bytes());
    }
}

#[tokio::test]
async fn a_destroy_is_planned_as_nothing_and_applied_as_nothing() {
    let mut plan = plan_of(thing(stored("name")), nil());
    plan.config = nil();
    let answer = ok(server().plan_resource_change(request(plan)).await);
    assert_eq!(answer.planned_state.unwrap().msgpack, [0xc0]);
    assert_eq!(answer.planned_private, KEPT);
    assert_eq!(told(&answer.diagnostics), ["W Goodbye"]);

    for (name, expected) in [("name", &[][..]), ("fail", &["E Failed"])] {
        let apply = proto::apply_resource_change::Request {
            prior_state: thing(stored(name)),
            planned_state: nil(),
            config: nil(),
            ..apply_of(name)
        };
        let answer = ok(server().apply_resource_change(request(apply)).await);
        assert_eq!(received(answer.new_state), None);
        assert_eq!(told(&answer.diagnostics), expected);
    }
}

#[tokio::test]
async fn apply_records_what_core_would_take() {
    let answer = ok(server().apply_resource_change(request(apply_of("n"))).await);
    assert_eq!(received(answer.new_state), Some(stored("n")));
    assert_eq!(answer.private, KEPT);
    assert_eq!(told(&answer.diagnostics), [""; 0]);

    let answer = ok(server()
        .apply_resource_change(request(apply_of("unknown")))
        .await);
    let state = received(answer.new_state).unwrap();
    assert!(state.id.is_known() && state.revision.is_null());
    assert_eq!(told(&answer.diagnostics), ["E Provider Defect revision"]);

    for (name, expected) in [
        ("fail", "E Failed"),
        ("nothing", "E Provider Defect"),
        ("panic", "E Provider Crashed"),
    ] {
        let answer = ok(server()
            .apply_resource_change(request(apply_of(name)))
            .await);
        assert_eq!(answer.new_state, None, "{name}");
        assert_eq!(told(&answer.diagnostics), [expected]);
    }
}

#[tokio::test]
async fn read_says_gone_only_for_what_is_gone() {
    let read = |state| {
        request(proto::read_resource::Request {
            type_name: "fake_thing".into(),
            current_state: state,
            private: KEPT.to_vec(),
            ..Default::default()
        })
    };
    for state in [thing(stored("gone")), nil(), None] {
        let answer = ok(server().read_resource(read(state)).await);
        assert_eq!(answer.new_state.unwrap().msgpack, [0xc0]);
        assert_eq!(told(&answer.diagnostics), [""; 0]);
    }
    let state = thing(stored("unknown"));
    let answer = ok(server().read_resource(read(state.clone())).await);
    assert_eq!((answer.new_state, answer.private), (state, KEPT.to_vec()));
    assert_eq!(told(&answer.diagnostics), ["E Provider Defect revision"]);
}

#[tokio::test]
async fn import_begins_with_the_id() {
    let import = |id: &str| {
        request(proto::import_resource_state::Request {
            type_name: "fake_thing".into(),
            id: id.into(),
            ..Default::default()
        })
    };
    let mut answer = ok(server().import_resource_state(import("id-1")).await);
    let imported = answer.imported_resources.remove(0);
    assert_eq!(imported.type_name, "fake_thing");
    assert_eq!(received(imported.state).unwrap().id, Value::text("id-1"));

    let answer = ok(server().import_resource_state(import("")).await);
    assert_eq!(told(&answer.diagnostics), ["E Empty Id"]);

    let mut by_identity = import("");
    by_identity.get_mut().identity = Some(proto::ResourceIdentityData::default());
    let answer = ok(server().import_resource_state(by_identity).await);
    assert_eq!(
        told(&answer.diagnostics),
        ["E Import by Identity Not Supported"]
    );
}

fn upgrade(version: i64, json: &str) -> tonic::Request<proto::upgrade_resource_state::Request> {
    request(proto::upgrade_resource_state::Request {
        type_name: "fake_thing".into(),
        version,
        raw_state: Some(proto::RawState {
            json: json.as_bytes().to_vec(),
            flatmap: BTreeMap::new(),
        }),
    })
}

#[tokio::test]
async fn upgrade_fills_in_and_drops_attributes() {
    let json = r#"{
        "id": "id-1", "title": "t", "gone": {"a": [1]},
        "config": {"api_key": "k", "api_key_wo": "leaked", "older": true}
    }"#;
    let answer = ok(server().upgrade_resource_state(upgrade(0, json)).await);
    let expected = ThingModel {
        revision: Value::Null,
        ..stored("t")
    };
    assert_eq!(received(answer.upgraded_state), Some(expected));

    // Of the current version: the resource is not asked.
    let json = r#"{"title": "t", "name": "n", "revision": 1.0, "id": "id-1", "config": null}"#;
    let answer = ok(server().upgrade_resource_state(upgrade(1, json)).await);
    let expected = ThingModel {
        config: Value::Null,
        ..stored("n")
    };
    assert_eq!(received(answer.upgraded_state), Some(expected));
}

#[tokio::test]
async fn upgrade_refuses_what_it_cannot_read() {
    let flatmap = proto::RawState {
        json: Vec::new(),
        flatmap: BTreeMap::from([("id".to_owned(), "id-1".to_owned())]),
    };
    let mut old = upgrade(0, "");
    old.get_mut().raw_state = Some(flatmap);
    let mut missing = upgrade(1, "");
    missing.get_mut().raw_state = None;
    let cases = [
        ("newer", upgrade(2, "{}"), ""),
        ("negative", upgrade(-1, "{}"), ""),
        ("not JSON", upgrade(1, "{"), ""),
        ("null", upgrade(1, "null"), ""),
        ("a list", upgrade(1, "[]"), ""),
        ("another kind", upgrade(1, r#"{"name": []}"#), " name"),
        // Its path would make Terraform print the line with the key.
        (
            "a key of another kind",
            upgrade(1, r#"{"config": {"api_key": 1}}"#),
            "",
        ),
        ("flatmap", old, ""),
        ("nothing", missing, ""),
    ];
    for (name, request, path) in cases {
        let answer = ok(server().upgrade_resource_state(request).await);
        assert_eq!(answer.upgraded_state, None, "{name}");
        let expected = format!("E Unable to Upgrade Resource State{path}");
        assert_eq!(told(&answer.diagnostics), [expected], "{name}");
        if name == "a key of another kind" {
            assert!(answer.diagnostics[0].detail.contains("config.api_key"));
        }
    }
}

#[tokio::test]
async fn generated_configuration_holds_no_secret_and_nothing_computed() {
    let generate = proto::generate_resource_config::Request {
        type_name: "fake_thing".into(),
        state: thing(stored("name")),
    };
    let answer = ok(server().generate_resource_config(request(generate)).await);
    let expected = ThingModel {
        name: Value::text("name"),
        ..ThingModel::default()
    };
    assert_eq!(received(answer.config), Some(expected));
}
