//! One walk: steps through the world, each held against core's rules, the
//! oracle, the API's journal and what the API holds.

use std::collections::BTreeMap;

use incident_sandbox::{DataSource, DataSourceSeed, EmptyPut, Sandbox, When};
use serde_json::{Value as Json, json};
use terraform_provider_incident::framework::codec;
use terraform_provider_incident::framework::{AnyValue, Known, Value};

use super::config::{Config, Form, Ignored, Input, Kind, Leaf, Phase, Presence, Secret};
use super::fault::{Kind as FaultKind, Struck};
use super::oracle::{self, Belief, Intent};
use crate::core::commands::{self, Wanted};
use crate::core::session::MARKER;
use crate::core::{Action, GENERATIONS, Generation, Object, Outcome, Plan, Schemas, Session};
use crate::rules::Rule;
use crate::support::plugin_client::Channel;
use crate::support::proto::tfplugin6::provider_client::ProviderClient;

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// As somebody edits who knows the rules.
    Edit(Leaf, Input),
    /// As somebody edits who does not.
    Raw(Leaf, Input),
    Block(Kind, Presence),
    /// From the sensitive to the write-only form or back, with the same value.
    Swap(Secret),
    OtherSource,
    IdPending,
    /// On, or off again.
    Ignore(Ignored),
    Drift,
    /// With secrets as unknown as variables are at validate.
    Validate,
    Plan {
        refresh: bool,
    },
    Apply {
        refresh: bool,
        replace: bool,
        end: End,
    },
    SavePlan,
    ApplySaved,
    RefreshOnly,
    Taint,
    Import,
    Forget,
    Destroy,
    Hand(Hand),
    Fault {
        at_apply: bool,
        on_write: bool,
        kind: FaultKind,
    },
    /// The API begins to refuse empty updates, or takes them again.
    Refuses,
    DataSource,
    /// A state from so many changes ago.
    Restore(usize),
}

/// How an apply ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Well,
    /// Ctrl-C between plan and apply.
    Stopped,
    /// Terraform is killed before it has written state.
    StateNotWritten,
    /// The provider dies with the answer: attributes stay, private state goes.
    ProviderDied,
}

/// Somebody elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hand {
    Rename(String),
    Disable,
    Enable,
    Rotate(Secret, String),
    Delete,
    Reconnect,
    Version(Option<String>),
}

/// Where a walk begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    pub generation: usize,
    /// An empty update stamps `updated_at`.
    pub stamps: bool,
    pub kinds: [Kind; 2],
    pub write_only: bool,
}

/// A process and a sandbox that walks run in.
pub struct Stage {
    pub client: ProviderClient<Channel>,
    pub schemas: &'static Schemas,
    pub sandbox: Sandbox,
    pub skew: i64,
    pub walks: u64,
}

/// What was done.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    pub walks: u64,
    pub steps: u64,
    pub calls: u64,
    pub checked: u64,
    /// Inconsistent final plans that cannot be helped.
    pub known: u64,
    pub applied: u64,
    pub failures: u64,
}

impl Tally {
    pub fn add(&mut self, other: &Self) {
        self.walks += other.walks;
        self.steps += other.steps;
        self.calls += other.calls;
        self.checked += other.checked;
        self.known += other.known;
        self.applied += other.applied;
        self.failures += other.failures;
    }
}

#[derive(Debug, Clone)]
struct Stored {
    object: Object,
    belief: Belief,
}

/// What the API ought to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mirror {
    name: String,
    enabled: bool,
    config: BTreeMap<String, String>,
}

impl Mirror {
    fn of(source: &DataSource) -> Self {
        Self {
            name: source.name.clone(),
            enabled: source.enabled,
            config: source.config.clone(),
        }
    }
}

/// What a plan is expected to be.
struct Expected {
    action: Action,
    refreshed: Option<Stored>,
    prior: Option<AnyValue>,
    planned: AnyValue,
    intent: Intent,
    said: bool,
}

