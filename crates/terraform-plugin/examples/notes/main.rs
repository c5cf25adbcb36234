//! A whole provider: notes, as Markdown files in a folder. The provider and its data source are here,
//! its resource is in `note.rs`; `folder.rs` is in the place of an API.

mod folder;
mod note;

use std::io;
use std::process::ExitCode;

use terraform_plugin::schema::{Attribute, Mode, Schema};
use terraform_plugin::value::Type;
use terraform_plugin::{
    CancellationToken, DataSource, Diagnostic, Diagnostics, Host, Offers, Program, Provider, Text,
    Value, model,
};

use crate::folder::Folder;
use crate::note::Notes;

fn main() -> ExitCode {
    let program = Program {
        name: "terraform-provider-notes",
        version: env!("CARGO_PKG_VERSION"),
        about: "Notes, as files in a folder.",
        address: "registry.terraform.io/example/notes",
        log_target: env!("CARGO_CRATE_NAME"),
        report_url: "https://example.com/notes/issues",
    };
    program.run(NotesProvider::default)
}

#[derive(Default)]
struct NotesProvider(Folder);

model! {
    struct Settings {
        folder: Text,
    }
}

impl Provider for NotesProvider {
    type Model = Settings;

    fn schema(&self) -> Schema {
        let folder = Attribute::string("folder", Mode::Required, "Where the notes are.");
        Schema::new("Notes in a folder.", vec![folder])
    }

    fn configure(&self, config: Settings, _host: &Host) -> Diagnostics {
        // Unknown as long as another resource has to create it.
        self.0.set(config.folder.as_str().map(Into::into));
        Diagnostics::new()
    }

    fn offers(&self) -> Offers {
        let notes = Notes(self.0.clone());
        let list = List(self.0.clone());
        Offers::new().resource(notes).data_source(list)
    }
}

struct List(Folder);

model! {
    struct Listed {
        prefix: Text,
        names: Vec<Value<Text>>,
    }
}

impl DataSource for List {
    type Model = Listed;

    const TYPE_NAME: &'static str = "notes_folder";

    fn schema(&self) -> Schema {
        let names = Type::List(Box::new(Type::String));
        let attributes = vec![
            Attribute::string("prefix", Mode::Optional, "What the names begin with."),
            Attribute::value("names", names, Mode::Computed, "In alphabetical order."),
        ];
        Schema::new("The notes in the folder.", attributes)
    }

    async fn read(
        &self,
        config: Listed,
        _stop: &CancellationToken,
    ) -> Result<(Listed, Diagnostics), Diagnostics> {
        let prefix = config.prefix.as_str().unwrap_or_default();
        let names = self
            .0
            .names()
            .map_err(|error| failed("list the notes", &error))?;
        let names = names.into_iter().filter(|name| name.starts_with(prefix));
        let names = Value::Known(names.map(Value::text).collect());
        Ok((Listed { names, ..config }, Diagnostics::new()))
    }
}

/// What a practitioner is told where the folder does not do as asked.
fn failed(what: &str, error: &io::Error) -> Diagnostic {
    let detail = format!("The provider could not {what}: {error}.");
    Diagnostic::error("Notes Out of Reach", detail)
}
