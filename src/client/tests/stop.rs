//! Stopping at every point of a request.

use std::sync::Arc;

use tokio::sync::Notify;

use super::*;

#[tokio::test]
async fn nothing_starts_after_the_stop() {
    let server = Server::start(vec![Reply::json(200, SOURCE)]).await;
    let stop = CancellationToken::new();
    stop.cancel();
    let error = put_until(&client(settings(&server.endpoint())), &rotation(), &stop)
        .await
        .unwrap_err();
    assert!(matches!(error, ClientError::Stopped { last: None, .. }));
    assert_eq!(error.to_string(), "stopped before the API answered");
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn a_wait_ends_at_once() {
    let limited =
        r#"{"type":"too_many_requests","errors":[{"code":"limited","message":"Slow down"}]}"#;
    let server = Server::start(vec![Reply::json(429, limited).header("retry-after", "100")]).await;
    let client = client(settings(&server.endpoint()));
    let stop = CancellationToken::new();
    let update = rotation();
    let request = put_until(&client, &update, &stop);
    tokio::pin!(request);
    assert!(
        tokio::time::timeout(Duration::from_millis(200), &mut request)
            .await
            .is_err()
    );
    // Another one waits in the queue for the same reason.
    let other = put_until(&client, &update, &stop);
    tokio::pin!(other);
    assert!(
        tokio::time::timeout(Duration::from_millis(20), &mut other)
            .await
            .is_err()
    );
    stop.cancel();
    let (error, other) = tokio::join!(request, other);
    assert_eq!(
        error.unwrap_err().to_string(),
        "stopped before the API answered (before that: the API answered 429 Too Many Requests \
         (too_many_requests): Slow down)"
    );
    assert!(matches!(
        other.unwrap_err(),
        ClientError::Stopped { last: None, .. }
    ));
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_read_in_flight_is_given_up() {
    let server = Server::start(vec![Reply::raw("").then_hang()]).await;
    let client = client(settings(&server.endpoint()));
    let stop = CancellationToken::new();
    let update = read();
    let (result, ()) = tokio::join!(put_until(&client, &update, &stop), async {
        server.wait_for(1).await;
        stop.cancel();
    });
    assert!(result.unwrap_err().is_stopped());
}

#[tokio::test]
async fn a_write_in_flight_is_waited_for() {
    for (status, body) in [
        (200, SOURCE),
        (422, r#"{"type":"validation_error","status":422}"#),
    ] {
        let gate = Arc::new(Notify::new());
        let server = Server::start(vec![Reply::json(status, body).behind(&gate)]).await;
        let client = client(settings(&server.endpoint()));
        let stop = CancellationToken::new();
        let update = rotation();
        let (result, ()) = tokio::join!(put_until(&client, &update, &stop), async {
            server.wait_for(1).await;
            stop.cancel();
            tokio::time::sleep(Duration::from_millis(20)).await;
            gate.notify_one();
        });
        match result {
            Ok(updated) => assert_eq!((status, updated.data_source.id.as_str()), (200, "01G")),
            Err(error) => assert!(error.is_unprocessable(), "{error}"),
        }
    }
}

#[tokio::test]
async fn a_write_that_failed_after_the_stop_is_not_repeated() {
    let gate = Arc::new(Notify::new());
    let server = Server::start(vec![Reply::json(503, "").behind(&gate)]).await;
    let client = client(settings(&server.endpoint()));
    let stop = CancellationToken::new();
    let update = rotation();
    let (result, ()) = tokio::join!(put_until(&client, &update, &stop), async {
        server.wait_for(1).await;
        stop.cancel();
        gate.notify_one();
    });
    let error = result.unwrap_err();
    assert!(error.is_stopped());
    assert_eq!(error.status(), Some(503));
    assert_eq!(server.count(), 1);
}
