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
use serde_json::Value as Json;
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

/// What is printed, without the spaces that align it.
fn unaligned(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn main() -> ExitCode {
    let client = client();
    let trial = |(name, test): Test| {
        let client = client.clone();
        Trial::ignorable_test(name, move || run(client.as_deref(), test))
    };
    let trials = TESTS.into_iter().map(trial).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn run(client: Option<&Path>, test: fn(&Scene)) -> Result<Completion, Failed> {
    const REASON: &str = "needs terraform or tofu";
    match client {
        Some(client) => {
            test(&Scene::new(client));
            Ok(Completion::Completed)
        }
        None if std::env::var_os("CI").is_some() => Err(REASON.into()),
        None => Ok(Completion::ignored_with(REASON)),
    }
}

/// A name to list it by, and what to do.
type Test = (&'static str, fn(&Scene));

const TESTS: [Test; 12] = [
    ("a_note_is_created_and_then_there_is_nothing_to_do", created),
    ("a_change_is_an_update", updated),
    (
        "another_secret_is_written_once_its_version_says_so",
        written_anew,
    ),
    ("another_name_is_another_note", replaced),
    ("a_note_deleted_by_hand_is_created_again", deleted_by_hand),
    ("a_note_changed_by_hand_is_changed_back", changed_by_hand),
    ("a_note_is_imported", imported),
    ("a_note_is_destroyed", destroyed),
    ("terraform_refuses_a_misspelt_name_in_a_block", misspelt),
    ("an_error_is_shown_on_its_attribute", blamed),
    ("a_note_is_looked_up", looked_up),
    ("the_folder_may_be_unknown_in_a_plan", unknown_folder),
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
    client: PathBuf,
    root: TempDir,
}

impl Scene {
    fn new(client: &Path) -> Self {
        let root = tempfile::tempdir().expect("a temporary folder");
        let scene = Self {
            client: client.to_owned(),
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
             \"registry.opentofu.org/example/notes\" = \"{plugins}\"\n  }}\n  direct {{}}\n}}\n"
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
        let mut command = Command::new(&self.client);
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
