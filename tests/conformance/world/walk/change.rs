//! Plans and applies, held against what is expected of them.

use super::check::difference;
use super::{Done, End, Expected, Stored, Walk};
use crate::core::commands::{self, Wanted};
use crate::core::{Action, Object, Outcome, Plan, Told};
use crate::rules::Rule;
use crate::table::warnings::Warning;
use crate::world::config::{Config, Form, Input, Phase, Secret};
use crate::world::lookup::Memory;

impl Walk<'_> {
    /// Plans, and holds the plan against what is expected.
    pub(super) async fn plan(
        &mut self,
        config: &Config,
        refresh: bool,
        replace: bool,
    ) -> Result<Option<(Plan, Expected)>, String> {
        let mut session = self.open(false).await;
        let value = config.value(&self.ids, Phase::Plan);
        let wanted = Wanted {
            config: value.clone(),
            ignored: config.ignored(),
            replace,
            refresh,
        };
        let stored = self.stored.as_ref().map(|stored| &stored.object);
        let outcome = commands::plan(&mut session, stored, &wanted).await;
        let expected = self.expect_plan(&value, refresh, replace);
        let diagnostics = match &outcome {
            Outcome::Planned(plan) => plan.diagnostics.clone(),
            Outcome::Failed(diagnostics) => diagnostics.clone(),
        };
        self.close(session, "plan")
            .map_err(|message| format!("{message}; diagnostics {:?}", diagnostics.summaries()))?;
        self.note_failed(matches!(outcome, Outcome::Failed(_)));
        match (outcome, expected) {
            (Outcome::Failed(_), None) => Ok(None),
            (Outcome::Failed(diagnostics), Some(_)) => {
                Err(format!("the plan fails: {:?}", diagnostics.summaries()))
            }
            (Outcome::Planned(plan), None) => Err(format!(
                "the plan does not fail: {:?}, {:?}",
                plan.action,
                plan.diagnostics.summaries()
            )),
            (Outcome::Planned(plan), Some(expected)) => {
                Self::compare(&plan, &expected)?;
                Ok(Some((*plan, expected)))
            }
        }
    }

    pub(super) fn compare(plan: &Plan, expected: &Expected) -> Done {
        ensure!(
            plan.action == expected.action,
            "planned {:?}, expected {:?}: {}",
            plan.action,
            expected.action,
            difference(&plan.planned, &expected.planned)
        );
        ensure!(
            plan.planned == expected.planned,
            "planned otherwise: {}",
            difference(&plan.planned, &expected.planned)
        );
        let state = |object: Option<&Object>| object.map(|object| object.state.clone());
        let read = state(plan.refreshed.as_ref()).unwrap_or_default();
        let wanted = state(expected.refreshed.as_ref().map(|stored| &stored.object));
        ensure!(
            read == wanted.clone().unwrap_or_default(),
            "refreshed otherwise: {}",
            difference(&read, &wanted.unwrap_or_default())
        );
        same_warnings("the read", &plan.read_diagnostics, &expected.warned_by_read)?;
        same_warnings("the plan", &plan.diagnostics, &expected.warned)
    }

    pub(super) async fn apply(&mut self, refresh: bool, replace: bool, end: End) -> Done {
        let config = self.config.clone();
        let faulty = self.fault.is_some();
        let flaps = flaps(&config);
        let Some((plan, expected)) = self.plan(&config, refresh, replace).await? else {
            return Ok(());
        };
        let applied = self.carry_out(&plan, &expected, &config, end).await?;
        self.config.settle();
        // What nobody has touched since is settled.
        if applied && refresh && !self.config.without_drift && !faulty && self.fault.is_none() {
            let config = self.config.clone();
            let Some((plan, _)) = self.plan(&config, true, false).await? else {
                // What was ignored, or unknown, may not be valid by itself.
                let value = config.value(&self.ids, Phase::Plan);
                ensure!(self.invalid(&value), "the plan after an apply fails");
                return Ok(());
            };
            // A value that is another one by now, and was not sent, is a change.
            ensure!(
                plan.action == Action::NoOp || flaps,
                "the plan after an apply is {:?}: {}",
                plan.action,
                difference(&plan.prior, &plan.planned)
            );
        }
        Ok(())
    }

    /// Applies a plan. Whether that went well.
    pub(super) async fn carry_out(
        &mut self,
        plan: &Plan,
        expected: &Expected,
        config: &Config,
        end: End,
    ) -> Result<bool, String> {
        let mut session = self.open(true).await;
        let value = config.value(&self.ids, Phase::Apply);
        let mut coming = self.expect_apply(expected, &value, &plan.ignored, end == End::Stopped);
        let applied = commands::apply(&mut session, plan, &value, end == End::Stopped).await;
        let diagnostics = applied.diagnostics.summaries();
        session.verdict.checked += applied.inconsistent.checked;
        self.close(session, "apply")
            .map_err(|message| format!("{message}; diagnostics {diagnostics:?}"))?;
        let broken = &applied.inconsistent.findings;
        ensure!(
            broken.is_empty() != coming.inconsistent,
            "inconsistent final plan: {broken:?}, expected {}",
            coming.inconsistent
        );
        if coming.inconsistent {
            let known = broken.iter().all(|finding| {
                finding.rule == Rule::ReplanKnown || finding.rule == Rule::ReplanAction
            });
            ensure!(known, "not the inconsistency that is known: {broken:?}");
            ensure!(
                !self.generation.store_planned_private,
                "the first plan was handed over, and the second does not hold to it"
            );
            ensure!(
                flaps(config),
                "inconsistent final plan with nothing that flaps"
            );
            self.tally.known += 1;
        }
        if let Some(warned) = &coming.warned {
            same_warnings("the second plan", &applied.diagnostics, warned)?;
        }
        let failed = applied.diagnostics.has_errors();
        self.note_failed(failed || coming.inconsistent);
        ensure!(
            failed == coming.fails,
            "apply fails: {failed}, expected {}: {diagnostics:?}",
            coming.fails
        );
        self.mirror.extend(coming.effect);
        if let Some(finish) = coming.finish {
            coming.stored = Some(finish.stored(&self.stage.sandbox));
        }
        let state = applied.stored.as_ref().map(|object| object.state.clone());
        let state = state.unwrap_or_default();
        let wanted = coming
            .stored
            .as_ref()
            .map(|stored| stored.object.state.clone());
        let wanted = wanted.unwrap_or_default();
        ensure!(
            state == wanted,
            "applied otherwise: {}",
            difference(&state, &wanted)
        );
        let mut stored = applied.stored.map(|object| Stored {
            object,
            memory: coming
                .stored
                .map(|stored| stored.memory)
                .unwrap_or_default(),
        });
        match end {
            End::Well | End::Stopped => {}
            End::StateNotWritten => return Ok(false),
            End::ProviderDied => {
                let created = plan.refreshed.is_none() || plan.action == Action::Replace;
                stored = self.stored.clone().filter(|_| !created);
                if let Some(stored) = &mut stored {
                    stored.object.private.clear();
                    stored.memory = Memory::default();
                }
                if plan.action == Action::NoOp {
                    return Ok(false);
                }
            }
        }
        self.check_stored(stored.as_ref())?;
        self.store(stored);
        if !failed && !coming.inconsistent {
            self.tally.applied += 1;
        }
        Ok(!failed && !coming.inconsistent && end == End::Well)
    }
}

/// Whether these warnings are given, and no others.
pub(super) fn same_warnings(by: &str, diagnostics: &Told, expected: &[Warning]) -> Done {
    let mut warned = diagnostics.warnings();
    let mut expected: Vec<_> = expected.iter().map(|warning| warning.summary()).collect();
    warned.sort_unstable();
    expected.sort_unstable();
    ensure!(
        warned == expected,
        "{by} warns of {warned:?}, expected {expected:?}"
    );
    Ok(())
}

/// Whether a write-only value is another one at apply than at plan.
fn flaps(config: &Config) -> bool {
    Secret::ALL
        .into_iter()
        .any(|secret| matches!(config.leaf(secret.leaf(Form::WriteOnly)), Input::Flaps(..)))
}
