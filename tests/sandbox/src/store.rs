//! The data sources that the API holds.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{
    clock::Clock,
    key::DEFAULT_ORGANISATION,
    spelling::{NameForm, Spelling},
    update::Update,
};

/// 2021-08-17T13:28:57.801578Z, the date in the API's own examples.
const SEEDED_AT: i64 = 1_629_206_937_801_578;

/// A moment as stamps have it. Below the microsecond there is always some, so that cutting it
/// off shows, and more than half, so that rounding does too.
pub(crate) fn stamp(moment: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(moment.as_microsecond())
        .and_then(|whole| whole.checked_add(SignedDuration::from_nanos(789)))
        .unwrap_or(moment)
}

/// There is no data source with this id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoSuchSource(pub String);

impl std::fmt::Display for NoSuchSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "there is no data source {:?}", self.0)
    }
}

impl std::error::Error for NoSuchSource {}

/// A data source as it is when somebody has connected it in the dashboard.
#[derive(Debug, Clone)]
pub struct DataSourceSeed {
    /// Opaque; any text, also text that needs percent-encoding.
    pub id: String,
    /// Shown in the dashboard.
    pub name: String,
    /// Decides which configuration block fits: `grafana` or `datadog`; neither fits anything else.
    pub provider: String,
    /// What kind of data it gives, like `prometheus`.
    pub source_type: String,
    /// Whether incident.io uses it.
    pub enabled: bool,
    /// Version of the upstream tool, where it has one.
    pub version: Option<String>,
    /// Who has connected it: keys of another organisation do not find it.
    pub organisation: String,
    /// Configuration by full field name, like `grafana_config.api_key`.
    pub config: BTreeMap<String, String>,
}

impl DataSourceSeed {
    /// An enabled Grafana source.
    pub fn grafana(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            provider: "grafana".to_owned(),
            source_type: "prometheus".to_owned(),
            enabled: true,
            version: Some("8.5.27".to_owned()),
            organisation: DEFAULT_ORGANISATION.to_owned(),
            config: BTreeMap::new(),
        }
        .config("grafana_config.api_key", "glsa_seeded")
        .config("grafana_config.api_url", "grafana.example.com")
    }

    /// An enabled Datadog source, which has no version.
    pub fn datadog(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            provider: "datadog".to_owned(),
            source_type: "datadog".to_owned(),
            enabled: true,
            version: None,
            organisation: DEFAULT_ORGANISATION.to_owned(),
            config: BTreeMap::new(),
        }
        .config("datadog_config.api_key", "seeded-api-key")
        .config("datadog_config.app_key", "seeded-app-key")
    }

    /// Sets a configuration field, like `grafana_config.api_key`.
    #[must_use]
    pub fn config(mut self, field: &str, value: &str) -> Self {
        self.config.insert(field.to_owned(), value.to_owned());
        self
    }

    /// Starts disabled.
    #[must_use]
    pub fn disabled(mut self) -> Self {
        self.enabled = false;
        self
    }

    /// Sets the version of the upstream tool.
    #[must_use]
    pub fn version(mut self, version: Option<&str>) -> Self {
        self.version = version.map(str::to_owned);
        self
    }

    /// Sets who has connected it.
    #[must_use]
    pub fn organisation(mut self, organisation: &str) -> Self {
        organisation.clone_into(&mut self.organisation);
        self
    }

    /// Sets the kind of data it gives.
    #[must_use]
    pub fn source_type(mut self, source_type: &str) -> Self {
        source_type.clone_into(&mut self.source_type);
        self
    }

    /// Sets the tool it comes from.
    #[must_use]
    pub fn provider(mut self, provider: &str) -> Self {
        provider.clone_into(&mut self.provider);
        self
    }
}

/// A data source as the API holds it, secrets included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSource {
    /// Opaque.
    pub id: String,
    /// Shown in the dashboard.
    pub name: String,
    /// `grafana`, `datadog` or another.
    pub provider: String,
    /// What kind of data it gives.
    pub source_type: String,
    /// Whether incident.io uses it.
    pub enabled: bool,
    /// Version of the upstream tool.
    pub version: Option<String>,
    /// Who has connected it.
    pub organisation: String,
    /// Configuration by full field name, like `grafana_config.api_key`.
    pub config: BTreeMap<String, String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl DataSource {
    /// RFC 3339 with microseconds, as the API answers it unless told otherwise.
    pub fn created_at(&self) -> String {
        Spelling::default().spell(self.created_at)
    }

    /// RFC 3339 with microseconds, as the API answers it unless told otherwise.
    pub fn updated_at(&self) -> String {
        Spelling::default().spell(self.updated_at)
    }

    /// When it was connected, as answers with this spelling have it.
    pub fn created_at_as(&self, times: Spelling) -> String {
        times.spell(self.created_at)
    }

    /// When it was last changed, as answers with this spelling have it.
    pub fn updated_at_as(&self, times: Spelling) -> String {
        times.spell(self.updated_at)
    }

    /// The answer to an update.
    pub(crate) fn to_json(&self, times: Spelling, names: NameForm) -> Value {
        let mut source = json!({
            "id": self.id,
            "name": names.spell(&self.name),
            "provider": self.provider,
            "source_type": self.source_type,
            "enabled": self.enabled,
            "created_at": times.spell(self.created_at),
            "updated_at": times.spell(self.updated_at),
        });
        if let Some(version) = &self.version {
            source["version"] = json!(version);
        }
        json!({"data_source": source})
    }

    /// Moves `updated_at` to now.
    pub(crate) fn stamp(&mut self, clock: Clock) {
        self.stamp_at(clock.now());
    }

    /// Moves `updated_at` to this moment, or a microsecond further where the clock has not
    /// moved or has gone back: no two stamps of one source are the same.
    pub(crate) fn stamp_at(&mut self, moment: Timestamp) {
        let least = self
            .updated_at
            .checked_add(SignedDuration::from_micros(1))
            .unwrap_or(self.updated_at);
        self.updated_at = stamp(moment.max(least));
    }

    /// Takes an update over. Configuration brings a disabled source back to life.
    pub(crate) fn apply(&mut self, update: Update, clock: Clock) {
        if let Some(name) = update.name {
            self.name = name;
        }
        self.enabled |= !update.config.is_empty();
        for (field, value) in update.config {
            self.config.insert(field.to_owned(), value);
        }
        self.stamp(clock);
    }
}

