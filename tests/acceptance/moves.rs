//! States that come from elsewhere: the same type at another address, and what people use for this
//! API before they know of this provider.

use incident_sandbox::ApiKey;
use serde_json::{Value, json};
use test_support::tests;

use crate::scene::{GRAFANA, ID, NOTHING, Scene, TOKEN, resource};

tests! {
    the_same_type_from_another_address_sends_nothing,
    each_guide_moves_and_sends_the_configured_key,
    terraform_data_that_was_applied_here_moves,
    what_names_no_data_source_stays_where_it_is,
    the_identity_of_the_source_does_not_stay,
    with_settings_that_are_not_known_yet_it_goes_on_without_reading
}

const PRIVATE: &str = "glsa_moved_4Lm";

/// A state of one resource of another provider.
fn state(provider: &str, type_name: &str, attributes: &Value) -> String {
    json!({
        "version": 4,
        "terraform_version": "1.8.0",
        "serial": 1,
        "lineage": "b9f1f7a2-7a3c-4c2e-9d53-0d6a3a1f9f00",
        "outputs": {},
        "resources": [{
            "mode": "managed",
            "type": type_name,
            "name": "grafana",
            "provider": format!("provider[\"{provider}\"]"),
            "instances": [{"schema_version": 0, "attributes": attributes}],
        }],
    })
    .to_string()
}

fn registry(scene: &Scene, name: &str) -> String {
    let host = if scene.client.is_tofu {
        "registry.opentofu.org"
    } else {
        "registry.terraform.io"
    };
    format!("{host}/{name}")
}

fn the_same_type_from_another_address_sends_nothing(scene: &mut Scene) {
    let key = "  grafana_config {\n    api_key_wo = var.token\n  }";
    let token = TOKEN.replace("sensitive = true", "ephemeral = true");
    let ours = |name: &str| [token.clone(), resource(name, ID, key)].concat();
    scene.write_only("token", PRIVATE);
    scene.adopted(&ours("grafana"));
    let foreign = scene
        .raw_state()
        .replace("incident-telemetry/incident", "fork/incident");
    scene.write("terraform.tfstate", &foreign);
    let moved =
        format!("moved {{\n  from = {GRAFANA}\n  to   = incident_telemetry_data_source.ours\n}}\n");
    scene.configure(&[ours("ours"), moved].concat());
    scene.apply().says("0 added").says("0 destroyed");
    assert_eq!(scene.written(), NOTHING);
    assert!(!scene.raw_state().contains("fork/incident"));
    scene.settles();
}

