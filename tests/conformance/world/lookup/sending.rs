//! What is sent.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::{Memory, bare, key, leaf};
use crate::table::sending::{
    self, Certainty, Decided, Earlier, Elsewhere, Key, Object, Sent, Text, Version, Why,
};
use crate::table::showing::Writes;
use crate::values::{AnyValue, Value};
use crate::world::config::{Form, Leaf, Secret};

/// What a change sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    pub(super) object: Object,
    pub keys: BTreeMap<Secret, Sent>,
    pub name: Sent,
    pub url: Sent,
    /// Why some of it is sent that may not have changed.
    pub(super) again: BTreeSet<Why>,
}

impl Sending {
    pub(super) fn writes(&self) -> Writes {
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

    /// Whether a request is made even if nothing is in it: there is something to learn.
    pub fn asks(&self) -> bool {
        match self.object {
            Object::Adopted | Object::Missing => true,
            Object::Managed => false,
        }
    }
}

/// What a change sends. `config` is after `ignore_changes`; `earlier` is what an earlier plan of
/// the same change came to, where core hands it over.
pub fn sending(
    config: &AnyValue,
    prior: Option<&AnyValue>,
    memory: &Memory,
    earlier: Option<&Sending>,
) -> Sending {
    let object = match prior {
        None => Object::Adopted,
        Some(_) if memory.absent => Object::Missing,
        Some(_) => Object::Managed,
    };
    let heard = |earlier: Option<Sent>| sending::DECIDED.look_up((earlier_fact(earlier), object));
    let texts = |of: Leaf, written: fn(&str) -> &str, in_doubt: bool| -> Decided {
        let before = prior.map(|prior| leaf(prior, of));
        let fact = match (leaf(config, of), before) {
            (Value::Null, _) => Text::Unset,
            (Value::Unknown, _) => Text::Unresolved,
            (Value::Known(now), Some(Value::Known(then))) if written(&now) == written(&then) => {
                Text::Same
            }
            (Value::Known(_), _) => Text::Other,
        };
        let certainty = if in_doubt {
            Certainty::InDoubt
        } else {
            Certainty::Certain
        };
        sending::TEXTS.look_up((object, fact, certainty))
    };
    let keys = Secret::ALL.map(|secret| {
        let decided = heard(earlier.map(|earlier| earlier.keys[&secret])).unwrap_or_else(|| {
            sending::KEYS.look_up((
                object,
                key_fact(config, memory, secret),
                certainty_fact(memory, secret),
                version_fact(config, prior, memory, secret),
                elsewhere_fact(config, memory, secret),
            ))
        });
        (secret, decided)
    });
    let name = texts(Leaf::Name, |name| name, false);
    let url = heard(earlier.map(|earlier| earlier.url))
        .unwrap_or_else(|| texts(Leaf::Url, bare, memory.url_in_doubt));
    let decided = keys.iter().map(|(_, decided)| *decided);
    let again = decided.chain([name, url]).filter_map(|(_, why)| why);
    Sending {
        object,
        again: again.collect(),
        keys: keys.map(|(secret, (sent, _))| (secret, sent)).into(),
        name: name.0,
        url: url.0,
    }
}

fn earlier_fact(earlier: Option<Sent>) -> Earlier {
    match earlier {
        None => Earlier::NoneHeard,
        Some(Sent::OutOfPlay) => Earlier::HeardOutOfPlay,
        Some(Sent::No) => Earlier::HeardHeld,
        Some(Sent::Yes) => Earlier::HeardSent,
        Some(Sent::AtApply) => Earlier::HeardAtApply,
    }
}

fn certainty_fact(memory: &Memory, secret: Secret) -> Certainty {
    if memory.in_doubt.contains(&secret) {
        Certainty::InDoubt
    } else if memory.lost == Some(true) && !memory.sent.contains_key(&secret) {
        Certainty::Lost
    } else {
        Certainty::Certain
    }
}

fn key_fact(config: &AnyValue, memory: &Memory, secret: Secret) -> Key {
    let value = match key(config, secret) {
        Value::Null => return Key::NotGiven,
        Value::Unknown => return Key::Pending,
        Value::Known(value) => value,
    };
    match memory.sent.get(&secret) {
        Some(sent) if *sent == value => Key::LastSent,
        Some(_) => Key::NotLastSent,
        None => Key::NotRemembered,
    }
}

fn version_fact(
    config: &AnyValue,
    prior: Option<&AnyValue>,
    memory: &Memory,
    secret: Secret,
) -> Version {
    let version = secret.leaf(Form::Version);
    let before = prior.map(|prior| leaf(prior, version));
    match (leaf(config, version), before) {
        (Value::Known(now), Some(Value::Known(then))) if now != then => Version::Different,
        (Value::Known(_), Some(Value::Known(_))) if memory.sent.contains_key(&secret) => {
            Version::Equal
        }
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
