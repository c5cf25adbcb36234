//! One row for each attribute: its schema, when a plan has to call it unknown, where it goes in the
//! body and where it comes from in the answer.
//!
//! There are two kinds. What the API *returns* is in the state as the API has it. What is *sent*
//! and never returned, the fields of the config blocks, can be compared with what was sent before
//! alone. An attribute more is a field of the model, a row here, and a field in `client`.

use std::fmt;

use icu_normalizer::ComposingNormalizerBorrowed;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use terraform_plugin::schema::{self, Attribute, Mode, Nesting, Schema};
use terraform_plugin::{Diagnostic, Path, Text, Value};

use super::checks::{api_url, bare_url};
use super::model::TelemetryDataSource;
use crate::checks;
use crate::client::{DataSource, DataSourceUpdate, Secret};

/// The column of a computed attribute.
macro_rules! column {
    ($name:ident, $answer:expr) => {
        &Cell {
            get: |model| &model.$name,
            get_mut: |model| &mut model.$name,
            answer: $answer,
            body: None,
        }
    };
}

/// The attributes of a key: the sensitive form, the write-only one, and its version.
macro_rules! key {
    ($name:literal, $what:literal) => {
        || {
            vec![
                Attribute::string(
                    $name,
                    Mode::Optional,
                    concat!($what, " Stored in the state; `", $name, "_wo` is not."),
                )
                .sensitive(),
                Attribute::string(concat!($name, "_wo"), Mode::Optional, KEY_WO)
                    .sensitive()
                    .write_only(),
                Attribute::string(
                    concat!($name, "_wo_version"),
                    Mode::Optional,
                    KEY_WO_VERSION,
                ),
            ]
        }
    };
}

pub(crate) fn schema() -> Schema {
    let mut attributes = vec![
        Attribute::string(
            "data_source_id",
            Mode::Required,
            "ID of the existing data source to adopt. If it changes, the old data source is \
             forgotten and the new one adopted.",
        )
        .requires_replace(),
        (NAME.schema)(),
    ];
    attributes.extend([
        Attribute::string(
            "on_external_change",
            Mode::Optional,
            "What to do when someone changed the data source in incident.io and no attribute that \
             can be read back explains it, so that they may have replaced its credentials: `warn` \
             (default) warns with every plan until an apply has recorded the change, `reapply` \
             plans to send the configured credentials again, `ignore` does nothing.",
        ),
        Attribute::string("id", Mode::Computed, "Same as `data_source_id`."),
    ]);
    attributes.extend(RETURNED.iter().skip(1).map(|row| (row.schema)()));
    Schema {
        description: include_str!("description.md"),
        attributes,
        blocks: Block::ALL.map(Block::schema).into(),
        ..Schema::default()
    }
}

/// A config block, which is also the kind of data source that it fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Block {
    Grafana,
    Datadog,
}

impl Block {
    pub(crate) const ALL: [Self; 2] = [Self::Grafana, Self::Datadog];

    /// The block's name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Grafana => "grafana_config",
            Self::Datadog => "datadog_config",
        }
    }

    /// The API's word for this kind, in `provider`.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Grafana => "grafana",
            Self::Datadog => "datadog",
        }
    }

    /// The product's name in prose.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Grafana => "Grafana",
            Self::Datadog => "Datadog",
        }
    }

    pub(crate) fn path(self) -> Path {
        Path::attributes(self.name())
    }

    /// Whether the block is there. Unknown where nothing of what is in it is known: of a `dynamic`
    /// block that may or may not be there, Terraform shows one of unknown values.
    pub(crate) fn of(self, model: &TelemetryDataSource) -> Value<()> {
        let block = match self {
            Self::Grafana => model.grafana_config.as_ref().map(|_| ()),
            Self::Datadog => model.datadog_config.as_ref().map(|_| ()),
        };
        let forms = || self.fields().flat_map(|field| field.of(model).forms());
        let is_unclear =
            || !forms().any(|form| form.is_known()) && forms().any(|form| form.is_unknown());
        match block {
            Value::Known(()) if is_unclear() => Value::Unknown,
            block => block,
        }
    }

    /// The fields in it.
    pub(crate) fn fields(self) -> impl Iterator<Item = Field> {
        Field::all().filter(move |field| field.row().block == self)
    }

    /// A block and no nested attribute: in those, Terraform drops a misspelt name without a word.
    fn schema(self) -> schema::Block {
        let description = match self {
            Self::Grafana => {
                "Access to Grafana, for a Grafana data source. Removing it from the configuration \
                 sends nothing: incident.io keeps what it has."
            }
            Self::Datadog => {
                "Access to Datadog, for a Datadog data source. Removing it from the configuration \
                 sends nothing: incident.io keeps what it has."
            }
        };
        let attributes = self
            .fields()
            .flat_map(|field| (field.row().schema)())
            .collect();
        schema::Block::new(self.name(), Nesting::Single, description, attributes)
    }
}

