//! Taking over a data source that somebody has connected in incident.io.

use incident_sandbox::{Answer, ApiKey, DataSourceSeed, EmptyPut, Fault, When, Write};
use serde_json::json;
use test_support::tests;

use crate::scene::{
    API_KEY, DATADOG_ID, GRAFANA, ID, NAME, NOTHING, NOWHERE, Scene, TOKEN, grafana, resource,
    with_token,
};

tests! {
    adopts_and_settles,
    thirty_sources_take_thirty_requests,
    adopts_without_anything_to_send,
    adopts_nothing_if_the_only_request_is_refused,
    saved_plan_applies_after_a_rename_in_between,
    saved_plan_applies_after_a_403_in_between,
    an_id_that_was_never_there_stops_the_plan,
    wrong_kind_of_block_is_refused_before_anything_is_written,
    ids_are_opaque
}

fn adopts_and_settles(scene: &mut Scene) {
    scene.configure(&with_token("  name = \"Production Grafana\""));
    let plan = scene.plan_with_changes();
    plan.says_times(1, "Warning:")
        .says("Warning: Adoption Renames the Data Source")
        .says(&format!(
            "is called {NAME:?} in incident.io, and adopting it renames it"
        ))
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
    assert_eq!(scene.sent(), [json!({})]);

    scene.apply().says("1 added, 0 changed, 0 destroyed");
    assert_eq!(
        scene.written(),
        [json!({"name": "Production Grafana", "grafana_config": {"api_key": "glsa_one"}})]
    );
    let source = scene.sandbox.data_source(ID).expect("the source");
    assert_eq!(source.name, "Production Grafana");
    assert_eq!(source.config["grafana_config.api_key"], "glsa_one");
    let attributes = scene.attributes(GRAFANA);
    let expected = json!({
        "id": ID,
        "data_source_id": ID,
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

    scene.plan_is_empty().is_silent();
    assert_eq!(scene.sent(), [json!({})]);
}

fn thirty_sources_take_thirty_requests(scene: &mut Scene) {
    for number in 0..30 {
        scene.sandbox.add(DataSourceSeed::grafana(
            format!("source {number}"),
            format!("Number {number}"),
        ));
    }
    let many = "resource \"incident_telemetry_data_source\" \"many\" {\n  for_each       = \
        toset([for n in range(30) : tostring(n)])\n  data_source_id = \"source ${each.key}\"\n  \
        name           = \"Managed ${each.key}\"\n}\n";
    scene.adopted(many).says("30 added, 0 changed, 0 destroyed");
    scene.plan_is_empty();
    let journal = scene.sandbox.take_journal();
    assert_eq!(journal.len(), 30);
    assert!(journal.iter().all(incident_sandbox::Entry::is_read));
    let mut paths: Vec<_> = journal.iter().map(|entry| entry.path.as_str()).collect();
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths.len(), 30);
    assert!(paths.contains(&"/v2/telemetry/data_sources/source%207"));
}

fn adopts_without_anything_to_send(scene: &mut Scene) {
    scene.configure(&grafana(""));
    scene.plan_saved();
    scene.sandbox.take_journal();
    scene.apply_saved().is_silent();
    // The check of the plan made again, and the one that fills the state.
    assert_eq!(scene.sent(), [json!({}), json!({})]);
    let attributes = scene.attributes(GRAFANA);
    assert_eq!(attributes["name"], NAME);
    assert_eq!(attributes["credentials_updated_at"], json!(null));
    scene.plan_is_empty();
}

fn adopts_nothing_if_the_only_request_is_refused(scene: &mut Scene) {
    scene.sandbox.set_empty_put(EmptyPut::Refuses);
    scene.configure(&grafana(""));
    scene
        .fails(&["apply", "-auto-approve"])
        .says_times(1, "Warning: Adoption Was Not Checked")
        .says_times(1, "Error: Nothing to Send")
        .says(ID)
        .says("An update must change something")
        .says("Set name or a key as well");
    assert!(scene.ok(&["state", "list"]).stdout.is_empty());

    // With something to send, the same API is no obstacle.
    scene.adopted(&with_token(""));
    assert_eq!(
        scene
            .sandbox
            .secret(ID, "grafana_config.api_key")
            .as_deref(),
        Some("glsa_one")
    );
}

fn saved_plan_applies_after_a_rename_in_between(scene: &mut Scene) {
    scene.configure(&with_token(""));
    scene.plan_saved().says("+ name = (known after apply)");
    scene
        .sandbox
        .dashboard()
        .rename(ID, "Renamed meanwhile")
        .expect("a rename");
    scene.sandbox.set_version(ID, None).expect("a version");
    scene.apply_saved().is_silent();
    assert_eq!(
        scene.written(),
        [json!({"grafana_config": {"api_key": "glsa_one"}})]
    );
    assert_eq!(scene.attributes(GRAFANA)["name"], "Renamed meanwhile");
    scene.plan_is_empty();
}

fn saved_plan_applies_after_a_403_in_between(scene: &mut Scene) {
    // Refused when it is planned, permitted when it is applied.
    scene.sandbox.set_keys(vec![ApiKey::viewer(API_KEY)]);
    scene.configure(&with_token(""));
    scene
        .plan_saved()
        .says_times(1, "Warning: Adoption Was Not Checked")
        .says("403 Forbidden")
        .says("Plan: 1 to add");
    scene.sandbox.set_keys(vec![ApiKey::full(API_KEY)]);
    scene.apply_saved().is_silent();
    scene.plan_is_empty();

    // Permitted when it is planned; then the check is refused, and the write is not.
    scene.ok(&["state", "rm", GRAFANA]);
    scene.plan_saved().is_silent();
    let refused = Answer::json(403, &json!({"type": "authorization_error", "status": 403}));
    scene
        .sandbox
        .fault(Fault::Answer(Write::Lost, refused), When::next().reads());
    scene.apply_saved();
    assert_eq!(scene.sandbox.pending_faults(), 0);
    scene.plan_is_empty().is_silent();
}

fn an_id_that_was_never_there_stops_the_plan(scene: &mut Scene) {
    let lost = resource("lost", NOWHERE, "");
    scene.adopted(&grafana(""));
    scene.configure(&[grafana(""), lost].concat());
    let plan = scene.fails(&["plan"]);
    plan.says_times(1, "Error: Telemetry Data Source Not Found")
        .says("data_source_id = \"01G0J1EXE7AXZ2C93K61WBPYEK\"")
        .says("The API cannot create one")
        .says(
            "The API key \"Terraform\" belongs to the organisation at \
            https://app.incident.io/my-org",
        )
        .does_not_say("-refresh=false");
    assert_eq!(scene.sent(), [json!({}), json!({})]);

    scene
        .fails(&["destroy", "-auto-approve"])
        .says("Error: Telemetry Data Source Not Found");
    scene
        .ok(&["destroy", "-auto-approve", "-refresh=false"])
        .says("1 destroyed");
}

fn wrong_kind_of_block_is_refused_before_anything_is_written(scene: &mut Scene) {
    let lines = "  grafana_config {\n    api_key = var.token\n  }";
    scene.configure(&[TOKEN, &resource("wrong", DATADOG_ID, lines)].concat());
    for arguments in [&["plan"][..], &["apply", "-auto-approve"]] {
        scene
            .fails(arguments)
            .says_times(1, "Error: Wrong Kind of Data Source")
            .says("on main.tf line")
            .says("is a Datadog data source")
            .says("Use datadog_config instead");
    }
    assert_eq!(scene.written(), NOTHING);
}

fn ids_are_opaque(scene: &mut Scene) {
    scene
        .sandbox
        .add(DataSourceSeed::grafana("a/b c?d=é%20", "Odd"));
    scene.adopted(&resource("odd", "a/b c?d=é%20", ""));
    scene.plan_is_empty();
    assert_eq!(
        scene.sandbox.journal()[0].path,
        "/v2/telemetry/data_sources/a%2Fb%20c%3Fd%3D%C3%A9%2520"
    );
}
