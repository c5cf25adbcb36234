//! Refreshing: from state, private state and the API's answer to the state and private state that
//! follow, and what to say of it. Pure.

use std::cmp::Ordering;

use terraform_plugin::{Diagnostics, Value};

use super::attributes::{Field, RETURNED, Refresh, has_been_read};
use super::instant::compare;
use super::messages;
use super::model::{OnExternalChange, TelemetryDataSource};
use super::private::{PrivateState, Sign, Unsettled};
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

/// Takes what was found into a state.
pub(crate) fn refresh(
    mut state: TelemetryDataSource,
    mut private: PrivateState,
    found: &Found,
) -> Refreshed {
    let answer = &found.data_source;
    let first = !has_been_read(&state);
    private.notice_loss(&state);
    private.moved = false;
    let time = (answer.updated_at.as_deref()).map(|time| (time, order(&private, time)));
    let mut diagnostics = Diagnostics::new();
    if !first && matches!(time, Some((_, Ordering::Less))) {
        // A replica that lags behind: what was seen last is newer.
        return Refreshed {
            state,
            private,
            diagnostics,
        };
    }
    let seen = fill(&mut state, answer, first);
    // Without a time nothing can be said of changes.
    let news = time.map_or(News::None, |(time, order)| {
        judge(&private, time, order, first, found.is_recent, seen)
    });
    // What the first read after a reapplied write finds may be the effect of that write: it is
    // said, and taken as seen, or a service that touches what was written would get the keys for
    // ever.
    let may_be_effect = private.reapplied;
    match (&news, time) {
        (News::PerhapsOurs, Some((time, _))) => {
            // It must not reach the state, or whatever depends on this attribute
            // would change with every plan.
            private.unsettled = Some(Unsettled {
                updated_at: time.to_owned(),
                explained: seen.explains(),
            });
        }
        (News::Change { .. }, Some((time, _))) => {
            // An API that has begun to stamp passes for a change once, not for ever.
            private.empty_update_keeps = !found.is_recent;
            private.unsettled = None;
            private.reapplied = false;
            private.seen_updated_at = Some(time.to_owned());
            state.updated_at = Value::text(time);
        }
        _ => {
            private.empty_update_keeps |= time.is_some();
            private.reapplied = false;
        }
    }
    let managed: Vec<_> = managed_keys(&state, &private).collect();
    let mode = OnExternalChange::of(&state);
    if let (News::Change { explained: false }, Some((time, _))) = (&news, time)
        && !managed.is_empty()
    {
        if may_be_effect {
            diagnostics.push(messages::changed_after_reapply(&state, time));
        } else {
            private.changed_outside.extend(&managed);
            private.sign = Some(Sign::Changed(time.to_owned()));
            if mode == Value::Known(OnExternalChange::Warn) {
                diagnostics.push(messages::changed_outside(&state, time));
            }
        }
    }
    if seen.switched_off {
        let is_sign = !managed.is_empty() && !may_be_effect;
        if is_sign {
            private.changed_outside.extend(&managed);
            private.sign = Some(Sign::SwitchedOff);
        }
        let reapplies = is_sign && mode == Value::Known(OnExternalChange::Reapply);
        diagnostics.push(messages::switched_off(&state, reapplies));
    }
    Refreshed {
        state,
        private,
        diagnostics,
    }
}

/// What is new in an answer, beside its time.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    /// An attribute that only a person changes.
    edited: bool,
    /// It is queried again: likely with other credentials.
    switched_on: bool,
    /// It is queried no more, which is incident.io's own doing.
    switched_off: bool,
}

impl Seen {
    /// Whether this is why there is a new time.
    const fn explains(self) -> bool {
        (self.edited || self.switched_off) && !self.switched_on
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
        /// By what can be read back, or because nothing was known before.
        explained: bool,
    },
}

/// How a time compares with the last one seen; after it, where none was.
fn order(private: &PrivateState, time: &str) -> Ordering {
    let seen = private.seen_updated_at.as_deref();
    seen.map_or(Ordering::Greater, |seen| compare(time, seen))
}

fn judge(
    private: &PrivateState,
    time: &str,
    order: Ordering,
    first: bool,
    recent: bool,
    seen: Seen,
) -> News {
    if first {
        return News::Change { explained: true };
    }
    if order.is_eq() {
        return News::None;
    }
    let explained = seen.explains() || private.seen_updated_at.is_none();
    match &private.unsettled {
        // Both were answered to a read, so one instant is spelt in one way.
        Some(earlier) if time == earlier.updated_at => {
            return News::Change {
                explained: earlier.explained || explained,
            };
        }
        _ if recent && !private.empty_update_keeps => return News::PerhapsOurs,
        _ => {}
    }
    News::Change { explained }
}

/// Takes over what a data source shows of itself, and says what of that is new.
fn fill(state: &mut TelemetryDataSource, answer: &DataSource, first: bool) -> Seen {
    let before = state.clone();
    let mut seen = Seen::default();
    for row in RETURNED {
        let takes = match row.refresh {
            Refresh::Edit | Refresh::Always => true,
            Refresh::Once => first,
            Refresh::ByRule | Refresh::Never => false,
        };
        if takes {
            row.column.set_answer(state, answer);
            let is_new = !row.column.is_same(state, &before);
            seen.edited |= is_new && row.refresh == Refresh::Edit;
        }
    }
    let enabled = [&before.enabled, &state.enabled].map(|enabled| enabled.known().copied());
    seen.switched_on = enabled == [Some(false), Some(true)];
    seen.switched_off = enabled == [Some(true), Some(false)];
    seen
}

/// The keys that this resource manages: sent at some time, or in state.
fn managed_keys(
    state: &TelemetryDataSource,
    private: &PrivateState,
) -> impl Iterator<Item = Field> {
    Field::keys().filter(|&key| private.remembers(key) || key.of(state).plain.is_known())
}
