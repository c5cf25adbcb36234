use super::fake::{LookModel, look_schema};
use super::*;
use crate::schema::Kind;

#[tokio::test]
async fn the_schema_says_everything() {
    assert_eq!(thing_schema().problems(Kind::Resource), [""; 0]);
    let server = server();
    let schema = || server.get_provider_schema(request(proto::get_provider_schema::Request {}));
    let answer = ok(schema().await);
    assert_eq!(answer, ok(schema().await));
    let capabilities = answer.server_capabilities.unwrap();
    assert!(capabilities.plan_destroy && capabilities.get_provider_schema_optional);
    assert!(capabilities.generate_resource_config && capabilities.move_resource_state);
    assert!(answer.provider.unwrap().block.is_some());
    assert!(answer.data_source_schemas.contains_key("fake_look"));
    let thing = &answer.resource_schemas["fake_thing"];
    assert_eq!(thing.version, 1);
    let attributes = &thing.block.as_ref().unwrap().attributes;
    let [id, name, revision, config] = &attributes[..] else {
        panic!("{} attributes", attributes.len());
    };
    assert!(id.computed && !id.optional && !id.required);
    assert!(name.required && !name.computed);
    assert_eq!(revision.r#type, br#""number""#);
    assert!(config.r#type.is_empty());
    let nested = config.nested_type.as_ref().unwrap();
    assert_eq!(nested.nesting(), proto::schema::object::NestingMode::Single);
    assert!(nested.attributes[1].write_only && nested.attributes[1].sensitive);

    let metadata = ok(server
        .get_metadata(request(proto::get_metadata::Request {}))
        .await);
    assert_eq!(metadata.resources[0].type_name, "fake_thing");
    assert_eq!(metadata.data_sources[0].type_name, "fake_look");
}

#[tokio::test]
async fn a_provider_block_may_be_missing_or_unknown() {
    let ty = Type::Object([("endpoint".into(), Type::String)].into());
    let object = |value| {
        let known = [("endpoint".into(), value)].into();
        sent(&Value::Known(crate::value::Known::Object(known)), &ty)
    };
    for config in [None, nil(), object(Value::Null), object(Value::Unknown)] {
        let server = server();
        let validate = proto::validate_provider_config::Request {
            config: config.clone(),
        };
        let answer = ok(server.validate_provider_config(request(validate)).await);
        assert_eq!(told(&answer.diagnostics), [""; 0]);
        let configure = proto::configure_provider::Request {
            config,
            ..Default::default()
        };
        let answer = ok(server.configure_provider(request(configure)).await);
        assert_eq!(told(&answer.diagnostics), [""; 0]);
    }
}

fn look(id: Value<crate::Text>) -> Option<proto::DynamicValue> {
    let model = LookModel {
        id,
        ..LookModel::default()
    };
    sent(&Value::Known(model.into_known()), &look_schema().ty())
}

#[tokio::test]
async fn a_data_source_answers_an_object_or_an_error() {
    let read = |id| {
        request(proto::read_data_source::Request {
            type_name: "fake_look".into(),
            config: look(Value::text(id)),
            ..Default::default()
        })
    };
    let answer = ok(server().read_data_source(read("x")).await);
    let state = codec::decode(&answer.state.unwrap().msgpack, &look_schema().ty()).unwrap();
    let state = LookModel::from_known(state.known().cloned().unwrap()).unwrap();
    assert_eq!(
        (state.id, state.name),
        (Value::text("x"), Value::text("found"))
    );
    for (id, expected) in [
        ("missing", "E Not Found"),
        ("unknown", "E Provider Defect name"),
    ] {
        let answer = ok(server().read_data_source(read(id)).await);
        assert_eq!(answer.state, None);
        assert_eq!(told(&answer.diagnostics), [expected]);
    }

    let validate = proto::validate_data_resource_config::Request {
        type_name: "fake_look".into(),
        config: look(Value::Null),
    };
    let answer = ok(server()
        .validate_data_resource_config(request(validate))
        .await);
    assert_eq!(
        told(&answer.diagnostics),
        ["E Missing Configuration for Required Attribute id"]
    );
}
