//! Planning: from configuration, prior state, private state and what was read to planned state, the
//! write that this needs, and diagnostics. Pure; apply carries the same write out.

use terraform_plugin::{Diagnostic, Diagnostics, Value};

use super::attributes::{Block, Field, RETURNED, Unknown, normalised};
use super::change::{Change, Desired, Why};
use super::messages;
use super::model::{OnExternalChange, TelemetryDataSource};
use super::private::{Decision, Decisions, PrivateState, Sign};
use super::reading::Reading;
use super::validate;
use crate::client::DataSource;

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
    /// What this run read of it. `None`: not asked, or not possible to ask yet.
    pub(crate) reading: Option<&'a Reading>,
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
                reading: None,
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
    match input.reading {
        None => {}
        Some(Reading::Absent(key)) => diagnostics.push(messages::never_there(config, key)),
        Some(Reading::Found(found)) => {
            let provider = found.data_source.provider.as_deref();
            diagnostics.extend(validate::kind_mismatches(
                config,
                provider.unwrap_or_default(),
            ));
            diagnostics.extend(renames(config, &found.data_source));
            // Without a time nothing is learnt.
            private.empty_update_keeps = found.data_source.updated_at.is_some() && !found.is_recent;
        }
        Some(Reading::Refused(reason)) => {
            diagnostics.push(messages::adoption_unchecked(config, reason));
        }
    }
    let change = Change::decide(&Desired::planning(config), None, &private, input.earlier);
    // Core plans an adoption twice, the second time just before it applies, and refuses a value
    // that was known and is another by then: whatever the API answers has to wait.
    finish(input, change, private, diagnostics)
}

fn update(input: PlanInput<'_>, prior: &TelemetryDataSource) -> Plan {
    let config = input.config;
    let mut diagnostics = validate::conflicts(config);
    if let Some(provider) = prior.provider_name.as_str() {
        diagnostics.extend(validate::kind_mismatches(config, provider));
    }
    diagnostics.extend(removals(config, prior));
    let mut private = input.private.clone();
    private.notice_loss(prior);
    let change = Change::decide(
        &Desired::planning(config),
        Some(prior),
        &private,
        input.earlier,
    );
    let said = matches!(input.reading, Some(Reading::Absent(_)));
    if private.absent && !said {
        diagnostics.push(messages::was_absent(prior));
    }
    diagnostics.extend(why_again(&change, prior, &private));
    diagnostics.extend(forgotten_sign(&change, config, prior, &private));
    if prior.credentials_updated_at.is_null() && change.touches_keys() {
        diagnostics.push(messages::replaces_credentials(prior, &change));
    }
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
        } || (change.is_whole && row.unknown != Unknown::WithKeys);
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

/// Warns of a name that the adoption overwrites.
fn renames(config: &TelemetryDataSource, found: &DataSource) -> Option<Diagnostic> {
    let found = found.name.as_ref()?;
    let differs = config.name.is_known() && config.name != normalised(found);
    differs.then(|| messages::renames(config, found))
}

/// Says why values are sent whether they have changed or not.
fn why_again(change: &Change, prior: &TelemetryDataSource, private: &PrivateState) -> Diagnostics {
    let of = |why: Why| -> Vec<Field> {
        let again = change.again.iter();
        let again = again.filter(|(_, reason)| **reason == why);
        again.map(|(field, _)| *field).collect()
    };
    let reasons = [Why::Reapply, Why::InDoubt, Why::Lost].map(|why| (why, of(why)));
    let reasons = reasons.into_iter().filter(|(_, fields)| !fields.is_empty());
    reasons
        .map(|(why, fields)| messages::sent_again(prior, why, &fields, private.sign.as_ref()))
        .collect()
}

/// Repeats a warning that `reapply` would have made needless, where the same plan takes `reapply`
/// away.
fn forgotten_sign(
    change: &Change,
    config: &TelemetryDataSource,
    prior: &TelemetryDataSource,
    private: &PrivateState,
) -> Option<Diagnostic> {
    let [before, now] = [prior, config].map(OnExternalChange::of);
    let taken_away = before == Value::Known(OnExternalChange::Reapply)
        && now == Value::Known(OnExternalChange::Warn);
    let pending = |field: &Field| change.decisions.get(field) == Some(&Decision::Hold);
    match &private.sign {
        Some(Sign::Changed(time)) if taken_away && private.changed_outside.iter().any(pending) => {
            Some(messages::changed_outside(prior, time))
        }
        _ => None,
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

/// Fields that were in state and are given in neither form any more. Of a write-only one nothing
/// can be said: `ignore_changes` shows it as null, too.
pub(crate) fn removed_fields(
    config: &TelemetryDataSource,
    prior: &TelemetryDataSource,
) -> impl Iterator<Item = Field> {
    Field::all()
        .filter(|field| field.of(prior).plain.is_known() && field.of(config).value().is_null())
}
