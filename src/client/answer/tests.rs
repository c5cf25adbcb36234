//! Answers of every kind.

use std::time::Duration;

use http::HeaderName;
use serde_json::Value;
use zeroize::Zeroizing;

use super::*;
use crate::client::Secret;

#[derive(Debug, PartialEq)]
struct Thing {
    enabled: bool,
}

impl FromJson for Thing {
    fn from_json(json: &Value) -> Result<Self, &'static str> {
        let enabled = json.get("enabled").and_then(Value::as_bool);
        enabled.map(|enabled| Self { enabled }).ok_or("enabled")
    }
}

fn answer(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Answer {
    let headers = headers.iter().map(|(name, value)| {
        (
            HeaderName::from_static(name),
            http::HeaderValue::from_static(value),
        )
    });
    Answer {
        status,
        headers: headers.collect(),
        body: Zeroizing::new(body.as_bytes().to_vec()),
        ending: Ending::Complete,
        received: "2025-04-17T12:17:08Z".parse().unwrap(),
        elapsed: Duration::ZERO,
    }
}

fn error(answer: Answer) -> ClientError {
    let scrubber = Scrubber::new([Secret::new("glsa_\"1\"".to_owned())]);
    read::<Thing>(answer, &Endpoint::default(), &scrubber).unwrap_err()
}

#[test]
fn a_success() {
    let fine = answer(
        201,
        &[("date", "Thu, 17 Apr 2025 11:17:08 GMT")],
        r#"{"new":[1e999],"enabled":true} "#,
    );
    let (thing, window) = read::<Thing>(fine, &Endpoint::default(), &Scrubber::default()).unwrap();
    assert!(thing.enabled);
    assert!(window.contains("2025-04-17T11:17:08.5Z".parse().unwrap()));
    assert!(!window.contains("2025-04-17T12:17:08Z".parse().unwrap()));
}

#[test]
fn unreadable_successes() {
    for (name, body, expected) in [
        (
            "empty",
            " ",
            "the API answered 200 OK with an empty body (request id r-1)",
        ),
        (
            "half",
            r#"{"enabled":tr"#,
            "the API answered 200 OK with JSON that ends in the middle (request id r-1)",
        ),
        (
            "shape",
            r#"{"enabled":"glsa_\"1\""}"#,
            "the API answered 200 OK with JSON in an unexpected shape: enabled is missing or \
             unreadable (request id r-1)",
        ),
        (
            "portal",
            "<html><title>Please log in</title>",
            "the API answered 200 OK with an HTML page (34 bytes) (request id r-1)",
        ),
    ] {
        assert_eq!(
            error(answer(200, &[("x-request-id", "r-1")], body)).to_string(),
            expected,
            "{name}"
        );
    }
    let mut huge = answer(200, &[], "{");
    huge.ending = Ending::TooLarge;
    assert_eq!(
        error(huge).to_string(),
        "the API answered 200 OK with more than 1024 KiB"
    );
}

#[test]
fn refusals() {
    for (name, status, body, expected) in [
        (
            "as the reference has it",
            422,
            r#"{"type":"validation_error","status":422,"request_id":"r-2","errors":[
                {"code":"is_required","message":"A key is required.","source":{"field":"grafana_config.api_key"}},
                {"code":"too_long","message":"Too\nlong"}]}"#,
            "the API answered 422 Unprocessable Entity (validation_error): grafana_config.api_key: \
             A key is required.; Too long (request id r-2)",
        ),
        (
            "with a scope",
            403,
            r#"{"type":"authorisation_error","status":403,"errors":[{"code":"missing_scope","message":""}],"metadata":{"scope":"telemetry.edit"}}"#,
            "the API answered 403 Forbidden (authorisation_error): missing_scope (the key lacks \
             the scope telemetry.edit) (request id r-1)",
        ),
        (
            "of other types",
            404,
            r#"{"type":7,"errors":{"a":1},"metadata":[],"request_id":{}}"#,
            "https://api.incident.io answered 404 Not Found, not in the form of incident.io's API: \
             JSON in an unexpected shape (57 bytes) (request id r-1)",
        ),
        (
            "of odd entries",
            400,
            r#"{"errors":[1,null,{"message":2,"source":"x"}]}"#,
            "https://api.incident.io answered 400 Bad Request, not in the form of incident.io's \
             API: JSON in an unexpected shape (46 bytes) (request id r-1)",
        ),
        (
            "no object",
            400,
            "[1]",
            "https://api.incident.io answered 400 Bad Request, not in the form of incident.io's \
             API: JSON in an unexpected shape (3 bytes) (request id r-1)",
        ),
        (
            "a page",
            502,
            "<html><title>Bad Gateway</title>",
            "the API answered 502 Bad Gateway: an HTML page (32 bytes) (request id r-1)",
        ),
        (
            "nothing",
            599,
            "",
            "the API answered 599: an empty body (request id r-1)",
        ),
        (
            "an echo",
            422,
            r#"{"type":"x","request_id":"glsa_\"1\"","errors":[{"code":"glsa_%221%22","message":"bad glsa_\\\"1\\\"","source":{"field":"glsa_\"1\""}}]}"#,
            "the API answered 422 Unprocessable Entity (x): [redacted]: bad [redacted] (request id \
             [redacted])",
        ),
    ] {
        assert_eq!(
            error(answer(status, &[("x-request-id", "r-1")], body)).to_string(),
            expected,
            "{name}"
        );
    }
}

