//! Planning: from configuration, prior state, private state and what was read
//! to planned state, the write that this needs, and diagnostics. Pure; apply
//! carries the same write out.

use super::change::{Change, Desired};
use super::messages;
use super::model::{Block, SecretName, TelemetryDataSource};
use super::private::{Decisions, PrivateState};
use super::validate;
use crate::provider::configured::Sighting;
use terraform_plugin::{Diagnostics, Value};

/// What a plan starts from.
#[derive(Debug)]
pub(crate) struct PlanInput<'a> {
    /// After `ignore_changes`, write-only values included.
    pub(crate) config: &'a TelemetryDataSource,
    /// `None` for an adoption.
    pub(crate) prior: Option<&'a TelemetryDataSource>,
    /// Beside the prior state. An adoption ignores it: a replacement is handed
    /// what belongs to the object that it replaces.
    pub(crate) private: &'a PrivateState,
    /// What the first plan of this change decided, where the host hands it over.
    pub(crate) earlier: Option<&'a Decisions>,
    /// What is known of the data source to be adopted.
    pub(crate) observed: &'a Observation,
}

/// What is known of a data source that is to be adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Observation {
    /// Nothing: not asked, or not possible to ask yet.
    Unchecked,
    /// It does not exist, and was never in this state.
    NotFound,
    /// This was found, now or by a read earlier in this run.
    Seen(Sighting),
}

/// A plan.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The state to expect. Meaningless beside an error.
    pub(crate) planned: TelemetryDataSource,
    /// Whether this is another data source than before.
    pub(crate) replaces: bool,
    /// The write that this needs.
    pub(crate) change: Change,
    /// For apply: the prior private state and what was decided.
    pub(crate) private: PrivateState,
    /// Errors and warnings.
    pub(crate) diagnostics: Diagnostics,
}

/// Plans an adoption or an update.
pub(crate) fn plan(input: &PlanInput<'_>) -> Plan {
    match input.prior {
        Some(prior) if prior.data_source_id == input.config.data_source_id => update(input, prior),
        Some(prior) => {
            // Core asks again, without prior state, for the adoption itself.
            let mut plan = adoption(input.config, None, &Observation::Unchecked);
            plan.replaces = true;
            plan.diagnostics.push(messages::replaced(prior));
            plan
        }
        None => adoption(input.config, input.earlier, input.observed),
    }
}

fn adoption(
    config: &TelemetryDataSource,
    earlier: Option<&Decisions>,
    observed: &Observation,
) -> Plan {
    let mut diagnostics = validate::conflicts(config);
    let mut private = PrivateState::default();
    match observed {
        Observation::Unchecked => {}
        Observation::NotFound => diagnostics.push(messages::never_there(config)),
        Observation::Seen(Sighting::Found(sighted)) => {
            diagnostics.extend(validate::kind_mismatches(config, &sighted.provider));
            private.empty_update_keeps = sighted.empty_update_keeps;
        }
        Observation::Seen(Sighting::Gone) => diagnostics.push(messages::gone(config)),
        Observation::Seen(Sighting::Refused(reason)) => {
            diagnostics.push(messages::adoption_unchecked(config, reason));
        }
    }
    let change = Change::decide(&Desired::planning(config), None, &private, earlier);
    // Core plans an adoption twice, the second time just before it applies, and
    // refuses a value that was known and is another by then: whatever the API
    // answers has to wait.
    let planned = TelemetryDataSource {
        id: config.data_source_id.clone(),
        name: match &config.name {
            Value::Null => Value::Unknown,
            name => name.clone(),
        },
        provider_name: Value::Unknown,
        source_type: Value::Unknown,
        enabled: Value::Unknown,
        created_at: Value::Unknown,
        updated_at: Value::Unknown,
        version: Value::Unknown,
        credentials_updated_at: if change.touches_secrets() {
            Value::Unknown
        } else {
            Value::Null
        },
        ..config.clone().without_write_only()
    };
    finish(planned, change, private, diagnostics)
}

fn update(input: &PlanInput<'_>, prior: &TelemetryDataSource) -> Plan {
    let config = input.config;
    let mut diagnostics = validate::conflicts(config);
    if let Some(provider) = prior.provider_name.as_str() {
        diagnostics.extend(validate::kind_mismatches(config, provider));
    }
    diagnostics.extend(removals(config, prior));
    let change = Change::decide(
        &Desired::planning(config),
        Some(prior),
        input.private,
        input.earlier,
    );
    let planned = TelemetryDataSource {
        id: prior.id.clone(),
        name: match &config.name {
            Value::Null => known_unless(
                prior.name.is_null() && change.touches_anything(),
                &prior.name,
            ),
            name => name.clone(),
        },
        provider_name: stable(&prior.provider_name, &change),
        source_type: stable(&prior.source_type, &change),
        created_at: stable(&prior.created_at, &change),
        enabled: known_unless(change.touches_access(), &prior.enabled),
        version: known_unless(change.touches_access(), &prior.version),
        updated_at: known_unless(change.touches_anything(), &prior.updated_at),
        credentials_updated_at: known_unless(
            change.touches_secrets(),
            &prior.credentials_updated_at,
        ),
        ..config.clone().without_write_only()
    };
    finish(planned, change, input.private.clone(), diagnostics)
}

fn finish(
    planned: TelemetryDataSource,
    change: Change,
    mut private: PrivateState,
    diagnostics: Diagnostics,
) -> Plan {
    private.decisions = Some(change.decisions.clone());
    Plan {
        planned,
        replaces: false,
        change,
        private,
        diagnostics,
    }
}

/// Unknown where a write may change it, else what it was.
fn known_unless<T: Clone>(may_change: bool, before: &Value<T>) -> Value<T> {
    if may_change {
        Value::Unknown
    } else {
        before.clone()
    }
}

/// Never changes once the API has told it; until then any answer may.
fn stable<T: Clone>(before: &Value<T>, change: &Change) -> Value<T> {
    known_unless(before.is_null() && change.touches_anything(), before)
}

/// Warns of what is taken out of the configuration and yet stays in incident.io.
fn removals(config: &TelemetryDataSource, prior: &TelemetryDataSource) -> Diagnostics {
    let mut warnings = Diagnostics::new();
    for block in Block::ALL {
        match (prior.block(block), config.block(block)) {
            (Value::Known(()), Value::Null) => warnings.push(messages::block_removed(block)),
            (Value::Known(()), Value::Known(())) => warnings.extend(
                removed_secrets(config, prior)
                    .filter(|name| name.block() == block)
                    .map(|name| messages::value_removed(name.path())),
            ),
            _ => {}
        }
    }
    if prior.api_url().is_known()
        && config.api_url().is_null()
        && config.block(Block::Grafana).is_known()
    {
        warnings.push(messages::value_removed(
            Block::Grafana.path().attribute("api_url"),
        ));
    }
    warnings
}

/// Secrets that were in state and are given in neither form any more. Of a
/// write-only one nothing can be said: `ignore_changes` shows it as null, too.
pub(crate) fn removed_secrets(
    config: &TelemetryDataSource,
    prior: &TelemetryDataSource,
) -> impl Iterator<Item = SecretName> {
    SecretName::ALL.into_iter().filter(|&name| {
        prior.secret(name).plain.is_known() && config.secret(name).value().is_null()
    })
}
