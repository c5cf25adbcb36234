//! The provider block, the environment, and which of them wins.

use incident_sandbox::{ApiKey, Gate, Options};
use serde_json::json;
use test_support::tests;

use crate::scene::{
    API_KEY, DATADOG_ID, GRAFANA, ID, NOTHING, Scene, grafana, provider, resource, with_token,
};

tests! {
    key_of_the_configuration_wins,
    endpoint_keeps_its_path_and_the_configuration_wins,
    without_drift_detection_a_plan_asks_nothing,
    adoption_without_drift_detection_writes_only,
    missing_key_matters_once_a_request_is_needed,
    key_that_is_not_known_yet_plans_without_reading,
    each_provider_block_uses_its_own_key,
    settings_that_cannot_be_used_are_named,
    an_endpoint_that_holds_the_path_of_a_request_is_refused,
    variables_in_quotation_marks_or_blank_say_so
}

fn key_of_the_configuration_wins(scene: &mut Scene) {
    scene
        .must_not_show("sk-wrong-one")
        .env("INCIDENT_API_KEY", "sk-wrong-one");
    scene.variable("incident_key", API_KEY);
    let variable = "variable \"incident_key\" {\n  sensitive = true\n}\n";
    let block = provider("  api_key = var.incident_key");
    scene.configure(&[variable, &block, &grafana("")].concat());
    scene.apply().is_silent();
    let agent = scene.sandbox.journal()[0]
        .user_agent()
        .unwrap_or_default()
        .to_owned();
    assert!(
        agent.starts_with("terraform-provider-incident/0.1.0 (+https://"),
        "{agent}"
    );
    assert!(agent.contains(" Terraform/1."), "{agent}");

    scene.configure(&grafana(""));
    scene
        .fails(&["plan"])
        .says("Error: API Key Not Accepted")
        .does_not_say("sk-wrong-one");
    scene.env("INCIDENT_API_KEY", API_KEY);
    scene.env("TF_APPEND_USER_AGENT", "pipeline/7");
    scene.sandbox.take_journal();
    scene.plan_is_empty();
    let journal = scene.sandbox.journal();
    assert!(
        journal[0]
            .user_agent()
            .unwrap_or_default()
            .ends_with(" pipeline/7"),
        "{journal:?}"
    );
}

fn endpoint_keeps_its_path_and_the_configuration_wins() {
    let mut scene = Scene::with(Options::default().path_prefix("/gateway/incident"));
    let endpoint = scene.sandbox.endpoint();
    // From the environment, with a slash at its end.
    scene.env("INCIDENT_ENDPOINT", &format!("{endpoint}/"));
    scene.adopted(&grafana("")).is_silent();
    scene.env("INCIDENT_ENDPOINT", "http://127.0.0.1:1");
    let block = provider(&format!("  endpoint = \"{endpoint}\""));
    scene.configure(&[&block, &grafana("")].map(String::as_str).concat());
    scene.plan_is_empty();
    assert_eq!(
        scene.sandbox.journal()[0].path,
        format!("/gateway/incident/v2/telemetry/data_sources/{ID}")
    );

    scene.env("INCIDENT_ENDPOINT", "http://api.incident.io");
    scene.configure(&grafana(""));
    scene
        .fails(&["plan"])
        .says_times(1, "Error: Invalid Endpoint")
        .says("The environment variable INCIDENT_ENDPOINT")
        .says("plain http is for loopback addresses only");
    scene.configure(
        &[
            &provider("  endpoint = \"http://api.incident.io\""),
            &*grafana(""),
        ]
        .concat(),
    );
    scene
        .fails(&["validate"])
        .says_times(1, "Error: Invalid Endpoint")
        .says("endpoint = \"http://api.incident.io\"");
}

fn without_drift_detection_a_plan_asks_nothing(scene: &mut Scene) {
    let managed = with_token("  name = \"Ours\"");
    scene.adopted(&managed);
    scene
        .sandbox
        .dashboard()
        .rename(ID, "Theirs")
        .expect("renamed");
    let switched = |value: &str| {
        let block = provider(&format!("  drift_detection = {value}"));
        [block.as_str(), &managed].concat()
    };
    scene.configure(&switched("false"));
    scene.sandbox.gate(Gate::Closed);
    scene.plan_is_empty().is_silent();
    scene.sandbox.gate(Gate::Open);
    assert_eq!(scene.sandbox.count(), 0);

    // The environment alone, and the configuration before it.
    scene.env("INCIDENT_DRIFT_DETECTION", "false");
    scene.configure(&managed);
    scene.plan_is_empty();
    assert_eq!(scene.sandbox.count(), 0);
    scene.configure(&switched("true"));
    scene
        .plan_with_changes()
        .says("~ name = \"Theirs\" -> \"Ours\"");
    assert_eq!(scene.sent(), [json!({})]);
    scene.env("INCIDENT_DRIFT_DETECTION", "perhaps");
    scene.configure(&managed);
    scene
        .fails(&["plan"])
        .says("INCIDENT_DRIFT_DETECTION must be true or false");
}

