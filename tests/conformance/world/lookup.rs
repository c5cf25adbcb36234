//! Tells which situation a walk is in, looks it up in the tables, and puts what the row says into
//! values. There are no rules here: what depends on a situation stands in a table.

use std::collections::{BTreeMap, BTreeSet};

use incident_sandbox::DataSource;
use serde_json::{Value as Json, json};

use super::config::{Form, Kind, Leaf, Secret};
use crate::core::Action;
use crate::rules::value::at;
use crate::rules::{Rule, replan};
use crate::table::memory::{self, After, Handling, Management, Record, SensitiveForm};
use crate::table::reading::{self, Change, Keys, Mode, Stamps, Time, Turn, Visible};
use crate::table::sending::{self, Doubt, Earlier, Elsewhere, Key, Object, Sent, Text, Version};
use crate::table::showing::{self, Attribute, Request, Shown, Writes};
use crate::table::validity::{self, Block, Call, Fits, Given};
use crate::table::warnings::{self, Held, Now, ValueNow, Warning};
use crate::values::{AnyValue, Known, Path, Value};

/// What a provider may remember of an object: nothing, once its private state is lost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Memory {
    /// What was last sent.
    pub sent: BTreeMap<Secret, String>,
    /// Keys that may have been changed elsewhere since.
    pub elsewhere: BTreeSet<Secret>,
    /// Keys whose last write may or may not have been taken.
    pub in_doubt: BTreeSet<Secret>,
    /// The same of the URL.
    pub url_in_doubt: bool,
    /// The last `updated_at`.
    pub updated_at: Option<String>,
}

/// What a change sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    pub keys: BTreeMap<Secret, Sent>,
    pub name: Sent,
    pub url: Sent,
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

fn doubt(in_doubt: bool) -> Doubt {
    if in_doubt {
        Doubt::InDoubt
    } else {
        Doubt::Certain
    }
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
        Value::Known(_) if leaves.all(|of| leaf(config, of).is_null()) => Block::Empty,
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
    let texts = |of: Leaf, written: fn(&str) -> &str, in_doubt: bool| {
        let before = prior.map(|prior| leaf(prior, of));
        let fact = match (leaf(config, of), before) {
            (Value::Null, _) => Text::Unset,
            (Value::Unknown, _) => Text::Unresolved,
            (Value::Known(now), Some(Value::Known(then))) if written(&now) == written(&then) => {
                Text::Same
            }
            (Value::Known(_), _) => Text::Other,
        };
        sending::TEXTS.look_up((fact, doubt(in_doubt)))
    };
    let object = object(prior);
    let keys = Secret::ALL.map(|secret| {
        let decided = sending::DECIDED.look_up((earlier_fact(earlier, secret), object));
        let sent = decided.unwrap_or_else(|| {
            sending::KEYS.look_up((
                object,
                key_fact(config, prior, memory, secret),
                doubt(memory.in_doubt.contains(&secret)),
                version_fact(config, prior, secret),
                elsewhere_fact(config, memory, secret),
            ))
        });
        (secret, sent)
    });
    Sending {
        keys: keys.into(),
        name: texts(Leaf::Name, |name| name, false),
        url: texts(Leaf::Url, bare, memory.url_in_doubt),
    }
}

fn object(prior: Option<&AnyValue>) -> Object {
    prior.map_or(Object::Adopted, |_| Object::Managed)
}

fn earlier_fact(earlier: Option<&Sending>, secret: Secret) -> Earlier {
    match earlier.map(|earlier| earlier.keys[&secret]) {
        None => Earlier::NoneHeard,
        Some(Sent::OutOfPlay) => Earlier::HeardOutOfPlay,
        Some(Sent::No) => Earlier::HeardHeld,
        Some(Sent::Yes) => Earlier::HeardSent,
        Some(Sent::AtApply) => Earlier::HeardAtApply,
    }
}

