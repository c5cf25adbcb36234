//! What is sent and never returned: the fields of the config blocks.

use terraform_plugin::schema::{Attribute, Mode};
use terraform_plugin::{Diagnostic, Path, Text, Value};

use super::block::Block;
use crate::checks;
use crate::client::{DataSourceUpdate, Secret};
use crate::telemetry::checks::{api_url, bare_url};
use crate::telemetry::model::TelemetryDataSource;

/// The row of a key: a sensitive attribute, a write-only one, and its version.
macro_rules! key {
    ($kind:ident, $block:ident, $name:ident, $write_only:ident, $version:ident, $what:literal) => {
        Sent {
            block: Block::$kind,
            name: stringify!($name),
            access: Access::Key,
            schema: || {
                let stored = concat!(
                    $what,
                    " Stored in the state; `",
                    stringify!($write_only),
                    "` is not."
                );
                vec![
                    Attribute::string(stringify!($name), Mode::Optional, stored).sensitive(),
                    Attribute::string(stringify!($write_only), Mode::Optional, KEY_WO)
                        .sensitive()
                        .write_only(),
                    Attribute::string(stringify!($version), Mode::Optional, KEY_WO_VERSION),
                ]
            },
            input: |model| {
                Input::key(&model.$block, |block| {
                    [&block.$name, &block.$write_only, &block.$version]
                })
            },
            check: checks::secret,
            form: |key| key,
            body: |update, key| {
                let key = Some(Secret::new(key.to_owned()));
                update.$block.get_or_insert_default().$name = key;
            },
        }
    };
}

/// A field of a config block: the API takes it and never returns it.
pub(crate) struct Sent {
    pub(crate) block: Block,
    /// The attribute that holds it in the open; the API's name, too.
    pub(crate) name: &'static str,
    pub(crate) access: Access,
    pub(super) schema: fn() -> Vec<Attribute>,
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

    pub(super) fn forms(self) -> [Value<Text>; 3] {
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

pub(super) static SENT: [&Sent; 4] = [
    &GRAFANA_API_KEY,
    &GRAFANA_API_URL,
    &DATADOG_API_KEY,
    &DATADOG_APP_KEY,
];

static GRAFANA_API_KEY: Sent = key!(
    Grafana,
    grafana_config,
    api_key,
    api_key_wo,
    api_key_wo_version,
    "Service account token."
);

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

static DATADOG_API_KEY: Sent = key!(
    Datadog,
    datadog_config,
    api_key,
    api_key_wo,
    api_key_wo_version,
    "API key."
);

static DATADOG_APP_KEY: Sent = key!(
    Datadog,
    datadog_config,
    app_key,
    app_key_wo,
    app_key_wo_version,
    "Application key."
);
