//! The real terraform (or tofu) with the example provider, `examples/notes.rs`.
//!
//! `cargo test -p terraform-plugin` builds the example first; `--test example` alone takes what was
//! built last. Where there is no client the tests are ignored, and fail if `CI` is set.

#![expect(
    clippy::expect_used,
    reason = "a test says what is wrong by failing, in helpers too"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

/// What a configuration begins with.
const HEAD: &str = r#"
terraform {
  required_providers {
    notes = { source = "example/notes" }
  }
}
variable "folder" {}
variable "secret" {
  sensitive = true
}
provider "notes" {
  folder = var.folder
}
"#;

/// A note with everything that a note can have.
const SHOPPING: &str = r#"
resource "notes_note" "it" {
  name = "shopping"
  text = "Milk and eggs"
  footer {
    line_wo = var.secret
    version = 1
  }
}
"#;

const NOTE: &str = r#"
resource "notes_note" "it" {
  name = "note"
  text = "Text"
}
"#;

const SECRET: &str = "open-sesame-7Qx";

/// What the file of [`SHOPPING`] holds.
fn shopping() -> String {
    format!("Milk and eggs\n<!-- footer -->\n{SECRET}")
}

/// The secret as an ephemeral value.
const ADDITION: &str = r#"
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

/// What is printed, without the spaces that align it.
fn unaligned(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn main() -> ExitCode {
    let client = client().map(|path| Client::new(&path));
    let trial = |(name, needs, test): Test| {
        let client = client.clone();
        Trial::ignorable_test(name, move || run(client.as_ref(), &needs, test))
    };
    let trials = TESTS.into_iter().map(trial).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn run(client: Option<&Client>, needs: &Needs, test: fn(&Scene)) -> Result<Completion, Failed> {
    const REASON: &str = "needs terraform or tofu";
    match client {
        Some(client) => {
            if let Some(reason) = client.lacks(needs) {
                return Ok(Completion::ignored_with(reason));
            }
            test(&Scene::new(client));
            Ok(Completion::Completed)
        }
        None if std::env::var_os("CI").is_some() => Err(REASON.into()),
        None => Ok(Completion::ignored_with(REASON)),
    }
}

/// A name to list it by, what it needs, and what to do.
type Test = (&'static str, Needs, fn(&Scene));

/// The minor versions of 1.x that a test needs. `None`: there is none so far.
#[derive(Clone, Copy)]
struct Needs {
    terraform: u32,
    tofu: Option<u32>,
}

const ANY: Needs = Needs {
    terraform: 11,
    tofu: Some(11),
};

const IDENTITY: Needs = Needs {
    terraform: 12,
    tofu: Some(12),
};

const ACTIONS: Needs = Needs {
    terraform: 14,
    tofu: None,
};

const TESTS: [Test; 20] = [
    (
        "a_note_is_created_and_then_there_is_nothing_to_do",
        ANY,
        created,
    ),
    ("a_change_is_an_update", ANY, updated),
    (
        "another_secret_is_written_once_its_version_says_so",
        ANY,
        written_anew,
    ),
    ("another_name_is_another_note", ANY, replaced),
    (
        "a_note_deleted_by_hand_is_created_again",
        ANY,
        deleted_by_hand,
    ),
    (
        "a_note_changed_by_hand_is_changed_back",
        ANY,
        changed_by_hand,
    ),
    ("tags_have_no_order", ANY, tagged),
    ("a_note_is_imported", ANY, imported),
    (
        "a_note_is_imported_by_its_identity",
        IDENTITY,
        imported_by_identity,
    ),
    (
        "an_older_state_gets_the_identity_with_a_read",
        IDENTITY,
        identified,
    ),
    ("a_note_has_one_identity_all_along", IDENTITY, identity_kept),
    ("a_note_of_a_fork_is_taken_over_as_it_is", ANY, taken_over),
    ("a_note_is_no_other_type", ANY, moved_in_vain),
    ("a_note_is_destroyed", ANY, destroyed),
    (
        "terraform_refuses_a_misspelt_name_in_a_block",
        ANY,
        misspelt,
    ),
    ("an_error_is_shown_on_its_attribute", ANY, blamed),
    ("a_note_is_looked_up", ANY, looked_up),
    ("the_folder_may_be_unknown_in_a_plan", ANY, unknown_folder),
    ("an_action_is_invoked", ACTIONS, invoked),
    ("an_action_is_triggered", ACTIONS, triggered),
];

fn created(scene: &Scene) {
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

fn updated(scene: &Scene) {
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

fn written_anew(scene: &Scene) {
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

fn replaced(scene: &Scene) {
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

fn deleted_by_hand(scene: &Scene) {
    scene.apply(SHOPPING);
    fs::remove_file(scene.path("shopping")).expect("a file");
    let plan = scene.apply(SHOPPING);
    assert!(
        plan.contains("1 to add, 0 to change, 0 to destroy"),
        "{plan}"
    );
    assert_eq!(scene.file("shopping"), Some(shopping()));
}

fn changed_by_hand(scene: &Scene) {
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

fn imported(scene: &Scene) {
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

fn tagged(scene: &Scene) {
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

fn imported_by_identity(scene: &Scene) {
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

fn identified(scene: &Scene) {
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

fn identity_kept(scene: &Scene) {
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

fn taken_over(scene: &Scene) {
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
    let provider = state["resources"][0]["provider"].as_str().expect("one");
    assert!(provider.contains("example/notes"), "{provider}");
}

fn moved_in_vain(scene: &Scene) {
    scene.apply("resource \"terraform_data\" \"it\" {\n  input = var.secret\n}\n");
    let moved = "moved {\n  from = terraform_data.it\n  to = notes_note.it\n}\n";
    scene.configure(&[NOTE, moved].concat());
    let failed = unaligned(&scene.fails(&["plan"]).replace(['│', '╷', '╵'], " "));
    let reason = "notes_note cannot take over a state of terraform_data";
    assert!(failed.contains(reason), "{failed}");
    assert!(!failed.contains(SECRET), "{failed}");
}

fn invoked(scene: &Scene) {
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
    assert!(failed.contains("line_wo must have a value"), "{failed}");
}

fn triggered(scene: &Scene) {
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

fn destroyed(scene: &Scene) {
    scene.apply(SHOPPING);
    scene.ok(&["destroy", "-auto-approve"]);
    assert_eq!(scene.file("shopping"), None);
    assert_eq!(scene.note(), Json::Null);
}

fn misspelt(scene: &Scene) {
    scene.configure(&SHOPPING.replace("version =", "verison ="));
    let refused = scene.fails(&["plan"]);
    assert!(
        refused.contains("An argument named \"verison\" is not expected here"),
        "{refused}"
    );
    assert!(refused.contains("Did you mean \"version\"?"), "{refused}");
}

fn blamed(scene: &Scene) {
    fs::write(scene.path("note"), "Mine").expect("a file");
    scene.configure(NOTE);
    let failed = scene.fails(&["apply", "-auto-approve"]);
    assert!(failed.contains("Error: Note Out of Reach"), "{failed}");
    assert!(failed.contains("name = \"note\""), "{failed}");
    assert_eq!(scene.file("note").as_deref(), Some("Mine"));
}

fn looked_up(scene: &Scene) {
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

fn unknown_folder(scene: &Scene) {
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

/// A folder for notes, and one with a configuration in which the client works.
struct Scene {
    client: Client,
    root: TempDir,
}

impl Scene {
    fn new(client: &Client) -> Self {
        let root = tempfile::tempdir().expect("a temporary folder");
        let scene = Self {
            client: client.clone(),
            root,
        };
        for folder in ["plugins", "work", "notes", "variables"] {
            fs::create_dir(scene.at(folder)).expect("a folder");
        }
        let provider = format!("terraform-provider-notes{}", std::env::consts::EXE_SUFFIX);
        let provider = scene.at("plugins").join(provider);
        fs::hard_link(example(), &provider)
            .or_else(|_| fs::copy(example(), &provider).map(drop))
            .expect("the example is built");
        let plugins = scene.at("plugins").to_string_lossy().replace('\\', "/");
        let config = format!(
            "provider_installation {{\n  dev_overrides {{\n    \
             \"example/notes\" = \"{plugins}\"\n    \
             \"fork/notes\" = \"{plugins}\"\n  }}\n  direct {{}}\n}}\n"
        );
        fs::write(scene.at("cli.tfrc"), config).expect("a CLI configuration");
        scene.set("secret", SECRET);
        scene.set("folder", &scene.folder().to_string_lossy());
        scene
    }

    fn at(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn work(&self) -> PathBuf {
        self.at("work")
    }

    fn folder(&self) -> PathBuf {
        self.at("notes")
    }

    /// Where a note is.
    fn path(&self, name: &str) -> PathBuf {
        self.folder().join(format!("{name}.md"))
    }

    /// What a note's file holds, if there is one.
    fn file(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.path(name)).ok()
    }

    /// Sets a variable of the configuration.
    fn set(&self, name: &str, value: &str) {
        fs::write(self.at("variables").join(name), value).expect("a variable");
    }

    fn write(&self, text: &str) {
        fs::write(self.work().join("main.tf"), text).expect("a configuration");
    }

    fn configure(&self, body: &str) {
        self.write(&[HEAD, body].concat());
    }

    /// The exit status, and what a user reads.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(&self.client.path);
        command.current_dir(self.work()).args(arguments);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("TF_") {
                command.env_remove(name);
            }
        }
        for name in ["secret", "folder"] {
            let value = fs::read_to_string(self.at("variables").join(name)).expect("a variable");
            command.env(format!("TF_VAR_{name}"), value);
        }
        let output = command
            .env("TF_CLI_CONFIG_FILE", self.at("cli.tfrc"))
            .env("TF_CLI_ARGS", "-no-color")
            .env("CHECKPOINT_DISABLE", "1")
            .output()
            .expect("the client starts");
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.code(),
            String::from_utf8_lossy(&text).into_owned(),
        )
    }

    #[track_caller]
    fn ok(&self, arguments: &[&str]) -> String {
        let (code, text) = self.run(arguments);
        assert_eq!(code, Some(0), "{arguments:?}:\n{text}");
        text
    }

    #[track_caller]
    fn fails(&self, arguments: &[&str]) -> String {
        let (code, text) = self.run(arguments);
        assert_eq!(code, Some(1), "{arguments:?}:\n{text}");
        text
    }

    #[track_caller]
    fn apply(&self, body: &str) -> String {
        self.configure(body);
        self.ok(&["apply", "-auto-approve"])
    }

    /// A plan without changes.
    #[track_caller]
    fn settled(&self) {
        self.ok(&["plan", "-detailed-exitcode"]);
    }

    /// The state file.
    fn state(&self) -> Json {
        let state = fs::read_to_string(self.work().join("terraform.tfstate")).expect("a state");
        serde_json::from_str(&state).expect("JSON")
    }

    /// The identity that the state has of the note; null if there is none.
    fn identity(&self) -> Json {
        let mut state = self.state();
        let identity = state.pointer_mut("/resources/0/instances/0/identity");
        identity.map_or(Json::Null, Json::take)
    }

    /// The note in the state; null if there is none.
    fn note(&self) -> Json {
        let state = self.ok(&["show", "-json"]);
        let state: Json = serde_json::from_str(&state).expect("JSON");
        let resources = state["values"]["root_module"]["resources"].as_array();
        let mut resources = resources.into_iter().flatten();
        let note = resources.find(|resource| resource["address"] == "notes_note.it");
        note.map_or(Json::Null, |note| note["values"].clone())
    }
}

/// Terraform or OpenTofu.
#[derive(Clone)]
struct Client {
    path: PathBuf,
    is_tofu: bool,
    /// Of 1.x.
    minor: u32,
}

impl Client {
    /// Asks for its version.
    fn new(path: &Path) -> Self {
        let output = Command::new(path)
            .arg("version")
            .env("CHECKPOINT_DISABLE", "1")
            .output()
            .expect("the client starts");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        // There may be warnings before it.
        let mut lines = text.lines();
        let line = lines.find(|line| {
            ["Terraform v", "OpenTofu v"]
                .iter()
                .any(|name| line.starts_with(name))
        });
        let minor = line.and_then(|line| line.split('.').nth(1)?.parse().ok());
        Self {
            path: path.to_owned(),
            is_tofu: text.contains("OpenTofu v"),
            minor: minor.expect("Terraform v1.x.y, or OpenTofu v1.x.y"),
        }
    }

    /// What is missing for a test.
    fn lacks(&self, needs: &Needs) -> Option<String> {
        let needed = if self.is_tofu {
            needs.tofu
        } else {
            Some(needs.terraform)
        };
        if needed.is_some_and(|needed| self.minor >= needed) {
            return None;
        }
        let tofu = needs.tofu.map(|minor| format!(" or OpenTofu 1.{minor}"));
        Some(format!(
            "needs Terraform 1.{}{}",
            needs.terraform,
            tofu.unwrap_or_default()
        ))
    }
}

/// `TF_ACC_TERRAFORM_PATH`, or terraform or tofu on `PATH`.
fn client() -> Option<PathBuf> {
    let named = std::env::var_os("TF_ACC_TERRAFORM_PATH").filter(|path| !path.is_empty());
    named.map(PathBuf::from).or_else(|| {
        let path = std::env::var_os("PATH")?;
        let suffix = std::env::consts::EXE_SUFFIX;
        ["terraform", "tofu"].into_iter().find_map(|name| {
            std::env::split_paths(&path)
                .map(|folder| folder.join(format!("{name}{suffix}")))
                .find(|file| file.is_file())
        })
    })
}

/// The example's executable, which cargo puts beside `deps`, where this one is.
fn example() -> PathBuf {
    let this = std::env::current_exe().expect("a path");
    let folder = this
        .parent()
        .and_then(Path::parent)
        .expect("the folder of a profile");
    let name = format!("notes{}", std::env::consts::EXE_SUFFIX);
    folder.join("examples").join(name)
}
