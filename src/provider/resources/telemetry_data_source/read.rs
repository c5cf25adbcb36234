//! Refreshing: from state, private state and the API's answer to the state and
//! private state that follow, and what to say of it. Pure.

use super::messages;
use super::model::{OnExternalChange, SecretName, TelemetryDataSource};
use super::private::PrivateState;
use crate::client::DataSource;
use crate::framework::{Diagnostics, Text, Value};

/// A refreshed state.
#[derive(Debug)]
pub(crate) struct Refreshed {
    /// The state, with what the API answered.
    pub(crate) state: TelemetryDataSource,
    /// The private state that goes with it.
    pub(crate) private: PrivateState,
    /// A change made elsewhere, where that is to be said.
    pub(crate) diagnostics: Diagnostics,
}

/// Whether a state has ever been filled by the API. One that was imported has not.
pub(crate) fn has_been_read(state: &TelemetryDataSource) -> bool {
    state.created_at.is_known()
}

/// Takes an answer into a state. `stamped` says that the answer's `updated_at`
/// may be the doing of the very request that it answers.
pub(crate) fn refresh(
    mut state: TelemetryDataSource,
    mut private: PrivateState,
    answer: &DataSource,
    stamped: bool,
) -> Refreshed {
    let first = !has_been_read(&state);
    let visible = fill_visible(&mut state, answer);
    let mut diagnostics = Diagnostics::new();
    if first {
        state.created_at = Value::text(&answer.created_at);
    }
    // A stamp of our own must not reach the state, or whatever depends on this
    // attribute would change with every plan.
    if first || !stamped {
        state.updated_at = Value::text(&answer.updated_at);
        let seen = private.seen_updated_at.replace(answer.updated_at.clone());
        let unseen = seen.is_some_and(|seen| seen != answer.updated_at);
        if !first && unseen && !visible {
            let managed: Vec<_> = managed_secrets(&state, &private).collect();
            if !managed.is_empty() {
                private.changed_outside.extend(managed);
                if OnExternalChange::of(&state) == Value::Known(OnExternalChange::Warn) {
                    diagnostics.push(messages::changed_outside(&state, &answer.updated_at));
                }
            }
        }
    }
    Refreshed {
        state,
        private,
        diagnostics,
    }
}

/// Takes over what a data source shows of itself; whether any of it is new.
fn fill_visible(state: &mut TelemetryDataSource, answer: &DataSource) -> bool {
    let before = state.clone();
    state.name = Value::text(&answer.name);
    state.provider_name = Value::text(&answer.provider);
    state.source_type = Value::text(&answer.source_type);
    state.enabled = Value::Known(answer.enabled);
    state.version = answer.version.as_deref().map(Text::from).into();
    *state != before
}

/// The secrets that this resource manages: sent at some time, or in state.
fn managed_secrets(
    state: &TelemetryDataSource,
    private: &PrivateState,
) -> impl Iterator<Item = SecretName> {
    SecretName::ALL
        .into_iter()
        .filter(|&name| private.remembers(name) || state.secret(name).plain.is_known())
}
