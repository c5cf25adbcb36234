//! Configurations as practitioners edit them, and their values at plan and at apply.

use std::collections::{BTreeMap, BTreeSet};

use incident_sandbox::DataSourceSeed;

use crate::values::{AnyValue, Known, Name, Path, Value};

/// A config block, and the kind of data source that it fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Grafana,
    Datadog,
}

impl Kind {
    pub const ALL: [Self; 2] = [Self::Grafana, Self::Datadog];

    pub const fn provider(self) -> &'static str {
        match self {
            Self::Grafana => "grafana",
            Self::Datadog => "datadog",
        }
    }

    /// A data source of this kind.
    pub fn seed(self, id: &str, name: &str) -> DataSourceSeed {
        match self {
            Self::Grafana => DataSourceSeed::grafana(id, name),
            Self::Datadog => DataSourceSeed::datadog(id, name),
        }
    }

    pub const fn block(self) -> &'static str {
        match self {
            Self::Grafana => "grafana_config",
            Self::Datadog => "datadog_config",
        }
    }
}

/// A credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Secret {
    GrafanaApi,
    DatadogApi,
    DatadogApp,
}

impl Secret {
    pub const ALL: [Self; 3] = [Self::GrafanaApi, Self::DatadogApi, Self::DatadogApp];

    pub const fn kind(self) -> Kind {
        match self {
            Self::GrafanaApi => Kind::Grafana,
            Self::DatadogApi | Self::DatadogApp => Kind::Datadog,
        }
    }

    /// The API's field; also the sensitive form's path.
    pub const fn field(self) -> &'static str {
        match self {
            Self::GrafanaApi => "grafana_config.api_key",
            Self::DatadogApi => "datadog_config.api_key",
            Self::DatadogApp => "datadog_config.app_key",
        }
    }

    pub fn leaf(self, form: Form) -> Leaf {
        Leaf::Secret(self, form)
    }
}

/// The three attributes of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    Plain,
    WriteOnly,
    Version,
}

/// An attribute that a practitioner may write, besides the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leaf {
    Name,
    Mode,
    Url,
    Secret(Secret, Form),
}

impl Leaf {
    pub const ALL: [Self; 12] = [
        Self::Name,
        Self::Mode,
        Self::Url,
        Self::Secret(Secret::GrafanaApi, Form::Plain),
        Self::Secret(Secret::GrafanaApi, Form::WriteOnly),
        Self::Secret(Secret::GrafanaApi, Form::Version),
        Self::Secret(Secret::DatadogApi, Form::Plain),
        Self::Secret(Secret::DatadogApi, Form::WriteOnly),
        Self::Secret(Secret::DatadogApi, Form::Version),
        Self::Secret(Secret::DatadogApp, Form::Plain),
        Self::Secret(Secret::DatadogApp, Form::WriteOnly),
        Self::Secret(Secret::DatadogApp, Form::Version),
    ];

    pub fn path(self) -> String {
        match self {
            Self::Name => "name".to_owned(),
            Self::Mode => "on_external_change".to_owned(),
            Self::Url => "grafana_config.api_url".to_owned(),
            Self::Secret(secret, form) => {
                let suffix = match form {
                    Form::Plain => "",
                    Form::WriteOnly => "_wo",
                    Form::Version => "_wo_version",
                };
                format!("{}{suffix}", secret.field())
            }
        }
    }

    pub const fn kind(self) -> Option<Kind> {
        match self {
            Self::Name | Self::Mode => None,
            Self::Url => Some(Kind::Grafana),
            Self::Secret(secret, _) => Some(secret.kind()),
        }
    }
}

/// What stands behind an attribute.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Input {
    #[default]
    Null,
    Set(String),
    /// Unknown at plan, then this.
    Pending(Option<String>),
    /// Another value at apply than at plan: ephemeral.
    Flaps(String, String),
}

/// When a value is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Plan,
    Apply,
}

impl Input {
    pub fn at(&self, phase: Phase) -> Value<String> {
        match (self, phase) {
            (Self::Null, _) => Value::Null,
            (Self::Set(text), _) => Value::Known(text.clone()),
            (Self::Pending(_), Phase::Plan) => Value::Unknown,
            (Self::Pending(text), Phase::Apply) => text.clone().into(),
            (Self::Flaps(text, _), Phase::Plan) | (Self::Flaps(_, text), Phase::Apply) => {
                Value::Known(text.clone())
            }
        }
    }

    /// What it is in the run that follows.
    fn settle(&mut self) {
        *self = match self.at(Phase::Apply) {
            Value::Known(text) => Self::Set(text),
            _ => Self::Null,
        };
    }
}

/// Whether a block is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Presence {
    #[default]
    Absent,
    Present,
    /// The whole object is unknown at plan, then there.
    Pending,
}

/// What `lifecycle.ignore_changes` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ignored {
    All,
    Block(Kind),
    Leaf(Leaf),
}