// What the API returns.

/// An attribute that the API returns.
pub(crate) struct Returned {
    pub(crate) schema: fn() -> Attribute,
    pub(crate) unknown: Unknown,
    pub(crate) refresh: Refresh,
    pub(crate) column: &'static dyn Column,
}

/// When a plan has to call an attribute unknown: when the write that it comes to may change it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// Never, once it is known.
    Never,
    /// With any write.
    WithWrite,
    /// With new keys or another address, which can bring a data source back to life.
    WithAccess,
    /// With new keys.
    WithKeys,
}

/// What a refresh does with an attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refresh {
    /// Takes over what the API answers. A new value is a person's doing, which explains a new
    /// `updated_at`.
    Edit,
    /// Takes over what the API answers.
    Always,
    /// The same, in the first read of an imported state alone.
    Once,
    /// Leaves it to the rules about `updated_at`, in `refresh.rs`.
    ByRule,
    /// Leaves it alone.
    Never,
}

/// In the order in which docs list them.
pub(crate) static RETURNED: [&Returned; 8] = [
    &NAME,
    &Returned {
        schema: || {
            Attribute::string(
                "provider_name",
                Mode::Computed,
                "Kind of the data source, such as `grafana` or `datadog` (`provider` in the API).",
            )
        },
        unknown: Unknown::Never,
        refresh: Refresh::Edit,
        column: column!(provider_name, |answer| text(answer.provider.as_ref())),
    },
    &Returned {
        schema: || {
            Attribute::string(
                "source_type",
                Mode::Computed,
                "Type of the source, such as `grafana` or `prometheus`.",
            )
        },
        unknown: Unknown::Never,
        refresh: Refresh::Edit,
        column: column!(source_type, |answer| text(answer.source_type.as_ref())),
    },
    &Returned {
        schema: || {
            Attribute::bool(
                "enabled",
                Mode::Computed,
                "Whether incident.io queries it. incident.io switches it off when its credentials \
                 fail.",
            )
        },
        unknown: Unknown::WithAccess,
        refresh: Refresh::Always,
        column: column!(enabled, |answer| answer.enabled.map(Value::Known)),
    },
    &Returned {
        schema: || {
            Attribute::string(
                "version",
                Mode::Computed,
                "Version of the upstream tool, where incident.io knows it.",
            )
        },
        unknown: Unknown::WithAccess,
        refresh: Refresh::Always,
        column: column!(version, |answer| {
            let readable = !answer.unreadable.contains(&"version");
            readable.then(|| text(answer.version.as_ref()).unwrap_or_default())
        }),
    },
    &Returned {
        schema: || {
            Attribute::string(
                "created_at",
                Mode::Computed,
                "When it was connected, in RFC 3339.",
            )
        },
        unknown: Unknown::Never,
        refresh: Refresh::Once,
        column: column!(created_at, |answer| text(answer.created_at.as_ref())),
    },
    &Returned {
        schema: || {
            Attribute::string(
                "updated_at",
                Mode::Computed,
                "When it was last changed, in RFC 3339. The only trace of a key that someone \
                 replaced in incident.io.",
            )
        },
        unknown: Unknown::WithWrite,
        refresh: Refresh::ByRule,
        column: column!(updated_at, |answer| text(answer.updated_at.as_ref())),
    },
    &Returned {
        schema: || {
            Attribute::string(
                "credentials_updated_at",
                Mode::Computed,
                "`updated_at` of the last write in which this resource sent keys, or null before \
                 the first. A plan that sends keys shows it as known after apply.",
            )
        },
        unknown: Unknown::WithKeys,
        refresh: Refresh::Never,
        column: column!(credentials_updated_at, |answer| text(
            answer.updated_at.as_ref()
        )),
    },
];

