//! Held against `openapi.json`: no body is accepted that its schemas forbid, and no answer
//! is given that they do not describe.

use boon::{Compiler, Draft, SchemaIndex, Schemas};
use incident_sandbox::{
    ApiKey, DOCUMENTED_LIMIT, DataSourceSeed, EmptyPut, Options, RetryAfter, Sandbox, UPDATE_SCOPE,
};
use serde_json::{Value, json};

use crate::client::{Client, Reply};

/// Schemas of the specification, ready to check with.
struct Contract {
    payload: Validator,
    result: Validator,
    envelope: Validator,
    identity: Validator,
    /// What the update answers, by status.
    answers: Value,
}

impl Contract {
    fn load() -> Self {
        let api: Value = serde_json::from_str(include_str!("../../openapi.json")).unwrap();
        let put = &api["paths"]["/v2/telemetry/data_sources/{id}"]["put"];
        let request = &put["requestBody"]["content"]["application/json"]["schema"];
        let answer = &put["responses"]["200"]["content"]["application/json"]["schema"];
        let mut closed = api.clone();
        close(&mut closed);
        Self {
            payload: validator(&api, request["$ref"].as_str().unwrap()),
            result: validator(&closed, answer["$ref"].as_str().unwrap()),
            identity: validator(&closed, "#/components/schemas/UtilitiesIdentityResultV1"),
            envelope: validator(&closed, "#/components/schemas/ErrorEnvelope"),
            answers: put["responses"].clone(),
        }
    }

    /// Checks one exchange; true if the body was accepted.
    fn check(&self, sent: &str, reply: &Reply) -> bool {
        let answer = reply.json();
        assert_eq!(reply.header("content-type"), Some("application/json"));
        if reply.status == 200 {
            let sent: Value = serde_json::from_str(sent).unwrap();
            self.payload.assert_valid(&sent);
            self.result.assert_valid(&answer);
            return true;
        }
        self.envelope.assert_valid(&answer);
        assert_eq!(answer["status"], json!(reply.status), "{sent}");
        let documented = &self.answers[reply.status.to_string()]["description"];
        let documented = documented.as_str().unwrap();
        let kind = answer["type"].as_str().unwrap();
        assert!(documented.starts_with(kind), "{kind}: {documented}");
        assert_eq!(answer["request_id"].as_str(), reply.header("x-request-id"));
        assert!(!answer["errors"].as_array().unwrap().is_empty());
        false
    }
}

/// A schema, ready to check with.
struct Validator(Schemas, SchemaIndex);

impl Validator {
    fn new(schema: Value) -> Self {
        const AT: &str = "https://api.example.com/schema";
        let (mut compiler, mut schemas) = (Compiler::new(), Schemas::new());
        compiler.set_default_draft(Draft::V7);
        compiler.enable_format_assertions();
        compiler.add_resource(AT, schema).unwrap();
        let index = compiler.compile(AT, &mut schemas).unwrap();
        Self(schemas, index)
    }

    fn assert_valid(&self, value: &Value) {
        if let Err(error) = self.0.validate(value, self.1) {
            panic!("{error:#} in {value}");
        }
    }

    fn refuses(&self, value: &Value) -> bool {
        self.0.validate(value, self.1).is_err()
    }
}

/// A validator for one schema of the specification.
fn validator(api: &Value, reference: &str) -> Validator {
    Validator::new(json!({"$ref": reference, "components": api["components"]}))
}

/// Lets no object have fields that its schema does not list: the stand-in invents nothing.
fn close(schema: &mut Value) {
    if let Some(object) = schema.as_object_mut() {
        if object.get("type") == Some(&json!("object")) && object.contains_key("properties") {
            object.insert("additionalProperties".to_owned(), json!(false));
        }
        object.values_mut().for_each(close);
    }
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start(Options::default().key(ApiKey::viewer("viewer"))).unwrap();
    sandbox.add(DataSourceSeed::grafana("g", "G"));
    sandbox.add(DataSourceSeed::datadog("d", "D"));
    sandbox.add(
        DataSourceSeed::grafana("o", "O")
            .provider("other")
            .version(None),
    );
    sandbox
}

