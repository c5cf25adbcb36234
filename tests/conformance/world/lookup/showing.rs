//! What plans show, and what states hold after an apply.

use super::{Found, Sending, answered, member, set};
use crate::core::Action;
use crate::rules::{Rule, replan};
use crate::table::showing::{self, Attribute, Request, Shown};
use crate::values::{AnyValue, Known, Value};
use crate::world::config::{Form, Secret};

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

/// Whether the second planning agrees with the first.
pub fn agrees(first: &AnyValue, second: &AnyValue) -> bool {
    let verdict = replan::judge((Action::Update, first), (Action::Update, second));
    !verdict.breaks(Rule::ReplanKnown)
}
