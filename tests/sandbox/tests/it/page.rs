//! The page for whoever runs the stand-in by hand, over its own wire.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use incident_sandbox::{DEFAULT_KEY, Options, Page, Sandbox};
use serde_json::{Value, json};

use crate::api::sandbox;
use crate::client::{Client, Reply};

struct Scene {
    sandbox: Sandbox,
    page: Page,
}

impl Scene {
    fn new() -> Self {
        let sandbox = sandbox(Options::default());
        let page = sandbox.page(0).unwrap();
        Self { sandbox, page }
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], form: &str) -> Reply {
        let mut client = Client::connect(self.page.address()).unwrap();
        let mut headers = headers.to_vec();
        let host = self.page.address().to_string();
        // What a test says of the host stands for it.
        if headers.iter().all(|(name, _)| *name != "host") {
            headers.push(("host", &host));
        }
        let headers = headers.iter();
        let lines: Vec<_> = headers
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let (lines, length) = (lines.concat(), form.len());
        let request =
            format!("{method} {path} HTTP/1.1\r\n{lines}content-length: {length}\r\n\r\n{form}");
        client.raw(request.as_bytes()).unwrap();
        client.reply().unwrap()
    }

    fn get(&self, path: &str) -> Reply {
        let reply = self.send("GET", path, &[], "");
        assert_eq!(reply.status, 200, "{path}");
        reply
    }

    /// As curl does it.
    fn press(&self, id: &str, action: &str, form: &str) -> Reply {
        let path = format!("/data-sources/{id}/{action}");
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        self.send("POST", &path, &kind, form)
    }

    fn pressed(&self, id: &str, action: &str, form: &str) -> Value {
        let reply = self.press(id, action, form);
        assert_eq!(reply.status, 200, "{action} {form}");
        reply.json()
    }
}

fn text(reply: &Reply) -> String {
    String::from_utf8(reply.body.clone()).unwrap()
}

#[test]
fn buttons_do_what_the_dashboard_does() {
    let scene = Scene::new();
    let source = |id| scene.sandbox.data_source(id).unwrap();
    let before = source("g").updated_at();
    let renamed = scene.pressed("g", "rename", "name=R%C3%A9nam%C3%A9+by+hand");
    assert_eq!(renamed["name"], "Rénamé by hand");
    assert_eq!(source("g").name, "Rénamé by hand");
    assert_ne!(source("g").updated_at(), before);

    assert_eq!(scene.pressed("g", "disable", "")["enabled"], false);
    assert!(!source("g").enabled);
    assert_eq!(scene.pressed("g", "enable", "")["enabled"], true);
    assert!(source("g").enabled);

    scene.pressed("g", "rotate", "value=glsa_by_hand");
    let key = |id, field| scene.sandbox.secret(id, field).unwrap();
    assert_eq!(key("g", "grafana_config.api_key"), "glsa_by_hand");
    scene.pressed("d", "rotate", "field=app_key&value=other");
    assert_eq!(key("d", "datadog_config.app_key"), "other");
    assert_eq!(key("d", "datadog_config.api_key"), "seeded-api-key");
    let mut made_up = Vec::new();
    for _ in 0..2 {
        scene.pressed("d", "rotate", "");
        made_up.push(key("d", "datadog_config.api_key"));
    }
    assert!(made_up[0] != made_up[1] && !made_up.contains(&"seeded-api-key".to_owned()));

    assert_eq!(scene.pressed("g", "disconnect", "")["connected"], false);
    assert!(scene.sandbox.data_source("g").is_none());
    let all = scene.get("/data-sources").json();
    assert_eq!(all["data_sources"][1]["id"], "g");
    assert_eq!(all["data_sources"][1]["connected"], false);
    assert_eq!(scene.pressed("g", "connect", "")["connected"], true);
    assert_eq!(source("g").name, "Rénamé by hand");
    // None of this is a request to the API.
    assert_eq!(scene.sandbox.count(), 0);
}

