//! What is to be expected, restated from the issue texts and not from the code:
//! which keys are sent (the table of write-only keys), what a plan shows, what
//! a refresh takes over, and when a change outside is noticed.

use std::collections::{BTreeMap, BTreeSet};

use super::config::{Form, Kind, Leaf, Secret};
use crate::rules::Rule;
use crate::rules::Verdict;
use crate::rules::value::at;
use crate::values::{AnyValue, Known, Path, Value};
use incident_sandbox::DataSource;
use serde_json::{Value as Json, json};

/// What private state ought to remember of an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Belief {
    /// What was last sent, by hash.
    pub sent: BTreeMap<Secret, String>,
    /// Marked as changed outside since.
    pub outside: BTreeSet<Secret>,
    /// Keys whose last write may or may not have been taken.
    pub doubt: BTreeSet<Secret>,
    /// The same of the URL.
    pub doubt_url: bool,
    /// The last `updated_at`.
    pub seen: Option<String>,
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

pub fn leaf(value: &AnyValue, leaf: Leaf) -> Value<String> {
    text(value, &leaf.path())
}

fn block(value: &AnyValue, kind: Kind) -> &AnyValue {
    at(value, &Path::attributes(kind.block())).unwrap()
}

fn put(value: &mut AnyValue, name: &str, new: AnyValue) {
    let Value::Known(Known::Object(object)) = value else {
        panic!("no object");
    };
    object.insert(name.to_owned().into(), new);
}

/// A secret in whichever form it is given.
fn given(value: &AnyValue, secret: Secret) -> Value<String> {
    match leaf(value, secret.leaf(Form::Plain)) {
        Value::Null => leaf(value, secret.leaf(Form::WriteOnly)),
        plain => plain,
    }
}

/// Two ways to say one thing: refused at validate and at plan.
pub fn conflicts(config: &AnyValue) -> bool {
    let both_forms = Secret::ALL.into_iter().any(|secret| {
        leaf(config, secret.leaf(Form::Plain)).is_known()
            && leaf(config, secret.leaf(Form::WriteOnly)).is_known()
    });
    both_forms
        || Kind::ALL
            .into_iter()
            .all(|kind| block(config, kind).is_known())
}

/// What validate refuses.
pub fn invalid(config: &AnyValue, write_only_allowed: bool) -> bool {
    let loose_version = Secret::ALL.into_iter().any(|secret| {
        leaf(config, secret.leaf(Form::Version)).is_known()
            && leaf(config, secret.leaf(Form::WriteOnly)).is_null()
    });
    let empty = Kind::ALL.into_iter().any(|kind| {
        let mut leaves = Leaf::ALL
            .into_iter()
            .filter(|leaf| leaf.kind() == Some(kind));
        block(config, kind).is_known() && leaves.all(|found| leaf(config, found).is_null())
    });
    let too_old = !write_only_allowed
        && Secret::ALL
            .into_iter()
            .any(|secret| leaf(config, secret.leaf(Form::WriteOnly)).is_known());
    conflicts(config) || loose_version || empty || too_old
}

/// Whether a block is configured that does not fit.
pub fn mismatched(config: &AnyValue, provider: &str) -> bool {
    Kind::ALL
        .into_iter()
        .any(|kind| kind.provider() != provider && block(config, kind).is_known())
}

/// Whether a key will be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Will {
    No,
    Yes,
    Maybe,
}

/// What a change comes to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Intent {
    /// Keys in play.
    pub secrets: BTreeMap<Secret, Will>,
    pub name: Value<String>,
    pub url: Value<String>,
}

impl Intent {
    fn secrets(&self) -> bool {
        self.secrets.values().any(|will| *will != Will::No)
    }

    fn access(&self) -> bool {
        self.secrets() || !self.url.is_null()
    }

    fn anything(&self) -> bool {
        self.access() || !self.name.is_null()
    }
}

fn bare(url: &str) -> &str {
    url.strip_prefix("https://")
        .unwrap_or(url)
        .trim_end_matches('/')
}

/// The table of issue B, and what goes with it. `held`: an earlier plan's
/// decisions, which stand.
pub fn intend(
    config: &AnyValue,
    prior: Option<&AnyValue>,
    belief: &Belief,
    held: Option<&Intent>,
) -> Intent {
    let changed = |wanted: Value<String>,
                   before: Option<Value<String>>,
                   same: fn(&str, &str) -> bool| {
        match (&wanted, &before) {
            (Value::Known(wanted), Some(Value::Known(before))) if same(wanted, before) => {
                Value::Null
            }
            _ => wanted,
        }
    };
    let mut intent = Intent {
        name: changed(
            leaf(config, Leaf::Name),
            prior.map(|prior| leaf(prior, Leaf::Name)),
            |a, b| a == b,
        ),
        url: changed(
            leaf(config, Leaf::Url),
            prior
                .map(|prior| leaf(prior, Leaf::Url))
                .filter(|_| !belief.doubt_url),
            |a, b| bare(a) == bare(b),
        ),
        ..Intent::default()
    };
    for secret in Secret::ALL {
        let decided = || match given(config, secret) {
            Value::Null => None,
            value => Some(decide(secret, &value, config, prior, belief)),
        };
        let will = match held {
            None => decided(),
            Some(held) => match held.secrets.get(&secret) {
                None => None,
                Some(Will::Maybe) => decided(),
                Some(will) => Some(*will),
            },
        };
        intent.secrets.extend(will.map(|will| (secret, will)));
    }
    intent
}

