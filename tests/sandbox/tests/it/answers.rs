//! Answers that are not the API's own, and errors in its own form.

use incident_sandbox::{Answer, Fault, Options, Problem, When, Write};
use serde_json::{Value, json};

use crate::{
    api::sandbox,
    client::{Client, Reply},
};

/// What a client gets where this stands in for the API's answer.
fn reply(answer: Answer) -> Reply {
    let sandbox = sandbox(Options::default());
    sandbox.fault(Fault::Answer(Write::Lost, answer), When::next());
    Client::of(&sandbox).put("g", &json!({})).unwrap()
}

#[test]
fn strangers_do_not_speak_as_the_api_does() {
    let cases = [
        (Answer::html(404), 404, "text/html", "404 Not Found"),
        (Answer::status(404), 404, "", ""),
        (
            Answer::page_not_found(),
            404,
            "text/plain",
            "404 page not found",
        ),
        (
            Answer::no_route(),
            404,
            "application/json",
            "no Route matched",
        ),
        (Answer::block_page(403), 403, "text/html", "Access denied"),
        (Answer::block_page(401), 401, "text/html", "Access denied"),
        (
            Answer::text(425, "Too Early"),
            425,
            "text/plain",
            "Too Early",
        ),
    ];
    for (answer, status, content_type, words) in cases {
        let reply = reply(answer);
        let body = String::from_utf8_lossy(&reply.body);
        let json: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        assert_eq!(reply.status, status, "{body}");
        let told = reply.header("content-type").unwrap_or_default();
        assert!(told.starts_with(content_type), "{told}: {body}");
        assert_eq!(told.is_empty(), content_type.is_empty());
        assert!(body.contains(words), "{body}");
        assert!(json.get("type").is_none(), "{body}");
    }
}

#[test]
fn errors_have_the_form_of_the_api() {
    let gone = [Problem::new("not_found", "No such source.")];
    let cases = [
        (Answer::not_found(), 404, "not_found"),
        (Answer::error(410, "not_found", &gone), 410, "not_found"),
        (Answer::error(400, "not_found", &[]), 400, "not_found"),
        (Answer::error(404, "api_error", &gone), 404, "api_error"),
        (Answer::api_error(400), 400, "invalid_request_error"),
        (Answer::api_error(403), 403, "resource_forbidden"),
        (Answer::api_error(408), 408, "request_timeout"),
        (Answer::api_error(409), 409, "conflict"),
        (Answer::api_error(425), 425, "api_error"),
        (Answer::api_error(500), 500, "api_error"),
    ];
    for (answer, status, kind) in cases {
        let reply = reply(answer);
        let body = reply.json();
        assert_eq!(reply.status, status, "{body}");
        assert_eq!(body["type"], kind, "{body}");
        assert_eq!(body["status"], status, "{body}");
    }
    assert_eq!(
        reply(Answer::error(400, "x", &[])).json().get("errors"),
        None
    );
}

#[test]
fn one_422_tells_several_problems() {
    let problems = [
        Problem::new("invalid_value", "Too long.").at("name"),
        Problem::new("invalid_credentials", "Refused.").at("grafana_config.api_key"),
        Problem::new("invalid_value", "What is this?").at("labels.0"),
        Problem::new("upstream", "The upstream did not answer."),
    ];
    let reply = reply(Answer::invalid(&problems));
    let expected = json!([
        {"code": "invalid_value", "message": "Too long.", "source": {"field": "name"}},
        {
            "code": "invalid_credentials",
            "message": "Refused.",
            "source": {"field": "grafana_config.api_key"},
        },
        {"code": "invalid_value", "message": "What is this?", "source": {"field": "labels.0"}},
        {"code": "upstream", "message": "The upstream did not answer."},
    ]);
    assert_eq!(reply.status, 422);
    assert_eq!(reply.json()["errors"], expected);
}
