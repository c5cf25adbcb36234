//! API keys: what they may do, and what `GET /v1/identity` says of them.

use std::fmt;

use serde_json::{Value, json};

/// The API key that a sandbox accepts unless told otherwise.
pub const DEFAULT_KEY: &str = "sandbox-key";

/// The organisation of keys and data sources unless told otherwise.
pub const DEFAULT_ORGANISATION: &str = "my-org";

/// A key that may call the API, and what it may do.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// The bearer token.
    pub value: String,
    /// Whether it carries the scope that updates need; without it every update is a 403.
    pub may_update: bool,
    /// What it is called in the dashboard.
    pub name: String,
    /// The last part of its `dashboard_url`. Data sources of another organisation are not found.
    pub organisation: String,
    /// Roles for the whole account. They are only told; `may_update` decides.
    pub roles: Vec<String>,
    /// Roles for its teams, likewise.
    pub team_roles: Vec<String>,
    /// Id and name of each of its teams.
    pub teams: Vec<(String, String)>,
}

impl ApiKey {
    /// A key with every scope.
    pub fn full(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            may_update: true,
            name: "Terraform".to_owned(),
            organisation: DEFAULT_ORGANISATION.to_owned(),
            roles: vec!["telemetry_data_source_update".to_owned()],
            team_roles: Vec::new(),
            teams: Vec::new(),
        }
    }

    /// A key whose updates, empty ones included, are refused with 403.
    pub fn viewer(value: impl Into<String>) -> Self {
        Self {
            may_update: false,
            name: "Read only".to_owned(),
            roles: vec!["viewer".to_owned()],
            ..Self::full(value)
        }
    }

    /// Sets what it is called in the dashboard.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Sets the organisation that it belongs to, as the dashboard's URL spells it.
    #[must_use]
    pub fn organisation(mut self, organisation: &str) -> Self {
        organisation.clone_into(&mut self.organisation);
        self
    }

    /// Sets the roles that it has for the whole account.
    #[must_use]
    pub fn roles(mut self, roles: &[&str]) -> Self {
        self.roles = roles.iter().map(ToString::to_string).collect();
        self
    }

    /// Adds a team, for which and for its other teams it has these roles besides.
    #[must_use]
    pub fn team(mut self, id: &str, name: &str, roles: &[&str]) -> Self {
        self.teams.push((id.to_owned(), name.to_owned()));
        self.team_roles
            .extend(roles.iter().map(ToString::to_string));
        self
    }

    /// What the dashboard of its organisation is reached by.
    pub fn dashboard_url(&self) -> String {
        format!("https://app.incident.io/{}", self.organisation)
    }

    /// The answer to `GET /v1/identity`.
    pub(crate) fn identity(&self) -> Value {
        let teams = self.teams.iter();
        let teams: Vec<Value> = teams
            .map(|(id, name)| json!({"id": id, "name": name}))
            .collect();
        json!({"identity": {
            "name": self.name,
            "dashboard_url": self.dashboard_url(),
            "roles": self.roles,
            "team_roles": self.team_roles,
            "teams": teams,
        }})
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey")
            .field("name", &self.name)
            .field("organisation", &self.organisation)
            .field("may_update", &self.may_update)
            .finish_non_exhaustive()
    }
}
