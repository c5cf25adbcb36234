//! What the API returns, which the state has as the API has it.

use icu_normalizer::ComposingNormalizerBorrowed;
use terraform_plugin::schema::{Attribute, Mode};
use terraform_plugin::{Text, Value};

use crate::client::{DataSource, DataSourceUpdate};
use crate::telemetry::model::TelemetryDataSource;

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

pub(super) static NAME: Returned = Returned {
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
