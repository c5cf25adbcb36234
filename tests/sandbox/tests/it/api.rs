//! What the API does when nothing goes wrong.

use std::time::Duration;

use incident_sandbox::{
    ApiKey, DEFAULT_KEY, DataSourceSeed, EmptyPut, OLDER_UPDATE_SCOPE, Options, RetryAfter,
    Sandbox, UPDATE_SCOPE,
};
use serde_json::{Value, json};

use crate::client::{Client, Reply};

pub(crate) fn sandbox(options: Options) -> Sandbox {
    let sandbox = Sandbox::start(options).unwrap();
    sandbox.add(DataSourceSeed::grafana("g", "G"));
    sandbox.add(DataSourceSeed::datadog("d", "D"));
    sandbox
}

/// The fields that a refusal names.
fn fields(reply: &Reply) -> Vec<Value> {
    assert_eq!(reply.status, 422);
    let answer = reply.json();
    let errors = answer["errors"].as_array().unwrap().iter();
    errors
        .map(|error| error["source"]["field"].clone())
        .collect()
}

#[test]
fn updates_are_kept() {
    let sandbox = sandbox(Options::default());
    let mut client = Client::of(&sandbox);
    let seeded = client.put("g", &json!({})).unwrap();
    assert_eq!(seeded.source("updated_at"), "2021-08-17T13:28:57.801578Z");
    assert_eq!(seeded.source("version"), "8.5.27");

    let body = json!({
        "name": "New", "grafana_config": {"api_key": "glsa_1", "api_url": "g.example.org"},
    });
    let written = client.put("g", &body).unwrap();
    assert_eq!(written.source("name"), "New");
    assert_ne!(written.source("updated_at"), seeded.source("updated_at"));
    assert_eq!(
        sandbox.secret("g", "grafana_config.api_key").unwrap(),
        "glsa_1"
    );
    assert_eq!(sandbox.api_url("g").unwrap(), "g.example.org");
    let read = client.put("g", &json!({})).unwrap();
    assert_eq!(read.json(), written.json());

    let body = json!({"datadog_config": {"app_key": "app-1"}});
    client.put("d", &body).unwrap();
    assert_eq!(
        sandbox.secret("d", "datadog_config.app_key").unwrap(),
        "app-1"
    );
    assert_eq!(
        sandbox.secret("d", "datadog_config.api_key").unwrap(),
        "seeded-api-key"
    );
    assert!(read.json()["data_source"].get("grafana_config").is_none());
}

#[test]
fn a_refused_update_changes_nothing() {
    let sandbox = sandbox(Options::default());
    let mut client = Client::of(&sandbox);
    let before = sandbox.data_source("g").unwrap();
    let body = json!({"name": "New", "grafana_config": {"api_key": "bad-key"}});
    let reply = client.put("g", &body).unwrap();
    assert_eq!(fields(&reply), ["grafana_config.api_key"]);
    let reply = client
        .put("g", &json!({"datadog_config": {"api_key": "k"}}))
        .unwrap();
    assert_eq!(fields(&reply), ["datadog_config"]);
    assert_eq!(sandbox.data_source("g").unwrap(), before);
    assert!(sandbox.journal().iter().all(|entry| !entry.applied));

    sandbox.reject_credentials(|field, value| field.ends_with("app_key") && value == "revoked");
    let body = json!({"datadog_config": {"api_key": "bad-key", "app_key": "revoked"}});
    let reply = client.put("d", &body).unwrap();
    assert_eq!(fields(&reply), ["datadog_config.app_key"]);
}

#[test]
fn empty_updates_keep_stamp_or_refuse() {
    let sandbox = sandbox(Options::default().empty_put(EmptyPut::Stamps));
    let mut client = Client::of(&sandbox);
    let mut stamp = || client.put("g", &json!({"grafana_config": {}})).unwrap();
    let (first, second) = (stamp(), stamp());
    assert!(first.source("updated_at").as_str() < second.source("updated_at").as_str());
    sandbox.set_empty_put(EmptyPut::Keeps);
    assert_eq!(stamp().source("updated_at"), second.source("updated_at"));
    sandbox.set_empty_put(EmptyPut::Refuses);
    assert_eq!(stamp().status, 422);
    assert!(
        sandbox
            .journal()
            .iter()
            .all(|entry| entry.is_read() && !entry.applied)
    );
}