/// Whether a state has ever been filled by the API. One that was imported or moved holds an id and
/// nothing else.
pub(crate) fn has_been_read(state: &TelemetryDataSource) -> bool {
    RETURNED.iter().any(|row| !row.column.is_null(state))
}

static NAME: Returned = Returned {
    schema: || {
        Attribute::string(
            "name",
            Mode::OptionalComputed,
            "Name shown in incident.io. If it is not configured, it follows incident.io.",
        )
    },
    unknown: Unknown::Never,
    refresh: Refresh::Edit,
    column: &Cell {
        get: |model| &model.name,
        get_mut: |model| &mut model.name,
        answer: |answer| text(answer.name.as_ref()),
        body: Some(|update, name| update.name = Some(name.to_string())),
    },
};

/// Where an attribute is in the model, in the answer, and in the body.
struct Cell<T: 'static> {
    get: fn(&TelemetryDataSource) -> &Value<T>,
    get_mut: fn(&mut TelemetryDataSource) -> &mut Value<T>,
    /// `None` where the API answered something that cannot be read.
    answer: fn(&DataSource) -> Option<Value<T>>,
    body: Option<fn(&mut DataSourceUpdate, &T)>,
}

fn text(answer: Option<&String>) -> Option<Value<Text>> {
    answer.map(|answer| normalised(answer))
}

/// A text of the API's as Terraform keeps it: it compares strings in Normalization Form C.
pub(crate) fn normalised(answer: &str) -> Value<Text> {
    Value::text(ComposingNormalizerBorrowed::new_nfc().normalize(answer))
}

/// An attribute of whatever type, in models, answers and bodies.
pub(crate) trait Column: Sync {
    fn is_null(&self, model: &TelemetryDataSource) -> bool;

    fn is_unknown(&self, model: &TelemetryDataSource) -> bool;

    fn is_same(&self, model: &TelemetryDataSource, other: &TelemetryDataSource) -> bool;

    fn copy(&self, from: &TelemetryDataSource, to: &mut TelemetryDataSource);

    fn set_unknown(&self, model: &mut TelemetryDataSource);

    /// Takes over what the API answered, if that can be read.
    fn set_answer(&self, model: &mut TelemetryDataSource, answer: &DataSource);

    /// Whether it is ever sent.
    fn is_sent(&self) -> bool;

    fn send(&self, model: &TelemetryDataSource, update: &mut DataSourceUpdate);
}

impl<T: Clone + PartialEq> Column for Cell<T> {
    fn is_null(&self, model: &TelemetryDataSource) -> bool {
        (self.get)(model).is_null()
    }

    fn is_unknown(&self, model: &TelemetryDataSource) -> bool {
        (self.get)(model).is_unknown()
    }

    fn is_same(&self, model: &TelemetryDataSource, other: &TelemetryDataSource) -> bool {
        (self.get)(model) == (self.get)(other)
    }

    fn copy(&self, from: &TelemetryDataSource, to: &mut TelemetryDataSource) {
        (self.get_mut)(to).clone_from((self.get)(from));
    }

    fn set_unknown(&self, model: &mut TelemetryDataSource) {
        *(self.get_mut)(model) = Value::Unknown;
    }

