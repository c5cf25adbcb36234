use futures_util::StreamExt;

use super::able::{Able, RingModel, ring_schema, server};
use super::*;
use crate::proto::tfplugin6::invoke_action::event::Type as Told;
use crate::provider::Provider as _;
use crate::value::Text;

fn ring(key: Value<Text>) -> Option<proto::DynamicValue> {
    let times = Value::Known(1);
    let value = Value::Known(RingModel { key, times }.into_known());
    sent(&value, &ring_schema().ty())
}

fn broken() -> Option<proto::DynamicValue> {
    Some(proto::DynamicValue {
        msgpack: vec![0x82, 0xa3],
        json: Vec::new(),
    })
}

#[tokio::test]
async fn an_action_is_on_offer() {
    let server = server();
    let ask = proto::get_provider_schema::Request {};
    let answer = ok(server.get_provider_schema(request(ask)).await);
    assert_eq!(told(&answer.diagnostics), [""; 0]);
    let schema = answer.action_schemas["able_ring"].schema.as_ref().unwrap();
    let attributes = &schema.block.as_ref().unwrap().attributes;
    assert!(attributes[0].write_only && attributes[0].sensitive);
    let ask = proto::get_metadata::Request {};
    let answer = ok(server.get_metadata(request(ask)).await);
    assert_eq!(answer.actions[0].type_name, "able_ring");
    // The same, for whoever makes docs of it.
    let offers = Able.offers();
    assert!(offers.actions().map(|(name, _)| name).eq(["able_ring"]));
    assert!(offers.identities().map(|(name, _)| name).eq(["able_thing"]));
}

#[tokio::test]
async fn a_configuration_is_checked_when_validated_and_when_planned() {
    for (config, expected) in [
        (ring(Value::text("k")), vec![]),
        (ring(Value::Unknown), vec![]),
        (
            ring(Value::Null),
            vec!["E Missing Configuration for Required Attribute"],
        ),
        (ring(Value::text("")), vec!["E Empty Key"]),
        (nil(), vec!["E Provider Defect"]),
        (broken(), vec!["E Undecodable Value"]),
    ] {
        let validate = proto::validate_action_config::Request {
            type_name: "able_ring".into(),
            config: config.clone(),
        };
        let answer = ok(server().validate_action_config(request(validate)).await);
        assert_eq!(told(&answer.diagnostics), expected);
        let plan = proto::plan_action::Request {
            action_type: "able_ring".into(),
            config,
            ..Default::default()
        };
        let answer = ok(server().plan_action(request(plan)).await);
        assert_eq!(told(&answer.diagnostics), expected);
        assert_eq!(answer.deferred, None);
    }
}

#[tokio::test]
async fn a_plan_has_its_say_and_can_be_stopped() {
    let server = server();
    let plan = |key| {
        server.plan_action(request(proto::plan_action::Request {
            action_type: "able_ring".into(),
            config: ring(Value::text(key)),
            ..Default::default()
        }))
    };
    assert_eq!(told(&ok(plan("worn").await).diagnostics), ["W Worn"]);
    let answer = ok(plan("panic").await);
    assert_eq!(told(&answer.diagnostics), ["E Provider Crashed"]);
    assert!(!answer.diagnostics[0].detail.contains("s3cret"));
    let stop = async {
        tokio::task::yield_now().await;
        server.stop();
    };
    let (answer, ()) = tokio::join!(plan("wait"), stop);
    assert_eq!(told(&ok(answer).diagnostics), ["E Stopped"]);
}

fn invoke(config: Option<proto::DynamicValue>) -> tonic::Request<proto::invoke_action::Request> {
    request(proto::invoke_action::Request {
        action_type: "able_ring".into(),
        config,
        ..Default::default()
    })
}

fn event(event: Result<proto::invoke_action::Event, Status>) -> Told {
    let member = event.unwrap().r#type;
    member.expect("core crashes on an event without a member")
}

/// What it said, and how it ended: the last event of all.
async fn invoked(config: Option<proto::DynamicValue>) -> (Vec<String>, Vec<proto::Diagnostic>) {
    let events = ok(server().invoke_action(invoke(config)).await);
    let mut events: Vec<_> = events.map(event).collect().await;
    let Some(Told::Completed(completed)) = events.pop() else {
        panic!("an invocation that does not end");
    };
    let lines = events.into_iter().map(|event| match event {
        Told::Progress(progress) => progress.message,
        Told::Completed(_) => panic!("an invocation that ends twice"),
    });
    (lines.collect(), completed.diagnostics)
}

#[tokio::test]
async fn an_invocation_says_how_far_it_is_and_ends_once() {
    for (key, lines, expected) in [
        ("k", vec!["Ringing.", "Somebody comes."], vec![]),
        ("wrong", vec!["Ringing."], vec!["E Wrong Key"]),
        ("panic", vec!["Ringing."], vec!["E Provider Crashed"]),
    ] {
        let (said, diagnostics) = invoked(ring(Value::text(key))).await;
        assert_eq!(
            (said, told(&diagnostics)),
            (
                lines.iter().map(ToString::to_string).collect(),
                expected.iter().map(ToString::to_string).collect()
            )
        );
        let details: Vec<_> = diagnostics.into_iter().map(|each| each.detail).collect();
        assert!(!details.concat().contains("s3cret"));
    }
}

#[tokio::test]
async fn nothing_is_done_without_what_is_required() {
    let (said, diagnostics) = invoked(ring(Value::Null)).await;
    assert_eq!(said, [""; 0]);
    assert_eq!(
        told(&diagnostics),
        ["E Missing Configuration for Required Attribute"]
    );
    assert!(diagnostics[0].detail.contains("ephemeral"));
    for (config, expected) in [
        (broken(), "E Undecodable Value"),
        (nil(), "E Provider Defect"),
    ] {
        let (said, diagnostics) = invoked(config).await;
        assert_eq!(
            (said.len(), told(&diagnostics)),
            (0, vec![expected.to_owned()])
        );
    }
}

/// A plan may not have known it.
#[tokio::test]
async fn nothing_is_done_with_what_is_not_valid() {
    let (said, diagnostics) = invoked(ring(Value::text(""))).await;
    assert_eq!(said, [""; 0]);
    assert_eq!(told(&diagnostics), ["E Empty Key"]);
}

#[tokio::test]
async fn progress_is_told_at_once_and_a_stop_ends_it() {
    let server = server();
    let config = ring(Value::text("wait"));
    let mut events = ok(server.invoke_action(invoke(config)).await);
    let first = event(events.next().await.unwrap());
    assert!(matches!(first, Told::Progress(_)), "{first:?}");
    server.stop();
    let Told::Completed(completed) = event(events.next().await.unwrap()) else {
        panic!("it goes on");
    };
    assert_eq!(told(&completed.diagnostics), ["E Stopped"]);
    assert!(events.next().await.is_none());
}