#[test]
fn the_dashboard_shows_through() {
    let sandbox = sandbox(Options::default());
    let mut client = Client::of(&sandbox);
    let dashboard = sandbox.dashboard();
    let mut stamps = vec![
        dashboard.rename("g", "By hand").unwrap(),
        dashboard.disable("g").unwrap(),
        dashboard
            .rotate("g", "grafana_config.api_key", "glsa_hand")
            .unwrap(),
    ];
    let reply = client.put("g", &json!({})).unwrap();
    assert_eq!(reply.source("name"), "By hand");
    assert_eq!(reply.source("enabled"), false);
    assert_eq!(reply.source("updated_at"), stamps[2]);
    assert_eq!(
        sandbox.secret("g", "grafana_config.api_key").unwrap(),
        "glsa_hand"
    );

    let reply = client.put("g", &json!({"name": "Mine"})).unwrap();
    assert_eq!(reply.source("enabled"), false);
    let body = json!({"grafana_config": {"api_key": "glsa_mine"}});
    let reply = client.put("g", &body).unwrap();
    assert_eq!(reply.source("enabled"), true);
    stamps.push(reply.source("updated_at").as_str().unwrap().to_owned());

    dashboard.delete("g").unwrap();
    assert_eq!(
        client.put("g", &json!({})).unwrap().json()["type"],
        "not_found"
    );
    assert!(dashboard.rename("g", "x").is_err() && dashboard.delete("g").is_err());
    stamps.push(dashboard.reconnect("g").unwrap());
    stamps.push(dashboard.enable("g").unwrap());
    assert_eq!(client.put("g", &json!({})).unwrap().source("name"), "Mine");
    assert!(stamps.is_sorted_by(|a, b| a < b), "{stamps:?}");
    assert!(dashboard.reconnect("never").is_err());

    sandbox.set_version("g", Some("11.0.1")).unwrap();
    let reply = client.put("g", &json!({})).unwrap();
    assert_eq!(reply.source("version"), "11.0.1");
    assert_eq!(reply.source("updated_at"), *stamps.last().unwrap());
}