fn key_fact(config: &AnyValue, prior: Option<&AnyValue>, memory: &Memory, secret: Secret) -> Key {
    let value = match key(config, secret) {
        Value::Null => return Key::NotGiven,
        Value::Unknown => return Key::Pending,
        Value::Known(value) => value,
    };
    let in_state = prior.map(|prior| leaf(prior, secret.leaf(Form::Plain)));
    match memory.sent.get(&secret) {
        Some(sent) if *sent == value => Key::LastSent,
        Some(_) => Key::NotLastSent,
        None if in_state == Some(Value::Known(value)) => Key::InState,
        None => Key::NeverSent,
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
    let object = object(prior);
    for (name, attribute) in ANSWERED {
        if name == "name" && !leaf(config, Leaf::Name).is_null() {
            continue;
        }
        let value = match showing::PLANNED.look_up((object, attribute, sending.writes())) {
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
    answer: Option<&DataSource>,
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

fn answered(answer: &DataSource, name: &str) -> AnyValue {
    let text = |text: &str| Value::text(text).into_any();
    match name {
        "id" => text(&answer.id),
        "name" => text(&answer.name),
        "provider_name" => text(&answer.provider),
        "source_type" => text(&answer.source_type),
        "enabled" => Value::Known(Known::Bool(answer.enabled)),
        "version" => answer.version.as_deref().map_or(Value::Null, text),
        "created_at" => text(&answer.created_at()),
        "updated_at" => text(&answer.updated_at()),
        name => panic!("the API answers no {name}"),
    }
}

/// What is remembered after an apply that went well.
pub fn remembered(
    memory: &Memory,
    prior: Option<&AnyValue>,
    planned: &AnyValue,
    sending: &Sending,
    keys: &BTreeMap<Secret, String>,
    answer: Option<&DataSource>,
) -> Memory {
    let mut after = match prior {
        Some(_) => memory.clone(),
        None => Memory::default(),
    };
    for (&secret, sent) in &sending.keys {
        let plain = prior.map(|prior| leaf(prior, secret.leaf(Form::Plain)));
        let plain = plain.and_then(|plain| plain.known().cloned());
        let block_before = prior.is_some_and(|prior| block(prior, secret.kind()).is_known());
        let management = if block_before && block(planned, secret.kind()).is_null() {
            Management::BlockTakenOut
        } else if plain.is_some()
            && *sent == Sent::OutOfPlay
            && leaf(planned, secret.leaf(Form::Plain)).is_null()
        {
            Management::KeyTakenOut
        } else {
            Management::Stays
        };
        let play = match sent {
            _ if keys.contains_key(&secret) => Handling::WasSent,
            Sent::No => Handling::InPlace,
            Sent::OutOfPlay | Sent::Yes | Sent::AtApply => Handling::LeftAlone,
        };
        let record = match after.sent.get(&secret) {
            Some(_) => Record::Kept,
            None => Record::Blank,
        };
        let form = match plain {
            Some(_) => SensitiveForm::InState,
            None => SensitiveForm::NotInState,
        };
        let value = match memory::KEYS.look_up((management, play, record, form)) {
            After::AsBefore => continue,
            After::Forgotten => None,
            After::TheNewValue => keys.get(&secret).cloned(),
            After::TheStatesValue => {
                after.sent.extend(plain.map(|plain| (secret, plain)));
                continue;
            }
        };
        after.sent.remove(&secret);
        after.in_doubt.remove(&secret);
        after.elsewhere.remove(&secret);
        after.sent.extend(value.map(|value| (secret, value)));
    }
    if sending.url == Sent::Yes || leaf(planned, Leaf::Url).is_null() {
        after.url_in_doubt = false;
    }
    if let Some(answer) = answer {
        after.updated_at = Some(answer.updated_at());
    }
    after
}

/// A state that follows what was found: with what is remembered, and whether that is warned of.
pub fn refreshed(
    state: &AnyValue,
    memory: &Memory,
    found: &DataSource,
    overwrites: bool,
) -> (AnyValue, Memory, Option<Warning>) {
    let mut after = state.clone();
    for name in ["name", "provider_name", "source_type", "enabled", "version"] {
        set(&mut after, name, answered(found, name));
    }
    let managed: Vec<_> = Secret::ALL
        .into_iter()
        .filter(|secret| {
            memory.sent.contains_key(secret) || leaf(state, secret.leaf(Form::Plain)).is_known()
        })
        .collect();
    let first = text(state, "created_at").is_null();
    let change = reading::CHANGES.look_up((
        if first { Turn::First } else { Turn::Later },
        match &memory.updated_at {
            None => Time::NeverSeen,
            Some(seen) if *seen == found.updated_at() => Time::Unmoved,
            Some(_) => Time::Moved,
        },
        if overwrites {
            Stamps::Overwrites
        } else {
            Stamps::Keeps
        },
        if after == *state {
            Visible::NothingElse
        } else {
            Visible::SomethingElse
        },
        doubt(memory.url_in_doubt || !memory.in_doubt.is_empty()),
        if managed.is_empty() {
            Keys::NoKey
        } else {
            Keys::SomeKey
        },
        match leaf(state, Leaf::Mode).known().map(String::as_str) {
            Some("reapply") => Mode::Reapply,
            Some("ignore") => Mode::Ignore,
            _ => Mode::Warn,
        },
    ));
    let mut memory = memory.clone();
    if first {
        set(&mut after, "created_at", answered(found, "created_at"));
    }
    if change != Change::None {
        set(&mut after, "updated_at", answered(found, "updated_at"));
        memory.updated_at = Some(found.updated_at());
    }
    if matches!(change, Change::Noticed | Change::Warned) {
        memory.elsewhere.extend(managed);
    }
    let warning = (change == Change::Warned).then_some(Warning::ChangedElsewhere);
    (after, memory, warning)
}

/// What an update warns of because the configuration lacks it now.
pub fn left_behind(config: &AnyValue, prior: &AnyValue) -> Vec<Warning> {
    let held = |is: bool| if is { Held::InState } else { Held::NotHeld };
    let now = |kind| match block(config, kind) {
        Value::Null => Now::Gone,
        Value::Unknown => Now::Pending,
        Value::Known(_) => Now::There,
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
