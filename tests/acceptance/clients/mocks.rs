//! `terraform test` and `tofu test`.

use std::fs;
use std::path::Path;

use test_support::tests;

use crate::scene::Scene;

tests! {
    the_example_needs_no_key_and_makes_no_request,
    without_the_mock_it_runs_against_the_sandbox
}

/// `examples/testing`, as it stands, or without its mock.
fn example(scene: &Scene, mocked: bool) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/testing");
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect("an example");
    scene.write("main.tf", &read("main.tf"));
    let test = read("tests/mocked.tftest.hcl");
    let (mock, rest) = test.split_once("\nvariables {").expect("variables");
    let (comment, _) = mock.split_once('\n').expect("a comment");
    let test = if mocked {
        test.clone()
    } else {
        format!("{comment}\nvariables {{{rest}")
            .replace("Production Datadog", "Datadog of the dashboard")
    };
    fs::create_dir(scene.work().join("tests")).expect("a folder");
    scene.write("tests/mocked.tftest.hcl", &test);
}

fn the_example_needs_no_key_and_makes_no_request(scene: &mut Scene) {
    example(scene, true);
    scene.without_env("INCIDENT_API_KEY");
    scene.ok(&["test"]).says("1 passed, 0 failed");
    assert_eq!(scene.sandbox.count(), 0);
}

fn without_the_mock_it_runs_against_the_sandbox(scene: &mut Scene) {
    example(scene, false);
    scene.ok(&["test"]).says("1 passed, 0 failed");
    let key = scene.grafana_key();
    assert_eq!(key.as_deref(), Some("glsa_of_the_test"));
}
