//! What is remembered.

use std::collections::BTreeMap;

use incident_sandbox::DataSource;

use super::{Memory, Sending, block, leaf};
use crate::table::memory::{self, After, Handling, Management, Record, SensitiveForm};
use crate::table::sending::Sent;
use crate::values::AnyValue;
use crate::world::config::{Form, Leaf, Secret};

/// What is remembered after an apply that went well.
pub fn remembered(
    memory: &Memory,
    prior: Option<&AnyValue>,
    planned: &AnyValue,
    sending: &Sending,
    keys: &BTreeMap<Secret, String>,
    answer: Option<&DataSource>,
) -> Memory {
    let mut after = match prior {
        Some(_) => memory.clone(),
        None => Memory::default(),
    };
    for (&secret, sent) in &sending.keys {
        let plain = prior.map(|prior| leaf(prior, secret.leaf(Form::Plain)));
        let plain = plain.and_then(|plain| plain.known().cloned());
        let block_before = prior.is_some_and(|prior| block(prior, secret.kind()).is_known());
        let management = if block_before && block(planned, secret.kind()).is_null() {
            Management::BlockTakenOut
        } else if plain.is_some()
            && *sent == Sent::OutOfPlay
            && leaf(planned, secret.leaf(Form::Plain)).is_null()
        {
            Management::KeyTakenOut
        } else {
            Management::Stays
        };
        let play = match sent {
            _ if keys.contains_key(&secret) => Handling::WasSent,
            Sent::No => Handling::InPlace,
            Sent::OutOfPlay | Sent::Yes | Sent::AtApply => Handling::LeftAlone,
        };
        let record = match after.sent.get(&secret) {
            Some(_) => Record::Kept,
            None => Record::Blank,
        };
        let form = match plain {
            Some(_) => SensitiveForm::InState,
            None => SensitiveForm::NotInState,
        };
        let value = match memory::KEYS.look_up((management, play, record, form)) {
            After::AsBefore => continue,
            After::Forgotten => None,
            After::TheNewValue => keys.get(&secret).cloned(),
            After::TheStatesValue => {
                after.sent.extend(plain.map(|plain| (secret, plain)));
                continue;
            }
        };
        after.sent.remove(&secret);
        after.in_doubt.remove(&secret);
        after.elsewhere.remove(&secret);
        after.sent.extend(value.map(|value| (secret, value)));
    }
    if sending.url == Sent::Yes || leaf(planned, Leaf::Url).is_null() {
        after.url_in_doubt = false;
    }
    if let Some(answer) = answer {
        after.updated_at = Some(answer.updated_at());
    }
    after
}
