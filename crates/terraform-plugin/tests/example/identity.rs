//! The identity of a note.

use std::fs;

use serde_json::{Value as Json, json};

use crate::scene::{NOTE, Scene};

pub(crate) fn imported(scene: &Scene) {
    fs::write(scene.path("note"), "Text").expect("a file");
    let import = |identity: &str| {
        format!("{NOTE}import {{\n  to = notes_note.it\n  identity = {{ {identity} }}\n}}\n")
    };
    scene.configure(&import(""));
    let refused = scene.fails(&["plan"]);
    assert!(
        refused.contains("attribute \"name\" is required"),
        "{refused}"
    );
    scene.configure(&import("name = null"));
    let refused = scene.fails(&["plan"]);
    assert!(refused.contains("name"), "{refused}");
    let applied = scene.apply(&import("name = \"note\""));
    assert!(applied.contains("1 imported, 0 added"), "{applied}");
    assert_eq!(scene.identity(), json!({"name": "note"}));
    scene.settled();
}

pub(crate) fn added_later(scene: &Scene) {
    scene.apply(NOTE);
    let mut state = scene.state();
    let instance = &mut state["resources"][0]["instances"][0];
    let instance = instance.as_object_mut().expect("an instance");
    instance.remove("identity").expect("an identity");
    instance.remove("identity_schema_version");
    fs::write(scene.at("work/terraform.tfstate"), state.to_string()).expect("a state");
    scene.settled();
    scene.ok(&["apply", "-auto-approve", "-refresh-only"]);
    assert_eq!(scene.identity(), json!({"name": "note"}));
    scene.settled();
}

pub(crate) fn kept(scene: &Scene) {
    scene.apply(NOTE);
    assert_eq!(scene.identity(), json!({"name": "note"}));
    scene.apply(&NOTE.replace("Text", "Other"));
    assert_eq!(scene.identity(), json!({"name": "note"}));
    // Another note is another identity.
    scene.apply(&NOTE.replace("\"note\"", "\"other\""));
    assert_eq!(scene.identity(), json!({"name": "other"}));
    scene.settled();
    scene.ok(&["destroy", "-auto-approve"]);
    assert_eq!(scene.identity(), Json::Null);
}
