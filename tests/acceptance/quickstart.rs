//! The quickstart, with this client.

use std::process::Command;

use test_support::cargo;
use test_support::client::{Client, WRITE_ONLY};
use test_support::tests;

tests! { every_step_happens }

fn every_step_happens() {
    let client = Client::find().expect("the suite runs this where there is a client");
    let ran = Command::new(cargo::example("quickstart"))
        .env("TF_ACC_TERRAFORM_PATH", &client.path)
        .output()
        .expect("the quickstart");
    let text = String::from_utf8_lossy(&ran.stdout);
    let stderr = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{text}\n{stderr}");
    let (argument, found) = if client.lacks(&WRITE_ONLY).is_none() {
        ("api_key_wo = (write-only attribute)", "the key is not")
    } else {
        ("api_key = (sensitive value)", "the key is\n")
    };
    for part in [
        argument,
        found,
        "Warning: Data Source Changed Outside of Terraform",
        "~ credentials_updated_at",
        "\nEvery step happened. Next, ",
    ] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
    assert!(!text.contains("glsa_"), "a key is shown:\n{text}");
}
