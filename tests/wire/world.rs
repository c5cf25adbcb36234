//! One data source of Grafana, and what a user writes about it.

use std::time::Duration;

use incident_sandbox::{DEFAULT_KEY, DataSourceSeed, Options, Sandbox};
use serde_json::{Value, json};

use test_support::host::{Host, State};
use test_support::plugin_client::{Launch, PluginClient};

pub(crate) const ID: &str = "01G0J1EXE7AXZ2C93K61WBPYEH";

/// The credential, as the API names it.
pub(crate) const FIELD: &str = "grafana_config.api_key";

/// What it is before Terraform comes.
pub(crate) const SEEDED: &str = "glsa_seeded";
pub(crate) const ONE: &str = "glsa_one_of_two";
pub(crate) const TWO: &str = "glsa_two_of_two";

/// Longer than anything takes; only there to end a test that hangs.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) fn sandbox(options: Options) -> Sandbox {
    let sandbox = Sandbox::start(options).unwrap();
    sandbox.add(DataSourceSeed::grafana(ID, "Grafana"));
    sandbox
}

/// A provider block with nothing but the API in it.
pub(crate) fn block(endpoint: &str) -> Value {
    json!({"endpoint": endpoint, "api_key": DEFAULT_KEY})
}

/// The resource, with this credential.
pub(crate) fn config(key: &str) -> Value {
    json!({"data_source_id": ID, "grafana_config": {"api_key": key}})
}

/// Which credential a state has.
pub(crate) fn key(state: Option<&State>) -> Option<&str> {
    state?.value["grafana_config"]["api_key"].as_str()
}

/// A provider process, ready to be configured.
pub(crate) async fn start() -> (PluginClient, Host) {
    let client = Launch::new().start().await;
    let host = Host::new(&client).await;
    (client, host)
}

/// Waits for something to become true.
pub(crate) async fn until(holds: impl Fn() -> bool) {
    let wait = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, wait).await;
    waited.expect("it does not come to that");
}

/// Three plans in a row that have nothing to say and nothing to do, and state and API agree.
pub(crate) async fn settled(host: &Host, sandbox: &Sandbox, wanted: &str, state: Option<State>) {
    settled_by(host, sandbox, &block(&sandbox.endpoint()), wanted, state).await;
}

/// The same, with another provider block.
pub(crate) async fn settled_by(
    host: &Host,
    sandbox: &Sandbox,
    block: &Value,
    wanted: &str,
    mut state: Option<State>,
) {
    assert_eq!(sandbox.secret(ID, FIELD).as_deref(), Some(wanted));
    assert_eq!(key(state.as_ref()), Some(wanted));
    for _ in 0..3 {
        host.configure(block.clone()).await;
        let (refreshed, told) = host.refresh(state.as_ref().unwrap()).await.unwrap();
        assert!(told.is_silent(), "{}", told.text());
        let plan = host
            .plan(&config(wanted), refreshed.as_ref())
            .await
            .unwrap();
        assert!(!plan.changes() && plan.told.is_silent(), "{plan:?}");
        state = refreshed;
    }
}
