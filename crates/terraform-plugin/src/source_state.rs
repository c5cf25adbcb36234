//! States in a foreign schema.

use std::fmt;

use serde_json::Value as Json;

use crate::codec::wipe_json;

/// A state in a schema that only its own provider knows, as the JSON that was stored. Its strings
/// are wiped when it is dropped, and `Debug` shows none of it, since it may hold secrets.
/// Source: `tfplugin6.RawState`.
pub struct SourceState(Json);

impl SourceState {
    /// For tests: a provider is handed them.
    #[doc(hidden)]
    pub const fn new(json: Json) -> Self {
        Self(json)
    }

    /// The whole of it, mostly an object of the attributes.
    pub fn json(&self) -> &Json {
        &self.0
    }

    /// Every member of every object in a part of it, at any depth: its key and its value. Outer
    /// ones come before those within them.
    pub fn members(part: &Json) -> impl Iterator<Item = (&str, &Json)> {
        Walk(vec![(None, part)]).filter_map(|(key, value)| key.map(|key| (key, value)))
    }

    /// Every string in a part of it that is a value, at any depth, likewise.
    pub fn strings(part: &Json) -> impl Iterator<Item = &str> {
        Walk(vec![(None, part)]).filter_map(|(_, value)| value.as_str())
    }
}

impl Drop for SourceState {
    fn drop(&mut self) {
        wipe_json(self.0.take());
    }
}

impl fmt::Debug for SourceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SourceState(…)")
    }
}

/// All values, each with its key if it is a member. What is yet to come, the next one last.
struct Walk<'a>(Vec<(Option<&'a str>, &'a Json)>);

impl<'a> Iterator for Walk<'a> {
    type Item = (Option<&'a str>, &'a Json);

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.0.pop()?;
        match next.1 {
            Json::Array(elements) => {
                let elements = elements.iter().rev();
                self.0.extend(elements.map(|element| (None, element)));
            }
            Json::Object(members) => {
                let members = members.iter().rev();
                self.0
                    .extend(members.map(|(key, value)| (Some(key.as_str()), value)));
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_and_strings_are_found_at_any_depth() {
        let state = SourceState::new(json!({
            "a": [{"id": 1}, "x"],
            "b": {"id": "y", "type": ["object", {"id": "string"}]},
        }));
        let keys: Vec<_> = SourceState::members(state.json())
            .map(|(key, _)| key)
            .collect();
        assert_eq!(keys, ["a", "id", "b", "id", "type", "id"]);
        let strings: Vec<_> = SourceState::strings(state.json()).collect();
        assert_eq!(strings, ["x", "y", "object", "string"]);
    }

    #[test]
    fn nothing_of_it_is_shown() {
        let state = SourceState::new(json!({"api_key": "glsa_123"}));
        assert_eq!(format!("{state:?}"), "SourceState(…)");
    }
}
