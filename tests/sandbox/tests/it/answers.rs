//! Answers that are not the API's own, and errors in its own form.

use incident_sandbox::{Answer, Edit, Fault, Options, Problem, When, Write};
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

#[test]
fn any_field_may_differ_from_the_schema() {
    let sandbox = sandbox(Options::default());
    let mut client = Client::of(&sandbox);
    let honest = client.put("g", &json!({})).unwrap().json();
    let fields: Vec<String> = honest["data_source"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(fields.len(), 8);
    for field in &fields {
        for value in [json!(null), json!(7), json!("yes"), json!([]), json!({})] {
            let edit = Edit::set(field, value.clone());
            sandbox.fault(Fault::Edit(edit), When::next().reads());
            let mut expected = honest.clone();
            expected["data_source"][field] = value;
            assert_eq!(client.put("g", &json!({})).unwrap().json(), expected);
        }
        sandbox.set_edit(Edit::remove(field));
        let answer = client.put("g", &json!({})).unwrap().json();
        assert_eq!(answer["data_source"].get(field), None);
        sandbox.set_edit(Edit::default());
    }
    assert_eq!(client.put("g", &json!({})).unwrap().json(), honest);
}

#[test]
fn edits_add_up_and_change_nothing_that_is_held() {
    let always = Edit::set("version", json!(7)).and(Edit::remove("source_type"));
    let sandbox = sandbox(Options::default().edit(always));
    let mut client = Client::of(&sandbox);
    let once = Edit::set("version", json!(8)).and(Edit::set("labels", json!(["new"])));
    sandbox.fault(Fault::Edit(once), When::next().writes());
    let reply = client.put("g", &json!({"name": "New"})).unwrap();
    assert_eq!(reply.source("name"), "New");
    assert_eq!(reply.source("version"), 8);
    assert_eq!(reply.source("labels"), json!(["new"]));
    let reply = client.put("g", &json!({})).unwrap();
    assert_eq!(reply.source("version"), 7);
    assert!(reply.json()["data_source"].get("source_type").is_none());
    assert_eq!(client.put("no", &json!({})).unwrap().status, 404);
    let held = sandbox.data_source("g").unwrap();
    assert_eq!(held.version.as_deref(), Some("8.5.27"));
}
