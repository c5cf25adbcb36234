//! What is kept beside state: traces of what was sent and seen, never a value.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::hmac;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use super::attributes::Field;
use super::model::TelemetryDataSource;

/// Private state of one resource instance. Stored as JSON beside the state, and in saved plans;
/// anyone who reads those reads this.
///
/// Bytes of another layout, or none, count as "nothing known", which sends a key once more and
/// raises no alarm.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct PrivateState {
    #[serde(rename = "v")]
    layout: Layout,
    /// Random, one for each instance: equal keys must not look equal elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    /// Keyed hash of each key as it was last sent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    sent: BTreeMap<Field, String>,
    /// Keys that may have been changed elsewhere since they were last sent.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) changed_outside: BTreeSet<Field>,
    /// What the last sign of that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sign: Option<Sign>,
    /// Whether the last write sent keys because of such a sign. Whatever the first read after it
    /// finds may be the effect of that write.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) reapplied: bool,
    /// Fields whose last write failed in a way that leaves open whether the API took it: neither
    /// the value before nor the new one can be relied on to be in.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    in_doubt: BTreeSet<Field>,
    /// What became of a record of what was sent that was lost, as it is when a provider dies in the
    /// middle of a write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    loss: Option<Loss>,
    /// Whether the state came from a resource of another type and was not read so far.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) moved: bool,
    /// Whether incident.io said that there is no such data source, and no write got through since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) absent: bool,
    /// The last `updated_at` that this provider saw, as the API wrote it; none where a write of its
    /// own may have come since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seen_updated_at: Option<String>,
    /// Whether the API was seen to leave `updated_at` alone on an empty update: then a new one is
    /// never our own doing, however recent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) empty_update_keeps: bool,
    /// A new `updated_at` that may have been our own read's doing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unsettled: Option<Unsettled>,
    /// In planned private state only: what the plan decided of each field in play.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) decisions: Option<Decisions>,
}

/// The layout that this version writes, and the only one that it reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Layout;

impl Layout {
    const NUMBER: u32 = 1;
}

impl Serialize for Layout {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(Self::NUMBER)
    }
}

impl<'de> Deserialize<'de> for Layout {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            Self::NUMBER => Ok(Self),
            _ => Err(D::Error::custom("another layout")),
        }
    }
}

/// A sign that incident.io may hold other keys than those that were last sent, or none that work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sign {
    /// A new `updated_at`, as the API wrote it.
    Changed(String),
    /// incident.io switched the data source off.
    SwitchedOff,
}

/// What became of a lost record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Loss {
    /// Whatever is not in `sent` may be in or not.
    Noticed,
    /// Whatever was configured has been sent since. It stays noted: with nothing to remember,
    /// private state would look lost again.
    Settled,
}

/// A new `updated_at` that came so soon that our own empty update may have
/// caused it. Should the next read answer with the same, it did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unsettled {
    /// As the API wrote it.
    pub(crate) updated_at: String,
    /// Whether an attribute changed along with it.
    pub(crate) explained: bool,
}

/// Bytes of salt: as many as the hash has.
const SALT_LENGTH: usize = 32;

/// The fields in play (given in configuration, after `ignore_changes`), and whether each is to be
/// sent.
pub(crate) type Decisions = BTreeMap<Field, Decision>;

/// Whether a field is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Decision {
    /// It is.
    Send,
    /// It is not: incident.io has it already.
    Hold,
    /// That depends on what is unknown as yet.
    Open,
}

/// Why a salt could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub(crate) struct NoRandomness;

impl PrivateState {
    /// Whether this is the key that was last sent; `None` where nothing is known of it.
    pub(crate) fn was_sent(&self, field: Field, value: &str) -> Option<bool> {
        let key = self.key()?;
        let sent = STANDARD_NO_PAD.decode(self.sent.get(&field)?).ok()?;
        Some(hmac::verify(&key, &message(field, value), &sent).is_ok())
    }