struct Saved {
    plan: Plan,
    expected: Expected,
    config: Config,
    serial: u64,
}

pub struct Walk<'a> {
    stage: &'a mut Stage,
    generation: Generation,
    stamps: bool,
    ids: Vec<String>,
    config: Config,
    stored: Option<Stored>,
    serial: u64,
    history: Vec<Option<Stored>>,
    saved: Option<Saved>,
    fault: Option<(bool, bool, FaultKind)>,
    refuses: bool,
    mirror: BTreeMap<String, Mirror>,
    /// Requests of the session under way that are expected: id and body.
    requests: Vec<(String, Json)>,
    /// The fault in force in the session under way: whether on a write.
    struck: Option<(bool, FaultKind)>,
    pub tally: Tally,
}

type Done = Result<(), String>;

macro_rules! ensure {
    ($holds:expr, $($message:tt)+) => {
        if !$holds {
            return Err(format!($($message)+));
        }
    };
}

/// Runs a walk.
///
/// # Errors
/// What was not as it has to be, and at which step.
pub async fn run(stage: &mut Stage, start: &Start, steps: &[Step]) -> Result<Tally, String> {
    let mut walk = Walk::new(stage, start);
    for (index, step) in steps.iter().enumerate() {
        let done = walk.step(step).await.and_then(|()| walk.check_api());
        walk.tally.steps += 1;
        done.map_err(|message| {
            format!(
                "step {index} {step:?} of a walk on {} ({start:?}): {message}",
                walk.generation.name
            )
        })?;
    }
    walk.tally.walks = 1;
    Ok(walk.tally)
}

impl<'a> Walk<'a> {
    fn new(stage: &'a mut Stage, start: &Start) -> Self {
        stage.walks += 1;
        let generation = GENERATIONS[start.generation];
        let ids: Vec<_> = (0..2).map(|n| format!("w{}-{n}", stage.walks)).collect();
        let mut mirror = BTreeMap::new();
        for (id, kind) in ids.iter().zip(start.kinds) {
            let seed = match kind {
                Kind::Grafana => DataSourceSeed::grafana(id.as_str(), "seeded"),
                Kind::Datadog => DataSourceSeed::datadog(id.as_str(), "seeded"),
            };
            stage.sandbox.add(seed);
            let source = stage.sandbox.data_source(id).unwrap();
            mirror.insert(id.clone(), Mirror::of(&source));
        }
        stage.sandbox.set_empty_put(if start.stamps {
            EmptyPut::Stamps
        } else {
            EmptyPut::Keeps
        });
        stage.sandbox.clear_faults();
        stage.sandbox.take_journal();
        let mut config = Config::default();
        let secret = match start.kinds[0] {
            Kind::Grafana => Secret::GrafanaApi,
            Kind::Datadog => Secret::DatadogApi,
        };
        let form = if start.write_only && generation.write_only {
            Form::WriteOnly
        } else {
            Form::Plain
        };
        config.edit(secret.leaf(form), Input::Set(format!("{MARKER}a")));
        Self {
            stage,
            generation,
            stamps: start.stamps,
            ids,
            config,
            stored: None,
            serial: 0,
            history: vec![None],
            saved: None,
            fault: None,
            refuses: false,
            mirror,
            requests: Vec::new(),
            struck: None,
            tally: Tally::default(),
        }
    }

    fn id(&self) -> String {
        self.ids[self.config.source].clone()
    }

