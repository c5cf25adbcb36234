//! What the host logs of the provider.

use incident_sandbox::{Answer, Fault, When, Write};

use crate::setup::{start, with_token};

#[test]
fn plugin_layer_has_nothing_to_complain_of() {
    let Some((sandbox, mut terraform)) = start() else {
        return;
    };
    let log = terraform.work().join("trace.log");
    terraform
        .env("TF_LOG", "TRACE")
        .env("TF_LOG_PATH", &log.to_string_lossy());
    terraform.configure(&with_token("  name = \"Ours\""));
    terraform.apply();
    terraform.plan_is_empty();
    terraform.ok(&["destroy", "-auto-approve"]);
    let text = std::fs::read_to_string(&log).expect("a log");
    assert!(text.contains("[TRACE]"));
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
    assert!(!text.contains("glsa_one"));
    assert!(!text.contains(incident_sandbox::DEFAULT_KEY));
    assert_eq!(sandbox.pending_faults(), 0);
}

#[test]
fn retries_are_logged() {
    let Some((sandbox, mut terraform)) = start() else {
        return;
    };
    let log = terraform.work().join("warn.log");
    terraform
        .env("TF_LOG_PROVIDER", "INFO")
        .env("TF_LOG_PATH", &log.to_string_lossy());
    terraform.configure(&with_token(""));
    sandbox.fault(
        Fault::Answer(Write::Lost, Answer::html(503)),
        When::next().reads(),
    );
    terraform.ok(&["plan"]).is_silent();
    let text = std::fs::read_to_string(&log).expect("a log");
    eprintln!("{text}");
    assert!(text.contains("[INFO]"), "{text}");
    assert!(text.contains("503"), "{text}");
    assert!(!text.contains("[DEBUG]"), "{text}");
}
