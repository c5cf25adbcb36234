//! What is sent.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::{Memory, Sending, bare, doubt, key, leaf};
use crate::table::sending::{self, Earlier, Elsewhere, Key, Object, Sent, Text, Version};
use crate::values::{AnyValue, Value};
use crate::world::config::{Form, Leaf, Secret};

/// What a change sends. `config` is after `ignore_changes`; `earlier` is what an earlier plan of
/// the same change came to, where core hands it over.
pub fn sending(
    config: &AnyValue,
    prior: Option<&AnyValue>,
    memory: &Memory,
    earlier: Option<&Sending>,
) -> Sending {
    let texts = |of: Leaf, written: fn(&str) -> &str, in_doubt: bool| {
        let before = prior.map(|prior| leaf(prior, of));
        let fact = match (leaf(config, of), before) {
            (Value::Null, _) => Text::Unset,
            (Value::Unknown, _) => Text::Unresolved,
            (Value::Known(now), Some(Value::Known(then))) if written(&now) == written(&then) => {
                Text::Same
            }
            (Value::Known(_), _) => Text::Other,
        };
        sending::TEXTS.look_up((fact, doubt(in_doubt)))
    };
    let object = object(prior);
    let keys = Secret::ALL.map(|secret| {
        let decided = sending::DECIDED.look_up((earlier_fact(earlier, secret), object));
        let sent = decided.unwrap_or_else(|| {
            sending::KEYS.look_up((
                object,
                key_fact(config, prior, memory, secret),
                doubt(memory.in_doubt.contains(&secret)),
                version_fact(config, prior, secret),
                elsewhere_fact(config, memory, secret),
            ))
        });
        (secret, sent)
    });
    Sending {
        keys: keys.into(),
        name: texts(Leaf::Name, |name| name, false),
        url: texts(Leaf::Url, bare, memory.url_in_doubt),
    }
}

pub(super) fn object(prior: Option<&AnyValue>) -> Object {
    prior.map_or(Object::Adopted, |_| Object::Managed)
}

fn earlier_fact(earlier: Option<&Sending>, secret: Secret) -> Earlier {
    match earlier.map(|earlier| earlier.keys[&secret]) {
        None => Earlier::NoneHeard,
        Some(Sent::OutOfPlay) => Earlier::HeardOutOfPlay,
        Some(Sent::No) => Earlier::HeardHeld,
        Some(Sent::Yes) => Earlier::HeardSent,
        Some(Sent::AtApply) => Earlier::HeardAtApply,
    }
}

fn key_fact(config: &AnyValue, prior: Option<&AnyValue>, memory: &Memory, secret: Secret) -> Key {
    let value = match key(config, secret) {
        Value::Null => return Key::NotGiven,
        Value::Unknown => return Key::Pending,
        Value::Known(value) => value,
    };
    let in_state = prior.map(|prior| leaf(prior, secret.leaf(Form::Plain)));
    match memory.sent.get(&secret) {
        Some(sent) if *sent == value => Key::LastSent,
        Some(_) => Key::NotLastSent,
        None if in_state == Some(Value::Known(value)) => Key::InState,
        None => Key::NeverSent,
    }
}

fn version_fact(config: &AnyValue, prior: Option<&AnyValue>, secret: Secret) -> Version {
    let version = secret.leaf(Form::Version);
    let before = prior.map(|prior| leaf(prior, version));
    match (leaf(config, version), before) {
        (Value::Known(now), Some(Value::Known(then))) if now == then => Version::Equal,
        (Value::Known(_), Some(Value::Known(_))) => Version::Different,
        (Value::Unknown, Some(Value::Known(_))) => Version::Undecided,
        _ => Version::NotBoth,
    }
}

fn elsewhere_fact(config: &AnyValue, memory: &Memory, secret: Secret) -> Elsewhere {
    match leaf(config, Leaf::Mode) {
        _ if !memory.elsewhere.contains(&secret) => Elsewhere::Untouched,
        Value::Unknown => Elsewhere::ModePending,
        Value::Known(mode) if mode == "reapply" => Elsewhere::ToReapply,
        _ => Elsewhere::Accepted,
    }
}

/// The keys that apply sends: configured values come from the plan, write-only ones from the
/// configuration of the moment.
pub fn keys(sending: &Sending, planned: &AnyValue, config: &AnyValue) -> BTreeMap<Secret, String> {
    let sent = sending.keys.iter().filter_map(|(&secret, sent)| {
        let value = match leaf(planned, secret.leaf(Form::Plain)) {
            Value::Null => leaf(config, secret.leaf(Form::WriteOnly)),
            plain => plain,
        };
        match (sent, value) {
            (Sent::Yes, Value::Known(value)) => Some((secret, value)),
            _ => None,
        }
    });
    sent.collect()
}

/// The body of the write.
pub fn body(sending: &Sending, keys: &BTreeMap<Secret, String>, planned: &AnyValue) -> Json {
    let mut body = json!({});
    if let (Sent::Yes, Value::Known(name)) = (sending.name, leaf(planned, Leaf::Name)) {
        body["name"] = json!(name);
    }
    if let (Sent::Yes, Value::Known(url)) = (sending.url, leaf(planned, Leaf::Url)) {
        body["grafana_config"]["api_url"] = json!(bare(&url));
    }
    for (secret, value) in keys {
        let (block, key) = secret.field().split_once('.').unwrap();
        body[block][key] = json!(value);
    }
    body
}