    async fn step(&mut self, step: &Step) -> Done {
        match step {
            Step::Edit(leaf, input) => self.edit(*leaf, input.clone()),
            Step::Raw(leaf, input) => self.config.set(*leaf, input.clone()),
            Step::Block(kind, presence) => *self.config.presence(*kind) = *presence,
            Step::Swap(secret) => self.swap(*secret),
            Step::OtherSource => self.config.source = 1 - self.config.source,
            Step::IdPending => self.config.id_pending = true,
            Step::Ignore(ignored) => {
                if !self.config.ignored.remove(ignored) {
                    self.config.ignored.insert(*ignored);
                }
            }
            Step::Drift => self.config.without_drift ^= true,
            Step::Validate => self.validate().await?,
            Step::Plan { refresh } => {
                let config = self.config.clone();
                self.plan(&config, *refresh, false).await?;
            }
            Step::Apply {
                refresh,
                replace,
                end,
            } => self.apply(*refresh, *replace, *end).await?,
            Step::SavePlan => {
                let config = self.config.clone();
                self.saved = self
                    .plan(&config, true, false)
                    .await?
                    .map(|(plan, expected)| Saved {
                        plan,
                        expected,
                        config,
                        serial: self.serial,
                    });
            }
            Step::ApplySaved => {
                // Core refuses a plan that was made from another state.
                if let Some(saved) = self.saved.take()
                    && saved.serial == self.serial
                {
                    self.carry_out(&saved.plan, &saved.expected, &saved.config, End::Well)
                        .await?;
                    self.config.settle();
                }
            }
            Step::RefreshOnly => self.refresh_only().await?,
            Step::Taint => {
                if let Some(stored) = &mut self.stored {
                    stored.object.tainted = true;
                    self.serial += 1;
                }
            }
            Step::Import => self.import().await?,
            Step::Forget => self.store(None),
            Step::Destroy => self.destroy().await?,
            Step::Hand(hand) => self.hand(hand),
            Step::Fault {
                at_apply,
                on_write,
                kind,
            } => self.fault = Some((*at_apply, *on_write, *kind)),
            Step::Refuses => {
                self.refuses ^= true;
                self.stage
                    .sandbox
                    .set_empty_put(match (self.refuses, self.stamps) {
                        (true, _) => EmptyPut::Refuses,
                        (false, true) => EmptyPut::Stamps,
                        (false, false) => EmptyPut::Keeps,
                    });
            }
            Step::DataSource => self.data_source().await?,
            Step::Restore(back) => {
                let index = self.history.len().saturating_sub(back + 1);
                let stored = self.history[index].clone();
                self.store(stored);
            }
        }
        Ok(())
    }

    fn edit(&mut self, leaf: Leaf, input: Input) {
        let leaf = match leaf {
            Leaf::Secret(secret, _) if !self.generation.write_only => secret.leaf(Form::Plain),
            leaf => leaf,
        };
        let fits = leaf.kind().is_none_or(|kind| {
            let source = self.stage.sandbox.data_source(&self.id());
            source.is_none_or(|source| source.provider == kind.provider())
        });
        if !fits {
            return;
        }
        let input = match (leaf, input) {
            (Leaf::Secret(_, Form::WriteOnly), input) => input,
            (_, Input::Flaps(text, _)) => Input::Set(text),
            (_, input) => input,
        };
        self.config.edit(leaf, input);
    }

    fn swap(&mut self, secret: Secret) {
        let (plain, write_only) = (secret.leaf(Form::Plain), secret.leaf(Form::WriteOnly));
        let mut input = self.config.leaf(plain);
        let mut to = write_only;
        if input == Input::Null {
            input = self.config.leaf(write_only);
            to = plain;
        }
        if input != Input::Null && self.generation.write_only {
            self.edit(to, input);
        }
    }

