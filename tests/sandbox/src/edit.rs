//! Answers that differ from the schema.

use serde_json::Value;

/// Changes to the `data_source` of a good answer; what the API holds stays as it is.
///
/// ```
/// use incident_sandbox::Edit;
/// use serde_json::json;
///
/// let strange = Edit::set("version", json!(7)).and(Edit::remove("source_type"));
/// # let _ = strange;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edit {
    fields: Vec<(String, Option<Value>)>,
}

impl Edit {
    /// Gives a field this value, of whatever type.
    pub fn set(field: &str, value: Value) -> Self {
        Self {
            fields: vec![(field.to_owned(), Some(value))],
        }
    }

    /// Leaves a field out.
    pub fn remove(field: &str) -> Self {
        Self {
            fields: vec![(field.to_owned(), None)],
        }
    }

    /// Makes the other changes too, after these.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.fields.extend(other.fields);
        self
    }

    /// Changes the fields of an answer's `data_source`.
    pub(crate) fn apply(&self, answer: &mut Value) {
        let Some(source) = answer["data_source"].as_object_mut() else {
            return;
        };
        for (field, value) in &self.fields {
            match value {
                Some(value) => source.insert(field.clone(), value.clone()),
                None => source.remove(field),
            };
        }
    }
}
