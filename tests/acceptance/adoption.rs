//! Taking over a data source that somebody has connected in incident.io.

use incident_sandbox::{Answer, ApiKey, DEFAULT_KEY, DataSourceSeed, EmptyPut, Fault, When, Write};
use serde_json::json;

use crate::setup::{
    ADDRESS, DATADOG, GRAFANA, NAME, NOWHERE, TOKEN, adopted, grafana, resource, sent, start,
    with_token, written,
};

#[test]
fn adopts_and_settles() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    terraform.configure(&with_token("  name = \"Production Grafana\""));
    let plan = terraform.plan_with_changes();
    plan.is_silent()
        .says("Plan: 1 to add, 0 to change, 0 to destroy.")
        .says("+ api_key = (sensitive value)")
        .says("+ created_at = (known after apply)")
        .says("+ credentials_updated_at = (known after apply)")
        .says("+ data_source_id = \"01G0J1EXE7AXZ2C93K61WBPYEH\"")
        .says("+ enabled = (known after apply)")
        .says("+ id = \"01G0J1EXE7AXZ2C93K61WBPYEH\"")
        .says("+ name = \"Production Grafana\"")
        .says("+ provider_name = (known after apply)")
        .says("+ source_type = (known after apply)")
        .says("+ updated_at = (known after apply)")
        .says("+ version = (known after apply)");
    assert_eq!(sent(&sandbox), [json!({})]);

    terraform
        .apply()
        .is_silent()
        .says("1 added, 0 changed, 0 destroyed");
    assert_eq!(
        written(&sandbox),
        [json!({"name": "Production Grafana", "grafana_config": {"api_key": "glsa_one"}})]
    );
    let source = sandbox.data_source(GRAFANA).expect("the source");
    assert_eq!(source.name, "Production Grafana");
    assert_eq!(source.config["grafana_config.api_key"], "glsa_one");
    let attributes = terraform.attributes(ADDRESS);
    let expected = json!({
        "id": GRAFANA,
        "data_source_id": GRAFANA,
        "name": "Production Grafana",
        "provider_name": "grafana",
        "source_type": "prometheus",
        "enabled": true,
        "version": "8.5.27",
        "created_at": source.created_at(),
        "updated_at": source.updated_at(),
        "credentials_updated_at": source.updated_at(),
    });
    for (name, value) in expected.as_object().expect("an object") {
        assert_eq!(attributes[name], *value, "{name}");
    }
    assert_eq!(attributes["datadog_config"], json!(null));

    terraform.plan_is_empty().is_silent();
    assert_eq!(sent(&sandbox), [json!({})]);
}

#[test]
fn thirty_sources_take_thirty_requests() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    for number in 0..30 {
        sandbox.add(DataSourceSeed::grafana(
            format!("source {number}"),
            format!("Number {number}"),
        ));
    }
    let many = "resource \"incident_telemetry_data_source\" \"many\" {\n  for_each       = toset([for n in range(30) : \
                tostring(n)])\n  data_source_id = \"source ${each.key}\"\n  name           = \"Managed ${each.key}\"\n}\n";
    adopted(&sandbox, &terraform, many).says("30 added, 0 changed, 0 destroyed");
    terraform.plan_is_empty();
    let journal = sandbox.take_journal();
    assert_eq!(journal.len(), 30);
    assert!(journal.iter().all(incident_sandbox::Entry::is_read));
    let mut paths: Vec<_> = journal.iter().map(|entry| entry.path.as_str()).collect();
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths.len(), 30);
    assert!(paths.contains(&"/v2/telemetry/data_sources/source%207"));
}

#[test]
fn adopts_without_anything_to_send() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    terraform.configure(&grafana(""));
    terraform.plan_saved();
    sandbox.take_journal();
    terraform.apply_saved().is_silent();
    // The check of the plan made again, and the one that fills the state.
    assert_eq!(sent(&sandbox), [json!({}), json!({})]);
    let attributes = terraform.attributes(ADDRESS);
    assert_eq!(attributes["name"], NAME);
    assert_eq!(attributes["credentials_updated_at"], json!(null));
    terraform.plan_is_empty();
}

