//! What a plan has to say of a resource.

use serde_json::Value;
use test_support::terraform::Ran;

/// What is known after apply when a plan sends credentials.
const ROTATION: [&str; 4] = ["credentials_updated_at", "enabled", "updated_at", "version"];

/// A saved plan.
pub(crate) struct Planned {
    /// What the plan said.
    pub(crate) ran: Ran,
    /// The plan as JSON.
    pub(super) json: Value,
}

impl Planned {
    fn change(&self, address: &str) -> &Value {
        self.json["resource_changes"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|resource| resource["address"] == address)
            .map_or(&Value::Null, |resource| &resource["change"])
    }

    /// What is planned for a resource, such as `["update"]`.
    #[track_caller]
    pub(crate) fn actions(&self, address: &str) -> Vec<&str> {
        let actions = self.change(address)["actions"].as_array();
        let actions = actions.expect("a planned change");
        actions.iter().filter_map(Value::as_str).collect()
    }

    /// The attributes of a resource that are known after apply, in order.
    #[track_caller]
    pub(crate) fn unknown(&self, address: &str) -> Vec<&str> {
        let unknown = self.change(address)["after_unknown"].as_object();
        let unknown = unknown.expect("a planned change");
        let names = unknown.iter().filter(|(_, value)| **value == true);
        names.map(|(name, _)| name.as_str()).collect()
    }

    /// Asserts that the plan rotates a resource's credentials, and says so to
    /// somebody who reads it.
    #[track_caller]
    pub(crate) fn rotates(&self, address: &str) -> &Self {
        assert_eq!(self.actions(address), ["update"], "{}", self.ran.text);
        assert_eq!(self.unknown(address), ROTATION, "{}", self.ran.text);
        for name in ["credentials_updated_at", "updated_at"] {
            let shown = self.ran.text.lines().any(|line| {
                line.trim_start_matches([' ', '~', '+'])
                    .starts_with(&format!("{name} "))
                    && line.ends_with("(known after apply)")
            });
            assert!(shown, "{name} is not shown:\n{}", self.ran.text);
        }
        self
    }

    /// Asserts that the plan sends no credentials.
    #[track_caller]
    pub(crate) fn sends_no_credentials(&self, address: &str) -> &Self {
        let unknown = self.unknown(address);
        assert!(
            !unknown.contains(&"credentials_updated_at"),
            "{unknown:?}: {}",
            self.ran.text
        );
        self
    }

    /// Asserts that all write-only attributes are null in what is planned.
    #[track_caller]
    pub(crate) fn holds_no_write_only_value(&self, address: &str) -> &Self {
        for side in ["before", "after", "after_unknown"] {
            for block in ["grafana_config", "datadog_config"] {
                for name in ["api_key_wo", "app_key_wo"] {
                    let value = &self.change(address)[side][block][name];
                    assert!(
                        value.is_null() || value == false,
                        "{side} {block}.{name}: {value}"
                    );
                }
            }
        }
        self
    }
}
