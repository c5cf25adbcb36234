//! What is remembered.

use std::collections::{BTreeMap, BTreeSet};

use super::{Found, Sending, block, leaf, mode, text};
use crate::table::memory::{
    self, Address, After, Beside, Ended, Handling, KeysSent, Loss, Management, OnChange, Record,
    Write,
};
use crate::table::reading::{Explanation, Mode};
use crate::table::sending::Sent;
use crate::values::AnyValue;
use crate::world::config::{Form, Leaf, Secret};

/// What a provider may remember of an object: nothing, once its private state is lost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "what is remembered is so, or not"
)]
pub struct Memory {
    /// What was last sent.
    pub sent: BTreeMap<Secret, String>,
    /// Keys that may have been changed elsewhere since.
    pub elsewhere: BTreeSet<Secret>,
    /// The last sign of that, as long as there are such keys.
    pub sign: Option<Sign>,
    /// Whether the last write sent keys again because of such a sign, and no reading has settled
    /// what came of it.
    pub reapplied: bool,
    /// Keys whose last write may or may not have been taken.
    pub in_doubt: BTreeSet<Secret>,
    /// The same of the URL.
    pub url_in_doubt: bool,
    /// Whether there was a loss, and since then no apply that went well: what is not in `sent` is
    /// not known.
    pub lost: Option<bool>,
    /// Whether it was not found, and no write got through since.
    pub absent: bool,
    /// The last `updated_at`, in the API's own spelling.
    pub updated_at: Option<String>,
    /// Whether the API was seen to leave that alone on an empty update.
    pub keeps: bool,
    /// A newer one that our own reading may have set, and whether something explained it.
    pub held_back: Option<(String, Explanation)>,
}

/// A sign of a change elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    Time,
    SwitchedOff,
}

impl Memory {
    /// With a loss noticed, if there is one beside this state.
    pub fn beside(mut self, state: &AnyValue) -> Self {
        let record = if self == Self::default() {
            Record::Blank
        } else {
            Record::Kept
        };
        let sent = if text(state, "credentials_updated_at").is_null() {
            Beside::NoKeySent
        } else {
            Beside::AKeySent
        };
        let address = if leaf(state, Leaf::Url).is_known() {
            Address::InState
        } else {
            Address::NotInState
        };
        match memory::LOSSES.look_up((record, sent, address)) {
            Loss::Nothing => {}
            Loss::OfKeys => self.lost = Some(true),
            Loss::OfKeysAndUrl => (self.lost, self.url_in_doubt) = (Some(true), true),
        }
        self
    }

    fn forget(&mut self, secret: Secret) {
        self.sent.remove(&secret);
        self.in_doubt.remove(&secret);
        self.elsewhere.remove(&secret);
        self.sign = self.sign.filter(|_| !self.elsewhere.is_empty());
    }
}

/// What is remembered after an apply that went well, besides what [`written`] says.
pub fn remembered(
    memory: &Memory,
    prior: Option<&AnyValue>,
    planned: &AnyValue,
    sending: &Sending,
    keys: &BTreeMap<Secret, String>,
    answer: Option<&Found>,
) -> Memory {
    let moves_on = |prior: &AnyValue, secret: Secret| {
        let version = secret.leaf(Form::Version);
        let (then, now) = (leaf(prior, version), leaf(planned, version));
        then.is_known() && now.is_known() && then != now
    };
    let mut after = memory.clone();
    for (&secret, sent) in &sending.keys {
        let plain_before =
            prior.is_some_and(|prior| leaf(prior, secret.leaf(Form::Plain)).is_known());
        let block_before = prior.is_some_and(|prior| block(prior, secret.kind()).is_known());
        let management = if block_before && block(planned, secret.kind()).is_null() {
            Management::BlockTakenOut
        } else if plain_before
            && *sent == Sent::OutOfPlay
            && leaf(planned, secret.leaf(Form::Plain)).is_null()
        {
            Management::KeyTakenOut
        } else if *sent == Sent::OutOfPlay && prior.is_some_and(|prior| moves_on(prior, secret)) {
            Management::PassedBy
        } else {
            Management::Stays
        };
        let handling = match sent {
            _ if keys.contains_key(&secret) => Handling::WasSent,
            Sent::No => Handling::InPlace,
            Sent::OutOfPlay | Sent::Yes | Sent::AtApply => Handling::LeftAlone,
        };
        match memory::KEYS.look_up((management, handling)) {
            After::AsBefore => {}
            After::Forgotten => after.forget(secret),
            After::TheNewValue => {
                after.forget(secret);
                after.sent.insert(secret, keys[&secret].clone());
            }
        }
    }
    if sending.url == Sent::Yes || leaf(planned, Leaf::Url).is_null() {
        after.url_in_doubt = false;
    }
    after.lost = after.lost.map(|_| false);
    if let Some(answer) = answer {
        after.updated_at = Some(answer.source.updated_at());
        after.held_back = None;
    }
    after
}

/// What is remembered of the write of an update, beside what was remembered before it.
pub fn written(
    memory: &Memory,
    ended: Ended,
    planned: &AnyValue,
    keys: &BTreeMap<Secret, String>,
    with_url: bool,
) -> Memory {
    let marked = if keys.keys().any(|secret| memory.elsewhere.contains(secret)) {
        KeysSent::OneMarked
    } else {
        KeysSent::NoneMarked
    };
    let mode = match mode(planned) {
        Mode::Reapply => OnChange::Reapply,
        Mode::Warn | Mode::Ignore => OnChange::NoReapply,
    };
    let mut after = memory.clone();
    match memory::WRITES.look_up((ended, marked, mode)) {
        Write::Forgettable => {}
        Write::InDoubt => {
            after.in_doubt.extend(keys.keys());
            after.url_in_doubt |= with_url;
            after.updated_at = None;
        }
        Write::Missing => after.absent = true,
        Write::GotThrough => (after.absent, after.reapplied) = (false, false),
        Write::Reapplied => (after.absent, after.reapplied) = (false, true),
    }
    after
}
