//! Refreshing: from state, private state and the API's answer to the state and private state that
//! follow, and what to say of it. Pure.

use terraform_plugin::{Diagnostics, Value};

use super::attributes::{Field, RETURNED, Refresh};
use super::messages;
use super::model::{OnExternalChange, TelemetryDataSource};
use super::private::{PrivateState, Unsettled};
use super::reading::Found;
use crate::client::DataSource;

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

/// Whether a state has ever been filled by the API. One that was imported holds an id and nothing
/// else.
pub(crate) fn has_been_read(state: &TelemetryDataSource) -> bool {
    RETURNED.iter().any(|row| !row.column.is_null(state))
}

/// Takes what was found into a state.
pub(crate) fn refresh(
    mut state: TelemetryDataSource,
    mut private: PrivateState,
    found: &Found,
) -> Refreshed {
    let (answer, recent) = (&found.data_source, found.is_recent);
    let first = !has_been_read(&state);
    let visible = fill(&mut state, answer, first);
    let Some(updated_at) = &answer.updated_at else {
        // Without a time nothing can be said of changes.
        return Refreshed {
            state,
            private,
            diagnostics: Diagnostics::new(),
        };
    };
    let news = judge(&private, updated_at, first, recent, visible);
    match &news {
        News::None => private.empty_update_keeps = true,
        News::PerhapsOurs => {
            // It must not reach the state, or whatever depends on this attribute
            // would change with every plan.
            private.unsettled = Some(Unsettled {
                updated_at: updated_at.clone(),
                explained: visible,
            });
        }
        News::Change { .. } => {
            // An API that has begun to stamp passes for a change once, not for ever.
            private.empty_update_keeps = !recent;
            private.unsettled = None;
            private.seen_updated_at = Some(updated_at.clone());
            state.updated_at = Value::text(updated_at);
        }
    }
    let mut diagnostics = Diagnostics::new();
    if news == (News::Change { explained: false }) {
        let managed: Vec<_> = managed_keys(&state, &private).collect();
        if !managed.is_empty() {
            private.changed_outside.extend(managed);
            if OnExternalChange::of(&state) == Value::Known(OnExternalChange::Warn) {
                diagnostics.push(messages::changed_outside(&state, updated_at));
            }
        }
    }
    Refreshed {
        state,
        private,
        diagnostics,
    }
}

/// What an answer's `updated_at` tells.
#[derive(Debug, PartialEq, Eq)]
enum News {
    /// Nothing has happened.
    None,
    /// It is new, and may be the doing of our own read.
    PerhapsOurs,
    /// It is new, and not our doing.
    Change {
        /// By an attribute that can be read back, or because nothing was known before.
        explained: bool,
    },
}

fn judge(
    private: &PrivateState,
    updated_at: &str,
    first: bool,
    recent: bool,
    visible: bool,
) -> News {
    if first {
        return News::Change { explained: true };
    }
    if private.seen_updated_at.as_deref() == Some(updated_at) {
        return News::None;
    }
    let explained = visible || private.seen_updated_at.is_none() || private.doubts_anything();
    match &private.unsettled {
        Some(earlier) if earlier.updated_at == updated_at => {
            return News::Change {
                explained: earlier.explained || explained,
            };
        }
        _ if recent && !private.empty_update_keeps => return News::PerhapsOurs,
        _ => {}
    }
    News::Change { explained }
}

/// Takes over what a data source shows of itself; whether any of it is new.
fn fill(state: &mut TelemetryDataSource, answer: &DataSource, first: bool) -> bool {
    let before = state.clone();
    for row in RETURNED {
        if row.refresh == Refresh::Always || first && row.refresh == Refresh::Once {
            row.column.set_answer(state, answer);
        }
    }
    *state != before
}

/// The keys that this resource manages: sent at some time, or in state.
fn managed_keys(
    state: &TelemetryDataSource,
    private: &PrivateState,
) -> impl Iterator<Item = Field> {
    Field::keys().filter(|&key| private.remembers(key) || key.of(state).plain.is_known())
}