/// Every combination of good and bad values in every field.
fn bodies() -> Vec<Value> {
    let values = [
        None,
        Some(json!("good")),
        Some(json!("")),
        Some(json!(null)),
        Some(json!(7)),
        Some(json!({})),
    ];
    let pair = |first: &str, second: &str| {
        let mut blocks = vec![None, Some(json!(null)), Some(json!([])), Some(json!("x"))];
        for a in &values {
            for b in &values {
                let mut block = json!({});
                for (key, value) in [(first, a), (second, b)] {
                    if let Some(value) = value {
                        block[key] = value.clone();
                    }
                }
                blocks.push(Some(block));
            }
        }
        blocks
    };
    let mut bodies = vec![
        json!(null),
        json!([]),
        json!("x"),
        json!(1),
        json!({"x": {}}),
    ];
    for name in &values {
        for (config, blocks) in [
            ("grafana_config", pair("api_key", "api_url")),
            ("datadog_config", pair("api_key", "app_key")),
        ] {
            for block in blocks {
                let mut body = json!({});
                for (key, value) in [("name", name), (config, &block)] {
                    if let Some(value) = value {
                        body[key] = value.clone();
                    }
                }
                bodies.push(body);
            }
        }
    }
    bodies
}

#[test]
fn bodies_and_answers_conform() {
    let contract = Contract::load();
    let sandbox = sandbox();
    let mut client = Client::of(&sandbox);
    let mut accepted = 0;
    for empty_put in [EmptyPut::Keeps, EmptyPut::Stamps, EmptyPut::Refuses] {
        sandbox.set_empty_put(empty_put);
        for body in bodies() {
            for id in ["g", "d", "o"] {
                let reply = client.put(id, &body).unwrap();
                assert!(
                    matches!(reply.status, 200 | 422),
                    "{body}: {}",
                    reply.status
                );
                accepted += usize::from(contract.check(&body.to_string(), &reply));
            }
        }
    }
    assert!(accepted > 30, "{accepted}");
}

#[test]
fn refusals_conform() {
    let contract = Contract::load();
    let sandbox = sandbox();
    let path = "/v2/telemetry/data_sources/g";
    let json = ("content-type", "application/json");
    let key = ("authorization", "Bearer sandbox-key");
    let cases: [(&str, &str, &[_], &str, u16, &str); 12] = [
        ("PUT", path, &[json], "{}", 401, "authentication_error"),
        (
            "PUT",
            path,
            &[json, ("authorization", "Bearer x")],
            "{}",
            401,
            "authentication_error",
        ),
        (
            "PUT",
            path,
            &[json, ("authorization", "Basic x")],
            "{}",
            401,
            "authentication_error",
        ),
        (
            "PUT",
            path,
            &[json, ("authorization", "Bearer viewer")],
            "{}",
            403,
            "resource_forbidden",
        ),
        ("PUT", path, &[json, key], "{", 400, "invalid_request_error"),
        ("PUT", path, &[json, key], "", 400, "invalid_request_error"),
        ("PUT", path, &[key], "{}", 400, "invalid_request_error"),
        ("GET", path, &[json, key], "", 405, "method_not_allowed"),
        (
            "PUT",
            "/v2/telemetry/data_sources/no",
            &[json, key],
            "{}",
            404,
            "not_found",
        ),
        (
            "PUT",
            "/v2/telemetry/data_sources/g/x",
            &[json, key],
            "{}",
            404,
            "not_found",
        ),
        (
            "PUT",
            "/v2/telemetry/data_sources/%ff",
            &[json, key],
            "{}",
            404,
            "not_found",
        ),
        ("PUT", "/", &[json, key], "{}", 404, "not_found"),
    ];
    let mut client = Client::of(&sandbox);
    for (method, path, headers, body, status, kind) in cases {
        let reply = client.send(method, path, headers, body.as_bytes()).unwrap();
        assert_eq!(reply.status, status, "{method} {path} {headers:?} {body}");
        assert_eq!(reply.json()["type"], kind);
        assert!(!contract.check(body, &reply));
    }
    let deep = "[".repeat(100_000);
    let reply = client
        .send("PUT", path, &[json, key], deep.as_bytes())
        .unwrap();
    assert_eq!(reply.status, 400);
    contract.check("", &reply);
}

