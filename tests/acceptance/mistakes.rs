//! What people write that they do not mean, and what they are told.

use std::process::Command;

use incident_sandbox::{DataSourceSeed, NameForm};
use serde_json::json;
use test_support::tests;

use crate::scene::{GRAFANA, ID, NOTHING, Scene, TOKEN, grafana, provider, resource, with_token};

tests! {
    a_misspelt_name_in_a_block_is_refused,
    a_mistake_in_a_block_is_shown_where_it_is,
    an_ephemeral_value_in_a_sensitive_key_is_refused_by_terraform,
    dynamic_blocks_serve_a_map_of_both_kinds,
    a_variable_that_is_not_utf_8_sends_nothing,
    a_key_with_invisible_characters_or_a_scheme_is_refused,
    a_name_of_two_lines_or_with_blanks_is_refused,
    a_name_in_another_unicode_form_is_no_drift,
    a_pasted_url_is_no_id,
    what_is_no_address_of_grafana_is_refused,
    two_resources_with_one_id_are_both_told,
    a_placeholder_under_ignore_changes_is_told_after_an_import,
    a_literal_key_in_the_provider_block_is_not_shown,
    a_literal_key_in_a_resource_is_not_shown,
    a_literal_key_is_not_shown_for_what_is_not_beside_it
}

fn a_misspelt_name_in_a_block_is_refused(scene: &mut Scene) {
    let lines = "  grafana_config {\n    api_key_wo = var.token\n    api_key_wo_verison = 2\n  }";
    scene.configure(&[TOKEN, &grafana(lines)].concat());
    scene
        .fails(&["validate"])
        .says("Error: Unsupported argument")
        .says(
            "An argument named \"api_key_wo_verison\" is not expected here. Did you mean \
            \"api_key_wo_version\"?",
        );
}

fn a_mistake_in_a_block_is_shown_where_it_is(scene: &mut Scene) {
    scene.configure(&grafana(
        "  grafana_config {\n    api_url = \"http://grafana.example.com\"\n  }",
    ));
    scene
        .fails(&["validate"])
        .says("api_url = \"http://grafana.example.com\"")
        .says("grafana_config.api_url names a protocol other than https");
}

fn an_ephemeral_value_in_a_sensitive_key_is_refused_by_terraform(scene: &mut Scene) {
    let token = TOKEN.replace("sensitive = true", "ephemeral = true");
    let lines = "  grafana_config {\n    api_key = var.token\n  }";
    scene.configure(&[token, grafana(lines)].concat());
    scene.fails(&["validate"]).says(if scene.client.is_tofu {
        "Ephemeral value used in non-ephemeral context"
    } else {
        "Invalid use of ephemeral value"
    });
}

fn dynamic_blocks_serve_a_map_of_both_kinds(scene: &mut Scene) {
    scene.configure(&format!(
        r#"{TOKEN}
locals {{
  sources = {{
    grafana = {{ id = "{ID}", kind = "grafana" }}
    datadog = {{ id = "01G0J1EXE7AXZ2C93K61WBPYEJ", kind = "datadog" }}
  }}
}}

resource "incident_telemetry_data_source" "all" {{
  for_each       = local.sources
  data_source_id = each.value.id

  dynamic "grafana_config" {{
    for_each = each.value.kind == "grafana" ? [1] : []
    content {{
      api_key = var.token
    }}
  }}

  dynamic "datadog_config" {{
    for_each = each.value.kind == "datadog" ? [1] : []
    content {{
      app_key = var.token
    }}
  }}
}}
"#
    ));
    scene.apply().says("2 added");
    let mut written = scene.written();
    written.sort_by_key(ToString::to_string);
    assert_eq!(
        written,
        [
            json!({"datadog_config": {"app_key": "glsa_one"}}),
            json!({"grafana_config": {"api_key": "glsa_one"}}),
        ]
    );
    scene.plan_is_empty().is_silent();
}

#[cfg(unix)]
fn not_utf_8(command: &mut Command, name: &str) {
    use std::os::unix::ffi::OsStrExt;

    command.env(
        name,
        std::ffi::OsStr::from_bytes(b"https://b\xfccher.example.com"),
    );
}

#[cfg(not(unix))]
fn not_utf_8(command: &mut Command, name: &str) {
    use std::os::windows::ffi::OsStringExt;

    command.env(name, std::ffi::OsString::from_wide(&[0xd800]));
}

