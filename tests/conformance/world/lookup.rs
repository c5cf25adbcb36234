//! Tells which situation a walk is in, looks it up in the tables, and puts what the row says into
//! values. There are no rules here: what depends on a situation stands in a table.

use std::collections::{BTreeMap, BTreeSet};

use incident_sandbox::{DataSource, Spelling};
use serde_json::{Value as Json, json};

use super::config::{Form, Kind, Leaf, Secret};
use crate::core::Action;
use crate::rules::value::at;
use crate::rules::{Rule, replan};
use crate::table::memory::{
    self, After, Beside, Ended, Handling, KeysSent, Management, OnChange, Record, Write,
};
use crate::table::reading::{
    self, Edits, Explanation, Keys, LastWrite, Mode, News, Origin, Switch, Time, Turn, Unanswered,
};
use crate::table::sending::{
    self, Certainty, Decided, Earlier, Elsewhere, Key, Object, Sent, Text, Version, Why,
};
use crate::table::showing::{self, Attribute, Request, Shown, Writes};
use crate::table::validity::{self, Block, Call, Fits, Given};
use crate::table::warnings::{
    self, BeforeThis, Held, KeysInPlan, ModeBefore, ModeNow, Names, Now, SaidBefore, Signs,
    ValueNow, Warning,
};
use crate::values::{AnyValue, Known, Path, Value};

/// What a provider may remember of an object: nothing, once its private state is lost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "what is remembered is so, or not"
)]
pub struct Memory {
    /// What was last sent.
    pub sent: BTreeMap<Secret, String>,
    /// Keys that may have been changed elsewhere since.
    pub elsewhere: BTreeSet<Secret>,
    /// The last sign of that, as long as there are such keys.
    pub sign: Option<Sign>,
    /// Whether the last write sent keys again because of such a sign, and no reading has settled what
    /// came of it.
    pub reapplied: bool,
    /// Keys whose last write may or may not have been taken.
    pub in_doubt: BTreeSet<Secret>,
    /// The same of the URL.
    pub url_in_doubt: bool,
    /// Whether there was a loss: what is not in `sent` is not known.
    pub lost: bool,
    /// Whether it was not found, and no write got through since.
    pub absent: bool,
    /// The last `updated_at`, in the API's own spelling.
    pub updated_at: Option<String>,
    /// Whether the API was seen to leave that alone on an empty update.
    pub keeps: bool,
    /// A newer one that our own reading may have set, and whether something explained it.
    pub held_back: Option<(String, Explanation)>,
}

/// A sign of a change elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    Time,
    SwitchedOff,
}

impl Memory {
    /// With a loss noticed, if there is one beside this state.
    pub fn beside(mut self, state: &AnyValue) -> Self {
        let record = if self == Self::default() {
            Record::Blank
        } else {
            Record::Kept
        };
        let sent = if text(state, "credentials_updated_at").is_null() {
            Beside::NoKeySent
        } else {
            Beside::AKeySent
        };
        if memory::LOSSES.look_up((record, sent)) {
            self.lost = true;
            self.url_in_doubt = leaf(state, Leaf::Url).is_known();
        }
        self
    }

    fn forget(&mut self, secret: Secret) {
        self.sent.remove(&secret);
        self.in_doubt.remove(&secret);
        self.elsewhere.remove(&secret);
        self.sign = self.sign.filter(|_| !self.elsewhere.is_empty());
    }
}

/// What the API answers of a data source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub source: DataSource,
    /// Whether its `updated_at` is of the very request.
    pub stamped: bool,
    /// How its times are spelt.
    pub times: Spelling,
}

/// What a change sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    object: Object,
    pub keys: BTreeMap<Secret, Sent>,
    pub name: Sent,
    pub url: Sent,
    /// Why some of it is sent that may not have changed.
    again: BTreeSet<Why>,
}

