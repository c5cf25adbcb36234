//! Whose key this is (API reference, *Utilities V1*).

use serde_json::Value;

use super::answer::FromJson;
use super::scrub::Scrubber;
use super::text;

/// How many roles are kept.
const MOST_ROLES: usize = 20;

/// What the API tells of a key (`UtilitiesIdentityResultV1`). Whatever cannot be read is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The name of the key.
    pub(crate) name: Option<String>,
    /// Where its organisation's dashboard is, such as `https://app.incident.io/my-org`.
    pub(crate) dashboard_url: Option<String>,
    /// What it may do, account-wide or for a team; each role once.
    pub(crate) roles: Vec<String>,
}

impl FromJson for Identity {
    fn from_json(json: &Value) -> Result<Self, &'static str> {
        let identity = json.get("identity").ok_or("identity")?;
        let text = |name: &str| identity.get(name)?.as_str().map(str::to_owned);
        let list = |name: &str| identity.get(name).and_then(Value::as_array);
        let roles = [list("roles"), list("team_roles")];
        let roles = roles.into_iter().flatten().flatten();
        Ok(Self {
            name: text("name"),
            dashboard_url: text("dashboard_url"),
            roles: roles
                .filter_map(|role| role.as_str().map(str::to_owned))
                .collect(),
        })
    }
}

impl Identity {
    /// The same without secrets, control characters and repetitions, and of bounded length.
    pub(super) fn fit_to_show(self, scrubber: &Scrubber) -> Self {
        let word = |text: String| text::word(&text, scrubber);
        let mut roles = Vec::new();
        for role in self.roles.into_iter().filter_map(word) {
            if roles.len() < MOST_ROLES && !roles.contains(&role) {
                roles.push(role);
            }
        }
        Self {
            name: self.name.and_then(word),
            dashboard_url: self.dashboard_url.and_then(word),
            roles,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::client::secret::Secret;

    fn read(identity: &Value) -> Identity {
        let scrubber = Scrubber::new([Secret::new("inc_1234".to_owned())]);
        let identity = Identity::from_json(&json!({"identity": identity})).unwrap();
        identity.fit_to_show(&scrubber)
    }

    #[test]
    fn whatever_can_be_read() {
        let all = json!({
            "name": "CI\n\u{1b}[1m inc_1234", "dashboard_url": "https://app.incident.io/my-org",
            "roles": ["viewer", 7, "viewer", ""], "team_roles": ["telemetry_data_source_update"],
        });
        let identity = read(&all);
        assert_eq!(identity.name.as_deref(), Some("CI \u{fffd}[1m [redacted]"));
        assert_eq!(
            identity.dashboard_url.as_deref(),
            Some("https://app.incident.io/my-org")
        );
        assert_eq!(identity.roles, ["viewer", "telemetry_data_source_update"]);
        let odd = json!({"name": 1, "dashboard_url": null, "roles": "all", "team_roles": [{}]});
        for nothing in [odd, json!({}), json!([]), json!("x"), Value::Null] {
            assert_eq!(read(&nothing), Identity::default(), "{nothing}");
        }
        let many: Vec<_> = (0..99).map(|role| role.to_string()).collect();
        assert_eq!(read(&json!({"roles": many})).roles.len(), MOST_ROLES);
        assert!(Identity::from_json(&json!({})).is_err());
    }
}
