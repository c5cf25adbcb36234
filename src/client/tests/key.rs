//! A key that is refused, and whose it is.

use super::*;

const UNKNOWN: &str = r#"{"type":"authentication_error","status":401,"request_id":"r-1"}"#;
const IDENTITY: &str = r#"{"identity":{"name":"CI","roles":["viewer"],
    "dashboard_url":"https://app.incident.io/my-org"}}"#;

#[tokio::test]
async fn a_refused_key_is_not_tried_again() {
    let server = Server::start(vec![Reply::json(401, UNKNOWN)]).await;
    let client = client(settings(&server.endpoint()));
    let first = put(&client, &read()).await.unwrap_err();
    assert!(first.is_unauthorized() && !first.is_repeated());
    for update in [read(), rotation()] {
        let later = put(&client.clone(), &update).await.unwrap_err();
        assert!(later.is_unauthorized() && later.is_repeated());
        assert!(!later.leaves_in_doubt());
        assert_eq!(later.to_string(), first.to_string());
    }
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn who_queues_meanwhile_is_told_as_well() {
    let gate = Arc::new(tokio::sync::Notify::new());
    let server = Server::start(vec![Reply::json(401, UNKNOWN).behind(&gate)]).await;
    let client = client(ClientSettings {
        max_concurrent_requests: 1,
        ..settings(&server.endpoint())
    });
    let update = read();
    let (first, second, ()) = tokio::join!(put(&client, &update), put(&client, &update), async {
        server.wait_for(1).await;
        gate.notify_one();
    });
    assert!(!first.unwrap_err().is_repeated());
    assert!(second.unwrap_err().is_repeated());
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn other_refusals_are_of_one_request() {
    let block = Reply::json(401, "<html>Log in to the proxy");
    let forbidden = Reply::json(403, r#"{"type":"resource_forbidden","status":403}"#);
    for reply in [block, forbidden] {
        let server = Server::start(vec![reply, Reply::json(200, SOURCE)]).await;
        let client = client(settings(&server.endpoint()));
        put(&client, &read()).await.unwrap_err();
        put(&client, &read()).await.unwrap();
    }
}

#[tokio::test]
async fn an_identity_is_asked_for_once() {
    let server = Server::start(vec![Reply::json(401, UNKNOWN), Reply::json(200, IDENTITY)]).await;
    let client = client(settings(&server.endpoint()));
    put(&client, &read()).await.unwrap_err();
    let stop = CancellationToken::new();
    let (copy, clone) = (client.clone(), client.clone());
    let (first, second) = tokio::join!(client.identity(&stop), copy.identity(&stop));
    assert_eq!((first, first), (second, clone.identity(&stop).await));
    let identity = first.unwrap();
    assert_eq!(identity.name.as_deref(), Some("CI"));
    assert_eq!(identity.roles, ["viewer"]);
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert!(
        requests[1].starts_with("GET /v1/identity HTTP/1.1\r\n"),
        "{}",
        requests[1]
    );
    assert!(requests[1].contains("authorization: Bearer inc_0123456789"));
    assert!(!requests[1].contains("content-"), "{}", requests[1]);
}

#[tokio::test]
async fn without_an_identity_nothing_is_said_or_tried_again() {
    for reply in [
        Reply::json(401, UNKNOWN),
        Reply::json(503, ""),
        Reply::json(429, "").header("retry-after", "1"),
        Reply::json(200, "{}"),
        Reply::json(200, r#"{"identity":{}}"#),
        Reply::raw(""),
    ] {
        let server = Server::start(vec![reply, Reply::json(200, SOURCE)]).await;
        let client = client(settings(&server.endpoint()));
        let stop = CancellationToken::new();
        assert_eq!(client.identity(&stop).await, None);
        assert_eq!(client.identity(&stop).await, None);
        assert_eq!(server.count(), 1);
        // What it was told is about it alone.
        put(&client, &read()).await.unwrap();
    }
}
