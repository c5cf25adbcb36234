//! Notes that come from elsewhere.

use serde_json::json;

use crate::scene::{HEAD, NOTE, SECRET, SHOPPING, Scene, unaligned};

pub(crate) fn taken_over(scene: &Scene) {
    let fork = |text: &str| text.replace("example/notes", "fork/notes");
    scene.write(&fork(&[HEAD, SHOPPING].concat()));
    scene.ok(&["apply", "-auto-approve"]);
    let moved = "moved {\n  from = notes_note.it\n  to = notes_note.ours\n}\n";
    let ours = SHOPPING.replace("\"it\"", "\"ours\"");
    scene.configure(&[&ours, moved].concat());
    let written = || {
        scene
            .path("shopping")
            .metadata()
            .and_then(|file| file.modified())
    };
    let before = written().expect("a time");
    let applied = scene.ok(&["apply", "-auto-approve"]);
    // Terraform has forgotten which values are sensitive, and counts that as a change, of which it
    // does not tell the provider.
    let shown = if scene.client.is_tofu {
        "has moved to notes_note.ours"
    } else {
        "(moved from notes_note.it)"
    };
    assert!(applied.contains(shown), "{applied}");
    assert!(applied.contains("0 added"), "{applied}");
    assert!(applied.contains("0 destroyed"), "{applied}");
    assert_eq!(written().expect("a time"), before);
    scene.settled();
    let state = scene.state();
    if scene.client.minor >= 12 {
        assert_eq!(scene.identity(), json!({"name": "shopping"}));
    }
    let provider = state["resources"][0]["provider"].as_str().expect("one");
    assert!(provider.contains("example/notes"), "{provider}");
}

pub(crate) fn refused(scene: &Scene) {
    scene.apply("resource \"terraform_data\" \"it\" {\n  input = var.secret\n}\n");
    let moved = "moved {\n  from = terraform_data.it\n  to = notes_note.it\n}\n";
    scene.configure(&[NOTE, moved].concat());
    let failed = unaligned(&scene.fails(&["plan"]).replace(['│', '╷', '╵'], " "));
    let reason = "notes_note cannot take over a state of terraform_data";
    assert!(failed.contains(reason), "{failed}");
    assert!(!failed.contains(SECRET), "{failed}");
}
