//! Tells which situation a walk is in, looks it up in the tables, and puts what the row says into
//! values. There are no rules here: what depends on a situation stands in a table.

mod reading;
mod remembering;
mod sending;
mod showing;
mod validity;
mod warning;

use incident_sandbox::{DataSource, Spelling};

use super::config::{Form, Kind, Leaf, Secret};
use crate::rules::value::at;
use crate::table::reading::Mode;
use crate::values::{AnyValue, Known, Path, Value};

pub use self::reading::refreshed;
pub use self::remembering::{Memory, Sign, remembered, written};
pub use self::sending::{Sending, body, keys, sending};
pub use self::showing::{agrees, applied, planned};
pub use self::validity::{mismatches, refuses};
pub use self::warning::{renames, update_warnings};

/// What the API answers of a data source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub source: DataSource,
    /// Whether its `updated_at` is of the very request.
    pub stamped: bool,
    /// How its times are spelt.
    pub times: Spelling,
}

/// A text attribute at a path; through null it is null, through unknown unknown.
pub fn text(value: &AnyValue, path: &str) -> Value<String> {
    let mut value = value;
    for step in Path::attributes(path).steps() {
        if !value.is_known() {
            break;
        }
        value = at(value, &Path::root().join(step.clone())).unwrap();
    }
    match value {
        Value::Null => Value::Null,
        Value::Unknown => Value::Unknown,
        Value::Known(Known::String(text)) => Value::Known(text.to_string()),
        Value::Known(_) => panic!("{path} is no text"),
    }
}

/// A configurable attribute.
pub fn leaf(value: &AnyValue, leaf: Leaf) -> Value<String> {
    text(value, &leaf.path())
}

fn block(value: &AnyValue, kind: Kind) -> &AnyValue {
    at(value, &Path::attributes(kind.block())).unwrap()
}

fn set(value: &mut AnyValue, name: &str, new: AnyValue) {
    let Value::Known(Known::Object(object)) = value else {
        panic!("no object");
    };
    object.insert(name.to_owned().into(), new);
}

/// A key in whichever form it is given.
fn key(value: &AnyValue, secret: Secret) -> Value<String> {
    match leaf(value, secret.leaf(Form::Plain)) {
        Value::Null => leaf(value, secret.leaf(Form::WriteOnly)),
        plain => plain,
    }
}

/// A URL as the API writes it.
fn bare(url: &str) -> &str {
    url.strip_prefix("https://")
        .unwrap_or(url)
        .trim_end_matches('/')
}

fn member(value: &AnyValue, name: &str) -> AnyValue {
    at(value, &Path::attributes(name)).unwrap().clone()
}

fn answered(answer: &Found, name: &str) -> AnyValue {
    let text = |text: &str| Value::text(text).into_any();
    let Found { source, times, .. } = answer;
    match name {
        "id" => text(&source.id),
        "name" => text(&source.name),
        "provider_name" => text(&source.provider),
        "source_type" => text(&source.source_type),
        "enabled" => Value::Known(Known::Bool(source.enabled)),
        "version" => source.version.as_deref().map_or(Value::Null, text),
        "created_at" => text(&source.created_at_as(*times)),
        "updated_at" => text(&source.updated_at_as(*times)),
        name => panic!("the API answers no {name}"),
    }
}

/// `on_external_change` of a state.
fn mode(state: &AnyValue) -> Mode {
    match leaf(state, Leaf::Mode).known().map(String::as_str) {
        Some("reapply") => Mode::Reapply,
        Some("ignore") => Mode::Ignore,
        _ => Mode::Warn,
    }
}
