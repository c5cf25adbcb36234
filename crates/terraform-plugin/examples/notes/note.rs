//! The resource `notes_note`: one file.

use std::collections::BTreeMap;
use std::io;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ring::hmac;
use terraform_plugin::schema::{Attribute, Block, Literal, Mode, Nesting, Planned, Schema};
use terraform_plugin::value::Type;
use terraform_plugin::{
    ApplyRequest, ApplyResponse, CancellationToken, Diagnostic, Diagnostics, Path, ReadRequest,
    ReadResponse, Resource, Set, Text, Value, model,
};

use crate::failed;
use crate::folder::Folder;

pub(crate) struct Notes(pub(crate) Folder);

model! {
    pub(crate) struct Note {
        name: Text,
        text: Text,
        tags: Set<Text>,
        links: BTreeMap<String, Value<Link>>,
        task: Vec<Value<Task>>,
        file: Text,
        size: i64,
        passphrase_wo: Text,
        passphrase_wo_version: i64,
        seal: Text,
    }
}

model! {
    pub(crate) struct Link {
        url: Text,
    }
}

model! {
    pub(crate) struct Task {
        what: Text,
        done: bool,
    }
}

impl Resource for Notes {
    type Model = Note;
    type Private = ();

    const TYPE_NAME: &'static str = "notes_note";

    fn schema(&self) -> Schema {
        use Mode::{Computed, Optional, OptionalComputed, Required};
        let tags = Type::Set(Box::new(Type::String));
        let url = Attribute::string("url", Required, "Where it leads.");
        let what = Attribute::string("what", Required, "What there is to do.");
        let no = Planned::Default(Literal::Bool(false));
        let done = Attribute::bool("done", OptionalComputed, "Whether it is done.").planned(no);
        let attributes = vec![
            Attribute::string("name", Required, "Names the file.").requires_replace(),
            Attribute::string("text", Required, "What it says.").sensitive(),
            Attribute::value("tags", tags, Optional, "What it is about."),
            Attribute::nested("links", Nesting::Map, Optional, "By words.", vec![url]),
            Attribute::string("file", Computed, "Its path.").planned(Planned::Prior),
            Attribute::number("size", Computed, "Of the file, in bytes."),
            Attribute::string("passphrase_wo", Optional, "Makes the seal.").write_only(),
            Attribute::number("passphrase_wo_version", Optional, "For a new seal."),
            Attribute::string("seal", Computed, "HMAC-SHA256 of the file."),
        ];
        let task = Block::new("task", Nesting::List, "To do.", vec![what, done]);
        Schema::new("A note.", attributes).block(task)
    }

    fn validate(&self, config: &Note) -> Diagnostics {
        let plain = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        match config.name.as_str() {
            Some(name) if name.is_empty() || !plain(name) => {
                let detail = "The name of a note is made of letters, digits and hyphens.";
                Diagnostic::error("Invalid Name", detail)
                    .at(Path::attributes("name"))
                    .into()
            }
            _ => Diagnostics::new(),
        }
    }

    fn import(&self, id: &str) -> Result<Note, Diagnostic> {
        let note = Note {
            name: Value::text(id),
            ..Note::default()
        };
        match self.validate(&note).into_iter().next() {
            Some(invalid) => Err(invalid),
            None => Ok(note),
        }
    }

    async fn read(&self, request: ReadRequest<Self>, _: &CancellationToken) -> ReadResponse<Self> {
        self.find(request.state).into()
    }

    async fn create(
        &self,
        request: ApplyRequest<Self>,
        _: &CancellationToken,
    ) -> ApplyResponse<Self> {
        self.write(request, Folder::create).into()
    }

    async fn update(
        &self,
        _prior: Note,
        request: ApplyRequest<Self>,
        _: &CancellationToken,
    ) -> ApplyResponse<Self> {
        self.write(request, Folder::update).into()
    }

    async fn delete(&self, prior: Note, _: &CancellationToken) -> Diagnostics {
        let deleted = self.0.delete(prior.name());
        let failed = deleted.map_err(|error| failed("delete a note", &error));
        failed.err().into_iter().collect()
    }
}

impl Notes {
    fn find(&self, mut note: Note) -> Result<Option<Note>, Diagnostic> {
        let found = self.0.read(note.name());
        let Some((file, content)) = found.map_err(|error| failed("read a note", &error))? else {
            return Ok(None);
        };
        note.file = Value::text(file);
        note.size = size(&content);
        // Whatever somebody else has written is taken for text.
        if content != note.content() {
            note.text = Value::text(content);
        }
        Ok(Some(note))
    }

    fn write(
        &self,
        request: ApplyRequest<Self>,
        write: fn(&Folder, &str, &str) -> io::Result<String>,
    ) -> Result<Note, Diagnostic> {
        let mut note = request.planned;
        let content = note.content();
        let file = write(&self.0, note.name(), &content)
            .map_err(|error| failed("write a note", &error).at(Path::attributes("name")))?;
        note.file = Value::text(file);
        note.size = size(&content);
        // The passphrase is in the configuration alone.
        note.seal = request.config.passphrase_wo.map(|passphrase| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, passphrase.as_bytes());
            let seal = hmac::sign(&key, content.as_bytes());
            BASE64_STANDARD.encode(seal).into()
        });
        Ok(note)
    }
}

impl Note {
    fn name(&self) -> &str {
        self.name.as_str().unwrap_or_default()
    }

    /// What the file holds.
    fn content(&self) -> String {
        let mut lines = vec![text(&self.text).to_owned()];
        for tag in self.tags.known().into_iter().flat_map(|tags| &tags.0) {
            lines.push(format!("#{}", text(tag)));
        }
        for (words, link) in self.links.known().into_iter().flatten() {
            let url = link.known().map_or("", |link| text(&link.url));
            lines.push(format!("[{words}]: {url}"));
        }
        let tasks = self.task.known().into_iter().flatten();
        for task in tasks.filter_map(Value::known) {
            let mark = if task.done == Value::Known(true) {
                "x"
            } else {
                " "
            };
            lines.push(format!("- [{mark}] {}", text(&task.what)));
        }
        lines.join("\n")
    }
}

fn text(value: &Value<Text>) -> &str {
    value.as_str().unwrap_or_default()
}

fn size(content: &str) -> Value<i64> {
    i64::try_from(content.len()).ok().into()
}