fn adoption_without_drift_detection_writes_only(scene: &mut Scene) {
    scene.env("INCIDENT_DRIFT_DETECTION", "false");
    scene.configure(&with_token(""));
    scene.apply().is_silent();
    assert_eq!(
        scene.sent(),
        [json!({"grafana_config": {"api_key": "glsa_one"}})]
    );
    scene.plan_is_empty();
    assert_eq!(scene.sandbox.count(), 0);
}

fn missing_key_matters_once_a_request_is_needed(scene: &mut Scene) {
    scene.adopted(&grafana("  name = \"Ours\""));
    scene.without_env("INCIDENT_API_KEY");
    scene.ok(&["validate"]).is_silent();
    scene
        .ok(&["plan", "-refresh=false", "-detailed-exitcode"])
        .is_silent();
    scene
        .fails(&["plan"])
        .says_times(1, "Error: Missing API Key")
        .says("INCIDENT_API_KEY")
        .says("https://app.incident.io/settings/api-keys");
    scene.env("INCIDENT_DRIFT_DETECTION", "false");
    scene.plan_is_empty().is_silent();
    scene.configure(&grafana("  name = \"Another\""));
    scene.plan_saved().is_silent();
    scene
        .fails(&["apply", "saved.tfplan"])
        .says_times(1, "Error: Missing API Key");
    assert_eq!(scene.sandbox.count(), 0);

    // An empty one is none; others are named for what they are.
    scene.env("INCIDENT_API_KEY", "");
    scene
        .fails(&["apply", "-auto-approve"])
        .says("Error: Missing API Key");
    for (key, problem) in [
        (" ", "is blank"),
        ("\"inc_quoted\"", "is in quotation marks"),
        ("Bearer inc_bearer", "begins with \"Bearer\""),
        ("inc_marked\u{feff}", "contains an invisible character"),
    ] {
        scene.env("INCIDENT_API_KEY", key);
        scene
            .fails(&["apply", "-auto-approve"])
            .says("Error: Invalid Environment Variable")
            .says(&format!(
                "The environment variable INCIDENT_API_KEY {problem}"
            ))
            .does_not_say("inc_");
    }
    assert_eq!(scene.sandbox.count(), 0);
}

fn key_that_is_not_known_yet_plans_without_reading(scene: &mut Scene) {
    // It is in the configuration for all to read, and no secret here.
    let key = "key-made-at-apply";
    scene.sandbox.set_keys(vec![ApiKey::full(key)]);
    scene.without_env("INCIDENT_API_KEY");
    let maker = |input: &str| {
        [
            &format!(
                "resource \"terraform_data\" \"key\" {{\n  input            = \"{key}\"\n  \
                 triggers_replace = \"{input}\"\n}}\n"
            ),
            &provider("  api_key = terraform_data.key.output"),
            &grafana("  name = \"Ours\""),
        ]
        .map(String::as_str)
        .concat()
    };
    scene.configure(&maker("1"));
    scene
        .plan_saved()
        .is_silent()
        .says("Plan: 2 to add, 0 to change, 0 to destroy.");
    assert_eq!(scene.sandbox.count(), 0);
    scene.apply_saved();
    assert_eq!(scene.written(), [json!({"name": "Ours"})]);

    scene.plan_is_empty();
    scene.sandbox.take_journal();
    scene.configure(&maker("2"));
    scene.plan_saved().is_silent().says("terraform_data.key");
    scene.apply_saved();
    assert_eq!(scene.written(), NOTHING);
}

