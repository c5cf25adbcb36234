//! Notes, from one end to the other.

use std::fs;

use serde_json::Value as Json;

use crate::scene::{HEAD, NOTE, SECRET, SHOPPING, Scene, shopping, unaligned};

pub(crate) fn created(scene: &Scene) {
    scene.configure(SHOPPING);
    let plan = scene.ok(&["plan", "-out=saved"]);
    for shown in [
        "+ file = (known after apply)",
        "+ line_wo = (write-only attribute)",
        "+ text = (sensitive value)",
        "Plan: 1 to add, 0 to change, 0 to destroy.",
    ] {
        assert!(
            unaligned(&plan).contains(shown),
            "{shown} is missing:\n{plan}"
        );
    }
    let applied = scene.ok(&["apply", "saved"]);
    assert_eq!(scene.file("shopping"), Some(shopping()));
    let note = scene.note();
    assert_eq!(note["footer"]["version"], 1);
    assert_eq!(note["footer"]["line_wo"], Json::Null);
    assert_eq!(
        note["file"],
        scene.path("shopping").to_string_lossy().as_ref()
    );
    scene.settled();
    let state = fs::read_to_string(scene.work().join("terraform.tfstate")).expect("a state");
    assert!(state.contains("Milk and eggs"));
    for (what, text) in [("plan", plan), ("apply", applied), ("state", state)] {
        assert!(!text.contains(SECRET), "{what}:\n{text}");
        assert!(what == "state" || !text.contains("Milk"), "{what}:\n{text}");
    }
}

pub(crate) fn updated(scene: &Scene) {
    scene.apply(SHOPPING);
    let plan = scene.apply(&SHOPPING.replace("eggs", "rice\\n---\\nBread"));
    assert!(
        unaligned(&plan).contains("~ text = (sensitive value)"),
        "{plan}"
    );
    assert!(!plan.contains("~ file"), "a path stays:\n{plan}");
    assert_eq!(
        scene.file("shopping"),
        Some(shopping().replace("eggs", "rice\n---\nBread"))
    );
    scene.settled();
}

pub(crate) fn written_anew(scene: &Scene) {
    scene.apply(SHOPPING);
    // Core cannot see that it is another one.
    scene.set("secret", "another");
    scene.settled();
    assert_eq!(scene.file("shopping"), Some(shopping()));
    scene.apply(&SHOPPING.replace("version = 1", "version = 2"));
    assert_eq!(
        scene.file("shopping"),
        Some(shopping().replace(SECRET, "another"))
    );
    scene.settled();
}

pub(crate) fn replaced(scene: &Scene) {
    scene.apply(NOTE);
    let plan = scene.apply(&NOTE.replace("\"note\"", "\"other\""));
    assert!(plan.contains("# forces replacement"), "{plan}");
    assert!(
        plan.contains("1 to add, 0 to change, 1 to destroy"),
        "{plan}"
    );
    assert_eq!(scene.file("note"), None);
    assert_eq!(
        scene.file("other").as_deref(),
        Some("Text\n<!-- footer -->\n")
    );
    scene.settled();
}

pub(crate) fn deleted_by_hand(scene: &Scene) {
    scene.apply(SHOPPING);
    fs::remove_file(scene.path("shopping")).expect("a file");
    let plan = scene.apply(SHOPPING);
    assert!(
        plan.contains("1 to add, 0 to change, 0 to destroy"),
        "{plan}"
    );
    assert_eq!(scene.file("shopping"), Some(shopping()));
}

pub(crate) fn changed_by_hand(scene: &Scene) {
    scene.apply(SHOPPING);
    fs::write(scene.path("shopping"), "Beer").expect("a file");
    let plan = scene.apply(SHOPPING);
    assert!(
        plan.contains("0 to add, 1 to change, 0 to destroy"),
        "{plan}"
    );
    assert!(!plan.contains("Beer"), "{plan}");
    assert_eq!(scene.file("shopping"), Some(shopping()));
    scene.settled();
}

pub(crate) fn tagged(scene: &Scene) {
    let tags = |tags: &str| NOTE.replace("\"Text\"", &format!("\"Text\"\n  tags = [{tags}]"));
    scene.apply(&tags("\"b\", \"a\""));
    assert_eq!(
        scene.file("note").as_deref(),
        Some("Text\n<!-- tags -->\na b\n<!-- footer -->\n")
    );
    scene.settled();
    fs::write(scene.path("note"), "Text\n<!-- tags -->\nb a\n").expect("a file");
    scene.settled();
    fs::write(scene.path("note"), "Text\n<!-- tags -->\nc\n").expect("a file");
    let plan = scene.apply(&tags("\"b\", \"a\""));
    assert!(plan.contains("- \"c\""), "{plan}");
    for few in ["", "\"a\""] {
        scene.apply(&tags(few));
        scene.settled();
    }
}

pub(crate) fn imported(scene: &Scene) {
    scene.configure(NOTE);
    let absent = scene.fails(&["import", "notes_note.it", "note"]);
    assert!(
        absent.contains("Cannot import non-existent remote object"),
        "{absent}"
    );
    fs::write(scene.path("note"), "Text").expect("a file");
    scene.ok(&["import", "notes_note.it", "note"]);
    scene.settled();
    assert_eq!(scene.note()["text"], "Text");
}

pub(crate) fn destroyed(scene: &Scene) {
    scene.apply(SHOPPING);
    scene.ok(&["destroy", "-auto-approve"]);
    assert_eq!(scene.file("shopping"), None);
    assert_eq!(scene.note(), Json::Null);
}

pub(crate) fn misspelt(scene: &Scene) {
    scene.configure(&SHOPPING.replace("version =", "verison ="));
    let refused = scene.fails(&["plan"]);
    assert!(
        refused.contains("An argument named \"verison\" is not expected here"),
        "{refused}"
    );
    assert!(refused.contains("Did you mean \"version\"?"), "{refused}");
}

pub(crate) fn blamed(scene: &Scene) {
    fs::write(scene.path("note"), "Mine").expect("a file");
    scene.configure(NOTE);
    let failed = scene.fails(&["apply", "-auto-approve"]);
    assert!(failed.contains("Error: Note Out of Reach"), "{failed}");
    assert!(failed.contains("name = \"note\""), "{failed}");
    assert_eq!(scene.file("note").as_deref(), Some("Mine"));
}

pub(crate) fn looked_up(scene: &Scene) {
    let lookup = r#"
        data "notes_note" "it" { name = "theirs" }
        output "length" { value = nonsensitive(length(data.notes_note.it.content)) }
        "#;
    scene.configure(lookup);
    let failed = scene.fails(&["plan"]);
    assert!(failed.contains("Error: Note Out of Reach"), "{failed}");
    assert!(failed.contains("name = \"theirs\""), "{failed}");
    fs::write(scene.path("theirs"), "Theirs").expect("a file");
    let applied = scene.apply(lookup);
    assert!(applied.contains("length = 6"), "{applied}");
}

pub(crate) fn unknown_folder(scene: &Scene) {
    let late = "resource \"terraform_data\" \"folder\" {\n  input = var.folder\n}\n";
    let head = HEAD.replace(
        "folder = var.folder",
        "folder = terraform_data.folder.output",
    );
    scene.write(&[&head, late, NOTE].concat());
    scene.ok(&["plan"]);
    scene.ok(&["apply", "-auto-approve"]);
    assert_eq!(
        scene.file("note").as_deref(),
        Some("Text\n<!-- footer -->\n")
    );
    scene.settled();
}
