//! What a plan shows, and what becomes of it.

use incident_sandbox::DataSource;

use super::sending::object;
use super::{Sending, leaf, set};
use crate::core::Action;
use crate::rules::value::at;
use crate::rules::{Rule, replan};
use crate::table::showing::{self, Attribute, Request, Shown};
use crate::values::{AnyValue, Known, Path, Value};
use crate::world::config::{Form, Leaf, Secret};

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

pub(super) fn answered(answer: &DataSource, name: &str) -> AnyValue {
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

/// Whether the second planning agrees with the first.
pub fn agrees(first: &AnyValue, second: &AnyValue) -> bool {
    let verdict = replan::judge((Action::Update, first), (Action::Update, second));
    !verdict.breaks(Rule::ReplanKnown)
}
