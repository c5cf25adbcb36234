//! What a plan and an apply ought to come to, looked up before they are made, with the requests
//! that they ought to make.

use std::collections::BTreeMap;

use incident_sandbox::{DataSource, Sandbox};
use serde_json::{Value as Json, json};

use super::check::Mirror;
use super::{Expected, Stored, Walk, known};
use crate::core::merge::ignore;
use crate::core::{Action, Object};
use crate::table::reading::{Course, Purpose, READINGS, Reading};
use crate::table::sending::Sent;
use crate::table::validity::Call;
use crate::table::warnings::Warning;
use crate::values::{AnyValue, Path, Value};
use crate::world::config::{Kind, Secret};
use crate::world::lookup::{self, Memory, Sending};

/// What was read of data sources in this run.
type Readings = BTreeMap<String, Result<DataSource, Reading>>;

impl Walk<'_> {
    /// The plan to expect in the session under way; `None` where it fails.
    pub(super) fn expect_plan(
        &mut self,
        config: &AnyValue,
        refresh: bool,
        replace: bool,
    ) -> Option<Expected> {
        let mut readings = Readings::new();
        let mut refreshed = self.stored.clone();
        let mut warned_by_read = Vec::new();
        if let Some(stored) = refreshed.take_if(|_| refresh) {
            let id = known(&lookup::text(&stored.object.state, "data_source_id"));
            let reading = self.read_unless_off(&id);
            (refreshed, warned_by_read) = self.follow(stored, &reading)?;
            if reading != Err(Reading::NotMade) {
                readings.insert(id, reading);
            }
        }
        if self.invalid(config) {
            return None;
        }
        let mut expected = Expected {
            action: if refreshed.is_some() {
                Action::Replace
            } else {
                Action::Create
            },
            refreshed,
            prior: None,
            planned: Value::Null,
            sending: None,
            warned_by_read,
            warned: Vec::new(),
        };
        let prior = expected
            .refreshed
            .clone()
            .filter(|stored| !stored.object.tainted);
        let replaces = prior.is_some();
        if let Some(stored) = prior {
            let prior = stored.object.state;
            let ignored = ignore(config, &prior, &self.config.ignored());
            if lookup::refuses(Call::Plan, &ignored) {
                return None;
            }
            let id = lookup::text(&ignored, "data_source_id");
            if id == lookup::text(&prior, "data_source_id") {
                let provider = lookup::text(&prior, "provider_name");
                if lookup::mismatches(&ignored, &known(&provider)) {
                    return None;
                }
                expected.warned = lookup::left_behind(&ignored, &prior);
                if !replace {
                    let sending = lookup::sending(&ignored, Some(&prior), &stored.memory, None);
                    expected.planned = lookup::planned(&ignored, Some(&prior), &sending);
                    expected.action = if expected.planned == prior {
                        Action::NoOp
                    } else {
                        Action::Update
                    };
                    expected.prior = Some(prior);
                    expected.sending = Some(sending);
                    return Some(expected);
                }
            } else {
                expected.warned = vec![Warning::StaysActive];
            }
        }
        let (sending, warned) = self.expect_adoption(config, &readings)?;
        if !replaces {
            // Core drops the warnings of the second call of a replacement.
            expected.warned = warned;
        }
        expected.planned = lookup::planned(config, None, &sending);
        expected.sending = Some(sending);
        Some(expected)
    }

    /// What a refresh makes of a state, and what it warns of; `None` where it fails.
    pub(super) fn follow(
        &self,
        mut stored: Stored,
        reading: &Result<DataSource, Reading>,
    ) -> Option<(Option<Stored>, Vec<Warning>)> {
        let (course, warnings) = READINGS.look_up((Purpose::Refresh, of(reading)));
        let mut warnings = warnings.to_vec();
        match (course, reading) {
            (Course::End, _) => return None,
            (Course::Drop, _) => return Some((None, warnings)),
            (Course::Follow, Ok(found)) => {
                let (state, memory, warning) =
                    lookup::refreshed(&stored.object.state, &stored.memory, found, self.stamps);
                stored.object.state = state;
                stored.memory = memory;
                warnings.extend(warning);
            }
            (Course::GoOn | Course::Follow, _) => {}
        }
        Some((Some(stored), warnings))
    }

    /// The planning of an adoption and its warnings; `None` where it fails.
    pub(super) fn expect_adoption(
        &mut self,
        config: &AnyValue,
        readings: &Readings,
    ) -> Option<(Sending, Vec<Warning>)> {
        let (purpose, reading) = match lookup::text(config, "data_source_id") {
            Value::Known(id) => match readings.get(&id) {
                Some(reading) => (Purpose::AdoptAgain, reading.clone()),
                None => (Purpose::Adopt, self.read_unless_off(&id)),
            },
            _ => (Purpose::Adopt, Err(Reading::NotMade)),
        };
        let (course, warnings) = READINGS.look_up((purpose, of(&reading)));
        if course == Course::End
            || reading.is_ok_and(|found| lookup::mismatches(config, &found.provider))
            || lookup::refuses(Call::Plan, config)
        {
            return None;
        }
        let sending = lookup::sending(config, None, &Memory::default(), None);
        Some((sending, warnings.to_vec()))
    }

    /// What applying a plan is expected to come to, as far as it can be told before it is done.
    pub(super) fn expect_apply(
        &mut self,
        expected: &Expected,
        config: &AnyValue,
        ignored: &[Path],
        stopped: bool,
    ) -> Coming {
        let mut coming = Coming {
            stored: expected.refreshed.clone(),
            inconsistent: false,
            fails: false,
            warned: None,
            effect: None,
            finish: None,
        };
        if expected.action == Action::NoOp {
            coming.warned = Some(Vec::new());
            return coming;
        }
        coming.fails = true;
        if self.invalid(config) {
            return coming;
        }
        if expected.action == Action::Replace {
            coming.stored = None;
        }
        let earlier = expected
            .sending
            .as_ref()
            .filter(|_| self.generation.store_planned_private);
        let (planned_config, prior, memory) = if let Some(prior) = &expected.prior {
            let planned = ignore(config, prior, ignored);
            let provider = known(&lookup::text(prior, "provider_name"));
            if lookup::refuses(Call::Plan, &planned) || lookup::mismatches(&planned, &provider) {
                return coming;
            }
            coming.warned = Some(lookup::left_behind(&planned, prior));
            let memory = expected.refreshed.as_ref().unwrap().memory.clone();
            (planned, Some(prior), memory)
        } else {
            let Some((_, warned)) = self.expect_adoption(config, &BTreeMap::new()) else {
                return coming;
            };
            coming.warned = Some(warned);
            (config.clone(), None, Memory::default())
        };
        let sending = lookup::sending(&planned_config, prior, &memory, earlier);
        let planned = lookup::planned(&planned_config, prior, &sending);
        if !lookup::agrees(&expected.planned, &planned) {
            coming.inconsistent = true;
            coming.fails = false;
            return coming;
        }
        if Some(&planned) == prior {
            coming.fails = false;
            return coming;
        }
        let keys = lookup::keys(&sending, &planned, config);
        let body = lookup::body(&sending, &keys, &planned);
        let id = known(&lookup::text(&planned, "data_source_id"));
        let empty = body == json!({});
        let mut answer = false;
        // An adoption with nothing to send still has everything to learn.
        if !empty || prior.is_none() {
            if stopped {
                return coming;
            }
            self.requests.push((id.clone(), body.clone()));
            let struck = self.struck.filter(|(on_write, _)| *on_write != empty);
            let refused = empty && self.refuses;
            let accepted = self.accepts(&id, &body);
            if let (Some(mirror), true, false) = (self.mirror.get(&id), accepted, refused) {
                let taken = struck.is_none_or(|(_, kind)| kind.write().taken);
                coming.effect = taken.then(|| (id.clone(), after(mirror, &body)));
            }
            if let (Some((_, kind)), Some(stored)) = (struck, &mut coming.stored)
                && kind.write().in_doubt
                && (accepted || !kind.garbles())
            {
                // Neither value can be relied on: what was in the write is pending.
                stored.memory.in_doubt.extend(keys.keys());
                stored.memory.url_in_doubt |= sending.url == Sent::Yes;
            }
            if struck.is_some() || !accepted || refused {
                return coming;
            }
            answer = true;
        }
        coming.fails = false;
        coming.finish = Some(Finish {
            asked: answer.then_some(id),
            planned,
            prior: prior.cloned(),
            sending,
            keys,
            memory,
        });
        coming
    }

    /// Whether validate refuses a configuration.
    pub(super) fn invalid(&self, config: &AnyValue) -> bool {
        let call = if self.generation.write_only {
            Call::Validate
        } else {
            Call::ValidateOld
        };
        lookup::refuses(call, config)
    }

    /// Whether the API takes a body.
    pub(super) fn accepts(&self, id: &str, body: &Json) -> bool {
        let Some(source) = self.stage.sandbox.data_source(id) else {
            return false;
        };
        let blocks = body.as_object().unwrap().iter();
        let mut blocks = blocks.filter(|(name, _)| *name != "name");
        blocks.all(|(name, block)| {
            let fits = Kind::ALL
                .into_iter()
                .any(|kind| kind.block() == name && kind.provider() == source.provider);
            let values = block.as_object().unwrap().values();
            fits && values
                .filter_map(Json::as_str)
                .all(|value| !value.starts_with("bad"))
        })
    }

    /// The same as [`Self::read`], unless `drift_detection` is off.
    pub(super) fn read_unless_off(&mut self, id: &str) -> Result<DataSource, Reading> {
        if self.config.without_drift {
            Err(Reading::NotMade)
        } else {
            self.read(id)
        }
    }

    /// What a read finds, or else what it is. It counts as a request of the session under way.
    pub(super) fn read(&mut self, id: &str) -> Result<DataSource, Reading> {
        self.requests.push((id.to_owned(), json!({})));
        if let Some((false, kind)) = self.struck {
            self.struck = None;
            if !kind.garbles() {
                return Err(kind.reading());
            }
            // What is left of the API's own answer still has its status.
            return Err(self.api_says(id).err().unwrap_or(Reading::Failed));
        }
        self.api_says(id)
    }

    fn api_says(&self, id: &str) -> Result<DataSource, Reading> {
        match self.stage.sandbox.data_source(id) {
            None => Err(Reading::Absent),
            Some(_) if self.refuses => Err(Reading::Refused),
            Some(source) => Ok(source),
        }
    }
}

