//! A whole provider: notes, as Markdown files in a folder, which is in the place of an API. Reading
//! them blocks, since they are small. `tests/example` drives it with the real terraform.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use terraform_plugin::schema::Mode::{Computed, Optional, Required};
use terraform_plugin::schema::{Attribute, Block, Nesting, Planned, Schema};
use terraform_plugin::value::Type;
use terraform_plugin::{Abilities, Action, ApplyRequest, ApplyResponse, CancellationToken as Stop};
use terraform_plugin::{DataSource, Diagnostic, Diagnostics, Host, Identified, Offers, Path};
use terraform_plugin::{Program, Progress, Provider, ReadRequest, ReadResponse, Resource, Set};
use terraform_plugin::{Text, Value, model, summaries};
use tokio::sync::watch::Sender;

fn main() -> ExitCode {
    let program = Program {
        name: "terraform-provider-notes",
        version: env!("CARGO_PKG_VERSION"),
        about: "Notes, as files in a folder.",
        example: "resource \"notes_note\" \"this\" {\n  name = \"this\"\n  text = \"…\"\n}",
        address: "registry.terraform.io/example/notes",
        log_target: env!("CARGO_CRATE_NAME"),
        report_url: "https://example.com/notes/issues",
    };
    program.run(Notes::default)
}

/// Provider, resource, data source and action: all clones share the folder. `None` until known.
#[derive(Clone, Default)]
struct Notes(Sender<Option<PathBuf>>);

model! { struct Settings { folder: Text, } }
model! { struct Note { name: Text, text: Text, tags: Set<Text>, file: Text, footer: Footer, } }
model! { struct Footer { line_wo: Text, version: i64, } }
model! { struct Identity { name: Text, } }
model! { struct Found { name: Text, content: Text, } }
model! { struct Addition { name: Text, line_wo: Text, } }

impl Provider for Notes {
    type Model = Settings;
    fn schema(&self) -> Schema {
        let folder = Attribute::string("folder", Required, "Where the notes are.");
        Schema::new("Notes in a folder.", vec![folder])
    }
    fn configure(&self, config: Settings, _: &Host) -> Diagnostics {
        let folder = config.folder.as_str().map(PathBuf::from);
        self.0.send_replace(folder);
        Diagnostics::new()
    }
    fn offers(&self) -> Offers {
        let note = Abilities::new().identified();
        let offers = Offers::new().resource_with(self.clone(), note);
        offers.data_source(self.clone()).action(self.clone())
    }
}

impl Resource for Notes {
    type Model = Note;
    type Private = ();
    const TYPE_NAME: &'static str = "notes_note";
    fn schema(&self) -> Schema {
        let footer = vec![
            Attribute::string("line_wo", Required, "Ends the file, in no state.").write_only(),
            Attribute::number("version", Optional, "Raise it for another line."),
        ];
        let attributes = vec![
            Attribute::string("name", Required, "Names the file.").requires_replace(),
            Attribute::string("text", Required, "What it says.").sensitive(),
            Attribute::value(
                "tags",
                Type::Set(Box::new(Type::String)),
                Optional,
                "Its tags.",
            ),
            Attribute::string("file", Computed, "Its path.").planned(Planned::Prior),
        ];
        let footer = Block::new("footer", Nesting::Single, "Not read back.", footer);
        Schema::new("A note.", attributes).block(footer)
    }
    fn import(&self, id: &str) -> Result<Note, Diagnostic> {
        Ok(Note {
            name: Value::text(id),
            ..Note::default()
        })
    }

    async fn read(&self, request: ReadRequest<Self>, _: &Stop) -> ReadResponse<Self> {
        let mut note = request.state;
        let file = found(self.file(&note.name).and_then(fs::read_to_string));
        let note = file.map(|file| {
            let file = file?;
            let body = file.split(FOOTER).next()?;
            let (text, tags) = body.rsplit_once(TAGS).map_or((body, None), |(text, tags)| {
                (
                    text,
                    Some(Set(tags.split_whitespace().map(Value::text).collect())),
                )
            });
            (note.text, note.tags) = (Value::text(text), tags.into());
            Some(note)
        });
        note.into()
    }
    async fn create(&self, new: ApplyRequest<Self>, _: &Stop) -> ApplyResponse<Self> {
        self.write(new, File::create_new).map_err(failed).into()
    }
    async fn update(&self, _: Note, new: ApplyRequest<Self>, _: &Stop) -> ApplyResponse<Self> {
        self.write(new, File::create).map_err(failed).into()
    }
    async fn delete(&self, prior: Note, _: &Stop) -> Diagnostics {
        let deleted = found(self.file(&prior.name).and_then(fs::remove_file));
        deleted.err().into_iter().collect()
    }
}

