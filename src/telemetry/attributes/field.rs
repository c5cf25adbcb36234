//! A name for each row of what is sent.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use terraform_plugin::{Path, Value};

use super::block::Block;
use super::sent::{Access, Input, SENT, Sent};
use crate::telemetry::model::TelemetryDataSource;

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
