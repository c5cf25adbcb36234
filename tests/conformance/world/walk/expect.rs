//! What a plan and an apply ought to come to, told by the oracle before they are
//! made, with the requests that they ought to make.

use super::*;

impl Walk<'_> {
    /// The plan to expect in the session under way; `None` where it fails.
    pub(super) fn expect_plan(
        &mut self,
        config: &AnyValue,
        refresh: bool,
        replace: bool,
    ) -> Option<Expected> {
        let mut sightings: BTreeMap<String, Result<DataSource, Struck>> = BTreeMap::new();
        let mut refreshed = self.stored.clone();
        let mut said = false;
        if let Some(stored) = &mut refreshed
            && refresh
            && !self.config.without_drift
        {
            let id = known(&oracle::text(&stored.object.state, "data_source_id"));
            let looked = self.look(&id);
            sightings.insert(id, looked.clone());
            match looked {
                Err(Struck::Failed) => return None,
                Err(Struck::Gone) => refreshed = None,
                Err(Struck::Refused) => {}
                Ok(source) => {
                    let (state, belief, alarm) = oracle::refreshed(
                        &stored.object.state,
                        &stored.belief,
                        &source,
                        self.stamps,
                    );
                    stored.object.state = state;
                    stored.belief = belief;
                    said = alarm;
                }
            }
        }
        if oracle::invalid(config, self.generation.write_only) {
            return None;
        }
        let ignored_paths = self.config.ignored();
        let prior = refreshed.as_ref().filter(|stored| !stored.object.tainted);
        if let Some(stored) = prior {
            let prior = &stored.object.state;
            let ignored = crate::core::merge::ignore(config, prior, &ignored_paths);
            if oracle::conflicts(&ignored) {
                return None;
            }
            let id = oracle::text(&ignored, "data_source_id");
            if id == oracle::text(prior, "data_source_id") {
                let provider = oracle::text(prior, "provider_name");
                if oracle::mismatched(&ignored, &known(&provider)) {
                    return None;
                }
                let intent = oracle::intend(&ignored, Some(prior), &stored.belief, None);
                let planned = oracle::planned(&ignored, Some(prior), &intent);
                if !replace {
                    let action = if planned == *prior {
                        Action::NoOp
                    } else {
                        Action::Update
                    };
                    return Some(Expected {
                        action,
                        prior: Some(prior.clone()),
                        refreshed,
                        planned,
                        intent,
                        said,
                    });
                }
            }
        }
        let intent = self.expect_adoption(config, &sightings)?;
        Some(Expected {
            action: if refreshed.is_some() {
                Action::Replace
            } else {
                Action::Create
            },
            planned: oracle::planned(config, None, &intent),
            refreshed,
            prior: None,
            intent,
            said,
        })
    }

    /// The planning of an adoption; `None` where it fails.
    pub(super) fn expect_adoption(
        &mut self,
        config: &AnyValue,
        sightings: &BTreeMap<String, Result<DataSource, Struck>>,
    ) -> Option<Intent> {
        if let Value::Known(id) = oracle::text(config, "data_source_id") {
            let sighting = sightings.get(&id).cloned();
            let looked = match sighting {
                // It was in state until just now: a warning.
                Some(Err(Struck::Gone)) => None,
                Some(looked) => Some(looked),
                None if self.config.without_drift => None,
                None => Some(self.look(&id)),
            };
            match looked {
                Some(Err(Struck::Gone | Struck::Failed)) => return None,
                Some(Ok(source)) if oracle::mismatched(config, &source.provider) => return None,
                _ => {}
            }
        }
        if oracle::conflicts(config) {
            return None;
        }
        Some(oracle::intend(config, None, &Belief::default(), None))
    }

    /// What applying a plan is expected to come to, as far as it can be told
    /// before it is done.
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
            effect: None,
            finish: None,
        };
        if expected.action == Action::NoOp {
            return coming;
        }
        coming.fails = true;
        if oracle::invalid(config, self.generation.write_only) {
            return coming;
        }
        if expected.action == Action::Replace {
            coming.stored = None;
        }
        let held = self
            .generation
            .store_planned_private
            .then_some(&expected.intent);
        let (planned_config, prior, belief, intent) = if let Some(prior) = &expected.prior {
            let planned = crate::core::merge::ignore(config, prior, ignored);
            let provider = known(&oracle::text(prior, "provider_name"));
            if oracle::conflicts(&planned) || oracle::mismatched(&planned, &provider) {
                return coming;
            }
            let belief = expected.refreshed.as_ref().unwrap().belief.clone();
            let intent = oracle::intend(&planned, Some(prior), &belief, held);
            (planned, Some(prior), belief, intent)
        } else {
            if self.expect_adoption(config, &BTreeMap::new()).is_none() {
                return coming;
            }
            let intent = oracle::intend(config, None, &Belief::default(), held);
            (config.clone(), None, Belief::default(), intent)
        };
        let planned = oracle::planned(&planned_config, prior, &intent);
        if !oracle::agrees(&expected.planned, &planned) {
            coming.inconsistent = true;
            coming.fails = false;
            return coming;
        }
        if Some(&planned) == prior {
            coming.fails = false;
            return coming;
        }
        let keys = oracle::keys(&intent, &planned, config);
        let body = oracle::body(&intent, &keys);
        let id = known(&oracle::text(&planned, "data_source_id"));
        let empty = body == json!({});
        let mut answer = false;
        if !empty || prior.is_none() {
            if stopped {
                return coming;
            }
            self.requests.push((id.clone(), body.clone()));
            let struck = self.struck.filter(|(on_write, _)| *on_write != empty);
            let refused = empty && self.refuses;
            let accepted = self.accepts(&id, &body);
            if let (Some(mirror), true, false) = (self.mirror.get(&id), accepted, refused) {
                let taken = struck.is_none_or(|(_, kind)| kind.takes_write());
                coming.effect = taken.then(|| (id.clone(), after(mirror, &body)));
            }
            if let (Some((_, kind)), Some(stored)) = (struck, &mut coming.stored)
                && kind.leaves_in_doubt()
                && (accepted || !kind.garbles())
            {
                // Neither value can be relied on: what was in the write is pending.
                stored.belief.doubt.extend(keys.keys());
                stored.belief.doubt_url |= intent.url.is_known();
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
            intent,
            keys,
            belief,
        });
        coming
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

    /// What an empty update comes to, or what strikes it. Noted as a request.
    pub(super) fn look(&mut self, id: &str) -> Result<DataSource, Struck> {
        self.requests.push((id.to_owned(), json!({})));
        if let Some((false, kind)) = self.struck {
            self.struck = None;
            if !kind.garbles() {
                return Err(kind.on_read());
            }
            // What is left of the API's own answer still has its status.
            return Err(self.api_says(id).err().unwrap_or(Struck::Failed));
        }
        self.api_says(id)
    }

    pub(super) fn api_says(&self, id: &str) -> Result<DataSource, Struck> {
        match self.stage.sandbox.data_source(id) {
            None => Err(Struck::Gone),
            Some(_) if self.refuses => Err(Struck::Refused),
            Some(source) => Ok(source),
        }
    }
}

/// What an apply ought to come to.
pub(super) struct Coming {
    pub(super) stored: Option<Stored>,
    pub(super) inconsistent: bool,
    pub(super) fails: bool,
    pub(super) effect: Option<(String, Mirror)>,
    pub(super) finish: Option<Finish>,
}

/// What is needed to tell the state afterwards.
pub(super) struct Finish {
    /// Whose answer counts, if a request was made.
    asked: Option<String>,
    planned: AnyValue,
    prior: Option<AnyValue>,
    intent: Intent,
    keys: BTreeMap<Secret, String>,
    belief: Belief,
}

impl Finish {
    pub(super) fn stored(&self, sandbox: &Sandbox) -> Stored {
        // The stamp of a write is known only once it is made.
        let answer = self.asked.as_ref().and_then(|id| sandbox.data_source(id));
        let (prior, answer) = (self.prior.as_ref(), answer.as_ref());
        Stored {
            object: Object {
                state: oracle::applied(&self.planned, prior, answer, !self.keys.is_empty()),
                private: Vec::new(),
                tainted: false,
            },
            belief: oracle::remember(
                &self.belief,
                prior,
                &self.planned,
                &self.intent,
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