impl Sending {
    fn writes(&self) -> Writes {
        let shown = |sent: &Sent| matches!(sent, Sent::Yes | Sent::AtApply);
        if self.keys.values().any(shown) {
            Writes::Key
        } else if shown(&self.url) {
            Writes::Url
        } else if shown(&self.name) {
            Writes::Name
        } else {
            Writes::Nothing
        }
    }

    /// Whether a request is made even if nothing is in it: there is something to learn.
    pub fn asks(&self) -> bool {
        match self.object {
            Object::Adopted | Object::Missing => true,
            Object::Managed => false,
        }
    }
}

/// A text attribute at a path; through null it is null, through unknown unknown.
pub fn text(value: &AnyValue, path: &str) -> Value<String> {
    let mut value = value;
    for step in Path::attributes(path).steps() {
        if !value.is_known() {
            break;
        }
        value = at(value, &Path::root().join(step.clone())).unwrap();
    }
    match value {
        Value::Null => Value::Null,
        Value::Unknown => Value::Unknown,
        Value::Known(Known::String(text)) => Value::Known(text.to_string()),
        Value::Known(_) => panic!("{path} is no text"),
    }
}

/// A configurable attribute.
pub fn leaf(value: &AnyValue, leaf: Leaf) -> Value<String> {
    text(value, &leaf.path())
}

fn block(value: &AnyValue, kind: Kind) -> &AnyValue {
    at(value, &Path::attributes(kind.block())).unwrap()
}

fn set(value: &mut AnyValue, name: &str, new: AnyValue) {
    let Value::Known(Known::Object(object)) = value else {
        panic!("no object");
    };
    object.insert(name.to_owned().into(), new);
}

/// A key in whichever form it is given.
fn key(value: &AnyValue, secret: Secret) -> Value<String> {
    match leaf(value, secret.leaf(Form::Plain)) {
        Value::Null => leaf(value, secret.leaf(Form::WriteOnly)),
        plain => plain,
    }
}

/// A URL as the API writes it.
fn bare(url: &str) -> &str {
    url.strip_prefix("https://")
        .unwrap_or(url)
        .trim_end_matches('/')
}

/// Whether a call refuses a configuration by itself.
pub fn refuses(call: Call, config: &AnyValue) -> bool {
    let given = |of: Leaf| match leaf(config, of) {
        Value::Null => Given::Null,
        Value::Unknown => Given::Unknown,
        Value::Known(_) => Given::Set,
    };
    let keys = Secret::ALL.map(|secret| {
        let [plain, write_only, version] =
            [Form::Plain, Form::WriteOnly, Form::Version].map(|form| given(secret.leaf(form)));
        validity::KEYS.look_up((call, plain, write_only, version))
    });
    let [one, other] = Kind::ALL.map(|kind| block_fact(config, kind));
    let blocks = validity::BLOCKS.look_up((call, one, other));
    keys.into_iter()
        .chain([blocks])
        .any(|verdict| verdict == validity::Verdict::Error)
}

fn block_fact(config: &AnyValue, kind: Kind) -> Block {
    let mut leaves = Leaf::ALL
        .into_iter()
        .filter(|leaf| leaf.kind() == Some(kind));
    match block(config, kind) {
        Value::Null => Block::Left,
        Value::Unknown => Block::Unclear,
        Value::Known(_) if leaves.clone().all(|of| leaf(config, of).is_null()) => Block::Empty,
        Value::Known(_) if !leaves.any(|of| leaf(config, of).is_known()) => Block::Unclear,
        Value::Known(_) => Block::Filled,
    }
}

/// Whether a plan refuses a configuration for a data source of this kind.
pub fn mismatches(config: &AnyValue, provider: &str) -> bool {
    let verdicts = Kind::ALL.map(|kind| {
        let fits = if kind.provider() == provider {
            Fits::Fitting
        } else {
            Fits::Unfitting
        };
        validity::KINDS.look_up((block_fact(config, kind), fits))
    });
    verdicts.contains(&validity::Verdict::Error)
}

