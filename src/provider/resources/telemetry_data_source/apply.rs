//! Applying: the write that the plan decided on, and the state that its answer
//! leads to. Pure; sending is the caller's.

use super::change::{Change, Desired};
use super::model::{SecretName, TelemetryDataSource};
use super::plan::removed_secrets;
use super::private::{Decision, NoRandomness, PrivateState};
use crate::client::{DataSource, DataSourceUpdate, DatadogUpdate, GrafanaUpdate, Secret};
use crate::framework::{Text, Value};

/// What apply has to do.
#[derive(Debug)]
pub(crate) struct Applying {
    planned: TelemetryDataSource,
    prior: Option<TelemetryDataSource>,
    private: PrivateState,
    change: Change,
}

impl Applying {
    /// Decides as the plan did, now that everything is known.
    pub(crate) fn new(
        prior: Option<TelemetryDataSource>,
        planned: TelemetryDataSource,
        config: &TelemetryDataSource,
        planned_private: PrivateState,
    ) -> Self {
        let mut private = planned_private;
        let decisions = private.decisions.take();
        let change = Change::decide(
            &Desired::applying(&planned, config),
            prior.as_ref(),
            &private,
            decisions.as_ref(),
        );
        Self {
            planned,
            prior,
            private,
            change,
        }
    }

    /// The body to send; `None` where there is nothing to say and nothing to learn.
    pub(crate) fn request(&self) -> Option<DataSourceUpdate> {
        let secret = |name| {
            self.change
                .secrets
                .get(&name)
                .and_then(Value::known)
                .map(|text: &Text| Secret::new(text.to_string()))
        };
        let grafana = GrafanaUpdate {
            api_key: secret(SecretName::GrafanaApiKey),
            api_url: self.change.api_url.as_str().map(str::to_owned),
        };
        let datadog = DatadogUpdate {
            api_key: secret(SecretName::DatadogApiKey),
            app_key: secret(SecretName::DatadogAppKey),
        };
        let update = DataSourceUpdate {
            name: self.change.name.as_str().map(str::to_owned),
            grafana_config: (grafana != GrafanaUpdate::default()).then_some(grafana),
            datadog_config: (datadog != DatadogUpdate::default()).then_some(datadog),
        };
        // An adoption with nothing to send still has everything to learn.
        (self.prior.is_none() || !update.is_empty()).then_some(update)
    }

    /// The state and private state after a write of which nobody knows whether the API
    /// took it: the state before, so that the change stays pending, and a note to send
    /// what was in that write again, even if the next configuration is the old one. An
    /// adoption is not recorded at all; the next one sends everything.
    pub(crate) fn left_in_doubt(self) -> Option<(TelemetryDataSource, PrivateState)> {
        let mut private = self.private;
        for name in self.change.secrets.keys() {
            private.note_doubt(*name);
        }
        private.api_url_in_doubt |= self.change.api_url.is_known();
        Some((self.prior?, private))
    }

    /// The state and private state after the request, answered with `answer`
    /// (`None`: there was none to send). What the plan knew stays as it was
    /// planned: where the answer differs, the next read shows it.
    pub(crate) fn finish(
        self,
        answer: Option<&DataSource>,
    ) -> Result<(TelemetryDataSource, PrivateState), NoRandomness> {
        let before = self.prior.clone().unwrap_or_default();
        let mut private = self.private;
        for name in SecretName::ALL {
            let block_removed = self.planned.block(name.block()).is_null();
            if block_removed && before.block(name.block()).is_known() {
                private.forget(name);
            }
        }
        for name in removed_secrets(&self.planned, &before) {
            if !self.change.decisions.contains_key(&name) {
                private.forget(name);
            }
        }
        for (&name, &decision) in &self.change.decisions {
            // Where private state was lost, a key that stayed in place was taken
            // from state. State may not hold it any more from now on.
            if let (Decision::Hold, Some(value)) = (decision, before.secret(name).plain.as_str()) {
                private.note_in_place(name, value)?;
            }
        }
        for (name, value) in &self.change.secrets {
            if let Some(value) = value.as_str() {
                private.note_sent(*name, value)?;
            }
        }
        if self.change.api_url.is_known() || self.planned.api_url().is_null() {
            private.api_url_in_doubt = false;
        }
        if let Some(updated_at) = answer.and_then(|answer| answer.updated_at.as_ref()) {
            private.seen_updated_at = Some(updated_at.clone());
            private.unsettled = None;
        }
        let text = |planned, answered: fn(&DataSource) -> Option<&String>, before| {
            settle(planned, answer.and_then(answered).map(Value::text), before)
        };
        let sent_keys = !self.change.secrets.is_empty();
        let state = TelemetryDataSource {
            id: settle(self.planned.id, None, self.planned.data_source_id.clone()),
            name: text(
                self.planned.name,
                |answer| answer.name.as_ref(),
                before.name,
            ),
            provider_name: text(
                self.planned.provider_name,
                |answer| answer.provider.as_ref(),
                before.provider_name,
            ),
            source_type: text(
                self.planned.source_type,
                |answer| answer.source_type.as_ref(),
                before.source_type,
            ),
            created_at: text(
                self.planned.created_at,
                |answer| answer.created_at.as_ref(),
                before.created_at,
            ),
            updated_at: text(
                self.planned.updated_at,
                |answer| answer.updated_at.as_ref(),
                before.updated_at,
            ),
            enabled: settle(
                self.planned.enabled,
                answer.and_then(|answer| answer.enabled).map(Value::Known),
                before.enabled,
            ),
            version: settle(
                self.planned.version,
                answer.map(|answer| answer.version.as_deref().map(Text::from).into()),
                before.version,
            ),
            credentials_updated_at: settle(
                self.planned.credentials_updated_at,
                answer
                    .filter(|_| sent_keys)
                    .and_then(|answer| answer.updated_at.as_ref())
                    .map(Value::text),
                before.credentials_updated_at,
            ),
            ..self.planned
        };
        Ok((state.without_write_only(), private))
    }
}