    fn hand(&mut self, hand: &Hand) {
        let id = self.id();
        let dashboard = self.stage.sandbox.dashboard();
        // Long enough after whatever was before.
        self.stage.skew += 10;
        self.stage.sandbox.set_clock_skew(self.stage.skew);
        let done = match hand {
            Hand::Rename(name) => dashboard.rename(&id, name).is_ok(),
            Hand::Disable => dashboard.disable(&id).is_ok(),
            Hand::Enable => dashboard.enable(&id).is_ok(),
            Hand::Rotate(secret, value) => {
                let fits = |source: &DataSource| source.provider == secret.kind().provider();
                self.stage
                    .sandbox
                    .data_source(&id)
                    .as_ref()
                    .is_some_and(fits)
                    && dashboard.rotate(&id, secret.field(), value).is_ok()
            }
            Hand::Delete => dashboard.delete(&id).is_ok(),
            Hand::Reconnect => dashboard.reconnect(&id).is_ok(),
            Hand::Version(version) => self
                .stage
                .sandbox
                .set_version(&id, version.as_deref())
                .is_ok(),
        };
        if done {
            match self.stage.sandbox.data_source(&id) {
                Some(source) => self.mirror.insert(id, Mirror::of(&source)),
                None => self.mirror.remove(&id),
            };
        }
    }

    fn store(&mut self, stored: Option<Stored>) {
        self.serial += 1;
        self.stored.clone_from(&stored);
        self.history.push(stored);
    }

    /// A new run of the provider, long after the one before.
    async fn open(&mut self, apply_walk: bool) -> Session<'static> {
        self.stage.skew += 10;
        self.stage.sandbox.set_clock_skew(self.stage.skew);
        self.requests.clear();
        self.struck = None;
        if let Some((at_apply, on_write, kind)) = self.fault
            && at_apply == apply_walk
        {
            self.fault = None;
            self.struck = Some((on_write, kind));
            let when = When::next();
            let when = if on_write {
                when.writes()
            } else {
                when.reads()
            };
            self.stage.sandbox.fault(kind.fault(), when);
        }
        let mut provider = vec![(
            "max_retries",
            Value::Known(Known::Number(
                terraform_provider_incident::framework::Number::Int(0),
            )),
        )];
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
    fn close(&mut self, session: Session<'static>, what: &str) -> Done {
        self.tally.calls += session.calls;
        self.tally.checked += session.verdict.checked;
        self.stage.sandbox.clear_faults();
        let broken = session.verdict.findings;
        ensure!(broken.is_empty(), "{what}: broken: {broken:?}");
        let journal = self.stage.sandbox.take_journal();
        let requests: Vec<_> = journal
            .into_iter()
            .map(|entry| (entry.id.unwrap_or_default(), entry.body.unwrap_or_default()))
            .collect();
        ensure!(
            requests == self.requests,
            "{what}: requests {requests:?}, expected {:?}",
            self.requests
        );
        Ok(())
    }

