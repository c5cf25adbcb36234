//! The action.

use crate::scene::{NOTE, Scene};

/// The secret as an ephemeral value.
pub(crate) const ADDITION: &str = r#"
variable "line" {
  ephemeral = true
  default   = "added-6Tz"
}
action "notes_append" "it" {
  config {
    name    = "note"
    line_wo = LINE
  }
}
"#;

pub(crate) fn invoked(scene: &Scene) {
    scene.apply(NOTE);
    let plain = ADDITION.replace("LINE", "\"plain-3Kd\"");
    scene.configure(&[NOTE, &plain].concat());
    let invoke = ["apply", "-auto-approve", "-invoke=action.notes_append.it"];
    let applied = scene.ok(&invoke);
    assert!(applied.contains("Appending to note."), "{applied}");
    assert!(!applied.contains("plain-3Kd"), "{applied}");
    let footer = "Text\n<!-- footer -->\n\nplain-3Kd";
    assert_eq!(scene.file("note").as_deref(), Some(footer));
    scene.settled();
    // Terraform 1.16 and 1.17 drop an ephemeral value here. The framework says so.
    let ephemeral = ADDITION.replace("LINE", "var.line");
    scene.configure(&[NOTE, &ephemeral].concat());
    let (text, file) = if scene.client.minor < 16 {
        (scene.ok(&invoke), format!("{footer}\nadded-6Tz"))
    } else {
        (scene.fails(&invoke), footer.to_owned())
    };
    assert_eq!(scene.file("note"), Some(file));
    assert_eq!(
        text.contains("ephemeral"),
        scene.client.minor >= 16,
        "{text}"
    );
    assert!(!text.contains("added-6Tz"), "{text}");
    scene.configure(&[NOTE, &plain.replace("\"note\"", "\"absent\"")].concat());
    let failed = scene.fails(&invoke);
    assert!(failed.contains("Note Out of Reach"), "{failed}");
    scene.configure(&[NOTE, &plain.replace("\"plain-3Kd\"", "null")].concat());
    let failed = scene.fails(&["validate"]);
    assert!(failed.contains("line_wo is required"), "{failed}");
}

pub(crate) fn triggered(scene: &Scene) {
    let trigger = "lifecycle {\n    action_trigger {\n      events = [after_create]\n      \
                   actions = [action.notes_append.it]\n    }\n  }\n}\n";
    let note = [NOTE.trim_end().trim_end_matches('}'), trigger].concat();
    scene.configure(&[&note, &*ADDITION.replace("LINE", "var.line")].concat());
    let plan = scene.ok(&["plan", "-out=saved"]);
    assert!(plan.contains("1 to invoke"), "{plan}");
    let applied = scene.ok(&["apply", "saved"]);
    assert!(applied.contains("Appending to note."), "{applied}");
    for text in [plan, applied] {
        assert!(!text.contains("added-6Tz"), "{text}");
    }
    assert_eq!(
        scene.file("note").as_deref(),
        Some("Text\n<!-- footer -->\n\nadded-6Tz")
    );
    scene.settled();
}
