//! Write-only keys towards hosts that the installed CLI is not: older than 1.11, and 1.16 or later
//! (`crates/terraform-plugin/docs/core-rules.md`, sections 4.2 and 8.3).

use incident_sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use test_support::host::{Host, Planned, RESOURCE, State, Told, UNKNOWN, dynamic};
use test_support::proto::tfplugin6::{
    ClientCapabilities, RawState, upgrade_resource_state, validate_resource_config,
};

use crate::world::{ID, block, sandbox, start};

fn config(name: &str, key: &str) -> Value {
    json!({
        "data_source_id": ID,
        "name": name,
        "grafana_config": {"api_key_wo": key},
    })
}

/// Nothing was said but that the adoption renames (and, as a run is planned twice in one process,
/// that two resources do), and no write-only attribute is there.
fn is_clean(told: &Told, value: &Value) {
    let expected = [
        "Adoption Renames the Data Source",
        "Data Source Managed Twice",
    ];
    let is_expected = |summary: &str| expected.contains(&summary);
    let clean = told.0.iter().all(|told| is_expected(&told.summary));
    assert!(clean, "{}", told.text());
    assert_eq!(value["grafana_config"]["api_key_wo"], Value::Null);
}

async fn plan(host: &Host, config: &Value, prior: Option<&State>) -> Planned {
    let planned = host.plan(config, prior).await.unwrap();
    is_clean(&planned.told, &planned.planned);
    planned
}

async fn plan_again(host: &Host, config: &Value, first: &Planned) -> Planned {
    let planned = host.plan_again(config, first).await.unwrap();
    is_clean(&planned.told, &planned.planned);
    planned
}

/// Applies and refreshes.
async fn apply(host: &Host, planned: &Planned) -> State {
    let (state, told) = host.apply(planned).await.unwrap();
    let state = state.unwrap();
    is_clean(&told, &state.value);
    let (state, told) = host.refresh(&state).await.unwrap();
    let state = state.unwrap();
    is_clean(&told, &state.value);
    state
}

async fn adopted(host: &Host, sandbox: &Sandbox) -> State {
    let told = host.configure(block(&sandbox.endpoint())).await;
    assert!(told.is_silent(), "{}", told.text());
    let planned = plan(host, &config("Before", "glsa_first"), None).await;
    apply(host, &planned).await
}

fn rotates(planned: &Planned) -> bool {
    planned.planned["credentials_updated_at"] == UNKNOWN
}

/// OpenTofu's mocks store them, in the states of `tofu test`.
#[tokio::test]
async fn what_a_state_holds_of_them_is_taken_out() {
    let (client, host) = start().await;
    let stored = host.complete(config("n", "glsa_of_a_mock"));
    let request = upgrade_resource_state::Request {
        type_name: RESOURCE.to_owned(),
        version: 0,
        raw_state: Some(RawState {
            json: stored.to_string().into_bytes(),
            ..RawState::default()
        }),
    };
    let answer = host.provider.clone().upgrade_resource_state(request).await;
    let answer = answer.unwrap().into_inner();
    assert!(answer.diagnostics.is_empty(), "{:?}", answer.diagnostics);
    let upgraded = answer.upgraded_state.unwrap();
    assert_eq!(
        upgraded,
        dynamic(&host.complete(json!({
            "data_source_id": ID,
            "name": "n",
            "grafana_config": {"api_key_wo": null},
        })))
    );
    client.shutdown().await;
}

#[tokio::test]
async fn a_host_that_would_store_them_is_told_what_it_takes() {
    let (client, host) = start().await;
    for (config, expected) in [
        (config("n", "glsa_x"), 1),
        (
            json!({"data_source_id": ID, "grafana_config": {"api_key": "glsa_x"}}),
            0,
        ),
        (
            json!({"data_source_id": ID, "datadog_config": {"api_key_wo": "x1x1", "app_key_wo": "x2x2"}}),
            2,
        ),
    ] {
        let ask = async |capabilities| {
            let request = validate_resource_config::Request {
                type_name: RESOURCE.to_owned(),
                config: Some(dynamic(&host.complete(config.clone()))),
                client_capabilities: capabilities,
            };
            let mut provider = host.provider.clone();
            let answer = provider.validate_resource_config(request).await;
            answer.unwrap().into_inner().diagnostics
        };
        let capable = ClientCapabilities {
            write_only_attributes_allowed: true,
            ..ClientCapabilities::default()
        };
        assert_eq!(ask(Some(capable)).await, []);
        for capabilities in [None, Some(ClientCapabilities::default())] {
            let diagnostics = ask(capabilities).await;
            assert_eq!(diagnostics.len(), expected, "{diagnostics:?}");
            for diagnostic in diagnostics {
                assert_eq!(diagnostic.summary, "Write-only Attribute Not Allowed");
                assert!(
                    diagnostic
                        .detail
                        .contains("Terraform 1.11 or OpenTofu 1.11")
                );
                // Terraform would print the line that belongs to its path, key and all.
                assert!(diagnostic.attribute.is_none());
                assert!(diagnostic.detail.contains("_key_wo is write-only"));
            }
        }
    }
    client.shutdown().await;
}

/// A saved plan of a rename, applied with another value of the key.
#[tokio::test]
async fn a_decision_that_is_handed_over_stands() {
    let sandbox = sandbox(Options::default());
    let (client, host) = start().await;
    let host = host.storing_planned_private();
    let state = adopted(&host, &sandbox).await;
    let first = plan(&host, &config("After", "glsa_first"), Some(&state)).await;
    assert!(!rotates(&first));

    let at_apply = config("After", "glsa_second");
    let second = plan_again(&host, &at_apply, &first).await;
    assert_eq!(second.planned, first.planned, "the plans are consistent");
    sandbox.take_journal();
    let state = apply(&host, &second).await;
    assert_eq!(sandbox.bodies(), [json!({"name": "After"}), json!({})]);

    // The rotation is not lost: the next plan shows it.
    let next = plan(&host, &at_apply, Some(&state)).await;
    assert!(rotates(&next));
    sandbox.take_journal();
    let state = apply(&host, &next).await;
    let rotation = json!({"grafana_config": {"api_key": "glsa_second"}});
    assert_eq!(sandbox.bodies(), [rotation.clone(), json!({})]);

    // And a rotation that was decided on stands as well, whatever the value.
    let third = plan(&host, &config("After", "glsa_third"), Some(&state)).await;
    assert!(rotates(&third));
    let again = plan_again(&host, &at_apply, &third).await;
    assert_eq!(again.planned, third.planned);
    sandbox.take_journal();
    apply(&host, &again).await;
    assert_eq!(sandbox.bodies(), [rotation, json!({})]);
    client.shutdown().await;
}

/// Such a host ends the apply there.
#[tokio::test]
async fn a_host_that_hands_nothing_over_gets_another_plan() {
    let sandbox = sandbox(Options::default());
    let (client, host) = start().await;
    let state = adopted(&host, &sandbox).await;
    let first = plan(&host, &config("After", "glsa_first"), Some(&state)).await;
    assert!(!rotates(&first));
    let second = plan_again(&host, &config("After", "glsa_second"), &first).await;
    assert!(rotates(&second));
    client.shutdown().await;
}
