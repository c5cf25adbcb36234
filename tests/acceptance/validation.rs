//! What `terraform validate` finds, without any API.

use test_support::tests;

use crate::scene::{GRAFANA, ID, NAME, Scene, TOKEN, grafana, resource};

tests! {
    each_mistake_is_named_and_no_secret_repeated,
    variables_are_let_through_and_checked_at_plan,
    values_that_are_known_late_are_checked_before_they_are_sent,
    required_id_and_unknown_attributes_are_refused
}

/// Lines of the resource, and what is said of them. The secret in them is never repeated.
const REFUSED: [(&str, &[&str]); 12] = [
    (
        "  name = \"  \"",
        &[
            "Error: Blank Value",
            "name is empty or blank",
            "name = \"  \"",
        ],
    ),
    (
        "  grafana_config {}",
        &[
            "Error: Empty Configuration Block",
            "grafana_config is empty. Set api_key in it, or remove the block.",
        ],
    ),
    (
        "  datadog_config {}",
        &[
            "Error: Empty Configuration Block",
            "Set api_key or app_key in it",
        ],
    ),
    (
        "  grafana_config {\n    api_key = \"\"\n  }",
        &["Error: Blank Value", "grafana_config.api_key is empty"],
    ),
    (
        "  grafana_config {\n    api_key = \"s3cr3t\\n\"\n  }",
        &[
            "Error: Stray Characters in a Key",
            "grafana_config.api_key starts or ends with whitespace",
            "trimspace()",
        ],
    ),
    (
        "  datadog_config {\n    api_key = \" s3cr3t\"\n    app_key = \"s3c\\tr3t\"\n  }",
        &[
            "datadog_config.api_key starts or ends with whitespace",
            "datadog_config.app_key contains a line break or another control character",
        ],
    ),
    (
        "  grafana_config {\n    api_key = \"s3cr3t\"\n  }\n  datadog_config {\n    app_key = \
         \"s3cr3t\"\n  }",
        &[
            "Error: Conflicting Configuration",
            "Only one of grafana_config and datadog_config can be set",
        ],
    ),
    (
        "  grafana_config {\n    api_url = \"http://grafana.example.com\"\n  }",
        &[
            "Error: Invalid Grafana URL",
            "grafana_config.api_url names a protocol other than https",
            "such as grafana.example.com",
        ],
    ),
    (
        "  grafana_config {\n    api_url = \"https://\"\n  }",
        &["Error: Invalid Grafana URL", "names no host"],
    ),
    (
        "  grafana_config {\n    api_url = \"u:s3cr3t@grafana.example.com\"\n  }",
        &["contains a user name or password"],
    ),
    (
        "  grafana_config {\n    api_url = \" grafana.example.com\"\n  }",
        &["grafana_config.api_url starts or ends with whitespace"],
    ),
    (
        "  enabled = true",
        &[
            "Error: Invalid Configuration for Read-Only Attribute",
            "enabled = true",
        ],
    ),
];

fn each_mistake_is_named_and_no_secret_repeated(scene: &mut Scene) {
    // One configuration with all of them: a validation each would take long.
    let resources: Vec<_> = REFUSED
        .iter()
        .enumerate()
        .map(|(number, (lines, _))| resource(&format!("r{number}"), ID, lines))
        .collect();
    scene.configure(&resources.concat());
    let ran = scene.fails(&["validate", "-json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    for (number, (lines, sentences)) in REFUSED.iter().enumerate() {
        let address = format!("incident_telemetry_data_source.r{number}");
        let found: Vec<String> = report["diagnostics"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|diagnostic| diagnostic["address"] == address)
            .map(|diagnostic| {
                let said = [&diagnostic["summary"], &diagnostic["detail"]]
                    .map(|part| part.as_str().unwrap_or_default());
                let code = diagnostic["snippet"]["code"].as_str().unwrap_or_default();
                format!("Error: {}\n{}\n{code}", said[0], said[1])
            })
            .collect();
        for sentence in *sentences {
            assert!(
                found.iter().any(|text| text.contains(sentence)),
                "{lines}\ndoes not lead to {sentence:?}, but to\n{found:#?}"
            );
        }
    }
    // Core prints the line of the configuration that belongs to a path, literal values included.
    assert!(!ran.stdout.contains("s3c"), "{}", ran.stdout);
    assert_eq!(scene.sandbox.count(), 0);
}

fn variables_are_let_through_and_checked_at_plan(scene: &mut Scene) {
    let url = "variable \"url\" {}\nvariable \"name\" {}\nvariable \"id\" {}\n";
    let lines = "  name = var.name\n  grafana_config {\n    api_key = var.token\n    api_url = \
        var.url\n  }";
    let configuration = [TOKEN, url, &grafana(lines)]
        .concat()
        .replace(&format!("\"{ID}\""), "var.id");
    scene.configure(&configuration);
    scene.ok(&["validate"]).is_silent();

    scene
        .must_not_show("glsa_stray_2Rk")
        .variable("token", "glsa_stray_2Rk\n")
        .variable("url", "http://grafana.example.com")
        .variable("name", "")
        .variable("id", "..");
    scene
        .fails(&["plan"])
        .says_times(4, "Error:")
        .says("grafana_config.api_key starts or ends with whitespace")
        .says("grafana_config.api_url names a protocol other than https")
        .says("name is empty or blank")
        .says("data_source_id cannot be")
        .does_not_say("glsa_stray_2Rk");
    assert_eq!(scene.sandbox.count(), 0);
}

fn values_that_are_known_late_are_checked_before_they_are_sent(scene: &mut Scene) {
    let late = "resource \"terraform_data\" \"late\" {\n  input = \" glsa_late\"\n}\n";
    let lines = "  grafana_config {\n    api_key = terraform_data.late.output\n  }";
    scene.configure(&[late, &grafana(lines)].concat());
    scene.plan_saved();
    scene.sandbox.take_journal();
    scene
        .fails(&["apply", "saved.tfplan"])
        .says_times(1, "Error: Stray Characters in a Key")
        .does_not_say("glsa_late is");
    assert!(
        scene
            .sandbox
            .journal()
            .iter()
            .all(incident_sandbox::Entry::is_read)
    );
    assert_eq!(
        scene.sandbox.data_source(ID).map(|source| source.name),
        Some(NAME.to_owned())
    );
    scene.run(&["state", "list"]).does_not_say(GRAFANA);
}

fn required_id_and_unknown_attributes_are_refused(scene: &mut Scene) {
    scene.configure(
        "resource \"incident_telemetry_data_source\" \"grafana\" {\n  nonsense = 1\n}\n",
    );
    scene
        .fails(&["validate"])
        .says("The argument \"data_source_id\" is required")
        .says("An argument named \"nonsense\" is not expected here.");
}
