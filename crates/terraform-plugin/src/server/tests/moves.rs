use super::able::{ThingModel, server, thing_schema};
use super::*;

type Request = proto::move_resource_state::Request;

fn from(type_name: &str, json: &str) -> Request {
    Request {
        source_provider_address: "registry.terraform.io/acme/fork".into(),
        source_type_name: type_name.into(),
        source_schema_version: 1,
        source_state: Some(proto::RawState {
            json: json.into(),
            ..Default::default()
        }),
        target_type_name: "able_thing".into(),
        source_private: KEPT.to_vec(),
        ..Default::default()
    }
}

async fn moved(moved: Request) -> proto::move_resource_state::Response {
    ok(server().move_resource_state(request(moved)).await)
}

fn thing_of(value: Option<proto::DynamicValue>) -> ThingModel {
    let value = codec::decode(&value.unwrap().msgpack, &thing_schema().ty()).unwrap();
    ThingModel::from_known(value.known().cloned().unwrap()).unwrap()
}

#[tokio::test]
async fn a_state_of_the_same_type_comes_over_whole() {
    let state = r#"{"id":"id-1","name":"a","region":null,"gone":true}"#;
    let older = Request {
        source_schema_version: 0,
        ..from("able_thing", r#"{"id":"id-1","title":"a"}"#)
    };
    for request in [from("able_thing", state), older] {
        let answer = moved(request).await;
        assert_eq!(told(&answer.diagnostics), [""; 0]);
        assert_eq!(answer.target_private, KEPT);
        assert!(answer.target_identity.is_some());
        let expected = ThingModel {
            id: Value::text("id-1"),
            name: Value::text("a"),
            region: Value::Null,
        };
        assert_eq!(thing_of(answer.target_state), expected);
    }
    // Without any optional trait as well.
    let plain = Request {
        target_type_name: "fake_thing".into(),
        ..from(
            "fake_thing",
            r#"{"id":"id-1","name":"a","config":{"api_key_wo":"leak"}}"#,
        )
    };
    let answer = ok(fake::server().move_resource_state(request(plain)).await);
    let state = received(answer.target_state).unwrap();
    assert_eq!(state.name, Value::text("a"));
    assert!(state.config.known().unwrap().api_key_wo.is_null());
    assert_eq!(answer.target_private, KEPT);
    assert_eq!(answer.target_identity, None);
}

#[tokio::test]
async fn a_state_of_another_type_is_the_resources_to_judge() {
    for request in [
        from("other_thing", r#"{"deep":[{"id":"id-1"}]}"#),
        // Of the same name, and of no such shape.
        from("able_thing", r#"{"id":"id-1","label":"a"}"#),
    ] {
        let answer = moved(request).await;
        assert_eq!(told(&answer.diagnostics), [""; 0]);
        let private = answer.target_private;
        let expected = br#""\"kept\"+registry.terraform.io/acme/fork""#;
        assert_eq!(private, expected);
        assert!(answer.target_identity.is_some());
        assert_eq!(thing_of(answer.target_state).id, Value::text("id-1"));
    }
}

#[tokio::test]
async fn what_cannot_be_moved_is_an_error() {
    let newer = Request {
        source_schema_version: 2,
        ..from("able_thing", "{}")
    };
    let flatmap = Request {
        source_state: Some(proto::RawState {
            flatmap: [("id".to_owned(), "id-1".to_owned())].into(),
            ..Default::default()
        }),
        ..from("other_thing", "")
    };
    let absent = Request {
        source_state: None,
        ..from("other_thing", "")
    };
    let unable = "E Unable to Move Resource State";
    for (request, expected) in [
        (from("no_such", r#"{"id":"s3cret"}"#), unable),
        (from("other_thing", "{}"), "E No Id"),
        (
            from("other_thing", r#"{"id":"unknown"}"#),
            "E Provider Defect name",
        ),
        (from("panic", r#"{"id":"s3cret"}"#), "E Provider Crashed"),
        (
            from("able_thing", r#"{"id":7,"name":"s3cret"}"#),
            "E Unable to Move Resource State id",
        ),
        (from("other_thing", r#"{"id":"s3cret""#), unable),
        (newer, unable),
        (flatmap, unable),
        (absent, unable),
    ] {
        let answer = moved(request).await;
        assert_eq!(told(&answer.diagnostics), [expected]);
        assert!(!answer.diagnostics[0].detail.contains("s3cret"));
        assert_eq!(answer.target_state, None);
    }
    // To a resource that knows only itself.
    let plain = Request {
        target_type_name: "fake_thing".into(),
        ..from("other_thing", "{}")
    };
    let answer = ok(fake::server().move_resource_state(request(plain)).await);
    assert_eq!(told(&answer.diagnostics), [unable]);
    let detail = &answer.diagnostics[0].detail;
    assert!(detail.contains("fake_thing cannot take over a state of other_thing"));
}