impl Identified for Notes {
    type Identity = Identity;
    fn identity_schema(&self) -> Schema {
        let name = Attribute::string("name", Required, "Names the file.");
        Schema::new("A note of the folder.", vec![name])
    }
    fn identity(&self, note: &Note) -> Identity {
        let name = note.name.clone();
        Identity { name }
    }
    fn import_by_identity(&self, Identity { name }: Identity) -> Result<Note, Diagnostic> {
        Ok(Note {
            name,
            ..Note::default()
        })
    }
}

impl DataSource for Notes {
    type Model = Found;
    const TYPE_NAME: &'static str = "notes_note";
    fn schema(&self) -> Schema {
        let name = Attribute::string("name", Required, "Names the file.");
        let content = Attribute::string("content", Computed, "All of it.").sensitive();
        Schema::new("A note that is there.", vec![name, content])
    }

    async fn read(&self, mut note: Found, _: &Stop) -> Result<(Found, Diagnostics), Diagnostics> {
        let content = self.file(&note.name).and_then(fs::read_to_string);
        note.content = Value::text(content.map_err(failed)?);
        Ok((note, Diagnostics::new()))
    }
}

/// Adds a line to the footer, which nobody reads back: what is done outside the state stays so.
impl Action for Notes {
    type Model = Addition;
    const TYPE_NAME: &'static str = "notes_append";
    fn schema(&self) -> Schema {
        let name = Attribute::string("name", Required, "Names the file.");
        let line = Attribute::string("line_wo", Required, "Ends the file, in no plan.");
        Schema::new("A line for a note.", vec![name, line.write_only()])
    }

    async fn invoke(&self, new: Addition, progress: &Progress, _: &Stop) -> Diagnostics {
        progress.report(format!("Appending to {}.", text(&new.name)));
        let file = self.file(&new.name);
        let file = file.and_then(|file| OpenOptions::new().append(true).open(file));
        let appended = file.and_then(|mut file| write!(file, "\n{}", text(&new.line_wo)));
        appended.map_err(failed).err().into_iter().collect()
    }
}

impl Notes {
    fn file(&self, name: &Value<Text>) -> io::Result<PathBuf> {
        let unknown = || io::Error::other("the folder is not known before an apply");
        let folder = self.0.borrow().clone().ok_or_else(unknown)?;
        Ok(folder.join(format!("{}.md", text(name))))
    }

    fn write(&self, new: ApplyRequest<Self>, open: Open) -> io::Result<Note> {
        let (mut note, footer) = (new.planned, new.config.footer);
        let file = self.file(&note.name)?;
        note.file = Value::text(file.to_string_lossy());
        let line = footer.and_then(|footer| footer.line_wo);
        let tags = note.tags.known().map(|Set(tags)| {
            let tags: Vec<_> = tags.iter().map(text).collect();
            format!("{TAGS}{}", tags.join(" "))
        });
        let body = format!("{}{}", text(&note.text), tags.unwrap_or_default());
        write!(open(file)?, "{body}{FOOTER}{}", text(&line))?;
        Ok(note)
    }
}

summaries! { enum Summary { OutOfReach = "Note Out of Reach", } }

type Open = fn(PathBuf) -> io::Result<File>;
const TAGS: &str = "\n<!-- tags -->\n"; // ends the text; no rule, as texts have those
const FOOTER: &str = "\n<!-- footer -->\n";

/// What was done or read; `None` if there is no such file.
fn found<T>(outcome: io::Result<T>) -> Result<Option<T>, Diagnostic> {
    match outcome {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        outcome => outcome.map(Some).map_err(failed),
    }
}

fn failed(error: impl std::fmt::Display) -> Diagnostic {
    let detail = format!("The note cannot be reached: {error}.");
    Diagnostic::error(Summary::OutOfReach, detail).at(Path::attributes("name"))
}

fn text(value: &Value<Text>) -> &str {
    value.as_str().unwrap_or_default()
}
