//! What an apply ought to come to, with the requests that it ought to make, looked up before it is
//! made.

use std::collections::BTreeMap;

use incident_sandbox::{Sandbox, Spelling};
use serde_json::{Value as Json, json};

use super::check::Mirror;
use super::{Expected, FaultKind, Stored, Walk, known};
use crate::core::merge::ignore;
use crate::core::{Action, Object};
use crate::table::memory::Ended;
use crate::table::reading::Reading;
use crate::table::validity::Call;
use crate::table::warnings::Warning;
use crate::values::{AnyValue, Path};
use crate::world::config::Secret;
use crate::world::lookup::{self, Found, Memory, Sending};

impl Walk<'_> {
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
            return if missing && kind.spares_the_body() {
                Ended::NotFound
            } else {
                Ended::Denied
            };
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
                identity: None,
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