/// Which reading it is.
pub(super) fn of(reading: &Result<DataSource, Reading>) -> Reading {
    reading.as_ref().err().copied().unwrap_or(Reading::Found)
}

/// What an apply ought to come to.
pub(super) struct Coming {
    pub(super) stored: Option<Stored>,
    pub(super) inconsistent: bool,
    pub(super) fails: bool,
    /// What the second planning warns of, where it succeeds.
    pub(super) warned: Option<Vec<Warning>>,
    pub(super) effect: Option<(String, Mirror)>,
    pub(super) finish: Option<Finish>,
}

/// What is needed to tell the state afterwards.
pub(super) struct Finish {
    /// Whose answer counts, if a request was made.
    asked: Option<String>,
    planned: AnyValue,
    prior: Option<AnyValue>,
    sending: Sending,
    keys: BTreeMap<Secret, String>,
    memory: Memory,
}

impl Finish {
    pub(super) fn stored(&self, sandbox: &Sandbox) -> Stored {
        // The time of a write is known only once it is made.
        let answer = self.asked.as_ref().and_then(|id| sandbox.data_source(id));
        let (prior, answer) = (self.prior.as_ref(), answer.as_ref());
        Stored {
            object: Object {
                state: lookup::applied(&self.planned, prior, answer, !self.keys.is_empty()),
                private: Vec::new(),
                tainted: false,
            },
            memory: lookup::remembered(
                &self.memory,
                prior,
                &self.planned,
                &self.sending,
                &self.keys,
                answer,
            ),
        }
    }
}

/// A source after a body that it took.
fn after(mirror: &Mirror, body: &Json) -> Mirror {
    let mut mirror = mirror.clone();
    for (name, value) in body.as_object().unwrap() {
        match value {
            Json::String(text) => mirror.name.clone_from(text),
            block => {
                mirror.enabled = true;
                for (key, value) in block.as_object().unwrap() {
                    let value = value.as_str().unwrap().to_owned();
                    mirror.config.insert(format!("{name}.{key}"), value);
                }
            }
        }
    }
    mirror
}
