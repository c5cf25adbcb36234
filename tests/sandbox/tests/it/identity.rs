//! Whose a key is, and what it finds.

use incident_sandbox::{
    Answer, ApiKey, DEFAULT_KEY, DataSourceSeed, Entry, Fault, Options, Sandbox, When, Write,
};
use serde_json::json;

use crate::client::Client;

fn sandbox() -> Sandbox {
    let other = ApiKey::full("other").organisation("other-org").name("CI");
    let team = ApiKey::viewer("team").roles(&[]).team(
        "01TEAM",
        "Platform",
        &["telemetry_data_source_update"],
    );
    let sandbox = Sandbox::start(Options::default().key(other).key(team)).unwrap();
    sandbox.add(DataSourceSeed::grafana("g", "G"));
    sandbox.add(DataSourceSeed::grafana("o", "O").organisation("other-org"));
    sandbox
}

#[test]
fn a_key_is_told_whose_it_is() {
    let sandbox = sandbox();
    let mut client = Client::of(&sandbox);
    let mut identity = |key: &str| {
        client.key = key.to_owned();
        client.identity().unwrap().json()["identity"].clone()
    };
    let expected = json!({
        "name": "Terraform",
        "dashboard_url": "https://app.incident.io/my-org",
        "roles": ["telemetry_data_source_update"],
        "team_roles": [],
        "teams": [],
    });
    assert_eq!(identity(DEFAULT_KEY), expected);
    let other = identity("other");
    assert_eq!(other["name"], "CI");
    assert_eq!(other["dashboard_url"], "https://app.incident.io/other-org");
    let team = identity("team");
    assert_eq!(team["roles"], json!([]));
    assert_eq!(team["team_roles"], json!(["telemetry_data_source_update"]));
    assert_eq!(team["teams"], json!([{"id": "01TEAM", "name": "Platform"}]));
    assert_eq!(identity("stranger"), json!(null));
    assert_eq!((sandbox.identities(), sandbox.count_of(401)), (4, 1));
}

#[test]
fn sources_of_another_organisation_are_not_found() {
    let sandbox = sandbox();
    let mut client = Client::of(&sandbox);
    let mut statuses = |key: &str| {
        client.key = key.to_owned();
        ["g", "o", "no"].map(|id| client.put(id, &json!({})).unwrap())
    };
    let [mine, theirs, nobodys] = statuses(DEFAULT_KEY);
    assert_eq!([mine.status, theirs.status], [200, 404]);
    // Nothing tells what is theirs from what is not there.
    assert_eq!(theirs.json()["errors"], nobodys.json()["errors"]);
    assert_eq!(theirs.json()["type"], "not_found");
    assert_eq!(statuses("other").map(|reply| reply.status), [404, 200, 404]);
}

#[test]
fn asking_is_a_kind_of_its_own() {
    let sandbox = sandbox();
    let mut client = Client::of(&sandbox);
    assert_eq!(client.put("g", &json!({})).unwrap().status, 200);
    assert_eq!(client.identity().unwrap().status, 200);
    let key = ("authorization", "Bearer sandbox-key");
    let reply = client.send("POST", "/v1/identity", &[key], b"").unwrap();
    assert_eq!((reply.status, reply.header("allow")), (405, Some("GET")));
    let kinds: Vec<[bool; 3]> = sandbox
        .journal()
        .iter()
        .map(|entry| [entry.is_read(), entry.is_write(), entry.is_identity()])
        .collect();
    assert_eq!(
        kinds,
        [
            [true, false, false],
            [false, false, true],
            [false, false, false]
        ]
    );
    assert_eq!((sandbox.identities(), sandbox.count()), (1, 3));

    let prefixed = Sandbox::start(Options::default().path_prefix("gw")).unwrap();
    let mut client = Client::of(&prefixed);
    assert_eq!(client.identity().unwrap().status, 404);
    let reply = client.send("GET", "/gw/v1/identity", &[key], b"").unwrap();
    assert_eq!((reply.status, prefixed.identities()), (200, 1));
}

#[test]
fn asking_fails_on_demand_and_disturbs_no_count() {
    let sandbox = sandbox();
    let mut client = Client::of(&sandbox);
    let say = |status: u16| Fault::Answer(Write::Lost, Answer::status(status));
    sandbox.fault(say(501), When::nth(2));
    sandbox.fault(say(502), When::next().identities());
    assert_eq!(client.put("g", &json!({})).unwrap().status, 200);
    assert_eq!(client.identity().unwrap().status, 502);
    assert_eq!(client.identity().unwrap().status, 200);
    assert_eq!(client.put("g", &json!({})).unwrap().status, 501);
    assert_eq!(sandbox.pending_faults(), 0);
    sandbox.fault(say(503), When::always());
    assert_eq!(client.identity().unwrap().status, 503);
    assert_eq!(client.put("g", &json!({})).unwrap().status, 503);
    sandbox.clear_faults();
    let spared = |entry: &Entry| !entry.is_identity();
    sandbox.fault(say(504), When::always().matching(spared));
    assert_eq!(client.identity().unwrap().status, 200);
}
