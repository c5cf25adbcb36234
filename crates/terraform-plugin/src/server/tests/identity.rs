use super::able::{IdentityModel, ThingModel, identity_schema, server, thing_schema};
use super::*;
use crate::proto::tfplugin6::ResourceIdentityData;

/// What a host would store.
fn identity(id: Value<crate::Text>) -> Option<ResourceIdentityData> {
    let region = Value::Null;
    let value = Value::Known(IdentityModel { id, region }.into_known());
    Some(ResourceIdentityData {
        identity_data: sent(&value, &identity_schema().ty()),
    })
}

fn known(id: &str) -> Option<ResourceIdentityData> {
    identity(Value::text(id))
}

fn named(name: &str) -> ThingModel {
    ThingModel {
        id: Value::text("id-1"),
        name: Value::text(name),
        region: Value::Null,
    }
}

fn state(thing: ThingModel) -> Option<proto::DynamicValue> {
    sent(&Value::Known(thing.into_known()), &thing_schema().ty())
}

fn configured(name: &str) -> Option<proto::DynamicValue> {
    let id = Value::Null;
    state(ThingModel { id, ..named(name) })
}

#[tokio::test]
async fn identity_schemas_are_told() {
    let ask = proto::get_resource_identity_schemas::Request {};
    let answer = ok(server().get_resource_identity_schemas(request(ask)).await);
    assert_eq!(answer.diagnostics, []);
    let schema = &answer.identity_schemas["able_thing"];
    assert_eq!(schema.version, 2);
    let [id, region] = &schema.identity_attributes[..] else {
        panic!("{} attributes", schema.identity_attributes.len());
    };
    assert_eq!(
        (id.name.as_str(), &id.r#type[..]),
        ("id", &br#""string""#[..])
    );
    assert!(id.required_for_import && !id.optional_for_import);
    assert!(!region.required_for_import && region.optional_for_import);
    assert_eq!(id.description, "Its id.");
}

async fn read(
    thing: ThingModel,
    before: Option<ResourceIdentityData>,
) -> proto::read_resource::Response {
    let read = proto::read_resource::Request {
        type_name: "able_thing".into(),
        current_state: state(thing),
        private: KEPT.to_vec(),
        current_identity: before,
        ..Default::default()
    };
    ok(server().read_resource(request(read)).await)
}

#[tokio::test]
async fn a_read_makes_the_identity_from_the_state() {
    // One from before the resource had an identity, one as it is, and one that is not right.
    for before in [None, known("id-1"), known("stale")] {
        let answer = read(named("a"), before).await;
        assert_eq!(told(&answer.diagnostics), [""; 0]);
        assert_eq!(answer.new_identity, known("id-1"));
        assert_eq!(answer.new_state, state(named("a")));
    }
    // Where the state does not tell, what is stored stays.
    let id = Value::Null;
    let answer = read(ThingModel { id, ..named("a") }, known("id-1")).await;
    assert_eq!(answer.new_identity, known("id-1"));
    let answer = read(named("gone"), known("id-1")).await;
    assert_eq!(answer.new_identity, None);
}

#[tokio::test]
async fn an_identity_that_a_read_leaves_unknown_is_an_error() {
    let answer = read(named("hazy"), known("id-1")).await;
    assert_eq!(told(&answer.diagnostics), ["E Provider Defect"]);
    assert_eq!(answer.new_state, state(named("hazy")));
    assert_eq!(answer.private, KEPT);
    let answer = read(named("panic"), None).await;
    assert_eq!(told(&answer.diagnostics), ["E Provider Defect"]);
    assert!(!answer.diagnostics[0].detail.contains("s3cret"));
}

async fn plan(
    prior: Option<proto::DynamicValue>,
    config: Option<proto::DynamicValue>,
    before: Option<ResourceIdentityData>,
) -> proto::plan_resource_change::Response {
    let plan = proto::plan_resource_change::Request {
        type_name: "able_thing".into(),
        prior_identity: before,
        ..plan_of(prior, config)
    };
    ok(server().plan_resource_change(request(plan)).await)
}

#[tokio::test]
async fn a_new_object_has_no_identity_until_it_is_known() {
    // A create, and the second half of a replacement, which comes with the identity of the first.
    for before in [None, known("id-1")] {
        let answer = plan(nil(), configured("a"), before).await;
        assert_eq!(answer.planned_identity, None);
    }
    let before = || known("id-1");
    let answer = plan(state(named("a")), configured("a"), None).await;
    assert_eq!(answer.planned_identity, before(), "nothing changes");
    let answer = plan(state(named("a")), configured("b"), before()).await;
    assert_eq!(answer.planned_identity, before(), "an update");
    let answer = plan(state(named("a")), configured("anew"), before()).await;
    assert_eq!(
        answer.planned_identity,
        before(),
        "a plan that unsettles it"
    );
    let moved = ThingModel {
        id: Value::Null,
        region: Value::text("elsewhere"),
        ..named("anew")
    };
    let answer = plan(state(named("a")), state(moved), before()).await;
    assert_eq!(answer.requires_replace.len(), 1);
    assert_eq!(answer.planned_identity, None);
    // What is to be destroyed keeps its own.
    let answer = plan(state(named("a")), nil(), known("stored")).await;
    assert_eq!(answer.planned_identity, known("stored"));
}

#[tokio::test]
async fn an_object_keeps_its_identity() {
    let answer = plan(state(named("a")), configured("another"), None).await;
    assert_eq!(told(&answer.diagnostics), ["E Provider Defect"]);
    assert!(answer.diagnostics[0].detail.contains("attribute id"));
    // Where the prior state does not tell, the plan may.
    let id = Value::Null;
    let prior = ThingModel { id, ..named("a") };
    let answer = plan(state(prior.clone()), configured("another"), None).await;
    assert_eq!(answer.planned_identity, known("id-2"));
    let answer = plan(state(prior), configured("a"), known("stored")).await;
    assert_eq!(answer.planned_identity, known("stored"));
}

async fn apply(
    prior: Option<proto::DynamicValue>,
    planned: ThingModel,
    identity: Option<ResourceIdentityData>,
) -> proto::apply_resource_change::Response {
    let apply = proto::apply_resource_change::Request {
        type_name: "able_thing".into(),
        prior_state: prior,
        config: configured(planned.name.as_str().unwrap()),
        planned_state: state(planned),
        planned_identity: identity,
        ..Default::default()
    };
    ok(server().apply_resource_change(request(apply)).await)
}

#[tokio::test]
async fn what_was_applied_has_a_known_identity() {
    let new = |name| ThingModel {
        id: Value::Unknown,
        ..named(name)
    };
    let answer = apply(nil(), new("a"), None).await;
    assert_eq!(answer.new_identity, known("id-1"));
    let answer = apply(state(named("a")), named("b"), known("id-1")).await;
    assert_eq!(answer.new_identity, known("id-1"));
    // Nothing was created, and half of it.
    let answer = apply(nil(), new("fail"), None).await;
    assert_eq!((answer.new_state, answer.new_identity), (None, None));
    let answer = apply(nil(), new("half"), None).await;
    assert_eq!(told(&answer.diagnostics), ["E Failed"]);
    assert!(answer.new_state.is_some());
    assert_eq!(answer.new_identity, None);
    let answer = apply(nil(), new("half"), known("planned")).await;
    assert_eq!(answer.new_identity, known("planned"));
    // The state stays, whatever is wrong with the identity.
    let answer = apply(nil(), new("hazy"), None).await;
    assert_eq!(told(&answer.diagnostics), ["E Provider Defect"]);
    assert_eq!(answer.new_state, state(named("hazy")));
    assert_eq!(answer.new_identity, None);
    let answer = apply(nil(), new("panic"), known("planned")).await;
    assert_eq!(told(&answer.diagnostics), ["E Provider Defect"]);
    assert_eq!(answer.new_state, state(named("panic")));
    assert_eq!(answer.new_identity, known("planned"));
}

async fn import(
    id: &str,
    by: Option<ResourceIdentityData>,
) -> proto::import_resource_state::Response {
    let import = proto::import_resource_state::Request {
        type_name: "able_thing".into(),
        id: id.into(),
        identity: by,
        ..Default::default()
    };
    ok(server().import_resource_state(request(import)).await)
}

#[tokio::test]
async fn a_thing_is_imported_by_identity_or_by_id() {
    for (id, by) in [("", known("id-9")), ("id-9", None), ("id-9", known("else"))] {
        let answer = import(id, by).await;
        assert_eq!(told(&answer.diagnostics), [""; 0]);
        let [imported] = &answer.imported_resources[..] else {
            panic!("{} resources", answer.imported_resources.len());
        };
        assert_eq!(imported.type_name, "able_thing");
        assert_eq!(imported.identity, known("id-9"));
        let id = Value::text("id-9");
        let expected = ThingModel {
            id,
            ..ThingModel::default()
        };
        assert_eq!(imported.state, state(expected));
    }
}

#[tokio::test]
async fn an_identity_that_is_none_is_refused() {
    let undecodable = Some(ResourceIdentityData {
        identity_data: Some(proto::DynamicValue {
            msgpack: vec![0xc1],
            json: Vec::new(),
        }),
    });
    let empty = Some(ResourceIdentityData {
        identity_data: None,
    });
    for (by, expected) in [
        (identity(Value::Null), "E Invalid Import Identity"),
        (empty, "E Invalid Import Identity"),
        (known(""), "E Empty Id"),
        (undecodable, "E Undecodable Value"),
    ] {
        let answer = import("", by).await;
        assert_eq!(told(&answer.diagnostics), [expected]);
        assert_eq!(answer.imported_resources, []);
    }
    // Of a resource without identity.
    let import = proto::import_resource_state::Request {
        type_name: "fake_thing".into(),
        identity: known("id-9"),
        ..Default::default()
    };
    let answer = ok(fake::server().import_resource_state(request(import)).await);
    assert_eq!(
        told(&answer.diagnostics),
        ["E Import by Identity Not Supported"]
    );
}

async fn upgrade(
    server: crate::server::Server,
    type_name: &str,
) -> proto::upgrade_resource_identity::Response {
    let upgrade = proto::upgrade_resource_identity::Request {
        type_name: type_name.into(),
        version: 1,
        raw_identity: Some(proto::RawState {
            json: br#"{"id":"id-1","region":null}"#.into(),
            ..Default::default()
        }),
    };
    ok(server.upgrade_resource_identity(request(upgrade)).await)
}

#[tokio::test]
async fn an_older_identity_is_made_anew_by_the_next_read() {
    let answer = upgrade(server(), "able_thing").await;
    assert_eq!(told(&answer.diagnostics), [""; 0]);
    let none = Some(ResourceIdentityData {
        identity_data: nil(),
    });
    assert_eq!(answer.upgraded_identity, none);
    let answer = upgrade(fake::server(), "fake_thing").await;
    assert_eq!(
        told(&answer.diagnostics),
        ["E Unable to Upgrade Resource Identity"]
    );
}
