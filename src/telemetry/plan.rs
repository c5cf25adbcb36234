//! Planning: from configuration, prior state, private state and what was read to planned state, the
//! write that this needs, and diagnostics. Pure; apply carries the same write out.

use terraform_plugin::{Diagnostics, Value};

use super::attributes::{Block, Field, RETURNED, Unknown};
use super::change::{Change, Desired};
use super::messages;
use super::model::TelemetryDataSource;
use super::private::{Decisions, PrivateState};
use super::reading::Reading;
use super::validate;

/// What a plan starts from.
pub(crate) struct PlanInput<'a> {
    /// After `ignore_changes`, write-only values included.
    pub(crate) config: &'a TelemetryDataSource,
    /// What the schema makes of configuration and prior state.
    pub(crate) proposed: TelemetryDataSource,
    /// `None` for an adoption.
    pub(crate) prior: Option<&'a TelemetryDataSource>,
    /// Beside the prior state. An adoption ignores it: a replacement is handed what belongs to the
    /// object that it replaces.
    pub(crate) private: &'a PrivateState,
    /// What the first plan of this change decided, where the host hands it over.
    pub(crate) earlier: Option<&'a Decisions>,
    /// What is known of the data source to be adopted.
    pub(crate) candidate: Candidate<'a>,
}

/// What is known of a data source that is to be adopted.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Candidate<'a> {
    /// Nothing: not asked, or not possible to ask yet.
    Unread,
    /// A reading of it, by this plan.
    Read(&'a Reading),
    /// A reading of it earlier in this run, when it was in the state.
    WasInState(&'a Reading),
}

/// A plan.
pub(crate) struct Plan {
    /// The state to expect. Meaningless beside an error.
    pub(crate) planned: TelemetryDataSource,
    /// The write that this needs.
    pub(crate) change: Change,
    /// For apply: the prior private state and what was decided.
    pub(crate) private: PrivateState,
    /// Errors and warnings.
    pub(crate) diagnostics: Diagnostics,
}

/// Plans an adoption or an update.
pub(crate) fn plan(input: PlanInput<'_>) -> Plan {
    match input.prior {
        Some(prior) if prior.data_source_id == input.config.data_source_id => update(input, prior),
        Some(prior) => {
            // Core asks again, without prior state, for the adoption itself.
            let mut plan = adoption(PlanInput {
                prior: None,
                earlier: None,
                candidate: Candidate::Unread,
                ..input
            });
            plan.diagnostics.push(messages::replaced(prior));
            plan
        }
        None => adoption(input),
    }
}

fn adoption(input: PlanInput<'_>) -> Plan {
    let config = input.config;
    let mut diagnostics = validate::conflicts(config);
    let mut private = PrivateState::default();
    match input.candidate {
        Candidate::Unread => {}
        Candidate::Read(Reading::Absent) => diagnostics.push(messages::never_there(config)),
        Candidate::WasInState(Reading::Absent) => diagnostics.push(messages::gone(config)),
        Candidate::Read(reading) | Candidate::WasInState(reading) => match reading {
            Reading::Found(found) => {
                let provider = found.data_source.provider.as_deref();
                let provider = provider.unwrap_or_default();
                diagnostics.extend(validate::kind_mismatches(config, provider));
                private.empty_update_keeps = !found.is_recent;
            }
            Reading::Refused(reason) => {
                diagnostics.push(messages::adoption_unchecked(config, reason));
            }
            Reading::Absent => {}
        },
    }
    let change = Change::decide(&Desired::planning(config), None, &private, input.earlier);
    // Core plans an adoption twice, the second time just before it applies, and refuses a value that
    // was known and is another by then: whatever the API answers has to wait.
    finish(input, change, private, diagnostics)
}

fn update(input: PlanInput<'_>, prior: &TelemetryDataSource) -> Plan {
    let config = input.config;
    let mut diagnostics = validate::conflicts(config);
    if let Some(provider) = prior.provider_name.as_str() {
        diagnostics.extend(validate::kind_mismatches(config, provider));
    }
    diagnostics.extend(removals(config, prior));
    let private = input.private.clone();
    let change = Change::decide(
        &Desired::planning(config),
        Some(prior),
        &private,
        input.earlier,
    );
    finish(input, change, private, diagnostics)
}

fn finish(
    input: PlanInput<'_>,
    change: Change,
    mut private: PrivateState,
    diagnostics: Diagnostics,
) -> Plan {
    let PlanInput {
        config,
        prior,
        proposed: mut planned,
        ..
    } = input;
    planned.id = prior
        .map_or(&config.data_source_id, |prior| &prior.id)
        .clone();
    for row in RETURNED
        .into_iter()
        .filter(|row| row.column.is_null(config))
    {
        let never_known = prior.is_none_or(|prior| row.column.is_null(prior));
        let may_change = match row.unknown {
            Unknown::Never => never_known && (prior.is_none() || change.touches_anything()),
            Unknown::WithWrite => prior.is_none() || change.touches_anything(),
            Unknown::WithAccess => prior.is_none() || change.touches_access(),
            Unknown::WithKeys => change.touches_keys(),
        };
        match prior {
            _ if may_change => row.column.set_unknown(&mut planned),
            Some(prior) => row.column.copy(prior, &mut planned),
            None => row.column.copy(config, &mut planned),
        }
    }
    private.decisions = Some(change.decisions.clone());
    Plan {
        planned,
        change,
        private,
        diagnostics,
    }
}

/// Warns of what is taken out of the configuration and yet stays in incident.io.
fn removals(config: &TelemetryDataSource, prior: &TelemetryDataSource) -> Diagnostics {
    let mut warnings = Diagnostics::new();
    for block in Block::ALL {
        match (block.of(prior), block.of(config)) {
            (Value::Known(()), Value::Null) => warnings.push(messages::block_removed(block)),
            (Value::Known(()), Value::Known(())) => warnings.extend(
                removed_fields(config, prior)
                    .filter(|field| field.row().block == block)
                    .map(|field| messages::value_removed(field.path())),
            ),
            _ => {}
        }
    }
    warnings
}

/// Fields that were in state and are given in neither form any more. Of a write-only one nothing can
/// be said: `ignore_changes` shows it as null, too.
pub(crate) fn removed_fields(
    config: &TelemetryDataSource,
    prior: &TelemetryDataSource,
) -> impl Iterator<Item = Field> {
    Field::all()
        .filter(|field| field.of(prior).plain.is_known() && field.of(config).value().is_null())
}