/// A resource block and the provider's `drift_detection`.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Which source of the walk.
    pub source: usize,
    pub id_pending: bool,
    pub leaves: BTreeMap<Leaf, Input>,
    pub grafana: Presence,
    pub datadog: Presence,
    pub ignored: BTreeSet<Ignored>,
    pub without_drift: bool,
}

impl Config {
    pub fn presence(&mut self, kind: Kind) -> &mut Presence {
        match kind {
            Kind::Grafana => &mut self.grafana,
            Kind::Datadog => &mut self.datadog,
        }
    }

    pub fn leaf(&self, leaf: Leaf) -> Input {
        self.leaves.get(&leaf).cloned().unwrap_or_default()
    }

    pub fn set(&mut self, leaf: Leaf, input: Input) {
        self.leaves.insert(leaf, input);
    }

    /// As somebody edits who knows the rules: one form of a key, a version only with the write-only
    /// form, the block there when something is in it.
    pub fn edit(&mut self, leaf: Leaf, input: Input) {
        if let Leaf::Secret(secret, form) = leaf {
            let write_only = secret.leaf(Form::WriteOnly);
            match form {
                Form::Plain if input != Input::Null => {
                    self.set(write_only, Input::Null);
                    self.set(secret.leaf(Form::Version), Input::Null);
                }
                Form::WriteOnly if input != Input::Null => {
                    self.set(secret.leaf(Form::Plain), Input::Null);
                }
                Form::WriteOnly => self.set(secret.leaf(Form::Version), Input::Null),
                Form::Version if self.leaf(write_only) == Input::Null => return,
                _ => {}
            }
        }
        if let Some(kind) = leaf.kind()
            && input != Input::Null
        {
            let presence = self.presence(kind);
            if *presence == Presence::Absent {
                *presence = Presence::Present;
            }
        }
        self.set(leaf, input);
        for kind in Kind::ALL {
            let empty = Leaf::ALL
                .into_iter()
                .filter(|leaf| leaf.kind() == Some(kind))
                .all(|leaf| self.leaf(leaf) == Input::Null);
            if empty {
                *self.presence(kind) = Presence::Absent;
            }
        }
    }

    /// The same, once what was unknown is known.
    pub fn settle(&mut self) {
        self.id_pending = false;
        self.leaves.values_mut().for_each(Input::settle);
        for kind in Kind::ALL {
            let presence = self.presence(kind);
            if *presence == Presence::Pending {
                *presence = Presence::Present;
            }
        }
    }

    /// The paths in `ignore_changes`.
    pub fn ignored(&self) -> Vec<Path> {
        self.ignored
            .iter()
            .map(|ignored| match ignored {
                Ignored::All => Path::root(),
                Ignored::Block(kind) => Path::attributes(kind.block()),
                Ignored::Leaf(leaf) => Path::attributes(&leaf.path()),
            })
            .collect()
    }

    /// The configuration as core sends it.
    pub fn value(&self, ids: &[String], phase: Phase) -> AnyValue {
        let text = |value: Value<String>| match value {
            Value::Null => Value::Null,
            Value::Unknown => Value::Unknown,
            Value::Known(text) => Value::text(text).into_any(),
        };
        let leaf = |leaf: Leaf| text(self.leaf(leaf).at(phase));
        let secret = |secret: Secret, name: &str| {
            [
                (name.to_owned().into(), leaf(secret.leaf(Form::Plain))),
                (
                    format!("{name}_wo").into(),
                    leaf(secret.leaf(Form::WriteOnly)),
                ),
                (
                    format!("{name}_wo_version").into(),
                    leaf(secret.leaf(Form::Version)),
                ),
            ]
        };
        let block = |presence, attributes: BTreeMap<Name, AnyValue>| match (presence, phase) {
            (Presence::Absent, _) => Value::Null,
            (Presence::Pending, Phase::Plan) => Value::Unknown,
            _ => Value::Known(Known::Object(attributes)),
        };
        let grafana = secret(Secret::GrafanaApi, "api_key")
            .into_iter()
            .chain([("api_url".into(), leaf(Leaf::Url))]);
        let datadog = secret(Secret::DatadogApi, "api_key")
            .into_iter()
            .chain(secret(Secret::DatadogApp, "app_key"));
        let id = match (self.id_pending, phase) {
            (true, Phase::Plan) => Value::Unknown,
            _ => Value::text(&ids[self.source]).into_any(),
        };
        let set = [
            ("data_source_id", id),
            ("name", leaf(Leaf::Name)),
            ("on_external_change", leaf(Leaf::Mode)),
            ("grafana_config", block(self.grafana, grafana.collect())),
            ("datadog_config", block(self.datadog, datadog.collect())),
        ];
        let computed = [
            "created_at",
            "credentials_updated_at",
            "enabled",
            "id",
            "provider_name",
            "source_type",
            "updated_at",
            "version",
        ];
        let computed = computed.map(|name| (name, Value::Null));
        let attributes = set.into_iter().chain(computed);
        Value::Known(Known::Object(
            attributes
                .map(|(name, value)| (name.into(), value))
                .collect(),
        ))
    }
}
