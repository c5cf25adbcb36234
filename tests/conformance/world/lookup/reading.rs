//! What a refresh makes of an answer.

use jiff::{SignedDuration, Timestamp};

use super::{Found, Memory, Sign, answered, leaf, member, mode, set, text};
use crate::table::reading::{
    self, Edits, Explanation, Keys, LastWrite, News, Origin, Switch, Time, Turn,
};
use crate::table::warnings::Warning;
use crate::values::{AnyValue, Known, Value};
use crate::world::config::{Form, Secret};

/// A state that follows what was found, with what is remembered, and what is warned of.
pub fn refreshed(
    state: &AnyValue,
    memory: &Memory,
    found: &Found,
) -> (AnyValue, Memory, Vec<Warning>) {
    let mut memory = memory.clone().beside(state);
    let now = found.source.updated_at();
    let turn = if text(state, "created_at").is_null() {
        Turn::First
    } else {
        Turn::Later
    };
    let time = match &memory.updated_at {
        None => Time::NeverSeen,
        Some(seen) if is_rounding(&now, seen) => Time::Same,
        Some(seen) if now < *seen => Time::Older,
        Some(seen) if now > *seen => Time::Newer,
        Some(_) => Time::Same,
    };
    let before = memory.held_back.clone().filter(|(held, _)| *held == now);
    let origin = if before.is_some() {
        Origin::FoundBefore
    } else if found.stamped && !memory.keeps {
        Origin::PerhapsOurs
    } else {
        Origin::Elsewhere
    };
    let news = reading::TIMES.look_up((turn, time, origin));
    if news == News::Stale {
        return (state.clone(), memory, Vec::new());
    }
    let mut after = state.clone();
    for name in ["name", "provider_name", "source_type", "enabled", "version"] {
        set(&mut after, name, answered(found, name));
    }
    if turn == Turn::First {
        set(&mut after, "created_at", answered(found, "created_at"));
    }
    let differs = |name: &&str| member(state, name) != member(&after, name);
    let edits = if ["name", "provider_name", "source_type"].iter().any(differs) {
        Edits::Edited
    } else {
        Edits::Unedited
    };
    let switch = match (member(state, "enabled"), member(&after, "enabled")) {
        (Value::Known(Known::Bool(false)), Value::Known(Known::Bool(true))) => Switch::SwitchedOn,
        (Value::Known(Known::Bool(true)), Value::Known(Known::Bool(false))) => Switch::SwitchedOff,
        _ => Switch::Steady,
    };
    let managed: Vec<_> = Secret::ALL
        .into_iter()
        .filter(|secret| {
            memory.sent.contains_key(secret) || leaf(state, secret.leaf(Form::Plain)).is_known()
        })
        .collect();
    let keys = if managed.is_empty() {
        Keys::NoKey
    } else {
        Keys::SomeKey
    };
    let last_write = if memory.reapplied {
        LastWrite::Reapplied
    } else {
        LastWrite::Ordinary
    };
    let visible = reading::VISIBLE.look_up((edits, switch));
    let mut warnings = Vec::new();
    match news {
        News::Stale => {}
        News::Settled => (memory.keeps, memory.reapplied) = (true, false),
        News::HeldBack => memory.held_back = Some((now, visible)),
        News::Change => {
            let then = before.map_or(Explanation::Unexplained, |(_, then)| then);
            let explanation = reading::EXPLANATIONS.look_up((turn, time, visible, then));
            let sign = reading::SIGNS.look_up((explanation, keys, last_write, mode(state)));
            set(&mut after, "updated_at", answered(found, "updated_at"));
            memory.updated_at = Some(now);
            memory.keeps = !found.stamped;
            memory.held_back = None;
            memory.reapplied = false;
            if sign.marks {
                memory.elsewhere.extend(&managed);
                memory.sign = Some(Sign::Time);
            }
            warnings.extend(sign.says);
        }
    }
    let switched = reading::SWITCHES.look_up((switch, keys, last_write));
    if switched.marks {
        memory.elsewhere.extend(&managed);
        memory.sign = Some(Sign::SwitchedOff);
    }
    warnings.extend(switched.says);
    (after, memory, warnings)
}

/// A millisecond is nothing: times come with more decimals than what keeps them has, and a stand-in
/// may answer two requests within one.
fn is_rounding(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(|time| time.parse::<Timestamp>().unwrap());
    one.duration_since(other).abs() <= SignedDuration::from_millis(1)
}
