//! What has to hold after every step: of what is stored, and of what the API holds.

use std::collections::BTreeMap;

use incident_sandbox::DataSource;

use super::moving::identity;
use super::{Done, Stored, Walk};
use crate::core::session::MARKER;
use crate::values::{AnyValue, Known, Value, to_json};
use crate::world::config::Secret;

/// What the API ought to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mirror {
    pub(super) name: String,
    pub(super) enabled: bool,
    pub(super) config: BTreeMap<String, String>,
}

impl Mirror {
    pub(super) fn of(source: &DataSource) -> Self {
        Self {
            name: source.name.clone(),
            enabled: source.enabled,
            config: source.config.clone(),
        }
    }
}

impl Walk<'_> {
    /// Nothing secret where it must not be, and the identity of this data source.
    pub(super) fn check_stored(&mut self, stored: Option<&Stored>) -> Done {
        let Some(stored) = stored else { return Ok(()) };
        let mut json = to_json(&stored.object.state);
        for secret in Secret::ALL {
            let (block, key) = secret.field().split_once('.').unwrap();
            if let Some(block) = json[block].as_object_mut() {
                block.remove(key);
            }
        }
        self.tally.checked += 2;
        ensure!(!json.to_string().contains(MARKER), "a secret in state");
        if let Some(stored) = &stored.object.identity {
            let id = json["data_source_id"].as_str().unwrap_or_default();
            self.tally.checked += 1;
            ensure!(
                *stored == identity(id),
                "the identity of another: {stored:?}"
            );
        }
        let private = String::from_utf8_lossy(&stored.object.private);
        ensure!(!private.contains(MARKER), "a secret in private state");
        Ok(())
    }

    /// The API holds what was sent to it, and nothing else.
    pub(super) fn check_api(&mut self) -> Done {
        for id in &self.ids {
            let source = self.stage.sandbox.data_source(id);
            let held = source.as_ref().map(Mirror::of);
            let wanted = self.mirror.get(id);
            ensure!(
                held.as_ref() == wanted,
                "the API holds {held:?}, expected {wanted:?}"
            );
        }
        self.tally.checked += 1;
        Ok(())
    }
}

/// Where two objects differ, for messages. Values are made up, so they are shown.
pub(super) fn difference(actual: &AnyValue, expected: &AnyValue) -> String {
    fn show(value: &AnyValue) -> String {
        match value {
            Value::Known(Known::String(text)) => format!("{:?}", &**text),
            Value::Known(Known::Object(object)) => {
                let members = object.iter().filter(|(_, value)| !value.is_null());
                let members: Vec<_> = members
                    .map(|(name, value)| format!("{name}={}", show(value)))
                    .collect();
                format!("{{{}}}", members.join(", "))
            }
            other => format!("{other:?}"),
        }
    }
    let (Value::Known(Known::Object(a)), Value::Known(Known::Object(b))) = (actual, expected)
    else {
        return format!("{} for {}", show(actual), show(expected));
    };
    let different = a.iter().filter(|(name, value)| b.get(*name) != Some(value));
    let lines = different.map(|(name, value)| {
        let expected = b.get(name).map(show).unwrap_or_default();
        format!("{name} is {}, expected {expected}", show(value))
    });
    lines.collect::<Vec<_>>().join("; ")
}