    /// What an empty update comes to, or what strikes it. Noted as a request.
    fn look(&mut self, id: &str) -> Result<DataSource, Struck> {
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

    fn api_says(&self, id: &str) -> Result<DataSource, Struck> {
        match self.stage.sandbox.data_source(id) {
            None => Err(Struck::Gone),
            Some(_) if self.refuses => Err(Struck::Refused),
            Some(source) => Ok(source),
        }
    }

    /// The plan to expect in the session under way; `None` where it fails.
    fn expect_plan(&mut self, config: &AnyValue, refresh: bool, replace: bool) -> Option<Expected> {
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
    fn expect_adoption(
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

    /// Plans, and holds the plan against what is expected.
    async fn plan(
        &mut self,
        config: &Config,
        refresh: bool,
        replace: bool,
    ) -> Result<Option<(Plan, Expected)>, String> {
        let mut session = self.open(false).await;
        let value = config.value(&self.ids, Phase::Plan);
        let expected = self.expect_plan(&value, refresh, replace);
        let wanted = Wanted {
            config: value,
            ignored: config.ignored(),
            replace,
            refresh,
        };
        let stored = self.stored.as_ref().map(|stored| &stored.object);
        let outcome = commands::plan(&mut session, stored, &wanted).await;
        let told = match &outcome {
            Outcome::Planned(plan) => plan.told.clone(),
            Outcome::Failed(told) => told.clone(),
        };
        self.close(session, "plan")
            .map_err(|message| format!("{message}; told {:?}", told.summaries()))?;
        match (outcome, expected) {
            (Outcome::Failed(_), None) => Ok(None),
            (Outcome::Failed(told), Some(_)) => {
                Err(format!("the plan fails: {:?}", told.summaries()))
            }
            (Outcome::Planned(plan), None) => Err(format!(
                "the plan does not fail: {:?}, {:?}",
                plan.action,
                plan.told.summaries()
            )),
            (Outcome::Planned(plan), Some(expected)) => {
                self.compare(&plan, &expected)?;
                Ok(Some((*plan, expected)))
            }
        }
    }

    fn compare(&self, plan: &Plan, expected: &Expected) -> Done {
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
        let alarms = plan
            .told_by_read
            .count("Data Source Changed Outside of Terraform");
        ensure!(
            alarms == usize::from(expected.said),
            "a change outside is told {alarms} times, expected {}",
            expected.said
        );
        Ok(())
    }

    async fn apply(&mut self, refresh: bool, replace: bool, end: End) -> Done {
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
                return Err("the plan after an apply fails".to_owned());
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
    async fn carry_out(
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
        let told = applied.told.summaries();
        session.verdict.checked += applied.inconsistent.checked;
        self.close(session, "apply")
            .map_err(|message| format!("{message}; told {told:?}"))?;
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
        let failed = applied.told.failed();
        ensure!(
            failed == coming.fails,
            "apply fails: {failed}, expected {}: {told:?}",
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
            belief: coming
                .stored
                .map(|stored| stored.belief)
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
                    stored.belief = Belief::default();
                }
                if plan.action == Action::NoOp {
                    return Ok(false);
                }
            }
        }
        self.check_secrets(stored.as_ref())?;
        self.store(stored);
        if !failed && !coming.inconsistent {
            self.tally.applied += 1;
        }
        Ok(!failed && !coming.inconsistent && end == End::Well)
    }

    /// What applying a plan is expected to come to, as far as it can be told
    /// before it is done.
    fn expect_apply(
        &mut self,
        expected: &Expected,
        config: &AnyValue,
        ignored: &[terraform_provider_incident::framework::Path],
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
        let (planned_config, prior, belief, intent) = match &expected.prior {
            Some(prior) => {
                let planned = crate::core::merge::ignore(config, prior, ignored);
                let provider = known(&oracle::text(prior, "provider_name"));
                if oracle::conflicts(&planned) || oracle::mismatched(&planned, &provider) {
                    return coming;
                }
                let belief = expected.refreshed.as_ref().unwrap().belief.clone();
                let intent = oracle::intend(&planned, Some(prior), &belief, held);
                (planned, Some(prior), belief, intent)
            }
            None => {
                if self.expect_adoption(config, &BTreeMap::new()).is_none() {
                    return coming;
                }
                let intent = oracle::intend(config, None, &Belief::default(), held);
                (config.clone(), None, Belief::default(), intent)
            }
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
    fn accepts(&self, id: &str, body: &Json) -> bool {
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

    async fn refresh_only(&mut self) -> Done {
        let Some(stored) = self.stored.clone() else {
            return Ok(());
        };
        let mut session = self.open(false).await;
        let id = known(&oracle::text(&stored.object.state, "data_source_id"));
        let looked = if self.config.without_drift {
            Err(Struck::Refused)
        } else {
            self.look(&id)
        };
        let state = session.upgrade(&stored.object.state).await;
        let read = session.read(&state, &stored.object.private).await;
        self.close(session, "refresh")?;
        let failed = read.told.failed();
        let (expected, said) = match looked {
            Err(Struck::Failed) => {
                ensure!(failed, "a failing read is no error");
                return Ok(());
            }
            Err(Struck::Gone) => (None, false),
            Err(Struck::Refused) => (Some((state, stored.belief)), false),
            Ok(source) => {
                let (state, belief, said) =
                    oracle::refreshed(&state, &stored.belief, &source, self.stamps);
                (Some((state, belief)), said)
            }
        };
        ensure!(!failed, "a read fails: {:?}", read.told.summaries());
        let alarms = read.told.count("Data Source Changed Outside of Terraform");
        ensure!(
            alarms == usize::from(said),
            "a change outside is told {alarms} times, expected {said}"
        );
        let wanted = expected.as_ref().map(|(state, _)| state.clone());
        let wanted = wanted.unwrap_or_default();
        ensure!(
            read.state == wanted,
            "refreshed otherwise: {}",
            difference(&read.state, &wanted)
        );
        let stored = expected.map(|(state, belief)| Stored {
            object: Object {
                state,
                private: read.private,
                tainted: stored.object.tainted,
            },
            belief,
        });
        self.check_secrets(stored.as_ref())?;
        self.store(stored);
        Ok(())
    }

    async fn import(&mut self) -> Done {
        if self.stored.is_some() {
            return Ok(());
        }
        let mut session = self.open(false).await;
        let id = self.id();
        let looked = self.look(&id);
        let imported = commands::import(&mut session, &id).await;
        self.close(session, "import")?;
        match (imported, looked) {
            (Err(_), Err(_)) => Ok(()),
            (Err(told), Ok(_)) => Err(format!("import fails: {:?}", told.summaries())),
            (Ok(_), Err(_)) => Err("an import of nothing".to_owned()),
            (Ok(object), Ok(before)) => {
                let mut blank = Config::default().value(&self.ids, Phase::Plan);
                if let Value::Known(Known::Object(attributes)) = &mut blank {
                    for name in ["id", "data_source_id"] {
                        let id = Value::text(id.as_str()).into_any();
                        attributes.insert(name.to_owned(), id);
                    }
                }
                // An API that stamps has stamped by now.
                let source = self.stage.sandbox.data_source(&id).unwrap_or(before);
                let (state, belief, _) =
                    oracle::refreshed(&blank, &Belief::default(), &source, self.stamps);
                ensure!(
                    object.state == state,
                    "imported otherwise: {}",
                    difference(&object.state, &state)
                );
                self.store(Some(Stored { object, belief }));
                Ok(())
            }
        }
    }

    async fn destroy(&mut self) -> Done {
        let config = self.config.clone();
        let Some((plan, expected)) = self.plan(&config, true, false).await? else {
            return Ok(());
        };
        let Some(object) = plan.refreshed else {
            self.store(None);
            return Ok(());
        };
        let mut session = self.open(false).await;
        let plan = commands::plan_destroy(&mut session, object).await;
        self.close(session, "plan of a destroy")?;
        ensure!(!plan.told.failed(), "destroy: {:?}", plan.told.summaries());
        ensure!(
            plan.told.count("Data Source Stays Active in incident.io") == 1,
            "a destroy says nothing"
        );
        drop(expected);
        let mut session = self.open(true).await;
        let applied = commands::apply(&mut session, &plan, &Value::Null, false).await;
        self.close(session, "destroy")?;
        ensure!(
            applied.stored.is_none(),
            "a destroy fails: {:?}",
            applied.told.summaries()
        );
        self.store(None);
        Ok(())
    }

    async fn validate(&mut self) -> Done {
        let mut unknown = self.config.clone();
        for (leaf, input) in &mut unknown.leaves {
            if matches!(leaf, Leaf::Secret(_, Form::Plain | Form::WriteOnly))
                && *input != Input::Null
            {
                *input = Input::Pending(None);
            }
        }
        let mut session = self.open(false).await;
        let value = unknown.value(&self.ids, Phase::Plan);
        let told = session.validate(&value).await;
        self.close(session, "validate")?;
        let invalid = oracle::invalid(&value, self.generation.write_only);
        ensure!(
            told.failed() == invalid,
            "validate says {:?}, expected an error: {invalid}",
            told.summaries()
        );
        Ok(())
    }

    async fn data_source(&mut self) -> Done {
        let mut session = self.open(false).await;
        let id = self.id();
        let looked = self.look(&id);
        let (state, told) = session.read_data(&id).await;
        self.close(session, "data source")?;
        ensure!(
            told.failed() == looked.is_err(),
            "a data source says {:?}",
            told.summaries()
        );
        if let Ok(source) = looked {
            ensure!(
                oracle::text(&state, "name") == Value::Known(source.name),
                "a data source of another name"
            );
        }
        Ok(())
    }

    /// Nothing secret where it must not be.
    fn check_secrets(&mut self, stored: Option<&Stored>) -> Done {
        let Some(stored) = stored else { return Ok(()) };
        let ty = &self.stage.schemas.resource_type;
        let mut json =
            codec::to_json(&stored.object.state, ty).map_err(|error| error.to_string())?;
        for secret in Secret::ALL {
            let (block, key) = secret.field().split_once('.').unwrap();
            if let Some(block) = json[block].as_object_mut() {
                block.remove(key);
            }
        }
        self.tally.checked += 2;
        ensure!(!json.to_string().contains(MARKER), "a secret in state");
        let private = String::from_utf8_lossy(&stored.object.private);
        ensure!(!private.contains(MARKER), "a secret in private state");
        Ok(())
    }

    /// The API holds what was sent to it, and nothing else.
    fn check_api(&mut self) -> Done {
        for id in &self.ids {
            let source = self.stage.sandbox.data_source(id);
            let held = source.as_ref().map(Mirror::of);
            let wanted = self.mirror.get(id);
            ensure!(
                held.as_ref() == wanted,
                "the API holds {held:?}, expected {wanted:?}"
            );
        }
        self.tally.checked += 1;
        Ok(())
    }
}

/// What an apply ought to come to.
struct Coming {
    stored: Option<Stored>,
    inconsistent: bool,
    fails: bool,
    effect: Option<(String, Mirror)>,
    finish: Option<Finish>,
}

/// What is needed to tell the state afterwards.
struct Finish {
    /// Whose answer counts, if a request was made.
    asked: Option<String>,
    planned: AnyValue,
    prior: Option<AnyValue>,
    intent: Intent,
    keys: BTreeMap<Secret, String>,
    belief: Belief,
}

impl Finish {
    fn stored(&self, sandbox: &Sandbox) -> Stored {
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

/// Whether a write-only value is another one at apply than at plan.
fn flaps(config: &Config) -> bool {
    Secret::ALL
        .into_iter()
        .any(|secret| matches!(config.leaf(secret.leaf(Form::WriteOnly)), Input::Flaps(..)))
}

fn known(value: &Value<String>) -> String {
    value.known().cloned().unwrap_or_default()
}

/// Where two objects differ, for messages. Values are made up, so they are shown.
fn difference(actual: &AnyValue, expected: &AnyValue) -> String {
    fn show(value: &AnyValue) -> String {
        match value {
            Value::Known(Known::String(text)) => format!("{:?}", &**text),
            Value::Known(Known::Object(object)) => {
                let members = object.iter().filter(|(_, value)| !value.is_null());
                let members: Vec<_> = members
                    .map(|(name, value)| format!("{name}={}", show(value)))
                    .collect();
                format!("{{{}}}", members.join(", "))
            }
            other => format!("{other:?}"),
        }
    }
    let (Value::Known(Known::Object(a)), Value::Known(Known::Object(b))) = (actual, expected)
    else {
        return format!("{} for {}", show(actual), show(expected));
    };
    let different = a.iter().filter(|(name, value)| b.get(*name) != Some(value));
    let lines = different.map(|(name, value)| {
        let expected = b.get(name).map(show).unwrap_or_default();
        format!("{name} is {}, expected {expected}", show(value))
    });
    lines.collect::<Vec<_>>().join("; ")
}