/// What was planned; where that is unknown, what was answered, or else what was
/// there before.
fn settle<T>(planned: Value<T>, answered: Option<Value<T>>, before: Value<T>) -> Value<T> {
    match planned {
        Value::Unknown => answered.unwrap_or(before),
        planned => planned,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::resources::telemetry_data_source::model::GrafanaConfig;
    use crate::provider::resources::telemetry_data_source::plan::{Observation, PlanInput, plan};

    fn grafana(block: GrafanaConfig) -> TelemetryDataSource {
        TelemetryDataSource {
            data_source_id: Value::text("01G"),
            grafana_config: Value::Known(block),
            ..TelemetryDataSource::default()
        }
    }

    /// Plans and prepares the apply.
    fn applying(
        config: &TelemetryDataSource,
        prior: &TelemetryDataSource,
        private: &PrivateState,
    ) -> Applying {
        let plan = plan(&PlanInput {
            config,
            prior: Some(prior),
            private,
            earlier: None,
            observed: &Observation::Unchecked,
        });
        Applying::new(Some(prior.clone()), plan.planned, config, plan.private)
    }

    fn sends(update: Option<DataSourceUpdate>) -> (Option<String>, Option<String>) {
        let grafana = update.and_then(|update| update.grafana_config);
        let key = grafana.as_ref().and_then(|block| block.api_key.as_ref());
        let key = key.map(|key| key.expose().to_owned());
        (key, grafana.and_then(|block| block.api_url))
    }

    #[test]
    fn what_may_be_in_is_sent_again_whatever_it_is_by_then() {
        let text = |text: &str| Value::text(text);
        let plain = |key| GrafanaConfig {
            api_key: text(key),
            ..GrafanaConfig::default()
        };
        let gated = |key, version| GrafanaConfig {
            api_key_wo: text(key),
            api_key_wo_version: text(version),
            ..GrafanaConfig::default()
        };
        let url = |url| GrafanaConfig {
            api_url: text(url),
            ..plain("same")
        };
        for (name, before, after, again) in [
            ("plain", plain("one"), plain("two"), (Some("one"), None)),
            (
                "gated",
                gated("one", "1"),
                gated("two", "2"),
                (Some("one"), None),
            ),
            (
                "url",
                url("one.example"),
                url("two.example"),
                (None, Some("one.example")),
            ),
        ] {
            let (before, after) = (grafana(before), grafana(after));
            let again = (again.0.map(str::to_owned), again.1.map(str::to_owned));
            let mut private = PrivateState::default();
            for key in ["one", "same"] {
                if before.secret(SecretName::GrafanaApiKey).value().as_str() == Some(key) {
                    private.note_sent(SecretName::GrafanaApiKey, key).unwrap();
                }
            }
            let state = before.clone().without_write_only();
            let settled = applying(&before, &state, &private).request();
            assert_eq!(settled, None, "{name}: settled");

            let failed = applying(&after, &state, &private);
            assert!(failed.request().is_some(), "{name}");
            let (kept, private) = failed.left_in_doubt().unwrap();
            assert_eq!(kept, state, "{name}");
            let stored = PrivateState::decode(&private.encode());
            assert!(stored.doubts_anything(), "{name}");

            let back = applying(&before, &state, &stored);
            assert_eq!(sends(back.request()), again, "{name}: back");
            let (state, private) = back.finish(None).unwrap();
            assert!(!private.doubts_anything(), "{name}");
            let settled = applying(&before, &state, &private).request();
            assert_eq!(settled, None, "{name}: settled again");
        }
    }
}