fn a_variable_that_is_not_utf_8_sends_nothing(scene: &mut Scene) {
    scene.configure(&grafana(""));
    for name in [
        "INCIDENT_ENDPOINT",
        "INCIDENT_API_KEY",
        "INCIDENT_DRIFT_DETECTION",
    ] {
        let mut command = scene.command(&["plan"]);
        not_utf_8(&mut command, name);
        let output = command.output().expect("a run");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{name}");
        let expected = format!("The environment variable {name} is not UTF-8");
        let said = said.replace(['\n', '│'], " ");
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(&expected), "{said}");
    }
    assert_eq!(scene.sandbox.count(), 0);
}

fn a_key_with_invisible_characters_or_a_scheme_is_refused(scene: &mut Scene) {
    scene.configure(&with_token(""));
    for (key, problem) in [
        ("\u{feff}glsa_marked_9Qe", "contains an invisible character"),
        ("glsa_marked\u{200b}_9Qe", "contains an invisible character"),
        ("Bearer glsa_bearer_9Qe", "begins with \"Bearer\""),
        ("\"glsa_quoted_9Qe\"", "is in quotation marks"),
    ] {
        scene.must_not_show("_9Qe").variable("token", key);
        scene
            .fails(&["plan"])
            .says("Error: Stray Characters in a Key")
            .says(&format!("grafana_config.api_key {problem}"));
    }
    assert_eq!(scene.sandbox.count(), 0);
}

fn a_name_of_two_lines_or_with_blanks_is_refused(scene: &mut Scene) {
    for (name, problem) in [
        ("One\\nTwo", "name contains a line break"),
        (" One", "name starts or ends with whitespace"),
        ("One ", "name starts or ends with whitespace"),
        ("O\\u200bne", "name contains an invisible character"),
    ] {
        scene.configure(&grafana(&format!("  name = \"{name}\"")));
        scene.fails(&["validate"]).says(problem);
    }
}

fn a_name_in_another_unicode_form_is_no_drift(scene: &mut Scene) {
    scene.sandbox.set_names(NameForm::Decomposed);
    scene.adopted(&with_token("  name = \"Caf\u{e9} de Flore\""));
    scene.plan_is_empty().is_silent();
    assert_eq!(scene.attributes(GRAFANA)["name"], "Caf\u{e9} de Flore");
    scene.ok(&["apply", "-auto-approve", "-refresh-only"]);
    scene.plan_is_empty().is_silent();
    assert_eq!(scene.written(), NOTHING);
}

fn a_pasted_url_is_no_id(scene: &mut Scene) {
    for pasted in [
        format!("https://api.incident.io/v2/telemetry/data_sources/{ID}"),
        format!("/v2/telemetry/data_sources/{ID}"),
    ] {
        scene.configure(&resource("grafana", &pasted, ""));
        scene
            .fails(&["validate"])
            .says("Error: Invalid Data Source ID")
            .says(&format!("Set it to the ID alone: {ID:?}"));
        scene
            .fails(&["import", GRAFANA, &pasted])
            .says(&format!("Set it to the ID alone: {ID:?}"));
    }
}

fn what_is_no_address_of_grafana_is_refused(scene: &mut Scene) {
    for (url, problem) in [
        (
            "https://https://grafana.example.com",
            "names its protocol twice",
        ),
        (
            "https:/grafana.example.com",
            "has only half of \"https://\"",
        ),
        ("grafana.example.com/d/abc", "leads to a page or to the API"),
    ] {
        scene.configure(&grafana(&format!(
            "  grafana_config {{\n    api_url = \"{url}\"\n  }}"
        )));
        scene
            .fails(&["validate"])
            .says("Error: Invalid Grafana URL")
            .says(problem)
            .says(&format!("api_url = \"{url}\""));
    }
    scene.must_not_show("hunter2_9Qe");
    scene.configure(
        &[
            "variable \"url\" {}\n",
            &grafana("  grafana_config {\n    api_url = var.url\n  }"),
        ]
        .concat(),
    );
    scene.variable("url", "admin:hunter2_9Qe@grafana.example.com");
    scene
        .fails(&["plan"])
        .says("grafana_config.api_url contains a user name or password");
}