#[test]
fn adopts_nothing_if_the_only_request_is_refused() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    sandbox.set_empty_put(EmptyPut::Refuses);
    terraform.configure(&grafana(""));
    terraform
        .fails(&["apply", "-auto-approve"])
        .says_times(1, "Warning: Adoption Was Not Checked")
        .says_times(1, "Error: Nothing to Adopt With")
        .says(GRAFANA)
        .says("An update must change something")
        .says("Configure name, or a key");
    assert!(terraform.ok(&["state", "list"]).stdout.is_empty());

    // With something to send, the same API is no obstacle.
    adopted(&sandbox, &terraform, &with_token(""));
    assert_eq!(
        sandbox.secret(GRAFANA, "grafana_config.api_key").as_deref(),
        Some("glsa_one")
    );
}

#[test]
fn saved_plan_applies_after_a_rename_in_between() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    terraform.configure(&with_token(""));
    terraform.plan_saved().says("+ name = (known after apply)");
    sandbox
        .dashboard()
        .rename(GRAFANA, "Renamed meanwhile")
        .expect("a rename");
    sandbox.set_version(GRAFANA, None).expect("a version");
    terraform.apply_saved().is_silent();
    assert_eq!(
        written(&sandbox),
        [json!({"grafana_config": {"api_key": "glsa_one"}})]
    );
    assert_eq!(terraform.attributes(ADDRESS)["name"], "Renamed meanwhile");
    terraform.plan_is_empty();
}

#[test]
fn saved_plan_applies_after_a_403_in_between() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    // Refused when it is planned, permitted when it is applied.
    sandbox.set_keys(vec![ApiKey::viewer(DEFAULT_KEY)]);
    terraform.configure(&with_token(""));
    terraform
        .plan_saved()
        .says_times(1, "Warning: Adoption Was Not Checked")
        .says("403 Forbidden")
        .says("Plan: 1 to add");
    sandbox.set_keys(vec![ApiKey::full(DEFAULT_KEY)]);
    terraform.apply_saved().is_silent();
    terraform.plan_is_empty();

    // Permitted when it is planned; then the check is refused, and the write is not.
    terraform.ok(&["state", "rm", ADDRESS]);
    terraform.plan_saved().is_silent();
    let refused = Answer::json(403, &json!({"type": "authorization_error", "status": 403}));
    sandbox.fault(Fault::Answer(Write::Lost, refused), When::next().reads());
    terraform.apply_saved();
    assert_eq!(sandbox.pending_faults(), 0);
    terraform.plan_is_empty().is_silent();
}

#[test]
fn an_id_that_was_never_there_stops_the_plan() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    let lost = resource("lost", NOWHERE, "");
    adopted(&sandbox, &terraform, &grafana(""));
    terraform.configure(&[grafana(""), lost].concat());
    let plan = terraform.fails(&["plan"]);
    plan.says_times(1, "Error: Telemetry Data Source Not Found")
        .says("data_source_id = \"01G0J1EXE7AXZ2C93K61WBPYEK\"")
        .says("cannot be created through the API")
        .says("terraform destroy -refresh=false");
    assert_eq!(sent(&sandbox), [json!({}), json!({})]);

    terraform
        .fails(&["destroy", "-auto-approve"])
        .says("terraform destroy -refresh=false");
    terraform
        .ok(&["destroy", "-auto-approve", "-refresh=false"])
        .says("1 destroyed");
}

#[test]
fn wrong_kind_of_block_is_refused_before_anything_is_written() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    let lines = "  grafana_config = {\n    api_key = var.token\n  }";
    terraform.configure(&[TOKEN, &resource("wrong", DATADOG, lines)].concat());
    for arguments in [&["plan"][..], &["apply", "-auto-approve"]] {
        terraform
            .fails(arguments)
            .says_times(1, "Error: Wrong Kind of Data Source")
            .says("on main.tf line")
            .says("grafana_config = {")
            .says("is a Datadog one")
            .says("Use datadog_config instead");
    }
    assert_eq!(written(&sandbox), [] as [serde_json::Value; 0]);
}

#[test]
fn ids_are_opaque() {
    let Some((sandbox, terraform)) = start() else {
        return;
    };
    sandbox.add(DataSourceSeed::grafana("a/b c?d=é%20", "Odd"));
    adopted(&sandbox, &terraform, &resource("odd", "a/b c?d=é%20", ""));
    terraform.plan_is_empty();
    assert_eq!(
        sandbox.journal()[0].path,
        "/v2/telemetry/data_sources/a%2Fb%20c%3Fd%3D%C3%A9%2520"
    );
}
