//! A name for each row of what is sent.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use terraform_plugin::{Path, Value};

use super::block::Block;
use super::sent::{Access, Input, SENT, Sent};
use crate::client::Secret;
use crate::telemetry::model::TelemetryDataSource;

/// The place of a row in [`SENT`], as a name for it. Serialised names stand in private state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Field(usize);

impl Field {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..SENT.len()).map(Self)
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
        SENT[self.0]
    }

    pub(crate) fn is_key(self) -> bool {
        self.row().access == Access::Key
    }

    pub(crate) fn of(self, model: &TelemetryDataSource) -> Input {
        (self.row().input)(model)
    }

    /// The path of the form that is stored.
    pub(crate) fn path(self) -> Path {
        self.path_of("")
    }

    /// The path of the write-only form.
    pub(crate) fn write_only_path(self) -> Path {
        self.path_of("_wo")
    }

    /// The path of the write-only form's version.
    pub(crate) fn version_path(self) -> Path {
        self.path_of("_wo_version")
    }

    fn path_of(self, form: &str) -> Path {
        let Sent { block, name, .. } = self.row();
        block.path().attribute(&format!("{name}{form}"))
    }
}

/// The keys in a configuration or state.
pub(crate) fn keys_in(model: &TelemetryDataSource) -> impl Iterator<Item = Secret> {
    let keys = Field::keys().flat_map(|key| {
        let Input {
            plain, write_only, ..
        } = key.of(model);
        [plain, write_only]
    });
    keys.filter_map(|key| key.as_str().map(|key| Secret::new(key.to_owned())))
}

impl Block {
    /// The fields in it.
    pub(crate) fn fields(self) -> impl Iterator<Item = Field> {
        Field::all().filter(move |field| field.row().block == self)
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
}

/// As the API writes it, block and name.
impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sent { block, name, .. } = self.row();
        write!(f, "{}.{name}", block.name())
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
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