fn two_resources_with_one_id_are_both_told(scene: &mut Scene) {
    const WARNING: &str = "Warning: Data Source Managed Twice";
    let other = "01G0J1EXE7AXZ2C93K61WBPYEZ";
    scene.sandbox.add(DataSourceSeed::grafana(other, "Other"));
    scene.adopted(&[grafana(""), resource("other", other, "")].concat());
    scene.plan_is_empty().is_silent();

    scene.configure(
        &[
            grafana(""),
            resource("twin", ID, ""),
            resource("other", other, ""),
        ]
        .concat(),
    );
    scene
        .ok(&["plan"])
        .says(WARNING)
        .says(&format!("has data_source_id = {ID:?}"));
    scene.apply().says(WARNING);
    // Both are in the state, and both are told.
    let report = scene.ok(&["plan", "-json"]);
    let warned = |address: &str| {
        let lines = report.stdout.lines();
        lines
            .filter(|line| line.contains("Data Source Managed Twice"))
            .any(|line| line.contains(&format!("\"address\":\"{address}\"")))
    };
    assert!(warned(GRAFANA), "{}", report.stdout);
    assert!(warned("incident_telemetry_data_source.twin"));
    assert!(!warned("incident_telemetry_data_source.other"));
    // A replacement of one is no second one.
    scene.configure(&[grafana(""), resource("other", other, "")].concat());
    scene.apply();
    scene
        .ok(&["plan", &format!("-replace={GRAFANA}")])
        .does_not_say(WARNING);
}

fn a_placeholder_under_ignore_changes_is_told_after_an_import(scene: &mut Scene) {
    let lines = "  lifecycle {\n    ignore_changes = [grafana_config.api_key]\n  }";
    scene.configure(&with_token(lines));
    scene.ok(&["import", GRAFANA, ID]);
    scene
        .plan_saved()
        .says("Warning: Credentials in Use Will Be Replaced")
        .says("ignore_changes does not hold back keys that the state does not have yet");
}

fn a_literal_key_in_the_provider_block_is_not_shown(scene: &mut Scene) {
    scene.without_env("INCIDENT_API_KEY");
    let block = provider("  api_key = \"inc_literal_9Qe\\n\"");
    scene.configure(&[block, grafana("")].concat());
    for arguments in [&["validate"][..], &["plan"]] {
        scene
            .fails(arguments)
            .says("Error: Stray Characters in a Key")
            .says("api_key starts or ends with whitespace")
            .does_not_say("inc_literal_9Qe");
    }
}

/// In JSON, too, and in blocks: Terraform prints the line that a path leads to, from 1.15 on of
/// resources as well. (JSON that is one line is beyond help: Terraform prints that for any path.)
fn a_literal_key_in_a_resource_is_not_shown() {
    let files = [
        (
            "main.tf",
            grafana("  grafana_config {\n    api_key = \"glsa_literal_9Qe\\n\"\n  }"),
        ),
        (
            "main.tf.json",
            format!(
                "{:#}",
                json!({"resource": {"incident_telemetry_data_source": {"grafana": {
                    "data_source_id": ID,
                    "grafana_config": {"api_key": "glsa_literal_9Qe\n"},
                }}}})
            ),
        ),
        (
            "main.tf.json",
            format!(
                "{:#}",
                json!({
                    "provider": {"incident": {"api_key": "glsa_literal_9Qe\n"}},
                    "resource": {"incident_telemetry_data_source": {"grafana": {"data_source_id": ID}}},
                })
            ),
        ),
    ];
    for (name, text) in files {
        let scene = Scene::new();
        if name == "main.tf" {
            scene.configure(&text);
        } else {
            scene.configure("").write(name, &text);
        }
        for arguments in [&["validate"][..], &["plan"]] {
            scene
                .fails(arguments)
                .says("Error: Stray Characters in a Key")
                .says("api_key starts or ends with whitespace")
                .does_not_say("glsa_literal_9Qe");
        }
    }
}

/// For an attribute that is not there Terraform prints the first line of the block around it.
fn a_literal_key_is_not_shown_for_what_is_not_beside_it(scene: &mut Scene) {
    let url = "    api_url = \"grafana.example.com\"\n";
    let key = "api_key = \"glsa_literal_9Qe\"";
    scene.configure(&grafana(&format!(
        "  grafana_config {{\n    {key}\n{url}  }}"
    )));
    scene.apply();
    scene.configure(&grafana(&format!("  grafana_config {{ {key} }}")));
    scene
        .plan_with_changes()
        .says("grafana_config.api_url is no longer configured")
        .does_not_say("glsa_literal_9Qe");
}
