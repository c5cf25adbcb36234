//! The calls that the framework answers by itself where a provider has nothing of its own to say:
//! moves within a type, and what is not on offer.

use incident_sandbox::Options;
use serde_json::{Value, json};

use crate::world::{ID, ONE, block, config, sandbox, start};
use test_support::host::{RESOURCE, Told};

fn summaries(told: &Told) -> Vec<&str> {
    told.0.iter().map(|told| told.summary.as_str()).collect()
}

/// Terraform moves before it configures, in a process of its own.
#[tokio::test]
async fn a_state_of_another_address_is_taken_over_without_a_configuration() {
    let (client, host) = start().await;
    let state = host.complete(json!({"id": ID, "data_source_id": ID, "name": "Ours"}));
    let (moved, told) = host.move_state(RESOURCE, &state, b"kept").await.unwrap();
    assert!(told.is_silent(), "{}", told.text());
    let moved = moved.unwrap();
    assert_eq!((moved.value, &moved.private[..]), (state, &b"kept"[..]));
    client.shutdown().await;
}

#[tokio::test]
async fn what_is_no_state_of_the_type_is_not_taken_over() {
    let (client, host) = start().await;
    for (source, state) in [
        ("no_such_type", json!({"id": ID})),
        (RESOURCE, json!({"label": "s3cret-8Hw"})),
        (RESOURCE, Value::Null),
        (RESOURCE, json!([ID])),
    ] {
        let (moved, told) = host.move_state(source, &state, b"").await.unwrap();
        assert_eq!(summaries(&told), ["Unable to Move Resource State"]);
        assert!(moved.is_none() && !told.text().contains("s3cret-8Hw"));
    }
    assert!(!client.stderr().contains("s3cret-8Hw"));
    client.shutdown().await;
}

#[tokio::test]
async fn a_client_of_any_version_is_served() {
    let sandbox = sandbox(Options::default());
    for (version, agent) in [
        ("", None),
        ("pulumi-terraform-bridge", Some("pulumi-terraform-bridge")),
        ("v1.x", Some("v1.x")),
        ("\u{0}\r\n\u{e9}", None),
    ] {
        let (client, host) = start().await;
        let host = host.of_version(version);
        let told = host.configure(block(&sandbox.endpoint())).await;
        assert!(told.is_silent(), "{version:?}: {}", told.text());
        let run = host.run(&config(ONE), &mut None).await;
        assert!(run.told.is_silent(), "{version:?}: {}", run.told.text());
        let journal = sandbox.take_journal();
        let said = journal[0].user_agent().unwrap();
        let client_version = said.split_once(" Terraform/").map(|(_, version)| version);
        assert_eq!(client_version, agent, "{said}");
        client.shutdown().await;
    }
}

#[tokio::test]
async fn an_action_that_does_not_exist_ends_as_every_other() {
    let (client, host) = start().await;
    let told = host.plan_action("no_such", &json!({})).await.unwrap();
    assert_eq!(summaries(&told), ["Unknown Type"]);
    let (lines, told) = host.invoke("no_such", &json!({})).await.unwrap();
    assert_eq!((lines.len(), summaries(&told)), (0, vec!["Unknown Type"]));
    client.shutdown().await;
}