#[test]
fn what_cannot_be_done_says_why() {
    let scene = Scene::new();
    let cases = [
        ("nobody", "disable", "", 404, "there is no data source"),
        ("nobody", "rotate", "", 404, "there is no data source"),
        ("g", "explode", "", 404, "no such button"),
        ("g", "rename", "", 400, "name=…"),
        ("g", "rename", "name=+++", 400, "name=…"),
        ("g", "rotate", "field=app_key", 400, "are: api_key."),
        ("d", "rotate", "field=x", 400, "are: api_key, app_key."),
    ];
    for (id, action, form, status, words) in cases {
        let before = scene.sandbox.data_source(id);
        let reply = scene.press(id, action, form);
        assert_eq!(reply.status, status, "{id} {action} {form}");
        assert!(text(&reply).contains(words), "{:?}", text(&reply));
        assert_eq!(scene.sandbox.data_source(id), before);
    }
    for (method, path, status) in [
        ("GET", "/data-sources/g/disable", 405),
        ("PUT", "/data-sources/g/disable", 405),
        ("POST", "/data-sources", 405),
        ("GET", "/v2/telemetry/data_sources/g", 404),
    ] {
        assert_eq!(scene.send(method, path, &[], "").status, status, "{path}");
    }
    let long = format!("name={}", "x".repeat(70_000));
    assert_eq!(scene.press("g", "rename", &long).status, 413);
    assert!(scene.sandbox.data_source("g").unwrap().enabled);
}

#[test]
fn requests_are_told_without_their_keys() {
    let scene = Scene::new();
    let mut client = Client::of(&scene.sandbox);
    client.identity().unwrap();
    client.put("g", &json!({})).unwrap();
    let body = json!({
        "name": "New", "grafana_config": {"api_key": "glsa_told", "api_url": "g.example.org"},
    });
    client.put("g", &body).unwrap();
    client.key = "nobody-knows".to_owned();
    client.put("g", &json!({"unknown": "glsa_told"})).unwrap();
    let path = "/v2/telemetry/data_sources/g?api_key=glsa_told";
    client.send("PUT", path, &[], b"glsa_told").unwrap();

    let reply = scene.get("/requests");
    let all = reply.json()["requests"].take();
    let column = |name: &str| -> Vec<Value> {
        let rows = all.as_array().unwrap().iter();
        rows.map(|row| row[name].clone()).collect()
    };
    assert_eq!(column("status"), [200, 200, 200, 401, 401]);
    let does = ["asks whose the key is", "reads", "changed something"];
    assert_eq!(column("does")[..3], does);
    assert_eq!(column("does")[3..], ["reads", "changed nothing"]);
    assert_eq!(column("key")[..3], ["Terraform", "Terraform", "Terraform"]);
    assert!(
        column("key")[3]
            .as_str()
            .unwrap()
            .starts_with("not a key: sha256:")
    );
    assert_eq!(column("key")[4], Value::Null);
    assert_eq!(column("body")[2]["name"], "New");
    assert_eq!(
        column("body")[2]["grafana_config"]["api_url"],
        "g.example.org"
    );
    // The same key has the same fingerprint, wherever it is.
    let print = &column("body")[2]["grafana_config"]["api_key"];
    assert_eq!(&column("body")[3]["unknown"], print);
    let source = &scene.get("/data-sources").json()["data_sources"][1];
    assert_eq!(&source["config"]["grafana_config.api_key"], print);
    assert_eq!(column("body")[4], "9 bytes that are not JSON");

    for path in ["/", "/page.js", "/requests", "/data-sources"] {
        let shown = text(&scene.get(path));
        for key in [
            "glsa_told",
            "nobody-knows",
            "seeded-a",
            "glsa_seeded",
            DEFAULT_KEY,
        ] {
            assert!(!shown.contains(key), "{path} shows {key}");
        }
    }
}