fn decide(
    secret: Secret,
    value: &Value<String>,
    config: &AnyValue,
    prior: Option<&AnyValue>,
    belief: &Belief,
) -> Will {
    let Some(prior) = prior else {
        return if value.is_known() {
            Will::Yes
        } else {
            Will::Maybe
        };
    };
    if belief.doubt.contains(&secret) {
        return Will::Yes;
    }
    let version = leaf(config, secret.leaf(Form::Version));
    let version_before = leaf(prior, secret.leaf(Form::Version));
    let will = match (&version, &version_before) {
        (Value::Known(now), Value::Known(then)) if now == then => Will::No,
        (Value::Known(_), Value::Known(_)) => Will::Yes,
        (Value::Unknown, Value::Known(_)) => Will::Maybe,
        _ => match value {
            Value::Known(value) => {
                // A state that has lost its private state still holds a plain key.
                let in_place = match belief.sent.get(&secret) {
                    Some(sent) => sent == value,
                    None => leaf(prior, secret.leaf(Form::Plain)) == Value::Known(value.clone()),
                };
                if in_place { Will::No } else { Will::Yes }
            }
            _ => Will::Maybe,
        },
    };
    let mode = leaf(config, Leaf::Mode);
    match (belief.outside.contains(&secret), mode, will) {
        (true, Value::Known(mode), _) if mode == "reapply" => Will::Yes,
        (true, Value::Unknown, Will::No) => Will::Maybe,
        (_, _, will) => will,
    }
}

/// The planned state of an adoption or an update.
pub fn planned(config: &AnyValue, prior: Option<&AnyValue>, intent: &Intent) -> AnyValue {
    let mut planned = config.clone();
    for secret in Secret::ALL {
        let kind = secret.kind().block();
        if let Value::Known(Known::Object(object)) = &mut planned
            && let Some(block @ Value::Known(_)) = object.get_mut(kind)
        {
            let path = secret.leaf(Form::WriteOnly).path();
            put(block, path.split_once('.').unwrap().1, Value::Null);
        }
    }
    let before = |name: &str| {
        let prior = prior.expect("asked of updates only");
        at(prior, &Path::attributes(name)).unwrap().clone()
    };
    let unknown_if = |unknown: bool, name: &str| {
        if unknown {
            Value::Unknown
        } else {
            before(name)
        }
    };
    let adopts = prior.is_none();
    put(
        &mut planned,
        "id",
        if adopts {
            at(config, &Path::attributes("data_source_id"))
                .unwrap()
                .clone()
        } else {
            before("id")
        },
    );
    if leaf(config, Leaf::Name).is_null() {
        let name = if adopts {
            Value::Unknown
        } else {
            before("name")
        };
        put(&mut planned, "name", name);
    }
    for name in ["provider_name", "source_type", "created_at"] {
        put(&mut planned, name, unknown_if(adopts, name));
    }
    for name in ["enabled", "version"] {
        put(
            &mut planned,
            name,
            unknown_if(adopts || intent.access(), name),
        );
    }
    put(
        &mut planned,
        "updated_at",
        unknown_if(adopts || intent.anything(), "updated_at"),
    );
    put(
        &mut planned,
        "credentials_updated_at",
        match (intent.secrets(), adopts) {
            (true, _) => Value::Unknown,
            (false, true) => Value::Null,
            (false, false) => before("credentials_updated_at"),
        },
    );
    planned
}

/// The keys that apply sends: configured values come from the plan, write-only
/// ones from the configuration of the moment.
pub fn keys(intent: &Intent, planned: &AnyValue, config: &AnyValue) -> BTreeMap<Secret, String> {
    let sent = intent.secrets.iter().filter_map(|(&secret, will)| {
        let value = match leaf(planned, secret.leaf(Form::Plain)) {
            Value::Null => leaf(config, secret.leaf(Form::WriteOnly)),
            plain => plain,
        };
        match (will, value) {
            (Will::Yes, Value::Known(value)) => Some((secret, value)),
            _ => None,
        }
    });
    sent.collect()
}

/// The body of the write.
pub fn body(intent: &Intent, keys: &BTreeMap<Secret, String>) -> Json {
    let mut body = json!({});
    if let Value::Known(name) = &intent.name {
        body["name"] = json!(name);
    }
    if let Value::Known(url) = &intent.url {
        body["grafana_config"]["api_url"] = json!(bare(url));
    }
    for (secret, value) in keys {
        let (block, key) = secret.field().split_once('.').unwrap();
        body[block][key] = json!(value);
    }
    body
}

