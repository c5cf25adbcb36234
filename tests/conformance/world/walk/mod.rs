//! One walk: steps through the world, each held against core's rules, the tables, the API's journal
//! and what the API holds.

use std::collections::BTreeMap;

use incident_sandbox::{DataSource, DataSourceSeed, EmptyPut, Sandbox, When};
use serde_json::{Value as Json, json};

use super::config::{Config, Form, Input, Kind, Leaf, Phase, Secret};
use super::fault::Kind as FaultKind;
use super::lookup::{self, Memory, Sending};
use crate::core::commands::{self, Wanted};
use crate::core::session::MARKER;
use crate::core::{Action, GENERATIONS, Generation, Object, Outcome, Plan, Schemas, Session, Told};
use crate::rules::Rule;
use crate::support::plugin_client::Channel;
use crate::support::proto::tfplugin6::provider_client::ProviderClient;
use crate::table::reading::{Course, Purpose, READINGS, Reading};
use crate::table::sending::Sent;
use crate::table::validity::Call;
use crate::table::warnings::Warning;
use crate::values::{AnyValue, Known, Number, Path, Value, to_json};

pub use step::{Dashboard, End, Start, Step};

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
    memory: Memory,
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
    /// What it sends.
    sending: Option<Sending>,
    warned_by_read: Vec<Warning>,
    /// What the first plan call warns of.
    warned: Vec<Warning>,
}

struct Saved {
    plan: Plan,
    expected: Expected,
    config: Config,
    serial: u64,
}

/// A run of the provider that has ended.
#[derive(Debug, Clone)]
pub struct Record {
    pub what: &'static str,
    pub requests: Vec<(String, Json)>,
    pub failed: bool,
}

pub struct Walk<'a> {
    stage: &'a mut Stage,
    generation: Generation,
    stamps: bool,
    pub ids: Vec<String>,
    pub config: Config,
    /// Runs so far. The caller empties it.
    pub records: Vec<Record>,
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

mod change;
mod expect;
mod other;
mod step;

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
    pub fn new(stage: &'a mut Stage, start: &Start) -> Self {
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
            records: Vec::new(),
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

    /// Takes one step.
    ///
    /// # Errors
    /// What was not as it has to be.
    pub async fn step(&mut self, step: &Step) -> Done {
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
            Step::Dashboard(change) => self.change_elsewhere(change),
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

    fn change_elsewhere(&mut self, change: &Dashboard) {
        let id = self.id();
        let dashboard = self.stage.sandbox.dashboard();
        // Long enough after whatever was before.
        self.stage.skew += 10;
        self.stage.sandbox.set_clock_skew(self.stage.skew);
        let done = match change {
            Dashboard::Rename(name) => dashboard.rename(&id, name).is_ok(),
            Dashboard::Disable => dashboard.disable(&id).is_ok(),
            Dashboard::Enable => dashboard.enable(&id).is_ok(),
            Dashboard::Rotate(secret, value) => {
                let fits = |source: &DataSource| source.provider == secret.kind().provider();
                self.stage
                    .sandbox
                    .data_source(&id)
                    .as_ref()
                    .is_some_and(fits)
                    && dashboard.rotate(&id, secret.field(), value).is_ok()
            }
            Dashboard::Delete => dashboard.delete(&id).is_ok(),
            Dashboard::Reconnect => dashboard.reconnect(&id).is_ok(),
            Dashboard::Version(version) => self
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
            Value::Known(Known::Number(Number::from(0_i64))),
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
    fn close(&mut self, session: Session<'static>, what: &'static str) -> Done {
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
        self.records.push(Record {
            what,
            requests,
            failed: false,
        });
        Ok(())
    }

    fn note_failed(&mut self, failed: bool) {
        if let Some(record) = self.records.last_mut() {
            record.failed = failed;
        }
    }

    /// The state as core stores it, and whether it is tainted.
    pub fn state(&self) -> Option<(Json, bool)> {
        let object = &self.stored.as_ref()?.object;
        Some((to_json(&object.state), object.tainted))
    }

    /// Nothing secret where it must not be.
    fn check_secrets(&mut self, stored: Option<&Stored>) -> Done {
        let Some(stored) = stored else { return Ok(()) };
        let mut json = to_json(&stored.object.state);
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
