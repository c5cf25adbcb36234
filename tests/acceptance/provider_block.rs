//! The provider block, the environment, and which of them wins.

use incident_sandbox::{ApiKey, DEFAULT_KEY, Gate, Options};
use serde_json::{Value, json};

use crate::setup::{
    ADDRESS, DATADOG, GRAFANA, adopted, grafana, resource, sent, start, start_with, with_token,
    written,
};

const NOTHING: [Value; 0] = [];

fn provider(lines: &str) -> String {
    format!("provider \"incident\" {{\n{lines}\n}}\n")
}

#[test]
fn key_of_the_configuration_wins() {
    let Some((sandbox, mut terraform)) = start() else {
        return;
    };
    terraform.env("INCIDENT_API_KEY", "sk-wrong-one");
    terraform.variable("incident_key", DEFAULT_KEY);
    let variable = "variable \"incident_key\" {\n  sensitive = true\n}\n";
    let block = provider("  api_key = var.incident_key");
    terraform.configure(&[variable, &block, &grafana("")].concat());
    terraform.apply().is_silent();
    let agent = sandbox.journal()[0]
        .user_agent()
        .unwrap_or_default()
        .to_owned();
    assert!(
        agent.starts_with("terraform-provider-incident/0.1.0 (+https://"),
        "{agent}"
    );
    assert!(agent.contains(" Terraform/1."), "{agent}");

    terraform.configure(&grafana(""));
    terraform
        .fails(&["plan"])
        .says("Error: API Key Not Accepted")
        .does_not_say("sk-wrong-one");
    terraform.env("INCIDENT_API_KEY", DEFAULT_KEY);
    terraform.env("TF_APPEND_USER_AGENT", "pipeline/7");
    sandbox.take_journal();
    terraform.plan_is_empty();
    let journal = sandbox.journal();
    assert!(
        journal[0]
            .user_agent()
            .unwrap_or_default()
            .ends_with(" pipeline/7"),
        "{journal:?}"
    );
}

#[test]
fn endpoint_keeps_its_path_and_the_configuration_wins() {
    let options = Options::default().path_prefix("/gateway/incident");
    let Some((sandbox, mut terraform)) = start_with(options) else {
        return;
    };
    // From the environment, with a slash at its end.
    terraform.env("INCIDENT_ENDPOINT", &format!("{}/", sandbox.endpoint()));
    adopted(&sandbox, &terraform, &grafana("")).is_silent();
    terraform.env("INCIDENT_ENDPOINT", "http://127.0.0.1:1");
    let block = provider(&format!("  endpoint = \"{}\"", sandbox.endpoint()));
    terraform.configure(&[&block, &grafana("")].map(String::as_str).concat());
    terraform.plan_is_empty();
    assert_eq!(
        sandbox.journal()[0].path,
        format!("/gateway/incident/v2/telemetry/data_sources/{GRAFANA}")
    );

    terraform.env("INCIDENT_ENDPOINT", "http://api.incident.io");
    terraform.configure(&grafana(""));
    terraform
        .fails(&["plan"])
        .says_times(1, "Error: Invalid Endpoint")
        .says("The environment variable INCIDENT_ENDPOINT")
        .says("plain http is for loopback addresses only");
    terraform.configure(
        &[
            &provider("  endpoint = \"http://api.incident.io\""),
            &*grafana(""),
        ]
        .concat(),
    );
    terraform
        .fails(&["validate"])
        .says_times(1, "Error: Invalid Endpoint")
        .says("endpoint = \"http://api.incident.io\"");
}

#[test]
fn without_drift_detection_a_plan_asks_nothing() {
    let Some((sandbox, mut terraform)) = start() else {
        return;
    };
    let managed = with_token("  name = \"Ours\"");
    adopted(&sandbox, &terraform, &managed);
    sandbox
        .dashboard()
        .rename(GRAFANA, "Theirs")
        .expect("renamed");
    let switched = |value: &str| {
        let block = provider(&format!("  drift_detection = {value}"));
        [block.as_str(), &managed].concat()
    };
    terraform.configure(&switched("false"));
    sandbox.gate(Gate::Closed);
    terraform.plan_is_empty().is_silent();
    sandbox.gate(Gate::Open);
    assert_eq!(sandbox.count(), 0);

    // The environment alone, and the configuration before it.
    terraform.env("INCIDENT_DRIFT_DETECTION", "false");
    terraform.configure(&managed);
    terraform.plan_is_empty();
    assert_eq!(sandbox.count(), 0);
    terraform.configure(&switched("true"));
    terraform
        .plan_with_changes()
        .says("~ name = \"Theirs\" -> \"Ours\"");
    assert_eq!(sent(&sandbox), [json!({})]);
    terraform.env("INCIDENT_DRIFT_DETECTION", "perhaps");
    terraform.configure(&managed);
    terraform
        .fails(&["plan"])
        .says("INCIDENT_DRIFT_DETECTION has to be true or false");
}

#[test]
fn adoption_without_drift_detection_writes_only() {
    let Some((sandbox, mut terraform)) = start() else {
        return;
    };
    terraform.env("INCIDENT_DRIFT_DETECTION", "false");
    terraform.configure(&with_token(""));
    terraform.apply().is_silent();
    assert_eq!(
        sent(&sandbox),
        [json!({"grafana_config": {"api_key": "glsa_one"}})]
    );
    terraform.plan_is_empty();
    assert_eq!(sandbox.count(), 0);
}

