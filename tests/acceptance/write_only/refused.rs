//! What is refused, and what is not.

use test_support::tests;

use super::{ephemeral, plain};
use crate::scene::{ID, NOTHING, Scene};

tests! {
    both_forms_of_one_key,
    both_forms_of_which_one_is_known_later,
    a_version_without_its_key,
    no_form_is_recommended
}

fn both_forms_of_one_key(scene: &mut Scene) {
    scene.configure(&ephemeral("", "api_key = \"placeholder\""));
    scene.write_only("token", "glsa_both_2Cx");
    scene.sandbox.take_journal();
    // Variables are unknown to validate, and known to the validation of a plan.
    scene.ok(&["validate"]);
    scene
        .fails(&["plan"])
        .says("Error: Conflicting Configuration")
        .says("Only one of grafana_config.api_key and grafana_config.api_key_wo can be set");
    assert_eq!(scene.sandbox.count(), 0);
}

fn both_forms_of_which_one_is_known_later(scene: &mut Scene) {
    let maker = "\nresource \"terraform_data\" \"maker\" {\n  input = \"made\"\n}\n";
    let config = ephemeral("", "api_key = terraform_data.maker.output") + maker;
    scene.configure(&config);
    scene.write_only("token", "glsa_both_later_2Cx");
    scene.ok(&["validate"]);
    scene.plan();
    scene.sandbox.take_journal();
    scene
        .fails(&["apply", "saved.tfplan"])
        .says("Error: Conflicting Configuration");
    assert_eq!(scene.written(), NOTHING);
}

fn a_version_without_its_key(scene: &mut Scene) {
    scene.configure(&format!(
        "provider \"incident\" {{}}\nresource \"incident_telemetry_data_source\" \"grafana\" {{\n  \
         data_source_id = {ID:?}\n  grafana_config {{\n    api_key_wo_version = \"1\"\n  }}\n}}"
    ));
    scene
        .fails(&["validate"])
        .says("Error: Version Without a Write-only Value")
        .says("is set but grafana_config.api_key_wo is not.")
        .says("Set grafana_config.api_key_wo, or remove grafana_config.api_key_wo_version");
}

fn no_form_is_recommended(scene: &mut Scene) {
    scene.configure(&plain(""));
    scene.sensitive("token", "glsa_plain_5Gk");
    scene.ok(&["validate"]).does_not_say("Warning");
    scene.plan().ran.does_not_say("Warning");
}
