//! One walk: steps through the world, each held against core's rules, the tables, the API's journal
//! and what the API holds.

use std::collections::BTreeMap;

use incident_sandbox::{DataSource, EmptyPut, Sandbox, Spelling};
use serde_json::Value as Json;

use super::config::{Config, Form, Input, Kind, Secret};
use super::fault::Kind as FaultKind;
use super::lookup::{Memory, Sending};
use crate::core::session::MARKER;
use crate::core::{Action, GENERATIONS, Generation, Object, Plan, Schemas};
use crate::support::plugin_client::Channel;
use crate::support::proto::tfplugin6::provider_client::ProviderClient;
use crate::table::warnings::Warning;
use crate::values::{AnyValue, Value, to_json};

use self::check::Mirror;
pub use self::moving::Foreign;
pub use self::run::Record;
pub use self::step::{Dashboard, End, Spelt, Start, Step};
pub use self::tally::Tally;

/// A process and a sandbox that walks run in.
pub struct Stage {
    pub client: ProviderClient<Channel>,
    pub schemas: &'static Schemas,
    pub sandbox: Sandbox,
    pub skew: i64,
    pub walks: u64,
}

#[derive(Debug, Clone)]
struct Stored {
    object: Object,
    memory: Memory,
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

pub struct Walk<'a> {
    stage: &'a mut Stage,
    generation: Generation,
    stamps: bool,
    /// How answers to reads spell times, and how answers to what was written or stamped do.
    times: (Spelling, Spelling),
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
    /// Whether one of them is answered in a way that puts the key in question.
    asks_whose_key: bool,
    /// What a stale read answers in the session under way, of each id: as the API held it before,
    /// by whether the read is stamped all the same.
    stale: BTreeMap<String, [DataSource; 2]>,
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

mod answers;
mod applying;
mod change;
mod check;
mod edit;
mod expect;
mod moving;
mod other;
mod run;
mod step;
mod tally;

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
            stage.sandbox.add(kind.seed(id, "seeded"));
            let source = stage.sandbox.data_source(id).unwrap();
            mirror.insert(id.clone(), Mirror::of(&source));
        }
        stage.sandbox.set_empty_put(if start.stamps {
            EmptyPut::Stamps
        } else {
            EmptyPut::Keeps
        });
        stage
            .sandbox
            .set_times(Spelling::default(), Spelling::default());
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
            times: (Spelling::default(), Spelling::default()),
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
            asks_whose_key: false,
            stale: BTreeMap::new(),
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
            Step::Import { by_identity } => self.import(*by_identity).await?,
            Step::MoveAddress => self.move_address().await?,
            Step::MoveFrom(foreign) => self.move_from(*foreign).await?,
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
                self.set_empty_put();
            }
            Step::Stamps => {
                self.stamps ^= true;
                self.set_empty_put();
            }
            Step::Times(reads, writes) => {
                self.times = (reads.spelling(), writes.spelling());
                self.stage.sandbox.set_times(self.times.0, self.times.1);
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

    fn set_empty_put(&self) {
        self.stage
            .sandbox
            .set_empty_put(match (self.refuses, self.stamps) {
                (true, _) => EmptyPut::Refuses,
                (false, true) => EmptyPut::Stamps,
                (false, false) => EmptyPut::Keeps,
            });
    }

    fn store(&mut self, stored: Option<Stored>) {
        self.serial += 1;
        self.stored.clone_from(&stored);
        self.history.push(stored);
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
}

fn known(value: &Value<String>) -> String {
    value.known().cloned().unwrap_or_default()
}
