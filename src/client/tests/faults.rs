//! Answers that are not what they should be.

#[cfg(target_os = "linux")]
use tokio::net::{TcpSocket, TcpStream};
#[cfg(target_os = "linux")]
use tokio::time::timeout;

use super::*;
use crate::client::error::{ConnectionKind, DecodeProblem, GaveUp};

const GONE: &str = r#"{"type":"not_found","status":404,"request_id":"631766c4","errors":[{"code":"not_found","message":"No such data source"}]}"#;

#[tokio::test]
async fn not_found_is_said_once() {
    let (result, server) = ask(vec![Reply::json(404, GONE)]).await;
    let error = result.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(
        error.to_string(),
        "the API answered 404 Not Found (not_found): No such data source (request id 631766c4)"
    );
    assert_eq!((server.count(), error.request_id()), (1, Some("631766c4")));
}

#[tokio::test]
async fn refused_fields_are_named_and_an_echoed_key_is_not() {
    let echo = serde_json::to_string(&format!("'{TOKEN}' of {KEY} is bad")).unwrap();
    let body = format!(
        r#"{{"type":"validation_error","status":422,"errors":[{{"code":"invalid","message":{echo},"source":{{"field":"grafana_config.api_key"}}}}]}}"#
    );
    let (result, server) = ask(vec![Reply::json(503, ""), Reply::json(422, &body)]).await;
    let error = result.unwrap_err();
    assert_eq!(
        error.fields().collect::<Vec<_>>(),
        [(
            "grafana_config.api_key",
            "'[redacted]' of [redacted] is bad"
        )]
    );
    assert!(error.leaves_in_doubt(), "the 503 may have been carried out");
    assert_eq!(server.count(), 2);
    assert!(!format!("{error:?}").contains("glsa"));
}

/// Whose 404 it is cannot be told from the part that came.
fn half_a_refusal() -> Reply {
    Reply::raw("HTTP/1.1 404 X\r\ncontent-length: 999\r\n\r\n{\"errors\": [\"inc_012345")
}

#[tokio::test]
async fn half_a_refusal_for_ever_is_no_refusal_of_the_api() {
    let (result, server) = ask(vec![half_a_refusal()]).await;
    let error = result.unwrap_err();
    assert!(error.is_foreign() && !error.is_not_found() && !error.leaves_in_doubt());
    let expected = format!(
        "{} answered 404 Not Found, not in the form of incident.io's API: text (23 bytes, cut off)",
        server.endpoint()
    );
    assert!(error.to_string().ends_with(&expected), "{error}");
    assert_eq!(server.count(), 5);
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    let half = Reply::raw(format!(
        "HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n{SOURCE}"
    ));
    let chunk = Reply::raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"dat\r\n");
    for (name, reply) in [
        ("no answer", Reply::raw("")),
        ("half a status line", Reply::raw("HTTP/1.")),
        ("not HTTP", Reply::raw("SSH-2.0-OpenSSH_9.6\r\n\r\n")),
        ("half an answer", half),
        ("half a chunk", chunk),
        (
            "a length too short",
            Reply::raw(format!(
                "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{SOURCE}"
            )),
        ),
        ("an empty answer", Reply::json(200, "")),
        ("limited, no time said", Reply::json(429, "{}")),
        (
            "limited, seconds",
            Reply::json(429, "").header("retry-after", "0"),
        ),
        (
            "limited, date gone by",
            Reply::json(429, "").header("retry-after", "Thu, 17 Apr 2025 11:17:18 GMT"),
        ),
        (
            "limited, date of the body, clock far off",
            Reply::json(
                429,
                r#"{"rate_limit":{"retry_after":"Thu, 17 Apr 2098 11:17:18 UTC"}}"#,
            )
            .header("date", "Thu, 17 Apr 2098 11:17:18 GMT"),
        ),
        ("half a refusal", half_a_refusal()),
        ("took too long", Reply::json(408, "")),
        ("a concurrent update", Reply::json(409, "{}")),
        ("too early", Reply::json(425, "")),
        ("server fault", Reply::json(500, "{}")),
        ("gateway", Reply::json(502, "<html>")),
        ("away", Reply::json(503, "")),
        ("gateway timeout", Reply::json(504, "")),
    ] {
        let (result, server) = ask(vec![reply, Reply::json(200, SOURCE)]).await;
        assert_eq!(result.unwrap().data_source.id, "01G", "{name}");
        let requests = server.requests();
        assert_eq!(requests.len(), 2, "{name}");
        assert_eq!(requests[0], requests[1], "{name}");
    }
}

