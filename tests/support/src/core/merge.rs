//! What core makes of configuration and prior state before it asks for a plan: the proposed new
//! state, and `ignore_changes` (core-rules.md, section 5.5).

use super::rules::value::{at, elements, members};
use super::values::{AnyValue, Known, Path, Step, Value};
use crate::proto::tfplugin6::schema::object::NestingMode;
use crate::proto::tfplugin6::schema::{Attribute, Block};

/// The proposed new state. Blocks pass as configured: none of ours has a computed attribute in it.
pub fn proposed(block: &Block, prior: &AnyValue, config: &AnyValue) -> AnyValue {
    attributes(&block.attributes, prior, config)
}

fn attributes(schema: &[Attribute], prior: &AnyValue, config: &AnyValue) -> AnyValue {
    let Some(object) = members(config) else {
        return config.clone();
    };
    let mut merged = object.clone();
    for attribute in schema {
        let before = members(prior).and_then(|prior| prior.get(attribute.name.as_str()));
        let before = before.unwrap_or(&Value::Null);
        if let Some(value) = merged.get_mut(attribute.name.as_str()) {
            *value = merge(attribute, before, value);
        }
    }
    Value::Known(Known::Object(merged))
}

fn merge(attribute: &Attribute, prior: &AnyValue, config: &AnyValue) -> AnyValue {
    if attribute.computed && config.is_null() {
        return prior.clone();
    }
    let Some(object) = &attribute.nested_type else {
        return config.clone();
    };
    let inner = |step: Step, config: &AnyValue| {
        let prior = at(prior, &Path::root().join(step)).unwrap_or(&Value::Null);
        attributes(&object.attributes, prior, config)
    };
    match (object.nesting(), config) {
        (NestingMode::Single, Value::Known(_)) => attributes(&object.attributes, prior, config),
        (NestingMode::List, Value::Known(_)) => {
            let merged = (0..).zip(elements(config).unwrap_or_default());
            let merged = merged.map(|(index, config)| inner(Step::Index(index), config));
            Value::Known(Known::List(merged.collect()))
        }
        (NestingMode::Map, Value::Known(Known::Map(config))) => {
            let merged = config.iter();
            let merged = merged
                .map(|(key, config)| (key.clone(), inner(Step::Key(key.to_string()), config)));
            Value::Known(Known::Map(merged.collect()))
        }
        _ => config.clone(),
    }
}

/// The configuration as planning sees it: what is ignored is as it was. A path that leads through
/// null, before or now, is not looked at.
pub fn ignore(config: &AnyValue, prior: &AnyValue, ignored: &[Path]) -> AnyValue {
    let mut config = config.clone();
    for path in ignored {
        if path.is_root() {
            return prior.clone();
        }
        let Some(before) = at(prior, path).cloned() else {
            continue;
        };
        put(&mut config, path.steps(), before);
    }
    config
}

fn put(value: &mut AnyValue, steps: &[Step], new: AnyValue) {
    let Some((Step::Attribute(name), rest)) = steps.split_first() else {
        *value = new;
        return;
    };
    if let Value::Known(Known::Object(object)) = value
        && let Some(value) = object.get_mut(name.as_str())
    {
        put(value, rest, new);
    }
}