#[test]
fn missing_key_matters_once_a_request_is_needed() {
    let Some((sandbox, mut terraform)) = start() else {
        return;
    };
    adopted(&sandbox, &terraform, &grafana("  name = \"Ours\""));
    terraform.without_env("INCIDENT_API_KEY");
    terraform.ok(&["validate"]).is_silent();
    terraform
        .ok(&["plan", "-refresh=false", "-detailed-exitcode"])
        .is_silent();
    terraform
        .fails(&["plan"])
        .says_times(1, "Error: Missing API Key")
        .says("INCIDENT_API_KEY")
        .says("https://app.incident.io/settings/api-keys");
    terraform.env("INCIDENT_DRIFT_DETECTION", "false");
    terraform.plan_is_empty().is_silent();
    terraform.configure(&grafana("  name = \"Another\""));
    terraform.plan_saved().is_silent();
    terraform
        .fails(&["apply", "saved.tfplan"])
        .says_times(1, "Error: Missing API Key");
    assert_eq!(sandbox.count(), 0);

    // A blank one is none.
    terraform.env("INCIDENT_API_KEY", " ");
    terraform
        .fails(&["apply", "-auto-approve"])
        .says("Error: Missing API Key");
}

#[test]
fn key_that_is_not_known_yet_plans_without_reading() {
    let Some((sandbox, mut terraform)) = start() else {
        return;
    };
    terraform.without_env("INCIDENT_API_KEY");
    let maker = |input: &str| {
        [
            &format!(
                "resource \"terraform_data\" \"key\" {{\n  input            = \"{DEFAULT_KEY}\"\n  \
                 triggers_replace = \"{input}\"\n}}\n"
            ),
            &provider("  api_key = terraform_data.key.output"),
            &grafana("  name = \"Ours\""),
        ]
        .map(String::as_str)
        .concat()
    };
    terraform.configure(&maker("1"));
    terraform
        .plan_saved()
        .is_silent()
        .says("Plan: 2 to add, 0 to change, 0 to destroy.");
    assert_eq!(sandbox.count(), 0);
    terraform.apply_saved().is_silent();
    assert_eq!(written(&sandbox), [json!({"name": "Ours"})]);

    terraform.plan_is_empty();
    sandbox.take_journal();
    terraform.configure(&maker("2"));
    terraform
        .plan_saved()
        .is_silent()
        .says("terraform_data.key");
    terraform.apply_saved();
    assert_eq!(written(&sandbox), NOTHING);
}

#[test]
fn each_provider_block_uses_its_own_key() {
    let Some((sandbox, mut terraform)) = start() else {
        return;
    };
    sandbox.set_keys(vec![ApiKey::full("key-of-one"), ApiKey::full("key-of-two")]);
    terraform
        .without_env("INCIDENT_API_KEY")
        .variable("one", "key-of-one")
        .variable("two", "key-of-two");
    let blocks = "variable \"one\" {\n  sensitive = true\n}\nvariable \"two\" {\n  sensitive = true\n}\nprovider \
                  \"incident\" {\n  api_key = var.one\n}\nprovider \"incident\" {\n  alias   = \"two\"\n  api_key = \
                  var.two\n}\n";
    let second = resource(
        "datadog",
        DATADOG,
        "  provider = incident.two\n  name = \"Two\"",
    );
    terraform.configure(&[blocks, &grafana("  name = \"One\""), &second].concat());
    terraform.apply().is_silent();
    let journal = sandbox.take_journal();
    assert_eq!(journal.iter().filter(|entry| entry.is_write()).count(), 2);
    for entry in &journal {
        let expected = if entry.id.as_deref() == Some(DATADOG) {
            "key-of-two"
        } else {
            "key-of-one"
        };
        assert_eq!(entry.bearer(), Some(expected), "{:?}", entry.path);
    }
    terraform.plan_is_empty();
    assert_eq!(terraform.attributes(ADDRESS)["name"], "One");
}

#[test]
fn settings_that_cannot_be_used_are_named() {
    let Some((_sandbox, mut terraform)) = start() else {
        return;
    };
    let block = provider(
        "  api_key = \" stray \"\n  request_timeout = \"soon\"\n  max_retries = 1.5\n  retry_timeout = \"-1s\"\n  \
         requests_per_minute = -1\n  max_concurrent_requests = 0",
    );
    terraform.configure(&[&block, &*grafana("")].concat());
    terraform
        .fails(&["validate"])
        .says_times(6, "Error:")
        .says("api_key starts or ends with whitespace")
        .says("the value is not shown")
        .says("request_timeout is \"soon\"")
        .says("retry_timeout is \"-1s\"")
        .says("max_retries has to be a whole number from 0 to 100")
        .says("requests_per_minute has to be a whole number from 0 to 1000000")
        .says("max_concurrent_requests has to be a whole number from 1 to 1000")
        .says("max_retries = 1.5");
    // What a file() has left at the end of the environment's key.
    terraform.env("INCIDENT_API_KEY", "sandbox-key\n");
    terraform.configure(&grafana(""));
    terraform
        .fails(&["plan"])
        .says("INCIDENT_API_KEY")
        .does_not_say("sandbox-key");
}
