//! A data source as the API answers it.

use serde_json::Value;

use super::answer::FromJson;
use super::window::AnswerWindow;

/// A data source (`TelemetryUpdateDataSourceResultV2`), and when it was like this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UpdateResult {
    /// What the API answered.
    pub(crate) data_source: DataSource,
    /// When it did, by its own clock.
    pub(crate) window: AnswerWindow,
}

/// A data source as the API returns it (`TelemetryDataSourceV2`). Fields that are not listed are
/// ignored.
///
/// Only the id has to be there and text, as it tells that this is a data source at all. Every other
/// field informs: one that is missing, null or of another type is `None` and named in `unreadable`,
/// so that a change of the API does not stop each plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DataSource {
    /// Its id.
    pub(crate) id: String,
    /// Its name in incident.io.
    pub(crate) name: Option<String>,
    /// What it is connected through, such as `grafana`; open-ended.
    pub(crate) provider: Option<String>,
    /// What it is, such as `grafana` or `prometheus`; open-ended.
    pub(crate) source_type: Option<String>,
    /// Whether incident.io uses it.
    pub(crate) enabled: Option<bool>,
    /// RFC 3339, verbatim.
    pub(crate) created_at: Option<String>,
    /// RFC 3339, verbatim.
    pub(crate) updated_at: Option<String>,
    /// The version of the tool behind it. Not every source has one, and older API versions do not
    /// say: missing or null is nothing to complain of.
    pub(crate) version: Option<String>,
    /// The API's names of the fields that could not be read, in the order above.
    pub(crate) unreadable: Vec<&'static str>,
}

impl FromJson for DataSource {
    fn from_json(json: &Value) -> Result<Self, &'static str> {
        let source = json
            .get("data_source")
            .filter(|source| source.is_object())
            .ok_or("data_source")?;
        let id = source.get("id").and_then(Value::as_str);
        let id = id.ok_or("data_source.id")?.to_owned();
        let mut fields = Fields {
            source,
            unreadable: Vec::new(),
        };
        let version = source.get("version").filter(|version| !version.is_null());
        Ok(Self {
            id,
            name: fields.text("name"),
            provider: fields.text("provider"),
            source_type: fields.text("source_type"),
            enabled: fields.read("enabled", Value::as_bool),
            created_at: fields.text("created_at"),
            updated_at: fields.text("updated_at"),
            version: version.and_then(|_| fields.text("version")),
            unreadable: fields.unreadable,
        })
    }
}

/// Reads fields and keeps the names of those that it cannot.
struct Fields<'a> {
    source: &'a Value,
    unreadable: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    fn read<T>(&mut self, name: &'static str, read: fn(&'a Value) -> Option<T>) -> Option<T> {
        let value = self.source.get(name).and_then(read);
        if value.is_none() {
            self.unreadable.push(name);
        }
        value
    }

    fn text(&mut self, name: &'static str) -> Option<String> {
        self.read(name, Value::as_str).map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(fields: &Value) -> DataSource {
        let mut source = json!({
            "id": "1", "name": "n", "provider": "new", "source_type": "newer", "enabled": false,
            "created_at": "2021-08-17T13:28:57.801578Z", "updated_at": "soon", "more": {},
        });
        for (name, value) in fields.as_object().unwrap() {
            source[name] = value.clone();
        }
        DataSource::from_json(&json!({"data_source": source, "more": 1})).unwrap()
    }

    #[test]
    fn what_informs_may_be_anything() {
        let fine = read(&json!({}));
        assert_eq!(fine.updated_at.as_deref(), Some("soon"));
        assert_eq!((fine.version, fine.enabled), (None, Some(false)));
        assert!(fine.unreadable.is_empty());
        for (fields, unreadable) in [
            (json!({"version": null}), vec![]),
            (json!({"version": "8.5.27"}), vec![]),
            (json!({"version": 8.5}), vec!["version"]),
            (json!({"source_type": null}), vec!["source_type"]),
            (json!({"enabled": "yes"}), vec!["enabled"]),
            (
                json!({"name": {}, "provider": [], "source_type": 1e99, "enabled": 1,
                    "created_at": true, "updated_at": null, "version": false}),
                vec![
                    "name",
                    "provider",
                    "source_type",
                    "enabled",
                    "created_at",
                    "updated_at",
                    "version",
                ],
            ),
        ] {
            assert_eq!(read(&fields).unreadable, unreadable, "{fields}");
        }
        assert_eq!(read(&json!({"name": 7})).name, None);
    }

    #[test]
    fn what_decides_has_to_be_there() {
        for (json, missing) in [
            (json!({}), "data_source"),
            (json!([]), "data_source"),
            (json!({"data_source": null}), "data_source"),
            (json!({"data_source": []}), "data_source"),
            (json!({"data_source": {}}), "data_source.id"),
            (json!({"data_source": {"id": 7}}), "data_source.id"),
        ] {
            assert_eq!(DataSource::from_json(&json), Err(missing), "{json}");
        }
        let least = DataSource::from_json(&json!({"data_source": {"id": "1"}})).unwrap();
        assert_eq!((least.id.as_str(), least.unreadable.len()), ("1", 6));
    }
}