fn each_provider_block_uses_its_own_key(scene: &mut Scene) {
    scene
        .sandbox
        .set_keys(vec![ApiKey::full("key-of-one"), ApiKey::full("key-of-two")]);
    scene.without_env("INCIDENT_API_KEY");
    scene
        .sensitive("one", "key-of-one")
        .sensitive("two", "key-of-two");
    let blocks = "variable \"one\" {\n  sensitive = true\n}\nvariable \"two\" {\n  sensitive = \
        true\n}\nprovider \"incident\" {\n  api_key = var.one\n}\nprovider \"incident\" {\n  \
        alias   = \"two\"\n  api_key = var.two\n}\n";
    let second = resource(
        "datadog",
        DATADOG_ID,
        "  provider = incident.two\n  name = \"Two\"",
    );
    scene.configure(&[blocks, &grafana("  name = \"One\""), &second].concat());
    scene.apply();
    let journal = scene.sandbox.take_journal();
    assert_eq!(journal.iter().filter(|entry| entry.is_write()).count(), 2);
    for entry in &journal {
        let expected = if entry.id.as_deref() == Some(DATADOG_ID) {
            "key-of-two"
        } else {
            "key-of-one"
        };
        assert_eq!(entry.bearer(), Some(expected), "{:?}", entry.path);
    }
    scene.plan_is_empty();
    assert_eq!(scene.attributes(GRAFANA)["name"], "One");
}

fn settings_that_cannot_be_used_are_named(scene: &mut Scene) {
    let block = provider(
        "  api_key = \" stray \"\n  request_timeout = \"soon\"\n  max_retries = 1.5\n  \
         retry_timeout = \"-1s\"\n  requests_per_minute = -1\n  max_concurrent_requests = 0",
    );
    scene.configure(&[&block, &*grafana("")].concat());
    scene
        .fails(&["validate"])
        .says_times(6, "Error:")
        .says("api_key starts or ends with whitespace")
        .says("the value is not shown")
        .says("request_timeout must be a duration between 0 and 24h")
        .says("got \"-1s\"")
        .says("max_retries must be a whole number from 0 to 100")
        .says("requests_per_minute must be a whole number from 0 to 1000000")
        .says("max_concurrent_requests must be a whole number from 1 to 1000")
        .says("max_retries = 1.5");
    // What a file() has left at the end of the environment's key.
    scene.env("INCIDENT_API_KEY", &format!("{API_KEY}\n"));
    scene.configure(&grafana(""));
    scene
        .fails(&["plan"])
        .says("INCIDENT_API_KEY")
        .does_not_say(API_KEY);
}

fn an_endpoint_that_holds_the_path_of_a_request_is_refused(scene: &mut Scene) {
    for (path, leave_off) in [
        ("/v2", "/v2"),
        ("/v1/", "/v1"),
        ("/gateway/v2", "/v2"),
        ("/v2/telemetry/data_sources", "/v2/telemetry"),
    ] {
        let endpoint = format!("https://api.incident.io{path}");
        let says = format!("leave off \"{leave_off}\" and whatever follows it");
        scene.configure(
            &[
                provider(&format!("  endpoint = \"{endpoint}\"")),
                grafana(""),
            ]
            .concat(),
        );
        scene
            .fails(&["validate"])
            .says("Error: Invalid Endpoint")
            .says(&says)
            .says(&format!("endpoint = \"{endpoint}\""));
        scene.configure(&grafana(""));
        scene.env("INCIDENT_ENDPOINT", &endpoint);
        scene.fails(&["plan"]).says("INCIDENT_ENDPOINT").says(&says);
        scene.without_env("INCIDENT_ENDPOINT");
    }
    assert_eq!(scene.sandbox.count(), 0);
}

fn variables_in_quotation_marks_or_blank_say_so(scene: &mut Scene) {
    for (name, value, problem) in [
        (
            "INCIDENT_API_KEY",
            "\"inc_quoted_3Fd\"",
            "is in quotation marks",
        ),
        ("INCIDENT_API_KEY", "  ", "is blank"),
        (
            "INCIDENT_ENDPOINT",
            "'https://api.incident.io'",
            "is in quotation marks",
        ),
        ("INCIDENT_ENDPOINT", " ", "is blank"),
        (
            "INCIDENT_DRIFT_DETECTION",
            "\"false\"",
            "is in quotation marks",
        ),
    ] {
        let mut scene = Scene::new();
        scene.must_not_show("inc_quoted_3Fd");
        scene.configure(&grafana(""));
        scene.env(name, value);
        scene.fails(&["plan"]).says(name).says(problem);
        assert_eq!(scene.sandbox.count(), 0, "{name}");
    }
    // Empty is unset, as for Terraform's own variables.
    scene.env("INCIDENT_DRIFT_DETECTION", "");
    scene.adopted(&grafana(""));
}