/// What a change sends. `config` is after `ignore_changes`; `earlier` is what an earlier plan of
/// the same change came to, where core hands it over.
pub fn sending(
    config: &AnyValue,
    prior: Option<&AnyValue>,
    memory: &Memory,
    earlier: Option<&Sending>,
) -> Sending {
    let object = match prior {
        None => Object::Adopted,
        Some(_) if memory.absent => Object::Missing,
        Some(_) => Object::Managed,
    };
    let heard = |earlier: Option<Sent>| sending::DECIDED.look_up((earlier_fact(earlier), object));
    let texts = |of: Leaf, written: fn(&str) -> &str, in_doubt: bool| -> Decided {
        let before = prior.map(|prior| leaf(prior, of));
        let fact = match (leaf(config, of), before) {
            (Value::Null, _) => Text::Unset,
            (Value::Unknown, _) => Text::Unresolved,
            (Value::Known(now), Some(Value::Known(then))) if written(&now) == written(&then) => {
                Text::Same
            }
            (Value::Known(_), _) => Text::Other,
        };
        let certainty = if in_doubt {
            Certainty::InDoubt
        } else {
            Certainty::Certain
        };
        sending::TEXTS.look_up((object, fact, certainty))
    };
    let keys = Secret::ALL.map(|secret| {
        let decided = heard(earlier.map(|earlier| earlier.keys[&secret])).unwrap_or_else(|| {
            sending::KEYS.look_up((
                object,
                key_fact(config, memory, secret),
                certainty_fact(memory, secret),
                version_fact(config, prior, secret),
                elsewhere_fact(config, memory, secret),
            ))
        });
        (secret, decided)
    });
    let name = texts(Leaf::Name, |name| name, false);
    let url = heard(earlier.map(|earlier| earlier.url))
        .unwrap_or_else(|| texts(Leaf::Url, bare, memory.url_in_doubt));
    let decided = keys.iter().map(|(_, decided)| *decided);
    let again = decided.chain([name, url]).filter_map(|(_, why)| why);
    Sending {
        object,
        again: again.collect(),
        keys: keys.map(|(secret, (sent, _))| (secret, sent)).into(),
        name: name.0,
        url: url.0,
    }
}

fn earlier_fact(earlier: Option<Sent>) -> Earlier {
    match earlier {
        None => Earlier::NoneHeard,
        Some(Sent::OutOfPlay) => Earlier::HeardOutOfPlay,
        Some(Sent::No) => Earlier::HeardHeld,
        Some(Sent::Yes) => Earlier::HeardSent,
        Some(Sent::AtApply) => Earlier::HeardAtApply,
    }
}

fn certainty_fact(memory: &Memory, secret: Secret) -> Certainty {
    if memory.in_doubt.contains(&secret) {
        Certainty::InDoubt
    } else if memory.lost && !memory.sent.contains_key(&secret) {
        Certainty::Lost
    } else {
        Certainty::Certain
    }
}

fn key_fact(config: &AnyValue, memory: &Memory, secret: Secret) -> Key {
    let value = match key(config, secret) {
        Value::Null => return Key::NotGiven,
        Value::Unknown => return Key::Pending,
        Value::Known(value) => value,
    };
    match memory.sent.get(&secret) {
        Some(sent) if *sent == value => Key::LastSent,
        Some(_) => Key::NotLastSent,
        None => Key::NotRemembered,
    }
}

fn version_fact(config: &AnyValue, prior: Option<&AnyValue>, secret: Secret) -> Version {
    let version = secret.leaf(Form::Version);
    let before = prior.map(|prior| leaf(prior, version));
    match (leaf(config, version), before) {
        (Value::Known(now), Some(Value::Known(then))) if now == then => Version::Equal,
        (Value::Known(_), Some(Value::Known(_))) => Version::Different,
        (Value::Unknown, Some(Value::Known(_))) => Version::Undecided,
        _ => Version::NotBoth,
    }
}

