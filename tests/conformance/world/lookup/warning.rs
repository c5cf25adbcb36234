//! What a plan warns of.

use incident_sandbox::DataSource;

use super::validity::block_fact;
use super::{Memory, Sending, Sign, block, key, leaf, mode, text};
use crate::table::reading::Mode;
use crate::table::sending::Sent;
use crate::table::showing::Writes;
use crate::table::validity::Block;
use crate::table::warnings::{
    self, BeforeThis, Held, KeysInPlan, ModeBefore, ModeNow, Names, Now, SaidBefore, Signs,
    ValueNow, Warning,
};
use crate::values::{AnyValue, Value};
use crate::world::config::{Form, Kind, Leaf, Secret};

/// What an update warns of. `said`: a reading of this run has said that it is not found.
pub fn update_warnings(
    config: &AnyValue,
    prior: &AnyValue,
    memory: &Memory,
    sending: &Sending,
    said: bool,
) -> Vec<Warning> {
    let mut all = left_behind(config, prior);
    let said = if said {
        SaidBefore::Said
    } else {
        SaidBefore::NotSaid
    };
    all.extend(warnings::MISSING.look_up((sending.object, said)));
    all.extend(sending.again.iter().map(|_| Warning::SentAgain));
    let before = if text(prior, "credentials_updated_at").is_null() {
        BeforeThis::NoKeySent
    } else {
        BeforeThis::AKeySent
    };
    let in_plan = match sending.writes() {
        Writes::Key => KeysInPlan::MaySend,
        Writes::Nothing | Writes::Name | Writes::Url => KeysInPlan::SendsNone,
    };
    all.extend(warnings::REPLACES.look_up((before, in_plan)));
    let was = match mode(prior) {
        Mode::Reapply => ModeBefore::WasReapply,
        Mode::Warn | Mode::Ignore => ModeBefore::WasOther,
    };
    let is = match (leaf(config, Leaf::Mode), mode(config)) {
        (Value::Null | Value::Known(_), Mode::Warn) => ModeNow::IsWarn,
        _ => ModeNow::IsOther,
    };
    let held = |secret: &Secret| sending.keys[secret] == Sent::No;
    let sign = match memory.sign {
        None => Signs::NoSign,
        Some(Sign::SwitchedOff) => Signs::Off,
        Some(Sign::Time) if memory.elsewhere.iter().any(held) => Signs::TimeAndHeld,
        Some(Sign::Time) => Signs::TimeAndSent,
    };
    all.extend(warnings::FORGOTTEN.look_up((was, is, sign)));
    all
}

/// What an adoption warns of besides what its reading says.
pub fn renames(config: &AnyValue, found: Option<&DataSource>) -> Option<Warning> {
    let names = match (leaf(config, Leaf::Name), found) {
        (Value::Known(name), Some(found)) if name == found.name => Names::Alike,
        (Value::Known(_), Some(_)) => Names::Unlike,
        _ => Names::NotCompared,
    };
    warnings::RENAMES.look_up((names,))
}

/// What an update warns of because the configuration lacks it now.
fn left_behind(config: &AnyValue, prior: &AnyValue) -> Vec<Warning> {
    let held = |is: bool| if is { Held::InState } else { Held::NotHeld };
    let now = |kind| match block_fact(config, kind) {
        Block::Left => Now::Gone,
        Block::Unclear => Now::Pending,
        Block::Empty | Block::Filled => Now::There,
    };
    let blocks = Kind::ALL
        .map(|kind| warnings::BLOCKS.look_up((held(block(prior, kind).is_known()), now(kind))));
    let value = |kind, before: Value<String>, given: &Value<String>| {
        let given = if given.is_null() {
            ValueNow::LeftOut
        } else {
            ValueNow::Given
        };
        warnings::VALUES.look_up((held(before.is_known()), now(kind), given))
    };
    let keys = Secret::ALL.map(|secret| {
        let before = leaf(prior, secret.leaf(Form::Plain));
        value(secret.kind(), before, &key(config, secret))
    });
    let url = value(
        Kind::Grafana,
        leaf(prior, Leaf::Url),
        &leaf(config, Leaf::Url),
    );
    let all = blocks.into_iter().chain(keys).chain([url]);
    all.flatten().collect()
}