#[test]
fn the_journal_tells_all() {
    let sandbox = sandbox(Options::default().path_prefix("gateway/incident/"));
    assert!(sandbox.endpoint().ends_with("/gateway/incident"));
    sandbox.add(DataSourceSeed::grafana("a/b ?", "Odd"));
    let mut client = Client::of(&sandbox);
    assert_eq!(client.put("g", &json!({})).unwrap().status, 404);
    let path = "/gateway/incident/v2/telemetry/data_sources/a%2Fb%20%3F?x=1";
    let headers = [
        ("authorization", "bearer sandbox-key"),
        ("content-type", "application/json; charset=utf-8"),
        ("user-agent", "test/2"),
    ];
    let reply = client
        .send("PUT", path, &headers, br#"{"name":"N"}"#)
        .unwrap();
    assert_eq!(reply.source("id"), "a/b ?");
    client.send("PUT", path, &headers, b"nonsense").unwrap();

    assert_eq!(sandbox.count(), 3);
    assert_eq!(
        sandbox.bodies(),
        [json!({}), json!({"name": "N"}), json!(null)]
    );
    let journal = sandbox.take_journal();
    let write = &journal[1];
    assert_eq!(
        (write.number, write.method.as_str(), write.path.as_str()),
        (2, "PUT", path)
    );
    assert_eq!(
        (write.id.as_deref(), write.status),
        (Some("a/b ?"), Some(200))
    );
    assert!(write.applied && write.is_write() && !write.is_read());
    assert_eq!(
        (write.user_agent(), write.bearer()),
        (Some("test/2"), Some("sandbox-key"))
    );
    assert!(!format!("{:?}", write.headers).contains("sandbox-key"));
    assert_eq!(
        (journal[0].status, journal[0].id.as_deref()),
        (Some(404), None)
    );
    assert_eq!((journal[2].status, journal[2].applied), (Some(400), false));
    assert!(journal.is_sorted_by_key(|entry| entry.at));
    assert_eq!(sandbox.count(), 0);
    client.send("PUT", path, &headers, b"{}").unwrap();
    assert_eq!(sandbox.journal()[0].number, 4);
    assert_eq!(sandbox.journal()[0].status, Some(200));
}

#[test]
fn keys_have_scopes_and_can_be_revoked() {
    let sandbox = sandbox(Options::default().key(ApiKey::viewer("viewer")));
    let mut client = Client::of(&sandbox);
    client.key = "viewer".to_owned();
    let reply = client.put("g", &json!({})).unwrap();
    assert_eq!(reply.status, 403);
    assert_eq!(reply.json()["errors"][0]["metadata"]["scope"], UPDATE_SCOPE);
    let older = Options::default().update_scope(Some(OLDER_UPDATE_SCOPE));
    for (options, scope) in [
        (older, json!(OLDER_UPDATE_SCOPE)),
        (Options::default().update_scope(None), json!(null)),
    ] {
        let other = Sandbox::start(options.key(ApiKey::viewer("viewer"))).unwrap();
        let mut client = Client::of(&other);
        client.key = "viewer".to_owned();
        let refusal = client.put("g", &json!({})).unwrap().json();
        assert_eq!(refusal["errors"][0]["metadata"]["scope"], scope);
    }
    sandbox.set_keys(vec![ApiKey::full("viewer")]);
    assert_eq!(client.put("g", &json!({})).unwrap().status, 200);
    sandbox.set_keys(Vec::new());
    assert_eq!(client.put("g", &json!({})).unwrap().status, 401);
}

#[test]
fn the_clock_can_be_off_and_untold() {
    let sandbox = sandbox(Options::default().clock_skew(-86_400 * 365 * 80));
    let mut client = Client::of(&sandbox);
    let reply = client.put("g", &json!({"name": "N"})).unwrap();
    assert!(reply.header("date").unwrap().contains(" 19"), "{reply:?}");
    assert_eq!(reply.source("updated_at"), "2021-08-17T13:28:57.801579Z");
    let untold = Sandbox::start(Options::default().without_date()).unwrap();
    let reply = Client::of(&untold).put("g", &json!({})).unwrap();
    assert_eq!(reply.header("date"), None);
}

#[test]
fn limits_are_per_minute_and_key() {
    let options = Options::default()
        .key(ApiKey::full("other"))
        .requests_per_minute(2);
    let sandbox = sandbox(options);
    let mut client = Client::of(&sandbox);
    let statuses = |client: &mut Client| -> Vec<u16> {
        (0..3)
            .map(|_| client.put("g", &json!({})).unwrap().status)
            .collect()
    };
    assert_eq!(statuses(&mut client), [200, 200, 429]);
    client.key = "other".to_owned();
    assert_eq!(statuses(&mut client), [200, 200, 429]);
    assert_eq!(sandbox.count_of(429), 2);
    sandbox.set_requests_per_minute(None);
    assert_eq!(statuses(&mut client), [200; 3]);
}

#[test]
fn a_429_says_when_to_come_back() {
    let sandbox = sandbox(Options::default().requests_per_minute(30));
    let mut client = Client::of(&sandbox);
    sandbox.spend(30);
    let mut told = |retry_after| {
        sandbox.set_retry_after(retry_after);
        let reply = client.put("g", &json!({})).unwrap();
        assert_eq!(reply.status, 429);
        let body = reply.json()["rate_limit"]["retry_after"].clone();
        let header = reply.header("retry-after").map(str::to_owned);
        (header, body.as_str().map(str::to_owned))
    };
    let (header, body) = told(RetryAfter::Seconds);
    assert_eq!(header.as_deref(), Some("2"));
    let body = body.unwrap();
    assert!(body.len() == 20 && body.ends_with('Z'), "{body}");
    let (header, body) = told(RetryAfter::Date);
    let (header, body) = (header.unwrap(), body.unwrap());
    assert!(header.len() == 29 && header.ends_with(" GMT"), "{header}");
    assert!(body.len() == 29 && body.ends_with(" UTC"), "{body}");
    assert_eq!(told(RetryAfter::Untold), (None, None));
}

#[test]
fn answers_under_a_limit_tell_the_quota() {
    let options = Options::default()
        .key(ApiKey::viewer("viewer"))
        .requests_per_minute(1200)
        .shared_requests_per_minute(60);
    let sandbox = sandbox(options);
    let mut client = Client::of(&sandbox);
    let limits = "60, 1200;window=60, 60;window=60";
    let mut told = |id: &str, key: &str| {
        client.key = key.to_owned();
        let reply = client.put(id, &json!({})).unwrap();
        let header = |name: &str| reply.header(name).map(str::to_owned);
        assert!(header("x-ratelimit-limit").is_none_or(|told| told == limits));
        assert_eq!(
            header("x-ratelimit-reset").is_some(),
            header("x-ratelimit-used").is_some()
        );
        (reply.status, header("x-ratelimit-remaining"))
    };
    let remaining = |status, left: &str| (status, Some(left.to_owned()));
    assert_eq!(told("g", DEFAULT_KEY), remaining(200, "59"));
    assert_eq!(told("no", DEFAULT_KEY), remaining(404, "58"));
    assert_eq!(told("g", "viewer"), remaining(403, "57"));
    // Nobody's bucket: nothing to tell.
    assert_eq!(told("g", "stranger"), (401, None));
    sandbox.spend(60);
    assert_eq!(told("g", DEFAULT_KEY), remaining(429, "0"));
    sandbox.set_quota_headers(false);
    assert_eq!(told("g", DEFAULT_KEY), (429, None));
    sandbox.set_shared_requests_per_minute(None);
    assert_eq!(told("g", DEFAULT_KEY), (200, None));
}

#[test]
fn another_client_keeps_the_bucket_empty() {
    let options = Options::default()
        .shared_requests_per_minute(6000)
        .other_client(6000);
    let sandbox = sandbox(options);
    let mut client = Client::of(&sandbox);
    assert_eq!(client.put("g", &json!({})).unwrap().status, 200);
    sandbox.spend(6000);
    std::thread::sleep(Duration::from_millis(50));
    let reply = client.put("g", &json!({})).unwrap();
    assert_eq!(
        (reply.status, reply.header("retry-after")),
        (429, Some("1"))
    );
    sandbox.set_other_client(0);
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(client.put("g", &json!({})).unwrap().status, 200);
}

#[test]
fn serves_ipv6_where_there_is_one() {
    let sandbox = match Sandbox::start(Options::default().ipv6()) {
        Ok(sandbox) => sandbox,
        Err(error) => {
            // Only a machine without IPv6 is excused.
            assert_ne!(error.kind(), std::io::ErrorKind::AddrInUse, "{error}");
            assert!(std::net::TcpListener::bind("[::1]:0").is_err(), "{error}");
            return;
        }
    };
    assert!(sandbox.endpoint().starts_with("http://[::1]:"));
    assert_eq!(
        Client::of(&sandbox).put("g", &json!({})).unwrap().status,
        404
    );
}

#[test]
fn stops_when_dropped() {
    let sandbox = sandbox(Options::default());
    let address = sandbox.address();
    let mut client = Client::of(&sandbox);
    client.put("g", &json!({})).unwrap();
    drop(sandbox);
    assert!(client.put("g", &json!({})).is_err());
    assert!(Client::connect(address).is_err());
    Sandbox::start(Options::default().port(address.port())).unwrap();
}

#[test]
fn waits_for_requests() {
    let sandbox = sandbox(Options::default().latency(Duration::from_millis(30)));
    assert!(!sandbox.wait_until(Duration::from_millis(10), |journal| !journal.is_empty()));
    let mut client = Client::of(&sandbox);
    let sender = std::thread::spawn(move || client.put("g", &json!({"name": "N"})));
    assert!(sandbox.wait_until(Duration::from_secs(5), |journal| journal.len() == 1));
    assert_eq!(sandbox.journal()[0].status, None);
    let answered = |journal: &[incident_sandbox::Entry]| journal[0].status.is_some();
    assert!(sandbox.wait_until(Duration::from_secs(5), answered));
    assert_eq!(sender.join().unwrap().unwrap().status, 200);
}