fn elsewhere_fact(config: &AnyValue, memory: &Memory, secret: Secret) -> Elsewhere {
    match leaf(config, Leaf::Mode) {
        _ if !memory.elsewhere.contains(&secret) => Elsewhere::Untouched,
        Value::Unknown => Elsewhere::ModePending,
        Value::Known(mode) if mode == "reapply" => Elsewhere::ToReapply,
        _ => Elsewhere::Accepted,
    }
}

/// An attribute that the API answers, or `id`.
const ANSWERED: [(&str, Attribute); 9] = [
    ("id", Attribute::Id),
    ("name", Attribute::NameLeftOut),
    ("provider_name", Attribute::ProviderName),
    ("source_type", Attribute::SourceType),
    ("created_at", Attribute::CreatedAt),
    ("enabled", Attribute::Enabled),
    ("version", Attribute::ProductVersion),
    ("updated_at", Attribute::UpdatedAt),
    ("credentials_updated_at", Attribute::KeysSentAt),
];

fn member(value: &AnyValue, name: &str) -> AnyValue {
    at(value, &Path::attributes(name)).unwrap().clone()
}

/// The planned state of an adoption or an update.
pub fn planned(config: &AnyValue, prior: Option<&AnyValue>, sending: &Sending) -> AnyValue {
    let mut planned = config.clone();
    for secret in Secret::ALL {
        let kind = secret.kind().block();
        if let Value::Known(Known::Object(object)) = &mut planned
            && let Some(block @ Value::Known(_)) = object.get_mut(kind)
        {
            let path = secret.leaf(Form::WriteOnly).path();
            set(block, path.split_once('.').unwrap().1, Value::Null);
        }
    }
    for (name, attribute) in ANSWERED {
        // Under `ignore_changes = all` all of the state is configured.
        if !member(config, name).is_null() {
            continue;
        }
        let value = match showing::PLANNED.look_up((sending.object, attribute, sending.writes())) {
            Shown::AsBefore => member(prior.expect("updates alone have a before"), name),
            Shown::AfterApply => Value::Unknown,
            Shown::Null => Value::Null,
            Shown::AsConfigured => member(config, "data_source_id"),
            shown => panic!("no plan shows {shown:?}"),
        };
        set(&mut planned, name, value);
    }
    planned
}

/// The keys that apply sends: configured values come from the plan, write-only ones from the
/// configuration of the moment.
pub fn keys(sending: &Sending, planned: &AnyValue, config: &AnyValue) -> BTreeMap<Secret, String> {
    let sent = sending.keys.iter().filter_map(|(&secret, sent)| {
        let value = match leaf(planned, secret.leaf(Form::Plain)) {
            Value::Null => leaf(config, secret.leaf(Form::WriteOnly)),
            plain => plain,
        };
        match (sent, value) {
            (Sent::Yes, Value::Known(value)) => Some((secret, value)),
            _ => None,
        }
    });
    sent.collect()
}

/// The body of the write.
pub fn body(sending: &Sending, keys: &BTreeMap<Secret, String>, planned: &AnyValue) -> Json {
    let mut body = json!({});
    if let (Sent::Yes, Value::Known(name)) = (sending.name, leaf(planned, Leaf::Name)) {
        body["name"] = json!(name);
    }
    if let (Sent::Yes, Value::Known(url)) = (sending.url, leaf(planned, Leaf::Url)) {
        body["grafana_config"]["api_url"] = json!(bare(&url));
    }
    for (secret, value) in keys {
        let (block, key) = secret.field().split_once('.').unwrap();
        body[block][key] = json!(value);
    }
    body
}

