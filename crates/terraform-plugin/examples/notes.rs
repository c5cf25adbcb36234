//! A whole provider: notes, as Markdown files in a folder, which is in the place of an API. Reading
//! them blocks, since they are small. `tests/example.rs` drives it with the real terraform.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use terraform_plugin::schema::Mode::{Computed, Optional, Required};
use terraform_plugin::schema::{Attribute, Block, Nesting, Planned, Schema};
use terraform_plugin::{ApplyRequest, ApplyResponse, CancellationToken as Stop, DataSource};
use terraform_plugin::{Diagnostic, Diagnostics, Host, Offers, Path, Program, Provider};
use terraform_plugin::{ReadRequest, ReadResponse, Resource, Text, Value, model};
use tokio::sync::watch::Sender;

fn main() -> ExitCode {
    let program = Program {
        name: "terraform-provider-notes",
        version: env!("CARGO_PKG_VERSION"),
        about: "Notes, as files in a folder.",
        address: "registry.terraform.io/example/notes",
        log_target: env!("CARGO_CRATE_NAME"),
        report_url: "https://example.com/notes/issues",
    };
    program.run(Notes::default)
}

/// Provider, resource and data source: all clones share the folder, which is `None` until known.
#[derive(Clone, Default)]
struct Notes(Sender<Option<PathBuf>>);

model! { struct Settings { folder: Text, } }
model! { struct Note { name: Text, text: Text, file: Text, footer: Footer, } }
model! { struct Footer { line_wo: Text, version: i64, } }
model! { struct Found { name: Text, content: Text, } }

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
        let offers = Offers::new().resource(self.clone());
        offers.data_source(self.clone())
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
            note.text = Value::text(file?.split(LINE).next()?);
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
        write!(open(file)?, "{}{LINE}{}", text(&note.text), text(&line))?;
        Ok(note)
    }
}

type Open = fn(PathBuf) -> io::Result<File>;
const LINE: &str = "\n<!-- footer -->\n"; // ends the text; no rule, as texts have those

/// What was done or read; `None` if there is no such file.
fn found<T>(outcome: io::Result<T>) -> Result<Option<T>, Diagnostic> {
    match outcome {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        outcome => outcome.map(Some).map_err(failed),
    }
}

fn failed(error: impl std::fmt::Display) -> Diagnostic {
    let detail = format!("The note cannot be reached: {error}.");
    Diagnostic::error("Note Out of Reach", detail).at(Path::attributes("name"))
}

fn text(value: &Value<Text>) -> &str {
    value.as_str().unwrap_or_default()
}