/// The state after an apply. `answer`: what the API held then, if it was asked.
pub fn applied(
    planned: &AnyValue,
    prior: Option<&AnyValue>,
    answer: Option<&DataSource>,
    sent_keys: bool,
) -> AnyValue {
    let mut state = planned.clone();
    let Value::Known(Known::Object(object)) = &mut state else {
        panic!("no object");
    };
    for (name, value) in object.iter_mut() {
        if !value.is_unknown() {
            continue;
        }
        let before = || {
            let found = prior.and_then(|prior| at(prior, &Path::attributes(name)));
            found.cloned().unwrap_or_default()
        };
        *value = match (answer, name.as_ref()) {
            (Some(answer), "credentials_updated_at") if sent_keys => {
                text_value(&answer.updated_at())
            }
            (_, "credentials_updated_at") | (None, _) => before(),
            (Some(answer), name) => answered(answer, name),
        };
    }
    state
}

fn text_value(text: &str) -> AnyValue {
    Value::text(text).into_any()
}

fn answered(answer: &DataSource, name: &str) -> AnyValue {
    match name {
        "name" => text_value(&answer.name),
        "provider_name" => text_value(&answer.provider),
        "source_type" => text_value(&answer.source_type),
        "enabled" => Value::Known(Known::Bool(answer.enabled)),
        "version" => answer.version.as_deref().map_or(Value::Null, text_value),
        "created_at" => text_value(&answer.created_at()),
        "updated_at" => text_value(&answer.updated_at()),
        name => panic!("nobody answers {name}"),
    }
}

/// What private state remembers after an apply.
pub fn remember(
    belief: &Belief,
    prior: Option<&AnyValue>,
    planned: &AnyValue,
    intent: &Intent,
    keys: &BTreeMap<Secret, String>,
    answer: Option<&DataSource>,
) -> Belief {
    let mut belief = match prior {
        Some(_) => belief.clone(),
        None => Belief::default(),
    };
    for secret in Secret::ALL {
        let block_gone = prior.is_some_and(|prior| block(prior, secret.kind()).is_known())
            && block(planned, secret.kind()).is_null();
        let key_gone = prior.is_some_and(|prior| leaf(prior, secret.leaf(Form::Plain)).is_known())
            && !intent.secrets.contains_key(&secret)
            && leaf(planned, secret.leaf(Form::Plain)).is_null();
        if block_gone || key_gone {
            belief.sent.remove(&secret);
            belief.doubt.remove(&secret);
            belief.outside.remove(&secret);
        }
    }
    // A plain key that state alone vouched for is remembered from now on.
    for (&secret, will) in &intent.secrets {
        if let (Will::No, Some(Value::Known(plain))) = (
            will,
            prior.map(|prior| leaf(prior, secret.leaf(Form::Plain))),
        ) {
            belief.sent.entry(secret).or_insert(plain);
        }
    }
    for (&secret, value) in keys {
        belief.sent.insert(secret, value.clone());
        belief.doubt.remove(&secret);
        belief.outside.remove(&secret);
    }
    if intent.url.is_known() || leaf(planned, Leaf::Url).is_null() {
        belief.doubt_url = false;
    }
    if let Some(answer) = answer {
        belief.seen = Some(answer.updated_at());
    }
    belief
}

/// A refresh: the new state and belief, and whether a change outside is said.
/// `stamped`: the API stamps empty updates, so `updated_at` tells nothing.
pub fn refreshed(
    state: &AnyValue,
    belief: &Belief,
    answer: &DataSource,
    stamped: bool,
) -> (AnyValue, Belief, bool) {
    let first = text(state, "created_at").is_null();
    let mut state_after = state.clone();
    for name in ["name", "provider_name", "source_type", "enabled", "version"] {
        put(&mut state_after, name, answered(answer, name));
    }
    let visible = state_after != *state;
    let mut belief = belief.clone();
    let mut said = false;
    let news = belief.seen.as_deref() != Some(&answer.updated_at());
    if first {
        put(
            &mut state_after,
            "created_at",
            answered(answer, "created_at"),
        );
    }
    if first || (news && !stamped) {
        put(
            &mut state_after,
            "updated_at",
            answered(answer, "updated_at"),
        );
        let doubted = belief.doubt_url || !belief.doubt.is_empty();
        let explained = first || visible || doubted || belief.seen.is_none();
        belief.seen = Some(answer.updated_at());
        if !explained {
            let managed = Secret::ALL.into_iter().filter(|&secret| {
                belief.sent.contains_key(&secret)
                    || leaf(state, secret.leaf(Form::Plain)).is_known()
            });
            let managed: Vec<_> = managed.collect();
            let mode = leaf(state, Leaf::Mode);
            said =
                !managed.is_empty() && (mode.is_null() || mode == Value::Known("warn".to_owned()));
            belief.outside.extend(managed);
        }
    }
    (state_after, belief, said)
}

/// Whether the second planning agrees with the first.
pub fn agrees(first: &AnyValue, second: &AnyValue) -> bool {
    use crate::core::Action;
    let verdict: Verdict =
        crate::rules::replan::judge((Action::Update, first), (Action::Update, second));
    !verdict.breaks(Rule::ReplanKnown)
}