/// What the guides move from, as their providers store it.
fn sources() -> [(&'static str, &'static str, &'static str, Value); 4] {
    let url = format!("https://api.incident.io/v2/telemetry/data_sources/{ID}");
    let body = json!({"grafana_config": {"api_key": "glsa_of_the_source_4Lm"}}).to_string();
    [
        (
            "restapi",
            "mastercard/restapi",
            "restapi_object",
            json!({"id": ID, "path": "/v2/telemetry/data_sources", "data": body, "debug": false}),
        ),
        (
            "terracurl",
            "devops-rob/terracurl",
            "terracurl_request",
            json!({"id": "grafana", "name": "grafana", "url": url, "method": "PUT", "request_body": body}),
        ),
        (
            "null-resource",
            "hashicorp/null",
            "null_resource",
            json!({"id": "8132446", "triggers": {"data_source_id": ID, "token": body}}),
        ),
        (
            "terraform-data",
            "terraform.io/builtin/terraform",
            "terraform_data",
            json!({
                "id": "0b9e6d3c-0000-4000-8000-000000000000",
                "input": {"value": {"url": url, "body": body}, "type": ["object", {"body": "string", "url": "string"}]},
                "output": {"value": {"url": url, "body": body}, "type": ["object", {"body": "string", "url": "string"}]},
                "triggers_replace": null,
            }),
        ),
    ]
}

fn each_guide_moves_and_sends_the_configured_key() {
    for (guide, provider, type_name, attributes) in sources() {
        let mut scene = Scene::new();
        let file = format!(
            "{}/examples/guides/moving/{guide}/main.tf",
            env!("CARGO_MANIFEST_DIR")
        );
        let example = std::fs::read_to_string(file).expect("an example");
        let provider = match guide {
            "terraform-data" => provider.to_owned(),
            _ => registry(&scene, provider),
        };
        scene.write(
            "terraform.tfstate",
            &state(&provider, type_name, &attributes),
        );
        scene.configure(&example);
        scene.write_only("grafana_token", PRIVATE);
        scene
            .plan_saved()
            .says("Warning: Credentials in Use Will Be Replaced")
            .says("0 to add, 1 to change, 0 to destroy");
        assert_eq!(scene.sent(), [json!({})]);
        assert_eq!(
            scene.apply_saved_writes(),
            [json!({"grafana_config": {"api_key": PRIVATE}})]
        );
        assert!(
            !scene.raw_state().contains("glsa_of_the_source_4Lm"),
            "{guide}"
        );
        // The example goes on as it is: Terraform ignores a move that has happened.
        scene.settles();
    }
}

fn terraform_data_that_was_applied_here_moves(scene: &mut Scene) {
    scene.configure(&format!(
        "resource \"terraform_data\" \"grafana\" {{\n  triggers_replace = {{\n    deep = [{{ id = \
         \"{ID}\" }}]\n  }}\n}}\n"
    ));
    scene.apply();
    let moved = format!("moved {{\n  from = terraform_data.grafana\n  to   = {GRAFANA}\n}}\n");
    scene.configure(&[resource("grafana", ID, ""), moved].concat());
    scene.apply().says("0 added").says("0 destroyed");
    assert_eq!(scene.written(), NOTHING);
    assert_eq!(scene.attributes(GRAFANA)["data_source_id"], ID);
    scene.settles();
}

fn what_names_no_data_source_stays_where_it_is(scene: &mut Scene) {
    let moved = format!("moved {{\n  from = terraform_data.grafana\n  to   = {GRAFANA}\n}}\n");
    for (input, says) in [
        ("\"nothing\"", "It found none"),
        (
            "{ id = \"one\", other = { id = \"two\" } }",
            "It found more than one: \"one\", \"two\"",
        ),
    ] {
        scene.configure(&format!(
            "resource \"terraform_data\" \"grafana\" {{\n  input = {input}\n}}\n"
        ));
        scene.apply();
        let state = scene.raw_state();
        scene.configure(&[resource("grafana", ID, ""), moved.clone()].concat());
        scene
            .fails(&["plan"])
            .says("Error: Unable to Move Resource State")
            .says("The state of this terraform_data does not say")
            .says(says);
        assert_eq!(scene.raw_state(), state);
    }
    assert_eq!(scene.sandbox.count(), 0);
}

/// OpenTofu leaves it on the moved object, and Terraform asks with it.
fn the_identity_of_the_source_does_not_stay(scene: &mut Scene) {
    let of = |name: &str| registry(scene, name);
    let sources = [
        (of("mastercard/restapi"), "restapi_object"),
        (of("fork/incident"), "incident_telemetry_data_source"),
    ];
    for (provider, type_name) in sources {
        let attributes = json!({
            "id": ID,
            "data_source_id": ID,
            "path": "/v2/telemetry/data_sources",
        });
        let mut state: Value =
            serde_json::from_str(&state(&provider, type_name, &attributes)).unwrap();
        let instance = &mut state["resources"][0]["instances"][0];
        instance["identity"] = json!({"path": "/other", "object": ID});
        instance["identity_schema_version"] = json!(0);
        scene.write("terraform.tfstate", &state.to_string());
        let moved = format!(
            "moved {{\n  from = {type_name}.grafana\n  to   = \
             incident_telemetry_data_source.ours\n}}\n"
        );
        scene.configure(&[resource("ours", ID, ""), moved].concat());
        scene.apply().says("0 added").says("0 destroyed");
        let state: Value = serde_json::from_str(&scene.raw_state()).unwrap();
        let identity = &state["resources"][0]["instances"][0]["identity"];
        assert_eq!(*identity, json!({"data_source_id": ID}), "{type_name}");
        scene.settles();
    }
    assert_eq!(scene.written(), NOTHING);
}

fn with_settings_that_are_not_known_yet_it_goes_on_without_reading(scene: &mut Scene) {
    scene.configure(&format!(
        "resource \"terraform_data\" \"grafana\" {{\n  input = {{ id = \"{ID}\" }}\n}}\n"
    ));
    scene.apply();
    // It is in the configuration for all to read, and no secret here.
    let key = "key-made-at-apply";
    scene.sandbox.set_keys(vec![ApiKey::full(key)]);
    let moved = format!("moved {{\n  from = terraform_data.grafana\n  to   = {GRAFANA}\n}}\n");
    let maker = format!(
        "resource \"terraform_data\" \"key\" {{\n  input = \"{key}\"\n}}\nprovider \"incident\" \
         {{\n  api_key = terraform_data.key.output\n}}\n"
    );
    scene.without_env("INCIDENT_API_KEY");
    scene.configure(&[maker, resource("grafana", ID, ""), moved].concat());
    scene.sandbox.take_journal();
    scene
        .plan_saved()
        .says("(known after apply)")
        .says("1 to add, 1 to change");
    assert_eq!(scene.sandbox.count(), 0);
    scene.apply_saved();
    assert_eq!(scene.attributes(GRAFANA)["provider_name"], "grafana");
    scene.plan_is_empty();
}