#[tokio::test]
async fn what_stays_is_not_tried_again() {
    for (name, reply, expected) in [
        (
            "unauthorized",
            Reply::json(401, "{}"),
            "{} answered 401 Unauthorized, not in the form of incident.io's API: JSON in an \
             unexpected shape (2 bytes)",
        ),
        (
            "not implemented",
            Reply::json(501, "{}"),
            "the API answered 501 Not Implemented: JSON in an unexpected shape (2 bytes)",
        ),
        (
            "a portal",
            Reply::json(200, "<html><title>Log in</title>"),
            "the API answered 200 OK with an HTML page (27 bytes)",
        ),
        (
            "another shape",
            Reply::json(200, "{}"),
            "the API answered 200 OK with JSON in an unexpected shape: data_source is missing or \
             unreadable",
        ),
        (
            "a redirect",
            Reply::json(302, "").header("location", "https://evil.example:444/x?y=z"),
            "the API answered 302 Found and redirected to https://evil.example:444; redirects are \
             not followed, because that would send it the API key",
        ),
    ] {
        let (result, server) = ask(vec![reply]).await;
        let expected = expected.replace("{}", &server.endpoint());
        assert_eq!(result.unwrap_err().to_string(), expected, "{name}");
        assert_eq!(server.count(), 1, "{name}");
    }
}

