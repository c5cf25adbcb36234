//! Tells which situation a walk is in, looks it up in the tables, and puts what the row says into
//! values. There are no rules here: what depends on a situation stands in a table.

mod reading;
mod remembering;
mod sending;
mod showing;
mod validity;

use std::collections::{BTreeMap, BTreeSet};

use super::config::{Form, Kind, Leaf, Secret};
use crate::rules::value::at;
use crate::table::sending::{Doubt, Sent};
use crate::table::showing::Writes;
use crate::values::{AnyValue, Known, Path, Value};

pub use self::reading::{left_behind, refreshed};
pub use self::remembering::remembered;
pub use self::sending::{body, keys, sending};
pub use self::showing::{agrees, applied, planned};
pub use self::validity::{mismatches, refuses};

/// What a provider may remember of an object: nothing, once its private state is lost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Memory {
    /// What was last sent.
    pub sent: BTreeMap<Secret, String>,
    /// Keys that may have been changed elsewhere since.
    pub elsewhere: BTreeSet<Secret>,
    /// Keys whose last write may or may not have been taken.
    pub in_doubt: BTreeSet<Secret>,
    /// The same of the URL.
    pub url_in_doubt: bool,
    /// The last `updated_at`.
    pub updated_at: Option<String>,
}

/// What a change sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    pub keys: BTreeMap<Secret, Sent>,
    pub name: Sent,
    pub url: Sent,
}

impl Sending {
    fn writes(&self) -> Writes {
        let shown = |sent: &Sent| matches!(sent, Sent::Yes | Sent::AtApply);
        if self.keys.values().any(shown) {
            Writes::Key
        } else if shown(&self.url) {
            Writes::Url
        } else if shown(&self.name) {
            Writes::Name
        } else {
            Writes::Nothing
        }
    }
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

fn doubt(in_doubt: bool) -> Doubt {
    if in_doubt {
        Doubt::InDoubt
    } else {
        Doubt::Certain
    }
}