/// The state after an apply. `answer`: what the API held then, if a request was made.
pub fn applied(
    planned: &AnyValue,
    prior: Option<&AnyValue>,
    answer: Option<&Found>,
    with_key: bool,
) -> AnyValue {
    let request = match (answer, with_key) {
        (None, _) => Request::NotMade,
        (Some(_), false) => Request::WithoutKey,
        (Some(_), true) => Request::WithKey,
    };
    let mut state = planned.clone();
    for (name, attribute) in ANSWERED {
        if !member(planned, name).is_unknown() {
            continue;
        }
        let value = match (showing::APPLIED.look_up((attribute, request)), answer) {
            (Shown::AsBefore, _) => prior.map(|prior| member(prior, name)).unwrap_or_default(),
            (Shown::TimeOfWrite, Some(answer)) => answered(answer, "updated_at"),
            (Shown::Answered, Some(answer)) => answered(answer, name),
            (shown, _) => panic!("no apply makes {name} {shown:?}"),
        };
        set(&mut state, name, value);
    }
    state
}

fn answered(answer: &Found, name: &str) -> AnyValue {
    let text = |text: &str| Value::text(text).into_any();
    let Found { source, times, .. } = answer;
    match name {
        "id" => text(&source.id),
        "name" => text(&source.name),
        "provider_name" => text(&source.provider),
        "source_type" => text(&source.source_type),
        "enabled" => Value::Known(Known::Bool(source.enabled)),
        "version" => source.version.as_deref().map_or(Value::Null, text),
        "created_at" => text(&source.created_at_as(*times)),
        "updated_at" => text(&source.updated_at_as(*times)),
        name => panic!("the API answers no {name}"),
    }
}

/// What is remembered after an apply that went well, besides what [`written`] says.
pub fn remembered(
    memory: &Memory,
    prior: Option<&AnyValue>,
    planned: &AnyValue,
    sending: &Sending,
    keys: &BTreeMap<Secret, String>,
    answer: Option<&Found>,
) -> Memory {
    let mut after = memory.clone();
    for (&secret, sent) in &sending.keys {
        let plain_before =
            prior.is_some_and(|prior| leaf(prior, secret.leaf(Form::Plain)).is_known());
        let block_before = prior.is_some_and(|prior| block(prior, secret.kind()).is_known());
        let management = if block_before && block(planned, secret.kind()).is_null() {
            Management::BlockTakenOut
        } else if plain_before
            && *sent == Sent::OutOfPlay
            && leaf(planned, secret.leaf(Form::Plain)).is_null()
        {
            Management::KeyTakenOut
        } else {
            Management::Stays
        };
        let handling = match sent {
            _ if keys.contains_key(&secret) => Handling::WasSent,
            Sent::No => Handling::InPlace,
            Sent::OutOfPlay | Sent::Yes | Sent::AtApply => Handling::LeftAlone,
        };
        match memory::KEYS.look_up((management, handling)) {
            After::AsBefore => {}
            After::Forgotten => after.forget(secret),
            After::TheNewValue => {
                after.forget(secret);
                after.sent.insert(secret, keys[&secret].clone());
            }
        }
    }
    if sending.url == Sent::Yes || leaf(planned, Leaf::Url).is_null() {
        after.url_in_doubt = false;
    }
    if let Some(answer) = answer {
        after.updated_at = Some(answer.source.updated_at());
        after.held_back = None;
    }
    after
}

/// What is remembered of the write of an update, beside what was remembered before it.
pub fn written(
    memory: &Memory,
    ended: Ended,
    planned: &AnyValue,
    keys: &BTreeMap<Secret, String>,
    with_url: bool,
) -> Memory {
    let marked = if keys.keys().any(|secret| memory.elsewhere.contains(secret)) {
        KeysSent::OneMarked
    } else {
        KeysSent::NoneMarked
    };
    let mode = match mode(planned) {
        Mode::Reapply => OnChange::Reapply,
        Mode::Warn | Mode::Ignore => OnChange::NoReapply,
    };
    let mut after = memory.clone();
    match memory::WRITES.look_up((ended, marked, mode)) {
        Write::Forgettable => {}
        Write::InDoubt => {
            after.in_doubt.extend(keys.keys());
            after.url_in_doubt |= with_url;
        }
        Write::Missing => after.absent = true,
        Write::GotThrough => (after.absent, after.reapplied) = (false, false),
        Write::Reapplied => (after.absent, after.reapplied) = (false, true),
    }
    after
}

