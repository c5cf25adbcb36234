//! What a plan and an apply ought to come to, with the requests that they ought to make. A plan is
//! looked up once it is made, when the times are known that it has stamped, an apply before.

use std::collections::BTreeMap;

use incident_sandbox::{DataSource, Sandbox, Spelling};
use serde_json::{Value as Json, json};

use super::check::Mirror;
use super::{Expected, FaultKind, Stored, Walk, known};
use crate::core::merge::ignore;
use crate::core::{Action, Object};
use crate::table::memory::Ended;
use crate::table::reading::{Course, Purpose, READINGS, Reading};
use crate::table::validity::Call;
use crate::table::warnings::Warning;
use crate::values::{AnyValue, Path, Value};
use crate::world::config::{Kind, Secret};
use crate::world::lookup::{self, Found, Memory, Sending};

/// What was read of data sources in this run.
type Readings = BTreeMap<String, Result<Found, Reading>>;

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
            let (followed, warned) = Self::follow(stored, &reading)?;
            (refreshed, warned_by_read) = (Some(followed), warned);
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
                let memory = stored.memory.beside(&prior);
                let sending = lookup::sending(&ignored, Some(&prior), &memory, None);
                let id = known(&id);
                let said = matches!(readings.get(&id), Some(Err(Reading::Absent)));
                expected.warned =
                    lookup::update_warnings(&ignored, &prior, &memory, &sending, said);
                if !replace {
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
        let (sending, _, warned) = self.expect_adoption(config, &readings)?;
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
        mut stored: Stored,
        reading: &Result<Found, Reading>,
    ) -> Option<(Stored, Vec<Warning>)> {
        let (course, warnings) = READINGS.look_up((Purpose::Refresh, of(reading)));
        let mut warnings = warnings.to_vec();
        match (course, reading) {
            (Course::End, _) => return None,
            (Course::Follow, Ok(found)) => {
                let (state, memory, more) =
                    lookup::refreshed(&stored.object.state, &stored.memory, found);
                stored.object.state = state;
                stored.memory = memory;
                warnings.extend(more);
            }
            (Course::GoOnWithout, _) => {
                stored.memory = stored.memory.beside(&stored.object.state);
                stored.memory.absent = true;
            }
            (Course::GoOn | Course::Follow, _) => {}
        }
        Some((stored, warnings))
    }

    /// The planning of an adoption, what is remembered of it and its warnings; `None` where it fails.
    pub(super) fn expect_adoption(
        &mut self,
        config: &AnyValue,
        readings: &Readings,
    ) -> Option<(Sending, Memory, Vec<Warning>)> {
        let reading = match lookup::text(config, "data_source_id") {
            Value::Known(id) => match readings.get(&id) {
                Some(reading) => reading.clone(),
                None => self.read_unless_off(&id),
            },
            _ => Err(Reading::NotMade),
        };
        let (course, warnings) = READINGS.look_up((Purpose::Adopt, of(&reading)));
        let found = reading.as_ref().ok();
        if course == Course::End
            || found.is_some_and(|found| lookup::mismatches(config, &found.source.provider))
            || lookup::refuses(Call::Plan, config)
        {
            return None;
        }
        let sending = lookup::sending(config, None, &Memory::default(), None);
        let memory = Memory {
            keeps: found.is_some_and(|found| !found.stamped),
            ..Memory::default()
        };
        let mut warnings = warnings.to_vec();
        warnings.extend(lookup::renames(config, found.map(|found| &found.source)));
        Some((sending, memory, warnings))
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
            let memory = expected.refreshed.as_ref().unwrap().memory.clone();
            (planned, Some(prior), memory.beside(prior))
        } else {
            let Some((_, memory, warned)) = self.expect_adoption(config, &BTreeMap::new()) else {
                return coming;
            };
            coming.warned = Some(warned);
            (config.clone(), None, memory)
        };
        let sending = lookup::sending(&planned_config, prior, &memory, earlier);
        if let Some(prior) = prior {
            let warned = lookup::update_warnings(&planned_config, prior, &memory, &sending, false);
            coming.warned = Some(warned);
        }
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
        let asks = sending.asks() || body != json!({});
        if asks && stopped {
            return coming;
        }
        let ended = if asks {
            self.expect_write(&mut coming, &id, &body)
        } else {
            Ended::NoRequest
        };
        if let (Some(_), Some(stored)) = (prior, &mut coming.stored) {
            let with_url = !body["grafana_config"]["api_url"].is_null();
            stored.memory = lookup::written(&memory, ended, &planned, &keys, with_url);
        }
        let asked = match ended {
            Ended::NoRequest => None,
            Ended::Answered => Some(Asked {
                stale: self
                    .struck
                    .is_some_and(|(_, kind)| kind == FaultKind::Stale)
                    && body == json!({}),
                stamped: self.stamps || body != json!({}),
                id,
                times: self.times,
            }),
            Ended::Denied | Ended::NotFound | Ended::Unanswered => return coming,
        };
        coming.fails = false;
        let memory = match (prior, &coming.stored) {
            (Some(_), Some(stored)) => stored.memory.clone(),
            _ => memory,
        };
        coming.finish = Some(Finish {
            asked,
            planned,
            prior: prior.cloned(),
            sending,
            keys,
            memory,
        });
        coming
    }

    /// How the request of an apply ends, and what it does to what the API holds.
    fn expect_write(&mut self, coming: &mut Coming, id: &str, body: &Json) -> Ended {
        self.requests.push((id.to_owned(), body.clone()));
        let empty = *body == json!({});
        let missing = self.stage.sandbox.data_source(id).is_none();
        let valid = self.accepts(id, body) && !(empty && self.refuses);
        // A fault of reads strikes an empty update, too. A stale one is none for a write.
        let struck = self
            .struck
            .filter(|(on_write, kind)| *on_write != empty && *kind != FaultKind::Stale);
        let Some((_, kind)) = struck else {
            self.asks_whose_key |= missing;
            if valid && !empty {
                let mirror = after(&self.mirror[id], body);
                coming.effect = Some((id.to_owned(), mirror));
            }
            return match (missing, valid) {
                (true, _) => Ended::NotFound,
                (false, true) => Ended::Answered,
                (false, false) => Ended::Denied,
            };
        };
        if valid && kind.write().taken {
            let mirror = after(&self.mirror[id], body);
            coming.effect = Some((id.to_owned(), mirror));
        }
        if kind.garbles() && !valid {
            // What is left of the API's own answer still has its status.
            self.asks_whose_key |= missing;
            return Ended::Denied;
        }
        self.asks_whose_key |= kind.questions_the_key();
        if kind.write().in_doubt {
            Ended::Unanswered
        } else if kind.reading() == Reading::Absent {
            Ended::NotFound
        } else {
            Ended::Denied
        }
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
    pub(super) fn read_unless_off(&mut self, id: &str) -> Result<Found, Reading> {
        if self.config.without_drift {
            Err(Reading::NotMade)
        } else {
            self.read(id)
        }
    }

    /// What a read finds, or else what it is. It counts as a request of the session under way.
    pub(super) fn read(&mut self, id: &str) -> Result<Found, Reading> {
        self.requests.push((id.to_owned(), json!({})));
        let said = self.api_says(id);
        let struck = self.struck.filter(|(on_write, _)| !on_write);
        self.struck = self.struck.filter(|(on_write, _)| *on_write);
        let kind = match struck {
            Some((_, kind)) if kind != FaultKind::Stale => kind,
            stale => {
                let is_stale = stale.is_some();
                self.asks_whose_key |= matches!(said, Err(Reading::Absent));
                return said.map(|source| self.found(source, is_stale));
            }
        };
        if !kind.garbles() {
            self.asks_whose_key |= kind.questions_the_key();
            return Err(kind.reading());
        }
        // What is left of the API's own answer still has its status, which is no word of the API.
        self.asks_whose_key |= matches!(said, Err(Reading::Absent));
        match said {
            Err(Reading::Refused) => Err(Reading::Refused),
            _ => Err(Reading::Failed),
        }
    }

    fn api_says(&self, id: &str) -> Result<DataSource, Reading> {
        match self.stage.sandbox.data_source(id) {
            None => Err(Reading::Absent),
            Some(_) if self.refuses => Err(Reading::Refused),
            Some(source) => Ok(source),
        }
    }

    fn found(&self, source: DataSource, is_stale: bool) -> Found {
        let (source, stamped) = if is_stale {
            let stale = &self.stale[&source.id];
            (stale[usize::from(self.stamps)].clone(), false)
        } else {
            (source, self.stamps)
        };
        Found {
            source,
            stamped,
            // The answer is that of a write, whichever row is in it.
            times: if self.stamps {
                self.times.1
            } else {
                self.times.0
            },
        }
    }

    /// What stale reads will answer. One that is stamped answers with what is there now.
    pub(super) fn stale(&self) -> BTreeMap<String, [DataSource; 2]> {
        let sandbox = &self.stage.sandbox;
        let rows = self.ids.iter().filter_map(|id| {
            let rows = [sandbox.earlier(id)?, sandbox.data_source(id)?];
            Some((id.clone(), rows))
        });
        rows.collect()
    }
}

/// Which reading it is.
pub(super) fn of(reading: &Result<Found, Reading>) -> Reading {
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
    asked: Option<Asked>,
    planned: AnyValue,
    prior: Option<AnyValue>,
    sending: Sending,
    keys: BTreeMap<Secret, String>,
    memory: Memory,
}

/// A request that was answered.
struct Asked {
    id: String,
    stale: bool,
    stamped: bool,
    times: (Spelling, Spelling),
}

impl Asked {
    /// The answer, whose time is known only once it is given.
    fn answer(&self, sandbox: &Sandbox) -> Option<Found> {
        let source = if self.stale {
            sandbox.earlier(&self.id)
        } else {
            sandbox.data_source(&self.id)
        };
        Some(Found {
            source: source?,
            stamped: self.stamped,
            times: if self.stamped {
                self.times.1
            } else {
                self.times.0
            },
        })
    }
}

impl Finish {
    pub(super) fn stored(&self, sandbox: &Sandbox) -> Stored {
        let answer = self.asked.as_ref().and_then(|asked| asked.answer(sandbox));
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
