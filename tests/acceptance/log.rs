//! What the host logs of the provider.

use incident_sandbox::{Answer, Fault, When, Write};
use test_support::tests;

use crate::scene::{Scene, with_token};

tests! {
    plugin_layer_has_nothing_to_complain_of,
    retries_are_logged
}

fn plugin_layer_has_nothing_to_complain_of(scene: &mut Scene) {
    scene.adopted(&with_token("  name = \"Ours\""));
    scene.plan_is_empty();
    scene.ok(&["destroy", "-auto-approve"]);
    let text = scene.log();
    assert!(text.contains("provider: plugin exited"), "no plugin ran");
    let complaints: Vec<_> = text
        .lines()
        .filter(|line| line.contains("[WARN]") || line.contains("[ERROR]"))
        // A race of go-plugin with itself, on a busy machine: it closes its end of the pipe once
        // the process is gone, and may still be reading it.
        .filter(|line| !line.contains("scanning stdout: error=\"read |0: file already closed\""))
        .collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
    // Our own lines arrive as such: with a level, and the fields apart.
    let ours: Vec<_> = text
        .lines()
        .filter(|line| line.contains("provider.terraform-provider-incident"))
        .collect();
    for part in ["[DEBUG]", "planned", "method=PUT", "status=200", "@module"] {
        assert!(
            ours.iter().any(|line| line.contains(part)),
            "{part}: {ours:#?}"
        );
    }
}

fn retries_are_logged(scene: &mut Scene) {
    scene.log_only_the_provider("INFO");
    scene.configure(&with_token(""));
    scene.sandbox.fault(
        Fault::Answer(Write::Lost, Answer::html(503)),
        When::next().reads(),
    );
    scene.ok(&["plan"]).is_silent();
    let text = scene.log();
    assert!(text.contains("[INFO]"), "{text}");
    assert!(text.contains("503"), "{text}");
    assert!(!text.contains("[DEBUG]"), "{text}");
}