#[test]
fn identities_conform() {
    let contract = Contract::load();
    let sandbox = sandbox();
    sandbox.set_keys(vec![
        ApiKey::full("full"),
        ApiKey::viewer("viewer"),
        ApiKey::full("team").team("01TEAM", "Platform", &["viewer"]),
    ]);
    let mut client = Client::of(&sandbox);
    for key in ["full", "viewer", "team"] {
        client.key = key.to_owned();
        let reply = client.identity().unwrap();
        assert_eq!(reply.status, 200);
        contract.identity.assert_valid(&reply.json());
    }
    client.key = "stranger".to_owned();
    contract.check("", &client.identity().unwrap());
}

#[test]
fn limits_conform() {
    let contract = Contract::load();
    let sandbox = sandbox();
    sandbox.set_requests_per_minute(Some(DOCUMENTED_LIMIT));
    sandbox.set_shared_requests_per_minute(Some(1));
    let mut client = Client::of(&sandbox);
    let replies = [200, 429].map(|status| {
        let reply = client.put("g", &json!({})).unwrap();
        assert_eq!(reply.status, status);
        contract.check("{}", &reply);
        reply
    });
    for reply in &replies {
        let documented = &contract.answers[reply.status.to_string()]["headers"];
        for name in documented.as_object().unwrap().keys() {
            let value = reply.header(name).unwrap();
            let number = name != "X-RateLimit-Limit";
            assert!(!number || value.parse::<u64>().is_ok(), "{name}: {value}");
        }
    }
    let limited = replies[1].json()["rate_limit"].clone();
    assert_eq!(limited["limit"], json!(1));
    let date_time = json!({"type": "string", "format": "date-time"});
    Validator::new(date_time).assert_valid(&limited["retry_after"]);
    for retry_after in [RetryAfter::Date, RetryAfter::Untold] {
        sandbox.set_retry_after(retry_after);
        contract.check("{}", &client.put("g", &json!({})).unwrap());
    }
}

#[test]
fn what_is_asserted_of_the_api_stands_in_its_description() {
    let api: Value = serde_json::from_str(include_str!("../../openapi.json")).unwrap();
    let put = &api["paths"]["/v2/telemetry/data_sources/{id}"]["put"];
    assert_eq!(put["x-rbac-scopes"], json!([UPDATE_SCOPE]));
    let limit = &api["components"]["schemas"]["ErrorEnvelope"]["properties"]["rate_limit"];
    assert_eq!(limit["properties"]["limit"]["example"], DOCUMENTED_LIMIT);
}

/// A validator that takes everything would pass all of the above.
#[test]
fn what_a_schema_forbids_is_refused() {
    let contract = Contract::load();
    assert!(contract.payload.refuses(&json!({"name": 7})));
    let sandbox = sandbox();
    let mut client = Client::of(&sandbox);
    let mut answer = client.put("g", &json!({})).unwrap().json();
    contract.result.assert_valid(&answer);
    for (field, wrong) in [("created_at", json!("soon")), ("more", json!(1))] {
        let right = answer["data_source"][field].take();
        answer["data_source"][field] = wrong;
        assert!(contract.result.refuses(&answer), "{field}");
        answer["data_source"][field] = right;
    }
}