#[test]
fn predicates_and_fields() {
    let body = r#"{"type":"x","errors":[{"code":"c","message":"m","source":{"field":"name"}},{"code":"c","source":{"field":"grafana_config"}},{"code":"c","message":"m"}]}"#;
    let error = error(answer(422, &[], body));
    assert_eq!(
        error.fields().collect::<Vec<_>>(),
        [("name", "m"), ("grafana_config", "c")]
    );
    assert!(
        error.is_unprocessable()
            && !error.is_not_found()
            && !error.is_forbidden()
            && !error.is_unauthorized()
    );
    assert_eq!(error.status(), Some(422));
}

#[test]
fn not_found_is_the_apis_word() {
    for (name, status, body, expected) in [
        (
            "as the reference has it",
            404,
            r#"{"type":"not_found","status":404}"#,
            true,
        ),
        (
            "with errors only",
            404,
            r#"{"type":"not_found","errors":[]}"#,
            true,
        ),
        (
            "as a code",
            404,
            r#"{"type":"x","errors":[{"code":"not_found"}]}"#,
            true,
        ),
        (
            "as 400",
            400,
            r#"{"type":"x","status":400,"errors":[{"code":"not_found"}]}"#,
            true,
        ),
        ("as 410", 410, r#"{"type":"not_found","status":410}"#, true),
        (
            "of a field",
            400,
            r#"{"type":"x","errors":[{"code":"not_found","source":{"field":"grafana_config"}}]}"#,
            false,
        ),
        ("as 403", 403, r#"{"type":"not_found","status":403}"#, false),
        ("as 500", 500, r#"{"type":"not_found","status":500}"#, false),
        (
            "another type",
            404,
            r#"{"type":"x","status":404,"errors":[]}"#,
            false,
        ),
        ("a type and no more", 404, r#"{"type":"not_found"}"#, false),
        (
            "a code and no more",
            404,
            r#"{"errors":[{"code":"not_found"}]}"#,
            false,
        ),
        (
            "another gateway",
            404,
            r#"{"message":"no Route matched"}"#,
            false,
        ),
        (
            "a problem",
            404,
            r#"{"type":"about:blank","status":404,"title":"not_found"}"#,
            false,
        ),
        ("a page", 404, "<html><title>not_found</title>", false),
        ("text", 404, "404 page not found", false),
        ("nothing", 404, "", false),
    ] {
        assert_eq!(
            error(answer(status, &[], body)).is_not_found(),
            expected,
            "{name}"
        );
    }
}

#[test]
fn who_answered() {
    for (status, body, from_api) in [
        (401, r#"{"type":"authentication_error","status":401}"#, true),
        (403, r#"{"type":"resource_forbidden","errors":[]}"#, true),
        (401, "<html>Log in", false),
        (403, "Blocked by your administrator", false),
        (
            403,
            r#"{"type":"https://example.com/blocked","status":403}"#,
            false,
        ),
        (403, r#"{"message":"Forbidden"}"#, false),
        (422, "{}", false),
    ] {
        let error = error(answer(status, &[], body));
        assert_eq!(error.is_foreign(), !from_api, "{body}");
        assert_eq!(error.is_unauthorized(), from_api && status == 401, "{body}");
        assert_eq!(error.is_forbidden(), from_api && status == 403, "{body}");
        assert_eq!(error.is_unprocessable(), status == 422, "{body}");
    }
    assert_eq!(
        error(answer(403, &[], "Blocked")).to_string(),
        "https://api.incident.io answered 403 Forbidden, not in the form of incident.io's API: \
         text (7 bytes)"
    );
}

#[test]
fn many_messages_are_cut() {
    let entry = format!(r#"{{"code":"c","message":"{}"}}"#, "m".repeat(9000));
    let error = error(answer(
        422,
        &[],
        &format!(r#"{{"errors":[{}]}}"#, vec![entry; 50].join(",")),
    ));
    let errors = &error.status_error().unwrap().errors;
    assert_eq!(
        (errors.len(), errors[0].message.chars().count()),
        (20, 1001)
    );
}

#[test]
fn waits() {
    let date = ("date", "Thu, 17 Apr 2025 11:17:08 GMT");
    let ours = "2025-04-17T12:17:08Z"; // an hour fast, see `answer`
    for (name, headers, body, expected) in [
        ("seconds", vec![date, ("retry-after", "5")], "", Some(5)),
        (
            "date, by the server's clock",
            vec![date, ("retry-after", "Thu, 17 Apr 2025 11:17:18 GMT")],
            "",
            Some(10),
        ),
        (
            "date, by our clock",
            vec![("retry-after", "Thu, 17 Apr 2025 12:17:18 GMT")],
            "",
            Some(10),
        ),
        (
            "body",
            vec![date],
            r#"{"rate_limit":{"retry_after":"Thu, 17 Apr 2025 11:17:18 UTC"}}"#,
            Some(10),
        ),
        (
            "body, number",
            vec![date],
            r#"{"rate_limit":{"retry_after":3}}"#,
            Some(3),
        ),
        (
            "both, the body later",
            vec![date, ("retry-after", "5")],
            r#"{"rate_limit":{"retry_after":"2025-04-17T11:18:08Z"}}"#,
            Some(5),
        ),
        (
            "both, the body sooner",
            vec![date, ("retry-after", "5")],
            r#"{"rate_limit":{"retry_after":3}}"#,
            Some(5),
        ),
        (
            "both, the header unreadable",
            vec![date, ("retry-after", "later")],
            r#"{"rate_limit":{"retry_after":3}}"#,
            Some(3),
        ),
        (
            "nonsense",
            vec![("retry-after", "later")],
            r#"{"rate_limit":{"retry_after":[]}}"#,
            None,
        ),
        ("nothing", vec![], "", None),
    ] {
        let error = error(answer(429, &headers, body));
        let wait = error.status_error().unwrap().retry_after;
        assert_eq!(wait, expected.map(Duration::from_secs), "{name} at {ours}");
    }
}

#[test]
fn redirects() {
    for (location, expected) in [
        ("https://evil.example/glsa?key=1", "https://evil.example"),
        ("/login?next=x", "https://api.incident.io"),
        ("http://10.0.0.1:81/x", "http://10.0.0.1:81"),
        ("mailto:x@y", "an address that cannot be read"),
    ] {
        let ClientError::Redirect {
            status: 307,
            target,
        } = error(answer(307, &[("location", location)], ""))
        else {
            panic!("not a redirect");
        };
        assert_eq!(target.as_deref(), Some(expected));
    }
    assert_eq!(
        error(answer(304, &[], "")).to_string(),
        "the API answered 304 Not Modified and redirected to nowhere; redirects are not followed, \
         because that would send it the API key"
    );
}