/// What the page's tests of browsers lean on: the headers that make them behave.
#[test]
fn other_pages_neither_press_nor_frame_nor_read() {
    let scene = Scene::new();
    let press = |headers: &[(&str, &str)]| {
        let path = "/data-sources/g/disable";
        scene.send("POST", path, headers, "").status
    };
    let own = scene.page.url();
    assert_eq!(press(&[("origin", "https://evil.example")]), 403);
    assert_eq!(press(&[("origin", "null")]), 403);
    assert_eq!(press(&[("origin", &scene.sandbox.endpoint())]), 403);
    assert_eq!(press(&[("sec-fetch-site", "cross-site")]), 403);
    assert_eq!(press(&[("host", "evil.example")]), 421);
    assert!(scene.sandbox.data_source("g").unwrap().enabled);
    assert_eq!(
        press(&[("origin", &own), ("sec-fetch-site", "same-origin")]),
        200
    );
    assert!(!scene.sandbox.data_source("g").unwrap().enabled);

    // A name that somebody else's server has given to this address.
    let rebound = [("host", "evil.example")];
    assert_eq!(scene.send("GET", "/requests", &rebound, "").status, 421);
    for path in ["/", "/requests"] {
        let reply = scene.get(path);
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
        assert_eq!(
            reply.header("cross-origin-resource-policy"),
            Some("same-origin")
        );
        assert_eq!(reply.header("access-control-allow-origin"), None);
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    }
    assert!(scene.page.address().ip().is_loopback());
}

#[test]
fn the_port_is_free_once_it_ends() {
    let Scene { sandbox, page } = Scene::new();
    let port = page.address().port();
    assert!(sandbox.page(port).is_err());
    drop(page);
    let again = sandbox.page(port).unwrap();
    assert_eq!(again.address().port(), port);
}

/// `cargo run -p incident-sandbox`.
#[cfg(unix)]
#[test]
fn what_is_printed_can_be_pasted() {
    let mut process = Command::new(env!("CARGO_BIN_EXE_incident-sandbox"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut environment = Vec::new();
    let mut curls = Vec::new();
    for line in lines.map_while(Result::ok) {
        let line = line.trim_start();
        if let Some(set) = line.strip_prefix("export ") {
            let (name, value) = set.split_once('=').unwrap();
            environment.push((name.to_owned(), value.to_owned()));
        }
        if let Some(curl) = line.strip_prefix("curl ") {
            curls.push(curl.to_owned());
        }
        if line.starts_with("and in the place of rotate") {
            break;
        }
    }
    assert_eq!(
        environment[1],
        ("INCIDENT_API_KEY".to_owned(), DEFAULT_KEY.to_owned())
    );
    let endpoint = environment[0].1.strip_prefix("http://").unwrap();
    let mut client = Client::connect(endpoint.parse().unwrap()).unwrap();
    let id = "01G0J1EXE7AXZ2C93K61WBPYEH";
    let name = client.put(id, &json!({})).unwrap().source("name");
    assert_eq!(name, "Production Grafana");

    for curl in &curls {
        let url = curl.rsplit(' ').next().unwrap();
        let (address, path) = url
            .strip_prefix("http://")
            .unwrap()
            .split_once('/')
            .unwrap();
        let (method, form) = match curl.strip_prefix("-d ") {
            Some(rest) => ("POST", rest.split(' ').next().unwrap()),
            None if curl.starts_with("-X POST ") => ("POST", ""),
            None => ("GET", ""),
        };
        let length = form.len();
        let mut client = Client::connect(address.parse().unwrap()).unwrap();
        let request = format!(
            "{method} /{path} HTTP/1.1\r\nhost: {address}\r\ncontent-length: {length}\r\n\r\n{form}"
        );
        client.raw(request.as_bytes()).unwrap();
        assert_eq!(client.reply().unwrap().status, 200, "{curl}");
    }
    assert_eq!(curls.len(), 4);
    let name = client.put(id, &json!({})).unwrap().source("name");
    assert_eq!(name, "Renamed");
    process.kill().unwrap();
    process.wait().unwrap();
}