    fn set_answer(&self, model: &mut TelemetryDataSource, answer: &DataSource) {
        if let Some(value) = (self.answer)(answer) {
            *(self.get_mut)(model) = value;
        }
    }

    fn is_sent(&self) -> bool {
        self.body.is_some()
    }

    fn send(&self, model: &TelemetryDataSource, update: &mut DataSourceUpdate) {
        if let (Some(body), Value::Known(value)) = (self.body, (self.get)(model)) {
            body(update, value);
        }
    }
}

// What is sent and never returned.

/// A field of a config block: the API takes it and never returns it.
pub(crate) struct Sent {
    pub(crate) block: Block,
    /// The attribute that holds it in the open; the API's name, too.
    pub(crate) name: &'static str,
    pub(crate) access: Access,
    schema: fn() -> Vec<Attribute>,
    pub(crate) input: fn(&TelemetryDataSource) -> Input,
    pub(crate) check: fn(&Value<Text>, &Path) -> Option<Diagnostic>,
    /// The form in which the API wants it.
    pub(crate) form: fn(&str) -> &str,
    pub(crate) body: fn(&mut DataSourceUpdate, &str),
}

/// What a field is to access.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// A credential.
    Key,
    /// Where the credential is used.
    Address,
}

/// What a configuration or state says of one field.
#[derive(Debug, Clone, Default)]
pub(crate) struct Input {
    /// The form that is stored.
    pub(crate) plain: Value<Text>,
    /// The write-only form; null in every state.
    pub(crate) write_only: Value<Text>,
    /// The write-only form's version.
    pub(crate) version: Value<Text>,
}

impl Input {
    /// A field of a block that has all forms. Under an unknown block, everything is unknown.
    fn key<T>(block: &Value<T>, fields: impl Fn(&T) -> [&Value<Text>; 3]) -> Self {
        let [plain, write_only, version] = match block {
            Value::Null => [Value::Null, Value::Null, Value::Null],
            Value::Unknown => [Value::Unknown, Value::Unknown, Value::Unknown],
            Value::Known(block) => fields(block).map(Clone::clone),
        };
        Self {
            plain,
            write_only,
            version,
        }
    }

    fn forms(self) -> [Value<Text>; 3] {
        [self.plain, self.write_only, self.version]
    }

    /// The field in whichever form it is given. Unknown where either form may still turn out to be
    /// the one.
    pub(crate) fn value(&self) -> &Value<Text> {
        match (&self.plain, &self.write_only) {
            (Value::Null, write_only) => write_only,
            (plain, _) => plain,
        }
    }
}

const KEY_WO: &str = "Write-only form of the key, which is stored in neither plan nor state. Needs \
    Terraform or OpenTofu 1.11. It is sent when its version changes or, without a version, when it \
    is not what was last sent.";
const KEY_WO_VERSION: &str = "Any string. Change it to send the write-only key again: a counter, \
    the version ID of a secret, the ID of a token resource. While it stays the same, the key is \
    not sent, whatever its value.";

static SENT: [&Sent; 4] = [
    &GRAFANA_API_KEY,
    &GRAFANA_API_URL,
    &DATADOG_API_KEY,
    &DATADOG_APP_KEY,
];

static GRAFANA_API_KEY: Sent = Sent {
    block: Block::Grafana,
    name: "api_key",
    access: Access::Key,
    schema: key!("api_key", "Service account token."),
    input: |model| {
        Input::key(&model.grafana_config, |block| {
            [&block.api_key, &block.api_key_wo, &block.api_key_wo_version]
        })
    },
    check: checks::secret,
    form: |key| key,
    body: |update, key| update.grafana_config.get_or_insert_default().api_key = Some(secret(key)),
};

