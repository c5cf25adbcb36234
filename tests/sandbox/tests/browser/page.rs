//! What somebody does who has the page in front of them.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::ExitCode;

use incident_sandbox::{DEFAULT_KEY, DataSourceSeed, Options, Page, Sandbox};
use libtest_mimic::{Arguments, Completion, Trial};
use serde_json::json;

use crate::chromium::{Tab, find};

type Test = fn(&mut Scene);

/// Every test, by its name.
const TESTS: [(&str, Test); 4] = [
    (
        "every_button_does_what_it_says",
        every_button_does_what_it_says,
    ),
    (
        "requests_appear_by_themselves_and_without_keys",
        requests_appear,
    ),
    ("what_is_being_typed_stays", what_is_being_typed_stays),
    (
        "a_page_of_another_origin_presses_nothing",
        another_origin_presses_nothing,
    ),
];

pub(crate) fn run() -> ExitCode {
    let browser = find();
    let lacking = browser.is_none();
    let trials = TESTS.map(|(name, test)| {
        let browser = browser.clone();
        Trial::ignorable_test(name, move || {
            let Some(browser) = browser else {
                return Ok(Completion::ignored_with("needs Chromium"));
            };
            test(&mut Scene::new(&browser));
            Ok(Completion::Completed)
        })
    });
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials.into());
    if lacking && conclusion.num_ignored > 0 {
        eprintln!(
            "!!! {} tests NOT RUN: there is no Chromium on the PATH, and CHROMIUM names none.\n",
            conclusion.num_ignored
        );
    }
    conclusion.exit_code()
}

/// A stand-in, its page, and a tab that shows it.
struct Scene {
    sandbox: Sandbox,
    page: Page,
    tab: Tab,
}

impl Scene {
    fn new(browser: &PathBuf) -> Self {
        let sandbox = Sandbox::start(Options::default()).unwrap();
        sandbox.add(DataSourceSeed::grafana("g/1", "Theirs & <b>ours</b>"));
        sandbox.add(DataSourceSeed::datadog("d", "Datadog"));
        let page = sandbox.page(0).unwrap();
        let mut tab = Tab::open(browser);
        tab.go(&page.url());
        tab.until("document.body.dataset.shown === 'yes'");
        Self { sandbox, page, tab }
    }

    /// Types into a field of a data source's card.
    fn types(&mut self, id: &str, field: &str, text: &str) {
        let (card, text) = (card(id), json!(text));
        self.tab.value(&format!(
            "{card}.querySelector('[name={field}]').value = {text}"
        ));
    }

    /// Presses what is in its card; it has to be there to be pressed.
    fn presses(&mut self, id: &str, button: &str) {
        let card = card(id);
        let button = format!("{card}.querySelector('{button}')");
        assert_eq!(
            self.tab.value(&format!("{button}.checkVisibility()")),
            true,
            "{button}"
        );
        self.tab.value(&format!("{button}.click()"));
    }

    /// Waits until its card shows this.
    fn shows(&mut self, id: &str, fact: &str, text: &str) {
        let (card, text) = (card(id), json!(text));
        let place = format!("{card}.querySelector('[data-fact={fact}]')");
        self.tab.until(&format!("{place}.textContent === {text}"));
    }

