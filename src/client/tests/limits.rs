//! What clones of a client share.

use std::sync::Arc;

use tokio::sync::Notify;

use super::*;
use crate::client::error::GaveUp;

#[tokio::test]
async fn no_more_requests_at_once_than_allowed() {
    let gate = Arc::new(Notify::new());
    let server = Server::start(vec![Reply::json(200, SOURCE).behind(&gate)]).await;
    let client = client(ClientSettings {
        max_concurrent_requests: 3,
        ..settings(&server.endpoint())
    });
    let requests: Vec<_> = (0..9)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { put(&client, &read()).await })
        })
        .collect();
    for count in 3..=9 {
        server.wait_for(count).await;
        gate.notify_one();
    }
    gate.notify_one();
    gate.notify_one();
    for request in requests {
        request.await.unwrap().unwrap();
    }
    assert_eq!((server.count(), server.most_at_once()), (9, 3));
}

#[tokio::test]
async fn one_is_told_and_all_wait() {
    let server = Server::start(vec![
        Reply::json(429, "").header("retry-after", "1"),
        Reply::json(200, SOURCE),
    ])
    .await;
    let client = client(settings(&server.endpoint()));
    let start = std::time::Instant::now();
    let update = rotation();
    let (first, later) = tokio::join!(put(&client, &update), async {
        server.wait_for(1).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        put(&client, &read()).await
    });
    first.unwrap();
    later.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn too_long_a_wait_fails_everyone_at_once() {
    let limited = r#"{"type":"too_many_requests","errors":[{"code":"limited","message":"Come back tomorrow"}]}"#;
    let server = Server::start(vec![
        Reply::json(429, limited).header("retry-after", "86400"),
    ])
    .await;
    let client = client(settings(&server.endpoint()));
    for attempts in [1, 0] {
        let error = put(&client, &rotation()).await.unwrap_err();
        let ClientError::RetriesExhausted {
            attempts: made,
            cause: GaveUp::WaitTooLong(_),
            ..
        } = &error
        else {
            panic!("{error:?}");
        };
        assert_eq!(*made, attempts);
        assert!(error.to_string().contains("Come back tomorrow"), "{error}");
    }
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_wait_that_is_told_is_no_attempt() {
    let limited = || Reply::json(429, "").header("retry-after", "1");
    let server = Server::start(vec![limited(), limited(), Reply::json(200, SOURCE)]).await;
    let client = client(ClientSettings {
        max_retries: 1,
        ..settings(&server.endpoint())
    });
    put(&client, &rotation()).await.unwrap();
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn what_an_answer_tells_paces_the_next() {
    let (log, _listening) = super::log::Log::listen();
    let told = Reply::json(200, SOURCE)
        .header("x-ratelimit-limit", "120, 120;window=60")
        .header("x-ratelimit-remaining", "0");
    let server = Server::start(vec![told, Reply::json(200, SOURCE)]).await;
    let client = client(settings(&server.endpoint()));
    put(&client, &read()).await.unwrap();
    let start = std::time::Instant::now();
    put(&client, &read()).await.unwrap();
    assert!(
        start.elapsed() >= Duration::from_millis(400),
        "{:?}",
        start.elapsed()
    );
    let said = "the API's limit of 120 requests in 1m is used up";
    assert!(
        log.lines().iter().any(|line| line.contains(said)),
        "{:?}",
        log.lines()
    );
}