/// All data sources: those connected, and those deleted that may be connected again.
#[derive(Debug, Default)]
pub(crate) struct Store {
    sources: BTreeMap<String, DataSource>,
    deleted: BTreeMap<String, DataSource>,
    /// Each source as it was before its last stamp.
    earlier: BTreeMap<String, DataSource>,
}

impl Store {
    /// Adds a source; one with the same id is replaced.
    pub(crate) fn add(&mut self, seed: DataSourceSeed) {
        let seeded_at = Timestamp::from_microsecond(SEEDED_AT).unwrap_or(Timestamp::UNIX_EPOCH);
        self.add_at(seed, seeded_at);
    }

    /// Adds a source that was connected at this moment; one with the same id is replaced.
    pub(crate) fn add_at(&mut self, seed: DataSourceSeed, moment: Timestamp) -> &DataSource {
        let source = DataSource {
            id: seed.id,
            name: seed.name,
            provider: seed.provider,
            source_type: seed.source_type,
            enabled: seed.enabled,
            version: seed.version,
            organisation: seed.organisation,
            config: seed.config,
            created_at: moment,
            updated_at: moment,
        };
        self.deleted.remove(&source.id);
        self.earlier.remove(&source.id);
        let entry = self.sources.entry(source.id.clone());
        entry.insert_entry(source).into_mut()
    }

    pub(crate) fn get(&self, id: &str) -> Option<&DataSource> {
        self.sources.get(id)
    }

    /// Those that are connected.
    pub(crate) fn connected(&self) -> impl Iterator<Item = &DataSource> {
        self.sources.values()
    }

    /// Those that were, and may be again.
    pub(crate) fn disconnected(&self) -> impl Iterator<Item = &DataSource> {
        self.deleted.values()
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Result<&mut DataSource, NoSuchSource> {
        self.sources
            .get_mut(id)
            .ok_or_else(|| NoSuchSource(id.to_owned()))
    }

    /// Changes a source. What it was before remains as its earlier state if it was stamped.
    pub(crate) fn change<T>(
        &mut self,
        id: &str,
        edit: impl FnOnce(&mut DataSource) -> T,
    ) -> Result<T, NoSuchSource> {
        let source = self.get_mut(id)?;
        let before = source.clone();
        let made = edit(source);
        if source.updated_at != before.updated_at {
            self.earlier.insert(id.to_owned(), before);
        }
        Ok(made)
    }

    /// A source as it was before its last stamp, or as it is if it never had one.
    pub(crate) fn earlier(&self, id: &str) -> Option<&DataSource> {
        self.earlier.get(id).or_else(|| self.get(id))
    }

    pub(crate) fn delete(&mut self, id: &str) -> Result<(), NoSuchSource> {
        let source = self
            .sources
            .remove(id)
            .ok_or_else(|| NoSuchSource(id.to_owned()))?;
        self.deleted.insert(id.to_owned(), source);
        Ok(())
    }

    /// Brings a deleted source back; one that is there already is merely returned.
    pub(crate) fn restore(&mut self, id: &str) -> Result<&mut DataSource, NoSuchSource> {
        if let Some(source) = self.deleted.remove(id) {
            self.sources.insert(id.to_owned(), source);
        }
        self.get_mut(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_always_increase() -> Result<(), NoSuchSource> {
        let mut store = Store::default();
        store.add(DataSourceSeed::grafana("a", "A"));
        let source = store.get_mut("a")?;
        assert_eq!(source.updated_at(), "2021-08-17T13:28:57.801578Z");
        let mut last = source.updated_at();
        for skew in [0, 0, 0, -3600, 3600, 0] {
            source.stamp(Clock { skew });
            assert!(
                source.updated_at() > last,
                "{} > {last}",
                source.updated_at()
            );
            last = source.updated_at();
        }
        Ok(())
    }
}
