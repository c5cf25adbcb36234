//! Applying: the write that the plan decided on, and the state that its answer leads to. Pure;
//! sending is the caller's.

use terraform_plugin::Value;

use super::attributes::{Field, RETURNED, Unknown};
use super::change::{Change, Desired};
use super::model::{OnExternalChange, TelemetryDataSource};
use super::plan::removed_fields;
use super::private::{Decision, NoRandomness, PrivateState};
use crate::client::{DataSource, DataSourceUpdate};

/// What apply has to do.
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
        let update = self.change.body(&self.planned);
        // An adoption with nothing to send still has everything to learn.
        let asks = self.prior.is_none() || self.change.is_whole;
        (asks || !update.is_empty()).then_some(update)
    }

    /// The state and private state after a write that failed, where something has to be noted: the
    /// state before, so that the change stays pending. Where nobody knows whether the API took it (`in_doubt`), with a record to
    /// send what was in that write again, even if the next configuration is the old one; where the
    /// API said that there is no such data source (`absent`), to send everything. An adoption is
    /// not recorded at all; the next one sends everything.
    pub(crate) fn failed(
        self,
        in_doubt: bool,
        absent: bool,
    ) -> Option<(TelemetryDataSource, PrivateState)> {
        let mut private = self.private;
        if in_doubt {
            private.record_doubt(self.change.fields.into_keys());
        }
        private.absent |= absent;
        let state = self.prior.filter(|_| in_doubt || absent)?;
        Some((state, private))
    }

    /// The state and private state after the request, answered with `answer` (`None`: there was
    /// none to send). What the plan knew stays as it was planned: where the answer differs, the
    /// next read shows it.
    pub(crate) fn finish(
        self,
        answer: Option<&DataSource>,
    ) -> Result<(TelemetryDataSource, PrivateState), NoRandomness> {
        let private = self.private_afterwards(answer)?;
        let before = self.prior.unwrap_or_default();
        let mut state = self.planned;
        if state.id.is_unknown() {
            state.id = state.data_source_id.clone();
        }
        let sent_keys = self.change.fields.keys().any(|field| field.is_key());
        for row in RETURNED {
            if !row.column.is_unknown(&state) {
                continue;
            }
            let answer = answer.filter(|_| sent_keys || row.unknown != Unknown::WithKeys);
            row.column.copy(&before, &mut state);
            if let Some(answer) = answer {
                row.column.set_answer(&mut state, answer);
            }
        }
        Ok((state, private))
    }

    fn private_afterwards(
        &self,
        answer: Option<&DataSource>,
    ) -> Result<PrivateState, NoRandomness> {
        let mut private = self.private.clone();
        if let Some(before) = &self.prior {
            for field in self.unmanaged(before) {
                private.forget(field);
            }
            for (&field, &decision) in &self.change.decisions {
                // A key without a record that stayed in place was taken from state. State may not
                // hold it any more from now on.
                let plain = field.of(before).plain;
                if let (Decision::Hold, Some(value)) = (decision, plain.as_str()) {
                    private.record_in_place(field, value)?;
                }
            }
        }
        let mode = OnExternalChange::of(&self.planned);
        let reapplies = mode == Value::Known(OnExternalChange::Reapply);
        let mut sent = self.change.fields.keys();
        let reapplied = reapplies && sent.any(|field| private.changed_outside.contains(field));
        for (field, value) in &self.change.fields {
            if let Some(value) = value.as_str() {
                private.record_sent(*field, value)?;
            }
        }
        private.settle_loss();
        if answer.is_some() {
            private.absent = false;
            private.moved = false;
            private.reapplied = reapplied;
        }
        if let Some(updated_at) = answer.and_then(|answer| answer.updated_at.clone()) {
            private.seen_updated_at = Some(updated_at);
            private.unsettled = None;
        }
        Ok(private)
    }

    /// Fields that were managed before, and are no longer; and keys that are ignored while their
    /// version moves on, so that they do not pass for sent once they are ignored no more.
    fn unmanaged(&self, before: &TelemetryDataSource) -> impl Iterator<Item = Field> {
        Field::all().filter(move |&field| {
            let block = field.row().block;
            let block_removed = block.of(&self.planned).is_null() && block.of(before).is_known();
            let removed = removed_fields(&self.planned, before).any(|removed| removed == field);
            // An address has no write-only form, which `ignore_changes` may hide.
            let absent = !field.is_key() && field.of(&self.planned).plain.is_null();
            let [now, then] = [&self.planned, before].map(|model| field.of(model).version);
            let passed_by = now.is_known() && then.is_known() && now != then;
            block_removed
                || absent
                || (removed || passed_by) && !self.change.decisions.contains_key(&field)
        })
    }
}