/// `on_external_change` of a state.
fn mode(state: &AnyValue) -> Mode {
    match leaf(state, Leaf::Mode).known().map(String::as_str) {
        Some("reapply") => Mode::Reapply,
        Some("ignore") => Mode::Ignore,
        _ => Mode::Warn,
    }
}

/// A state that follows what was found, with what is remembered, and what is warned of.
pub fn refreshed(
    state: &AnyValue,
    memory: &Memory,
    found: &Found,
) -> (AnyValue, Memory, Vec<Warning>) {
    let mut memory = memory.clone().beside(state);
    let now = found.source.updated_at();
    let turn = if text(state, "created_at").is_null() {
        Turn::First
    } else {
        Turn::Later
    };
    let time = match &memory.updated_at {
        None => Time::NeverSeen,
        Some(seen) if now < *seen => Time::Older,
        Some(seen) if now > *seen => Time::Newer,
        Some(_) => Time::Same,
    };
    let before = memory.held_back.clone().filter(|(held, _)| *held == now);
    let origin = if before.is_some() {
        Origin::FoundBefore
    } else if found.stamped && !memory.keeps {
        Origin::PerhapsOurs
    } else {
        Origin::Elsewhere
    };
    let news = reading::TIMES.look_up((turn, time, origin));
    if news == News::Stale {
        return (state.clone(), memory, Vec::new());
    }
    let mut after = state.clone();
    for name in ["name", "provider_name", "source_type", "enabled", "version"] {
        set(&mut after, name, answered(found, name));
    }
    if turn == Turn::First {
        set(&mut after, "created_at", answered(found, "created_at"));
    }
    let differs = |name: &&str| member(state, name) != member(&after, name);
    let edits = if ["name", "provider_name", "source_type"].iter().any(differs) {
        Edits::Edited
    } else {
        Edits::Unedited
    };
    let switch = match (member(state, "enabled"), member(&after, "enabled")) {
        (Value::Known(Known::Bool(false)), Value::Known(Known::Bool(true))) => Switch::SwitchedOn,
        (Value::Known(Known::Bool(true)), Value::Known(Known::Bool(false))) => Switch::SwitchedOff,
        _ => Switch::Steady,
    };
    let managed: Vec<_> = Secret::ALL
        .into_iter()
        .filter(|secret| {
            memory.sent.contains_key(secret) || leaf(state, secret.leaf(Form::Plain)).is_known()
        })
        .collect();
    let keys = if managed.is_empty() {
        Keys::NoKey
    } else {
        Keys::SomeKey
    };
    let last_write = if memory.reapplied {
        LastWrite::Reapplied
    } else {
        LastWrite::Ordinary
    };
    let visible = reading::VISIBLE.look_up((edits, switch));
    let mut warnings = Vec::new();
    match news {
        News::Stale => {}
        News::Settled => (memory.keeps, memory.reapplied) = (true, false),
        News::HeldBack => memory.held_back = Some((now, visible)),
        News::Change => {
            let then = before.map_or(Explanation::Unexplained, |(_, then)| then);
            let unanswered = if memory.url_in_doubt || !memory.in_doubt.is_empty() {
                Unanswered::SomeWrite
            } else {
                Unanswered::NoWrite
            };
            let explanation =
                reading::EXPLANATIONS.look_up((turn, time, visible, then, unanswered));
            let sign = reading::SIGNS.look_up((explanation, keys, last_write, mode(state)));
            set(&mut after, "updated_at", answered(found, "updated_at"));
            memory.updated_at = Some(now);
            memory.keeps = !found.stamped;
            memory.held_back = None;
            memory.reapplied = false;
            if sign.marks {
                memory.elsewhere.extend(&managed);
                memory.sign = Some(Sign::Time);
            }
            warnings.extend(sign.says);
        }
    }
    let switched = reading::SWITCHES.look_up((switch, keys, last_write));
    if switched.marks {
        memory.elsewhere.extend(&managed);
        memory.sign = Some(Sign::SwitchedOff);
    }
    warnings.extend(switched.says);
    (after, memory, warnings)
}

