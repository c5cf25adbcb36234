//! One run of the provider in a walk: how it begins and ends.

use incident_sandbox::When;
use serde_json::Value as Json;

use super::{Done, FaultKind, Walk};
use crate::core::Session;
use crate::values::{Known, Number, Value};

/// How long a request may take where one is going to hang. Nothing else in such a run takes long.
const PATIENCE: &str = "500ms";

/// A run of the provider that has ended.
#[derive(Debug, Clone)]
pub struct Record {
    pub what: &'static str,
    pub requests: Vec<(String, Json)>,
    pub failed: bool,
}

impl Walk<'_> {
    /// Long after the run before.
    pub(super) fn begin(&mut self) {
        self.stage.skew += 10;
        self.stage.sandbox.set_clock_skew(self.stage.skew);
        self.requests.clear();
        self.asks_whose_key = false;
        self.struck = None;
        self.stale = self.stale();
    }

    /// A new run of the provider.
    pub(super) async fn open(&mut self, apply_walk: bool) -> Session<'static> {
        self.begin();
        if let Some((at_apply, on_write, kind)) = self.fault
            && at_apply == apply_walk
        {
            self.fault = None;
            let when = When::next();
            // What a stale answer to a write would come to is nobody's business here.
            let on_write = on_write && kind != FaultKind::Stale;
            let when = if on_write {
                when.writes()
            } else {
                when.reads()
            };
            self.struck = Some((on_write, kind));
            self.stage.sandbox.fault(kind.fault(), when);
        }
        let mut provider = vec![(
            "max_retries",
            Value::Known(Known::Number(Number::from(0_i64))),
        )];
        if self.struck.is_some_and(|(_, kind)| kind.hangs()) {
            let patience = Value::text(PATIENCE).into_any();
            provider.push(("request_timeout", patience));
        }
        if self.config.without_drift {
            provider.push(("drift_detection", Value::Known(Known::Bool(false))));
        }
        Session::open(
            &self.stage.client,
            self.stage.schemas,
            self.generation,
            apply_walk,
            &provider,
            self.tally.calls == 0,
        )
        .await
    }

    /// The end of a run: nothing broken, and exactly the requests expected.
    pub(super) fn close(&mut self, session: Session<'static>, what: &'static str) -> Done {
        self.tally.calls += session.calls;
        self.tally.checked += session.verdict.checked;
        self.stage.sandbox.clear_faults();
        let broken = session.verdict.findings;
        ensure!(broken.is_empty(), "{what}: broken: {broken:?}");
        let journal = self.stage.sandbox.take_journal();
        let (asked, journal): (Vec<_>, Vec<_>) = journal
            .into_iter()
            .partition(incident_sandbox::Entry::is_identity);
        let requests: Vec<_> = journal
            .into_iter()
            .map(|entry| (entry.id.unwrap_or_default(), entry.body.unwrap_or_default()))
            .collect();
        ensure!(
            requests == self.requests,
            "{what}: requests {requests:?}, expected {:?}",
            self.requests
        );
        ensure!(
            asked.len() == usize::from(self.asks_whose_key),
            "{what}: asks {} times whose the key is, expected {}",
            asked.len(),
            usize::from(self.asks_whose_key)
        );
        self.records.push(Record {
            what,
            requests,
            failed: false,
        });
        Ok(())
    }
}