    /// Sends the API an update, as the provider does.
    fn put(&self, id: &str, body: &str) {
        let mut stream = TcpStream::connect(self.sandbox.address()).unwrap();
        let length = body.len();
        let request = format!(
            "PUT /v2/telemetry/data_sources/{id} HTTP/1.1\r\nhost: sandbox\r\nconnection: close\r\n\
             authorization: Bearer {DEFAULT_KEY}\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

fn card(id: &str) -> String {
    format!("document.querySelector('article[data-id={}]')", json!(id))
}

fn every_button_does_what_it_says(scene: &mut Scene) {
    let id = "g/1";
    scene.shows(id, "name", "Theirs & <b>ours</b>");
    scene.types(id, "name", "By hand");
    scene.presses(id, "[data-action=rename] button");
    scene.shows(id, "name", "By hand");
    assert_eq!(scene.sandbox.data_source(id).unwrap().name, "By hand");

    scene.presses(id, "[data-action=disable]");
    scene.shows(id, "state", "switched off");
    assert!(!scene.sandbox.data_source(id).unwrap().enabled);
    scene.presses(id, "[data-action=enable]");
    scene.shows(id, "state", "on");
    assert!(scene.sandbox.data_source(id).unwrap().enabled);

    scene.types("d", "field", "app_key");
    scene.types("d", "value", "typed-key");
    let shown = format!("{}.innerText", card("d"));
    let before = scene.tab.value(&shown);
    scene.presses("d", "[data-action=rotate] button");
    scene.tab.until(&format!("{shown} !== {before}"));
    let secret = scene.sandbox.secret("d", "datadog_config.app_key");
    assert_eq!(secret.as_deref(), Some("typed-key"));
    let page = scene.tab.value("document.documentElement.outerHTML");
    assert!(!page.to_string().contains("typed-key"));

    scene.presses("d", "[data-action=disconnect]");
    scene.shows("d", "state", "disconnected");
    assert!(scene.sandbox.data_source("d").is_none());
    scene.presses("d", "[data-action=connect]");
    scene.shows("d", "state", "on");
    assert!(scene.sandbox.data_source("d").is_some());
    assert_eq!(
        scene
            .tab
            .value("document.getElementById('message').textContent"),
        ""
    );
}

fn requests_appear(scene: &mut Scene) {
    let none = "document.getElementById('none').checkVisibility()";
    assert_eq!(scene.tab.value(none), true);
    scene.put(
        "d",
        r#"{"name": "<i>New</i>", "datadog_config": {"api_key": "key-of-a-test"}}"#,
    );
    let rows = "document.getElementById('requests').innerText";
    scene.tab.until(&format!(
        "{rows}.includes('PUT /v2/telemetry/data_sources/d')"
    ));
    scene.tab.until(&format!("{rows}.includes('200')"));
    let shown = scene.tab.value(rows);
    let shown = shown.as_str().unwrap();
    for part in ["Terraform", "<i>New</i>", "sha256:", "changed something"] {
        assert!(shown.contains(part), "{shown}");
    }
    assert!(!shown.contains("key-of-a-test"), "{shown}");
    assert_eq!(scene.tab.value(none), false);
    scene.shows("d", "name", "<i>New</i>");
}

fn what_is_being_typed_stays(scene: &mut Scene) {
    scene.types("d", "name", "Half a na");
    let dashboard = scene.sandbox.dashboard();
    dashboard.rename("d", "Meanwhile").unwrap();
    scene.shows("d", "name", "Meanwhile");
    let typed = format!("{}.querySelector('[name=name]').value", card("d"));
    assert_eq!(scene.tab.value(&typed), "Half a na");
}

fn another_origin_presses_nothing(scene: &mut Scene) {
    let page = scene.page.url();
    let target = format!("{page}/data-sources/d/rename");
    let named = |name: &str| {
        let body = format!("body: new URLSearchParams({{name: '{name}'}})");
        format!("fetch('{target}', {{method: 'POST', mode: 'no-cors', {body}}})")
    };
    let outcome = ".then(answer => answer.type, () => 'refused')";
    // A page on another port of this machine, which has no policy of its own that would stop it.
    let elsewhere = scene.sandbox.endpoint();
    scene.tab.go(&elsewhere);
    let sent = scene.tab.value(&(named("Evil") + outcome));
    assert!(sent == "opaque" || sent == "refused", "{sent}");
    let read = format!("fetch('{page}/data-sources'){outcome}");
    assert_eq!(scene.tab.value(&read), "refused");

    // A form needs no leave at all.
    let form = format!(
        "document.body.innerHTML =
            '<form method=post action=\"{target}\"><input name=name value=Evil></form>';
         document.forms[0].submit()"
    );
    scene.tab.value(&form);
    scene
        .tab
        .until("document.body.innerText.includes('not by another page')");
    assert_eq!(scene.sandbox.data_source("d").unwrap().name, "Datadog");

    // The page itself may.
    scene.tab.go(&page);
    assert_eq!(scene.tab.value(&(named("Ours") + outcome)), "basic");
    assert_eq!(scene.sandbox.data_source("d").unwrap().name, "Ours");
}
