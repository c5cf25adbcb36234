//! What follows from what was found, and what is said of it.

use incident_sandbox::DataSource;

use super::showing::answered;
use super::{Memory, block, doubt, key, leaf, set, text};
use crate::table::reading::{self, Change, Keys, Mode, Stamps, Time, Turn, Visible};
use crate::table::warnings::{self, Held, Now, ValueNow, Warning};
use crate::values::{AnyValue, Value};
use crate::world::config::{Form, Kind, Leaf, Secret};

/// A state that follows what was found: with what is remembered, and whether that is warned of.
pub fn refreshed(
    state: &AnyValue,
    memory: &Memory,
    found: &DataSource,
    overwrites: bool,
) -> (AnyValue, Memory, Option<Warning>) {
    let mut after = state.clone();
    for name in ["name", "provider_name", "source_type", "enabled", "version"] {
        set(&mut after, name, answered(found, name));
    }
    let managed: Vec<_> = Secret::ALL
        .into_iter()
        .filter(|secret| {
            memory.sent.contains_key(secret) || leaf(state, secret.leaf(Form::Plain)).is_known()
        })
        .collect();
    let first = text(state, "created_at").is_null();
    let change = reading::CHANGES.look_up((
        if first { Turn::First } else { Turn::Later },
        match &memory.updated_at {
            None => Time::NeverSeen,
            Some(seen) if *seen == found.updated_at() => Time::Unmoved,
            Some(_) => Time::Moved,
        },
        if overwrites {
            Stamps::Overwrites
        } else {
            Stamps::Keeps
        },
        if after == *state {
            Visible::NothingElse
        } else {
            Visible::SomethingElse
        },
        doubt(memory.url_in_doubt || !memory.in_doubt.is_empty()),
        if managed.is_empty() {
            Keys::NoKey
        } else {
            Keys::SomeKey
        },
        match leaf(state, Leaf::Mode).known().map(String::as_str) {
            Some("reapply") => Mode::Reapply,
            Some("ignore") => Mode::Ignore,
            _ => Mode::Warn,
        },
    ));
    let mut memory = memory.clone();
    if first {
        set(&mut after, "created_at", answered(found, "created_at"));
    }
    if change != Change::None {
        set(&mut after, "updated_at", answered(found, "updated_at"));
        memory.updated_at = Some(found.updated_at());
    }
    if matches!(change, Change::Noticed | Change::Warned) {
        memory.elsewhere.extend(managed);
    }
    let warning = (change == Change::Warned).then_some(Warning::ChangedElsewhere);
    (after, memory, warning)
}

/// What an update warns of because the configuration lacks it now.
pub fn left_behind(config: &AnyValue, prior: &AnyValue) -> Vec<Warning> {
    let held = |is: bool| if is { Held::InState } else { Held::NotHeld };
    let now = |kind| match block(config, kind) {
        Value::Null => Now::Gone,
        Value::Unknown => Now::Pending,
        Value::Known(_) => Now::There,
    };
    let blocks = Kind::ALL
        .map(|kind| warnings::BLOCKS.look_up((held(block(prior, kind).is_known()), now(kind))));
    let value = |kind, before: Value<String>, given: &Value<String>| {
        let given = if given.is_null() {
            ValueNow::LeftOut
        } else {
            ValueNow::Given
        };
        warnings::VALUES.look_up((held(before.is_known()), now(kind), given))
    };
    let keys = Secret::ALL.map(|secret| {
        let before = leaf(prior, secret.leaf(Form::Plain));
        value(secret.kind(), before, &key(config, secret))
    });
    let url = value(
        Kind::Grafana,
        leaf(prior, Leaf::Url),
        &leaf(config, Leaf::Url),
    );
    let all = blocks.into_iter().chain(keys).chain([url]);
    all.flatten().collect()
}