#[tokio::test]
async fn what_may_have_been_carried_out() {
    let refused = || Reply::json(422, r#"{"type":"validation_error","status":422}"#);
    let limited = || Reply::json(429, "").header("retry-after", "0");
    for (name, replies, expected) in [
        ("refused", vec![refused()], false),
        ("refused after a 429", vec![limited(), refused()], false),
        (
            "refused after a 409",
            vec![Reply::json(409, ""), refused()],
            false,
        ),
        (
            "refused after a 408",
            vec![Reply::json(408, ""), refused()],
            true,
        ),
        (
            "refused after a 503",
            vec![Reply::json(503, ""), refused()],
            true,
        ),
        (
            "refused after a loss",
            vec![Reply::raw(""), limited(), refused()],
            true,
        ),
        ("409 for ever", vec![Reply::json(409, "")], false),
        ("429 for ever", vec![Reply::json(429, "")], false),
        (
            "409 after a 500",
            vec![Reply::json(500, ""), Reply::json(409, "")],
            true,
        ),
        (
            "a success of another shape",
            vec![Reply::json(200, "{}")],
            true,
        ),
    ] {
        let (result, _server) = ask(replies).await;
        assert_eq!(result.unwrap_err().leaves_in_doubt(), expected, "{name}");
    }
}

#[tokio::test]
async fn what_was_tried_again_is_not_final() {
    for (reply, attempts, is_final) in [
        (Reply::json(404, ""), 1, true),
        (Reply::json(422, "{}"), 1, true),
        (Reply::json(408, ""), 5, false),
        (Reply::json(409, "{}"), 5, false),
        (Reply::json(425, ""), 5, false),
        (Reply::json(429, ""), 5, false),
        (Reply::json(500, ""), 5, false),
        (half_a_refusal(), 5, false),
    ] {
        let (result, server) = ask(vec![reply]).await;
        let error = result.unwrap_err();
        assert_eq!(
            (server.count(), error.is_final()),
            (attempts, is_final),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_field_of_another_type_stops_nothing() {
    let odd = SOURCE.replace(r#""source_type":"grafana""#, r#""source_type":null"#);
    let (result, _server) = ask(vec![Reply::json(200, &odd)]).await;
    let source = result.unwrap().data_source;
    assert_eq!(
        (source.source_type, source.unreadable),
        (None, vec!["source_type"])
    );
    assert_eq!(source.provider.as_deref(), Some("grafana"));
}

#[tokio::test]
async fn the_last_message_survives_all_attempts() {
    let page = "<html><head><title>502 Bad Gateway</title></head><body>glsa</body></html>";
    let (result, server) = ask(vec![Reply::json(503, ""), Reply::json(502, page)]).await;
    let error = result.unwrap_err();
    let ClientError::RetriesExhausted {
        attempts: 5,
        cause: GaveUp::MaxRetries,
        spent,
        ..
    } = &error
    else {
        panic!("{error:?}");
    };
    let spent = crate::client::text::duration(*spent);
    assert_eq!(
        error.to_string(),
        format!(
            "gave up after 5 attempts in {spent}; the last ended with: the API answered 502 Bad \
             Gateway: an HTML page (73 bytes)"
        )
    );
    assert_eq!((server.count(), error.status()), (5, Some(502)));
}

#[tokio::test]
async fn a_huge_body_is_not_read_to_its_end() {
    let endless = format!("HTTP/1.1 200 OK\r\n\r\n{{\"a\":\"{}", "x".repeat(3 << 20));
    let (result, _) = ask(vec![Reply::raw(endless).then_hang()]).await;
    let ClientError::Decode(error) = result.unwrap_err() else {
        panic!("no decode error")
    };
    assert_eq!(error.problem, DecodeProblem::TooLarge(1 << 20));
}

#[tokio::test]
async fn each_attempt_has_its_time() {
    for reply in [
        Reply::raw(""),
        Reply::raw("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"),
    ] {
        let server = Server::start(vec![reply.then_hang()]).await;
        let mut settings = settings(&server.endpoint());
        settings.request_timeout = Duration::from_millis(50);
        settings.max_retries = 1;
        let error = put(&client(settings), &rotation()).await.unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("the last ended with: no complete answer within 50ms"),
            "{error}"
        );
        assert_eq!(server.count(), 2);
    }
}

#[tokio::test]
async fn all_attempts_together_have_theirs() {
    let server = Server::start(vec![Reply::raw("").then_hang()]).await;
    let mut settings = settings(&server.endpoint());
    settings.retry_timeout = Duration::from_millis(80);
    let error = put(&client(settings), &rotation()).await.unwrap_err();
    assert!(
        matches!(
            error,
            ClientError::RetriesExhausted {
                attempts: 1,
                cause: GaveUp::RetryTimeout,
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_attempt_without_time_is_not_made() {
    let server = Server::start(vec![
        Reply::json(409, "").header("retry-after", "1"),
        Reply::raw("").then_hang(),
    ])
    .await;
    let settings = ClientSettings {
        retry_timeout: Duration::from_millis(1050),
        ..settings(&server.endpoint())
    };
    let error = put(&client(settings), &rotation()).await.unwrap_err();
    assert_eq!((server.count(), error.status()), (1, Some(409)));
    assert!(!error.leaves_in_doubt());
}

#[tokio::test]
async fn nobody_listens() {
    let address = Server::start(vec![]).await.address();
    // The listener goes with its task, at the next turn of the runtime.
    tokio::time::sleep(Duration::from_millis(5)).await;
    let error = put(&client(settings(&format!("http://{address}"))), &read())
        .await
        .unwrap_err();
    let ClientError::RetriesExhausted {
        attempts: 5, last, ..
    } = &error
    else {
        panic!("{error:?}")
    };
    assert!(!error.leaves_in_doubt());
    let ClientError::Connection(connection) = &**last else {
        panic!("{last:?}")
    };
    assert_eq!(connection.kind, ConnectionKind::Connect);
    assert!(
        last.to_string()
            .starts_with("cannot connect to 127.0.0.1: Connection refused"),
        "{last}"
    );
}

/// As behind a firewall that drops what asks for a connection. Other systems refuse it.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn nobody_takes_the_call() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = vec![];
    while let Ok(stream) = timeout(Duration::from_millis(100), TcpStream::connect(address)).await {
        waiting.push(stream.unwrap());
    }
    let settings = ClientSettings {
        request_timeout: Duration::from_millis(300),
        max_retries: 0,
        ..settings(&format!("http://{address}"))
    };
    let error = put(&client(settings), &rotation()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot connect to 127.0.0.1: no connection within 150ms"
    );
    assert!(!error.leaves_in_doubt());
}

#[tokio::test]
async fn no_retries_wanted() {
    let server = Server::start(vec![Reply::json(503, "")]).await;
    let settings = ClientSettings {
        max_retries: 0,
        ..settings(&server.endpoint())
    };
    let error = put(&client(settings), &rotation()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the API answered 503 Service Unavailable: an empty body"
    );
    assert_eq!(server.count(), 1);
}
