//! `updated_at`: how it is spelled, who moves it, and who is late to see it. Names, too.

use std::time::Duration;

use incident_sandbox::{
    DataSourceSeed, EmptyPut, Fault, NameForm, Options, Sandbox, Spelling, Touch, When,
};
use serde_json::{Value, json};

use crate::{api::sandbox, client::Client};

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// `updated_at` in the answers to a write and to the read after it.
fn written_and_read(sandbox: &Sandbox) -> (String, String) {
    let mut client = Client::of(sandbox);
    let mut updated_at = |body| text(&client.put("g", &body).unwrap().source("updated_at"));
    (updated_at(json!({"name": "N"})), updated_at(json!({})))
}

#[test]
fn a_read_spells_the_time_of_a_write_otherwise() {
    let sandbox = sandbox(Options::default());
    let (written, read) = written_and_read(&sandbox);
    assert_eq!(written, read);
    assert_eq!(read, sandbox.data_source("g").unwrap().updated_at());

    let micros = Spelling::default();
    sandbox.set_times(micros, Spelling::nanoseconds());
    let (written, read) = written_and_read(&sandbox);
    assert_eq!((written.len(), read.len()), (30, 27));
    assert_eq!(written[..26], read[..26]);

    sandbox.set_times(micros.rounded(), micros);
    let (written, read) = written_and_read(&sandbox);
    assert!(read > written && read.len() == written.len(), "{read}");

    sandbox.set_times(micros.offset(120), micros.offset(0));
    let (written, read) = written_and_read(&sandbox);
    assert!(written.ends_with("+00:00"), "{written}");
    assert!(read.ends_with("+02:00"), "{read}");
    let source = sandbox.data_source("g").unwrap();
    assert_eq!(read, source.updated_at_as(micros.offset(120)));
}

#[test]
fn what_stamps_is_spelled_as_a_write() {
    let options = Options::default()
        .empty_put(EmptyPut::Stamps)
        .times(Spelling::default(), Spelling::nanoseconds());
    let (written, read) = written_and_read(&sandbox(options));
    assert_eq!((written.len(), read.len()), (30, 30));
}

#[test]
fn a_stale_read_is_a_row_behind_once() {
    let sandbox = sandbox(Options::default());
    let mut client = Client::of(&sandbox);
    let mut put = |body| client.put("g", &body).unwrap().json();
    let seeded = put(json!({}));
    sandbox.fault(Fault::Stale, When::next().reads());
    assert_eq!(put(json!({})), seeded);
    let first = put(json!({"name": "One"}));
    let second = put(json!({"name": "Two"}));
    sandbox.fault(Fault::Stale, When::next().reads());
    assert_eq!(put(json!({})), first);
    assert_eq!(sandbox.earlier("g").unwrap().name, "One");
    assert_eq!(put(json!({})), second);
    sandbox.fault(Fault::Stale, When::next().writes());
    assert_eq!(put(json!({"name": "Three"})), second);
    assert_eq!(put(json!({}))["data_source"]["name"], "Three");
}

#[test]
fn a_job_touches_what_was_written() {
    let sandbox = sandbox(Options::default().touch(Touch::AsIfAfter(Duration::from_secs(5))));
    let (written, read) = written_and_read(&sandbox);
    let seconds = |time: &str| time.parse::<jiff::Timestamp>().unwrap().as_second();
    assert_eq!(seconds(&read) - seconds(&written), 5);
    let mut client = Client::of(&sandbox);
    let mut updated_at = || text(&client.put("g", &json!({})).unwrap().source("updated_at"));
    assert_eq!(updated_at(), read);
    // Neither a read nor a hand on the dashboard is a write.
    let stamp = sandbox.dashboard().rename("g", "By hand").unwrap();
    assert!(stamp > read);
    assert_eq!(updated_at(), stamp);

    let moment = Duration::from_millis(50);
    sandbox.set_touch(Touch::After(moment));
    let (written, _) = written_and_read(&sandbox);
    std::thread::sleep(moment);
    let touched = updated_at();
    assert!(touched > written);
    sandbox.set_touch(Touch::Never);
    let (written, read) = written_and_read(&sandbox);
    assert_eq!(written, read);
    let held = sandbox.data_source("g").unwrap();
    assert_eq!((held.name.as_str(), held.updated_at()), ("N", read));
}

#[test]
fn an_empty_update_stamps_now_and_then() {
    let sandbox = sandbox(Options::default());
    let mut client = Client::of(&sandbox);
    let later = When::nth(2).reads();
    sandbox.fault(Fault::EmptyPut(EmptyPut::Stamps), later);
    let mut updated_at = || text(&client.put("g", &json!({})).unwrap().source("updated_at"));
    let [first, second, third] = [updated_at(), updated_at(), updated_at()];
    assert!(first < second && second == third);
    let later = When::nth(2).reads().times(u64::MAX);
    sandbox.fault(Fault::EmptyPut(EmptyPut::Refuses), later);
    updated_at();
    assert_eq!(client.put("g", &json!({})).unwrap().status, 422);
    assert_eq!(client.put("g", &json!({"name": "N"})).unwrap().status, 200);
}

#[test]
fn hands_on_the_dashboard_stamp_what_they_do() {
    let sandbox = sandbox(Options::default());
    let mut client = Client::of(&sandbox);
    let dashboard = sandbox.dashboard();
    let touched = dashboard.touch("g").unwrap();
    let mut put = || client.put("g", &json!({})).unwrap();
    assert_eq!(put().source("updated_at"), touched);
    assert_eq!(put().source("name"), "G");
    dashboard.delete("g").unwrap();
    assert!(dashboard.touch("g").is_err());
    assert_eq!(put().status, 404);

    let seed = DataSourceSeed::grafana("g", "Anew").config("grafana_config.api_key", "glsa_anew");
    let connected = dashboard.connect(seed);
    let reply = put();
    assert!(connected > touched);
    assert_eq!(reply.source("name"), "Anew");
    assert_eq!(reply.source("updated_at"), connected);
    assert_eq!(reply.source("created_at"), connected);
    let key = sandbox.secret("g", "grafana_config.api_key").unwrap();
    assert_eq!(key, "glsa_anew");
    // What was there before is no row to be behind with.
    sandbox.fault(Fault::Stale, When::next());
    assert_eq!(put().source("name"), "Anew");
}

#[test]
fn names_come_back_in_another_normal_form() {
    let sandbox = sandbox(Options::default().names(NameForm::Decomposed));
    let mut client = Client::of(&sandbox);
    let mut name = |body| text(&client.put("g", &body).unwrap().source("name"));
    assert_eq!(name(json!({"name": "Café"})), "Cafe\u{301}");
    assert_eq!(name(json!({})), "Cafe\u{301}");
    assert_eq!(sandbox.data_source("g").unwrap().name, "Café");
    sandbox.set_names(NameForm::AsSent);
    assert_eq!(name(json!({"name": "Cafe\u{301}"})), "Cafe\u{301}");
    sandbox.set_names(NameForm::Composed);
    assert_eq!(name(json!({})), "Café");
}