    /// Of a state that came from a resource of another type.
    pub(crate) fn moved() -> Self {
        Self {
            moved: true,
            ..Self::default()
        }
    }

    /// Notes where the record is missing beside a state that cannot be without one: keys were sent,
    /// and core kept the attributes alone.
    pub(crate) fn notice_loss(&mut self, state: &TelemetryDataSource) {
        if *self != Self::default() || !state.credentials_updated_at.is_known() {
            return;
        }
        self.loss = Some(Loss::Noticed);
        let addresses = Field::all().filter(|field| !field.is_key());
        self.in_doubt
            .extend(addresses.filter(|field| field.of(state).plain.is_known()));
    }

    /// Whatever is configured was sent; what is configured later is sent as new.
    pub(crate) fn settle_loss(&mut self) {
        self.loss = self.loss.map(|_| Loss::Settled);
    }

    /// Whether it is not known if this key was sent, since the record was lost.
    pub(crate) fn has_lost(&self, field: Field) -> bool {
        self.loss == Some(Loss::Noticed) && field.is_key() && !self.remembers(field)
    }

    /// Whether a hash of this key is kept.
    pub(crate) fn remembers(&self, field: Field) -> bool {
        self.sent.contains_key(&field)
    }

    /// Records that this value was sent, which settles any change made elsewhere.
    pub(crate) fn record_sent(&mut self, field: Field, value: &str) -> Result<(), NoRandomness> {
        if field.is_key() {
            self.record_hash(field, value)?;
        }
        self.settle(field);
        Ok(())
    }

    /// Records that this value was sent at some time before, unless more is known.
    pub(crate) fn record_in_place(
        &mut self,
        field: Field,
        value: &str,
    ) -> Result<(), NoRandomness> {
        if !field.is_key() || self.remembers(field) {
            return Ok(());
        }
        self.record_hash(field, value)
    }

    fn record_hash(&mut self, field: Field, value: &str) -> Result<(), NoRandomness> {
        if self.key().is_none() {
            let mut salt = [0; SALT_LENGTH];
            ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut salt)
                .map_err(|_| NoRandomness)?;
            self.salt = Some(STANDARD_NO_PAD.encode(salt));
            self.sent.clear();
        }
        if let Some(key) = self.key() {
            let hash = hmac::sign(&key, &message(field, value));
            self.sent.insert(field, STANDARD_NO_PAD.encode(hash));
        }
        Ok(())
    }

    /// Records that these fields were sent, and that nobody can tell whether they arrived. Whatever
    /// time is found next may be of that write.
    pub(crate) fn record_doubt(&mut self, fields: impl IntoIterator<Item = Field>) {
        self.in_doubt.extend(fields);
        self.seen_updated_at = None;
    }

    /// Whether the last write of this field may or may not have been taken.
    pub(crate) fn is_in_doubt(&self, field: Field) -> bool {
        self.in_doubt.contains(&field)
    }

    /// Forgets a field that is no longer managed.
    pub(crate) fn forget(&mut self, field: Field) {
        self.sent.remove(&field);
        self.settle(field);
    }

    fn settle(&mut self, field: Field) {
        self.in_doubt.remove(&field);
        self.changed_outside.remove(&field);
        if self.changed_outside.is_empty() {
            self.sign = None;
        }
    }

    fn key(&self) -> Option<hmac::Key> {
        let salt = STANDARD_NO_PAD.decode(self.salt.as_ref()?).ok()?;
        (salt.len() == SALT_LENGTH).then(|| hmac::Key::new(hmac::HMAC_SHA256, &salt))
    }
}

/// What is hashed: the attribute, so that one key used twice shows two hashes, and the value.
fn message(field: Field, value: &str) -> Zeroizing<Vec<u8>> {
    let mut message = Zeroizing::new(Vec::with_capacity(64 + value.len()));
    message.extend_from_slice(field.to_string().as_bytes());
    message.push(0);
    message.extend_from_slice(value.as_bytes());
    message
}
