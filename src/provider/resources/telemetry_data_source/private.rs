//! What is kept beside state: traces of what was sent and seen, never a value.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::hmac;
use serde::{Deserialize, Serialize};

use super::model::SecretName;

/// Private state of one resource instance. Stored as JSON beside the state, and
/// in saved plans; anyone who reads those reads this.
///
/// Bytes of another layout, or none, count as "nothing known", which sends a
/// key once more and raises no alarm.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PrivateState {
    /// The layout, [`LAYOUT`].
    #[serde(rename = "v")]
    layout: u32,
    /// Random, one for each instance: equal keys must not look equal elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    /// Keyed hash of each secret as it was last sent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    sent: BTreeMap<SecretName, String>,
    /// Secrets that may have been changed elsewhere since they were last sent.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) changed_outside: BTreeSet<SecretName>,
    /// Secrets whose last write failed in a way that leaves open whether the API took
    /// it: neither the value before nor the new one can be relied on to be in.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    in_doubt: BTreeSet<SecretName>,
    /// The same of `grafana_config.api_url`, which cannot be read back either.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) api_url_in_doubt: bool,
    /// The last `updated_at` that this provider saw, as the API wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seen_updated_at: Option<String>,
    /// Whether the API was seen to leave `updated_at` alone on an empty update:
    /// then a new one is never our own doing, however recent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) empty_update_keeps: bool,
    /// A new `updated_at` that may have been our own read's doing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unsettled: Option<Unsettled>,
    /// In planned private state only: what the plan decided of each secret in play.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) decisions: Option<Decisions>,
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

/// The layout that this version writes.
const LAYOUT: u32 = 1;

/// Bytes of salt: as many as the hash has.
const SALT_LENGTH: usize = 32;

/// The secrets in play (given in configuration, after `ignore_changes`), and
/// whether each is to be sent.
pub(crate) type Decisions = BTreeMap<SecretName, Decision>;

/// Whether a secret is to be sent.
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
    /// Reads stored bytes.
    pub(crate) fn decode(bytes: &[u8]) -> Self {
        serde_json::from_slice(bytes)
            .ok()
            .filter(|state: &Self| state.layout == LAYOUT)
            .unwrap_or_default()
    }

    /// The bytes to store.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let stamped = Self {
            layout: LAYOUT,
            ..self.clone()
        };
        // Strings, maps with string keys and enums: this cannot fail to serialise.
        serde_json::to_vec(&stamped).unwrap_or_default()
    }

    /// Whether this is what was last sent; `None` where nothing is known of it.
    pub(crate) fn was_sent(&self, name: SecretName, value: &str) -> Option<bool> {
        let key = self.key()?;
        let sent = STANDARD_NO_PAD.decode(self.sent.get(&name)?).ok()?;
        Some(hmac::verify(&key, &message(name, value), &sent).is_ok())
    }

    /// Whether a hash of this secret is kept.
    pub(crate) fn remembers(&self, name: SecretName) -> bool {
        self.sent.contains_key(&name)
    }

    /// Notes that this value was sent, which settles any change made elsewhere.
    pub(crate) fn note_sent(&mut self, name: SecretName, value: &str) -> Result<(), NoRandomness> {
        self.note(name, value)?;
        self.changed_outside.remove(&name);
        self.in_doubt.remove(&name);
        Ok(())
    }

    /// Notes that this value was sent at some time before, unless more is known.
    pub(crate) fn note_in_place(
        &mut self,
        name: SecretName,
        value: &str,
    ) -> Result<(), NoRandomness> {
        if self.remembers(name) {
            return Ok(());
        }
        self.note(name, value)
    }

    fn note(&mut self, name: SecretName, value: &str) -> Result<(), NoRandomness> {
        if self.key().is_none() {
            let mut salt = [0; SALT_LENGTH];
            ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut salt)
                .map_err(|_| NoRandomness)?;
            self.salt = Some(STANDARD_NO_PAD.encode(salt));
            self.sent.clear();
        }
        if let Some(key) = self.key() {
            let hash = hmac::sign(&key, &message(name, value));
            self.sent.insert(name, STANDARD_NO_PAD.encode(hash));
        }
        Ok(())
    }

    /// Notes that this secret was sent, and that nobody can tell whether it arrived.
    pub(crate) fn note_doubt(&mut self, name: SecretName) {
        self.in_doubt.insert(name);
    }

    /// Whether the last write of this secret may or may not have been taken.
    pub(crate) fn is_in_doubt(&self, name: SecretName) -> bool {
        self.in_doubt.contains(&name)
    }

    /// Whether a write of our own explains that the data source has changed.
    pub(crate) fn doubts_anything(&self) -> bool {
        self.api_url_in_doubt || !self.in_doubt.is_empty()
    }

    /// Forgets a secret that is no longer managed.
    pub(crate) fn forget(&mut self, name: SecretName) {
        self.sent.remove(&name);
        self.in_doubt.remove(&name);
        self.changed_outside.remove(&name);
    }

    fn key(&self) -> Option<hmac::Key> {
        let salt = STANDARD_NO_PAD.decode(self.salt.as_ref()?).ok()?;
        (salt.len() == SALT_LENGTH).then(|| hmac::Key::new(hmac::HMAC_SHA256, &salt))
    }
}

/// What is hashed: the attribute, so that one key used twice shows two hashes,
/// and the value.
fn message(name: SecretName, value: &str) -> zeroize::Zeroizing<Vec<u8>> {
    let mut message = zeroize::Zeroizing::new(Vec::with_capacity(64 + value.len()));
    message.extend_from_slice(name.block().name().as_bytes());
    message.push(b'.');
    message.extend_from_slice(name.attribute().as_bytes());
    message.push(0);
    message.extend_from_slice(value.as_bytes());
    message
}