static GRAFANA_API_URL: Sent = Sent {
    block: Block::Grafana,
    name: "api_url",
    access: Access::Address,
    schema: || {
        vec![Attribute::string(
            "api_url",
            Mode::Optional,
            "Address of Grafana, such as `grafana.example.com`. A leading `https://` and a \
             trailing slash are not sent. The API does not return it, so a plan cannot see whether \
             it was changed.",
        )]
    },
    input: |model| Input {
        plain: model
            .grafana_config
            .as_ref()
            .and_then(|block| block.api_url.clone()),
        ..Input::default()
    },
    check: api_url,
    form: bare_url,
    body: |update, url| {
        update.grafana_config.get_or_insert_default().api_url = Some(url.to_owned());
    },
};

static DATADOG_API_KEY: Sent = Sent {
    block: Block::Datadog,
    name: "api_key",
    access: Access::Key,
    schema: key!("api_key", "API key."),
    input: |model| {
        Input::key(&model.datadog_config, |block| {
            [&block.api_key, &block.api_key_wo, &block.api_key_wo_version]
        })
    },
    check: checks::secret,
    form: |key| key,
    body: |update, key| update.datadog_config.get_or_insert_default().api_key = Some(secret(key)),
};

static DATADOG_APP_KEY: Sent = Sent {
    block: Block::Datadog,
    name: "app_key",
    access: Access::Key,
    schema: key!("app_key", "Application key."),
    input: |model| {
        Input::key(&model.datadog_config, |block| {
            [&block.app_key, &block.app_key_wo, &block.app_key_wo_version]
        })
    },
    check: checks::secret,
    form: |key| key,
    body: |update, key| update.datadog_config.get_or_insert_default().app_key = Some(secret(key)),
};

fn secret(key: &str) -> Secret {
    Secret::new(key.to_owned())
}

/// A row of [`Sent`], as a name for it. Serialised names stand in private state.
#[derive(Clone, Copy)]
pub(crate) struct Field(&'static Sent);

impl Field {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        SENT.into_iter().map(Self)
    }

    /// The credentials among them.
    pub(crate) fn keys() -> impl Iterator<Item = Self> {
        Self::all().filter(|field| field.is_key())
    }

    /// The field that the API calls this, such as `grafana_config.api_key`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::all().find(|field| field.to_string() == name)
    }

    pub(crate) fn row(self) -> &'static Sent {
        self.0
    }

    pub(crate) fn is_key(self) -> bool {
        self.0.access == Access::Key
    }

    pub(crate) fn of(self, model: &TelemetryDataSource) -> Input {
        (self.0.input)(model)
    }

    /// The path of the form that is stored.
    pub(crate) fn path(self) -> Path {
        self.0.block.path().attribute(self.0.name)
    }

    /// The path of the write-only form.
    pub(crate) fn write_only_path(self) -> Path {
        self.0
            .block
            .path()
            .attribute(&format!("{}_wo", self.0.name))
    }

    /// The path of the write-only form's version.
    pub(crate) fn version_path(self) -> Path {
        self.0
            .block
            .path()
            .attribute(&format!("{}_wo_version", self.0.name))
    }

    const fn key(self) -> (Block, &'static str) {
        (self.0.block, self.0.name)
    }
}

/// As the API writes it, block and name.
impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0.block.name(), self.0.name)
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Field {}

impl PartialOrd for Field {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Field {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::named(&name).ok_or_else(|| D::Error::custom("no such field"))
    }
}

/// The attribute behind a field of the API's body, in the form that the practitioner used; `None`
/// where the schema has none.
pub(crate) fn attribute_of(config: &TelemetryDataSource, name: &str) -> Option<Path> {
    if let Some(field) = Field::named(name) {
        return Some(match field.of(config).write_only {
            Value::Null => field.path(),
            _ => field.write_only_path(),
        });
    }
    if name == "id" {
        return Some(Path::attributes("data_source_id"));
    }
    let is_block = Block::ALL.into_iter().any(|block| block.name() == name);
    let mut returned = RETURNED.iter().filter(|row| row.column.is_sent());
    (is_block || returned.any(|row| (row.schema)().name == name)).then(|| Path::attributes(name))
}
