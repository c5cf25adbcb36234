//! What a write has to say: the one place where that is decided.

use std::collections::BTreeMap;

use super::model::{
    OnExternalChange, SecretInput, SecretName, TelemetryDataSource, api_url_for_api,
};
use super::private::{Decision, Decisions, PrivateState};
use terraform_plugin::{Text, Value};

/// What the practitioner wants incident.io to hold.
#[derive(Debug)]
pub(crate) struct Desired {
    name: Value<Text>,
    api_url: Value<Text>,
    secrets: BTreeMap<SecretName, SecretInput>,
    mode: Value<OnExternalChange>,
}

impl Desired {
    /// From a configuration after `ignore_changes`, as planning sees it.
    pub(crate) fn planning(config: &TelemetryDataSource) -> Self {
        Self {
            name: config.name.clone(),
            api_url: config.api_url(),
            secrets: SecretName::ALL
                .into_iter()
                .map(|name| (name, config.secret(name)))
                .collect(),
            mode: OnExternalChange::of(config),
        }
    }

    /// From what apply is given. Its configuration is the one before
    /// `ignore_changes`, so it is asked for write-only values alone, and the
    /// plan's decisions tell which of those were in play.
    pub(crate) fn applying(planned: &TelemetryDataSource, config: &TelemetryDataSource) -> Self {
        let secret = |name| SecretInput {
            write_only: config.secret(name).write_only,
            ..planned.secret(name)
        };
        Self {
            // Configured values are known by now: an unknown one is the API's to give.
            name: planned.name.known().cloned().into(),
            api_url: planned.api_url(),
            secrets: SecretName::ALL
                .into_iter()
                .map(|name| (name, secret(name)))
                .collect(),
            mode: OnExternalChange::of(planned),
        }
    }
}

/// The write that a change needs.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Change {
    /// A name to send, or `Unknown` where one may have to be sent.
    pub(crate) name: Value<Text>,
    /// A Grafana URL to send, in the API's form; `Unknown` as above.
    pub(crate) api_url: Value<Text>,
    /// Secrets to send. `Unknown` where the decision stands and the value does not.
    pub(crate) secrets: BTreeMap<SecretName, Value<Text>>,
    /// What was decided of each secret in play.
    pub(crate) decisions: Decisions,
}

impl Change {
    /// Decides what to send to get from `prior` (`None`: nothing of this
    /// resource was ever sent) to `desired`. `earlier` are the decisions of an
    /// earlier call for the same change, which stand; secrets that were not in
    /// play then are not now.
    pub(crate) fn decide(
        desired: &Desired,
        prior: Option<&TelemetryDataSource>,
        private: &PrivateState,
        earlier: Option<&Decisions>,
    ) -> Self {
        let mut change = Self {
            name: differing(&desired.name, prior.map(|prior| &prior.name), |name| name),
            api_url: differing(
                &desired.api_url,
                prior
                    .map(TelemetryDataSource::api_url)
                    .filter(|_| !private.api_url_in_doubt)
                    .as_ref(),
                api_url_for_api,
            )
            .map(|url| Text::new(api_url_for_api(&url))),
            ..Self::default()
        };
        for (&name, input) in &desired.secrets {
            let before = prior.map(|prior| prior.secret(name));
            let decision = match earlier {
                None => secret_decision(name, input, before.as_ref(), private, &desired.mode),
                Some(earlier) => match earlier.get(&name) {
                    None => None,
                    Some(Decision::Open) => {
                        secret_decision(name, input, before.as_ref(), private, &desired.mode)
                    }
                    Some(&decided) => Some(decided),
                },
            };
            let Some(decision) = decision else { continue };
            change.decisions.insert(name, decision);
            if decision == Decision::Send && !input.value().is_null() {
                change.secrets.insert(name, input.value().clone());
            }
        }
        change
    }

    /// The names of what will be sent, or may be; for logs.
    pub(crate) fn names(&self) -> Vec<String> {
        let field = |value: &Value<Text>, name: &str| (!value.is_null()).then(|| name.to_owned());
        let secrets = self
            .decisions
            .iter()
            .filter(|(_, decision)| **decision != Decision::Hold)
            .map(|(name, _)| name.path().to_string());
        field(&self.name, "name")
            .into_iter()
            .chain(field(&self.api_url, "grafana_config.api_url"))
            .chain(secrets)
            .collect()
    }

    /// Whether a secret will be sent, or may be.
    pub(crate) fn touches_secrets(&self) -> bool {
        self.decisions
            .values()
            .any(|decision| *decision != Decision::Hold)
    }

    /// Whether something will be sent, or may be, that can bring a data source
    /// back to life.
    pub(crate) fn touches_access(&self) -> bool {
        self.touches_secrets() || !self.api_url.is_null()
    }

    /// Whether anything will be sent, or may be.
    pub(crate) fn touches_anything(&self) -> bool {
        self.touches_access() || !self.name.is_null()
    }
}

/// The wanted value where it is set and is not what was there.
fn differing(
    wanted: &Value<Text>,
    before: Option<&Value<Text>>,
    form: impl Fn(&str) -> &str,
) -> Value<Text> {
    let same = |text: &Text| {
        before
            .and_then(Value::as_str)
            .is_some_and(|before| form(before) == form(text))
    };
    match wanted {
        Value::Known(text) if same(text) => Value::Null,
        other => other.clone(),
    }
}

/// Whether a secret is to be sent; `None` where none is given.
fn secret_decision(
    name: SecretName,
    input: &SecretInput,
    before: Option<&SecretInput>,
    private: &PrivateState,
    mode: &Value<OnExternalChange>,
) -> Option<Decision> {
    let value = input.value();
    if value.is_null() {
        return None;
    }
    if before.is_some() && private.is_in_doubt(name) {
        return Some(Decision::Send);
    }
    let by_value = || match value.as_str() {
        None => Decision::Open,
        Some(value) if is_in_place(name, value, before, private) => Decision::Hold,
        Some(_) => Decision::Send,
    };
    // A version gates only from one version to the next: coming or going, it
    // changes nothing by itself.
    let decision = match (&input.version, before.map(|before| &before.version)) {
        (Value::Known(now), Some(Value::Known(then))) if now == then => Decision::Hold,
        (Value::Known(_), Some(Value::Known(_))) => Decision::Send,
        (Value::Unknown, Some(Value::Known(_))) => Decision::Open,
        _ => by_value(),
    };
    let changed_outside = before.is_some() && private.changed_outside.contains(&name);
    Some(match (decision, mode) {
        (Decision::Send, _) => Decision::Send,
        (_, Value::Known(OnExternalChange::Reapply)) if changed_outside => Decision::Send,
        (Decision::Hold, Value::Unknown) if changed_outside => Decision::Open,
        (decision, _) => decision,
    })
}

/// Whether this value is what was last sent. A state without that record (its
/// private state was lost) is taken at its word for a sensitive key.
fn is_in_place(
    name: SecretName,
    value: &str,
    before: Option<&SecretInput>,
    private: &PrivateState,
) -> bool {
    let Some(before) = before else { return false };
    private
        .was_sent(name, value)
        .unwrap_or_else(|| before.plain.as_str() == Some(value))
}