/// What an update warns of. `said`: a reading of this run has said that it is not found.
pub fn update_warnings(
    config: &AnyValue,
    prior: &AnyValue,
    memory: &Memory,
    sending: &Sending,
    said: bool,
) -> Vec<Warning> {
    let mut all = left_behind(config, prior);
    let said = if said {
        SaidBefore::Said
    } else {
        SaidBefore::NotSaid
    };
    all.extend(warnings::MISSING.look_up((sending.object, said)));
    all.extend(sending.again.iter().map(|_| Warning::SentAgain));
    let before = if text(prior, "credentials_updated_at").is_null() {
        BeforeThis::NoKeySent
    } else {
        BeforeThis::AKeySent
    };
    let in_plan = match sending.writes() {
        Writes::Key => KeysInPlan::MaySend,
        Writes::Nothing | Writes::Name | Writes::Url => KeysInPlan::SendsNone,
    };
    all.extend(warnings::REPLACES.look_up((before, in_plan)));
    let was = match mode(prior) {
        Mode::Reapply => ModeBefore::WasReapply,
        Mode::Warn | Mode::Ignore => ModeBefore::WasOther,
    };
    let is = match (leaf(config, Leaf::Mode), mode(config)) {
        (Value::Null | Value::Known(_), Mode::Warn) => ModeNow::IsWarn,
        _ => ModeNow::IsOther,
    };
    let held = |secret: &Secret| sending.keys[secret] == Sent::No;
    let sign = match memory.sign {
        None => Signs::NoSign,
        Some(Sign::SwitchedOff) => Signs::Off,
        Some(Sign::Time) if memory.elsewhere.iter().any(held) => Signs::TimeAndHeld,
        Some(Sign::Time) => Signs::TimeAndSent,
    };
    all.extend(warnings::FORGOTTEN.look_up((was, is, sign)));
    all
}

/// What an adoption warns of besides what its reading says.
pub fn renames(config: &AnyValue, found: Option<&DataSource>) -> Option<Warning> {
    let names = match (leaf(config, Leaf::Name), found) {
        (Value::Known(name), Some(found)) if name == found.name => Names::Alike,
        (Value::Known(_), Some(_)) => Names::Unlike,
        _ => Names::NotCompared,
    };
    warnings::RENAMES.look_up((names,))
}

/// What an update warns of because the configuration lacks it now.
fn left_behind(config: &AnyValue, prior: &AnyValue) -> Vec<Warning> {
    let held = |is: bool| if is { Held::InState } else { Held::NotHeld };
    let now = |kind| match block_fact(config, kind) {
        Block::Left => Now::Gone,
        Block::Unclear => Now::Pending,
        Block::Empty | Block::Filled => Now::There,
    };
    let blocks = Kind::ALL
        .map(|kind| warnings::BLOCKS.look_up((held(block(prior, kind).is_known()), now(kind))));
    let value = |kind, before: Value<String>, given: &Value<String>| {
        let given = if given.is_null() {
            ValueNow::LeftOut
        } else {
            ValueNow::Given
        };
        warnings::VALUES.look_up((held(before.is_known()), now(kind), given))
    };
    let keys = Secret::ALL.map(|secret| {
        let before = leaf(prior, secret.leaf(Form::Plain));
        value(secret.kind(), before, &key(config, secret))
    });
    let url = value(
        Kind::Grafana,
        leaf(prior, Leaf::Url),
        &leaf(config, Leaf::Url),
    );
    let all = blocks.into_iter().chain(keys).chain([url]);
    all.flatten().collect()
}

/// Whether the second planning agrees with the first.
pub fn agrees(first: &AnyValue, second: &AnyValue) -> bool {
    let verdict = replan::judge((Action::Update, first), (Action::Update, second));
    !verdict.breaks(Rule::ReplanKnown)
}
