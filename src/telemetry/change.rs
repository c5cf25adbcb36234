//! What a write has to say: the one place where that is decided.

use std::collections::BTreeMap;

use terraform_plugin::{Text, Value};

use super::attributes::{Field, Input, RETURNED, Returned, has_been_read};
use super::model::{OnExternalChange, TelemetryDataSource};
use super::private::{Decision, Decisions, PrivateState};
use crate::client::DataSourceUpdate;

/// What the practitioner wants incident.io to hold.
pub(crate) struct Desired<'a> {
    /// Where ordinary values are taken from.
    model: &'a TelemetryDataSource,
    /// Where write-only values are taken from.
    write_only: &'a TelemetryDataSource,
    /// Whether an unknown value may still turn out to be configured.
    planning: bool,
}

impl<'a> Desired<'a> {
    /// From a configuration after `ignore_changes`, as planning sees it.
    pub(crate) fn planning(config: &'a TelemetryDataSource) -> Self {
        Self {
            model: config,
            write_only: config,
            planning: true,
        }
    }

    /// From what apply is given. Its configuration is the one before `ignore_changes`, so it is
    /// asked for write-only values alone, and the plan's decisions say which of those were in play.
    pub(crate) fn applying(
        planned: &'a TelemetryDataSource,
        config: &'a TelemetryDataSource,
    ) -> Self {
        Self {
            model: planned,
            write_only: config,
            planning: false,
        }
    }

    fn input(&self, field: Field) -> Input {
        Input {
            write_only: field.of(self.write_only).write_only,
            ..field.of(self.model)
        }
    }

    /// Whether an attribute that the API returns is wanted otherwise than it was.
    fn differs(&self, row: &Returned, prior: Option<&TelemetryDataSource>) -> bool {
        // Configured values are known when applying: an unknown one is the API's to give.
        let unknown = row.column.is_unknown(self.model) && !self.planning;
        let same = prior.is_some_and(|prior| row.column.is_same(self.model, prior));
        row.column.is_sent() && !row.column.is_null(self.model) && !unknown && !same
    }
}

/// The write that a change needs.
#[derive(Default)]
pub(crate) struct Change {
    /// What to send of the attributes that the API returns, or what may have to be sent.
    attributes: Vec<&'static Returned>,
    /// Fields to send, in the API's form. `Unknown` where the decision stands and the value does
    /// not.
    pub(crate) fields: BTreeMap<Field, Value<Text>>,
    /// What was decided of each field in play.
    pub(crate) decisions: Decisions,
    /// The fields that are sent whether their values have changed or not, and why.
    pub(crate) again: BTreeMap<Field, Why>,
    /// Whether everything configured is sent, even if that is nothing: what incident.io has under
    /// this id, if anything, is not known.
    pub(crate) is_whole: bool,
}

/// Why a value is sent whether it has changed or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Why {
    /// There are signs that it was changed elsewhere, and it is wanted as configured.
    Reapply,
    /// The last write of it may or may not have been taken.
    InDoubt,
    /// The record of what was sent was lost.
    Lost,
}

impl Change {
    /// Decides what to send to get from `prior` (`None`: nothing of this resource was ever sent) to
    /// `desired`. `earlier` are the decisions of an earlier call for the same change, which stand;
    /// fields that were not in play then are not now.
    pub(crate) fn decide(
        desired: &Desired<'_>,
        prior: Option<&TelemetryDataSource>,
        private: &PrivateState,
        earlier: Option<&Decisions>,
    ) -> Self {
        let is_whole = prior.is_some_and(|prior| private.absent || !has_been_read(prior));
        let known = prior.filter(|_| !is_whole);
        let returned = RETURNED.into_iter();
        let mut change = Self {
            attributes: returned.filter(|row| desired.differs(row, known)).collect(),
            is_whole,
            ..Self::default()
        };
        let mode = OnExternalChange::of(desired.model);
        for field in Field::all() {
            let input = desired.input(field);
            let decide = || {
                let before = prior.map(|prior| field.of(prior));
                decision(field, &input, before.as_ref(), private, &mode)
            };
            let (decision, why) = match earlier.map(|earlier| earlier.get(&field)) {
                None | Some(Some(Decision::Open)) => decide(),
                Some(earlier) => (earlier.copied(), None),
            };
            let Some(decision) = decision else { continue };
            change.decisions.insert(field, decision);
            change.again.extend(why.map(|why| (field, why)));
            if decision == Decision::Send && !input.value().is_null() {
                let form = |text: Text| Text::new((field.row().form)(&text));
                change.fields.insert(field, input.value().clone().map(form));
            }
        }
        change
    }

    /// The body that says it, with attributes from the planned state.
    pub(crate) fn body(&self, planned: &TelemetryDataSource) -> DataSourceUpdate {
        let mut update = DataSourceUpdate::default();
        for row in &self.attributes {
            row.column.send(planned, &mut update);
        }
        for (field, value) in &self.fields {
            if let Some(value) = value.as_str() {
                (field.row().body)(&mut update, value);
            }
        }
        update
    }

    /// The names of what will be sent, or may be; for logs.
    pub(crate) fn names(&self) -> Vec<String> {
        let attributes = self.attributes.iter();
        let attributes = attributes.map(|row| (row.schema)().name.to_owned());
        attributes
            .chain(self.open().map(|field| field.to_string()))
            .collect()
    }

    /// Whether a key will be sent, or may be.
    pub(crate) fn touches_keys(&self) -> bool {
        self.open().any(Field::is_key)
    }

    /// Whether something will be sent, or may be, that can bring a data source back to life.
    pub(crate) fn touches_access(&self) -> bool {
        self.open().next().is_some()
    }

    /// Whether anything will be sent, or may be.
    pub(crate) fn touches_anything(&self) -> bool {
        self.is_whole || self.touches_access() || !self.attributes.is_empty()
    }

    /// The fields that will be sent, or may be.
    fn open(&self) -> impl Iterator<Item = Field> {
        let decided = self.decisions.iter();
        decided
            .filter(|(_, decision)| **decision != Decision::Hold)
            .map(|(field, _)| *field)
    }
}

/// Whether a field is to be sent; `None` where it is not given. With the reason, where it is sent
/// whatever its value.
fn decision(
    field: Field,
    input: &Input,
    before: Option<&Input>,
    private: &PrivateState,
    mode: &Value<OnExternalChange>,
) -> (Option<Decision>, Option<Why>) {
    let value = input.value();
    if value.is_null() {
        return (None, None);
    }
    // In this order; what is absent has a warning of its own.
    let reasons = [
        (private.absent, None),
        (private.is_in_doubt(field), Some(Why::InDoubt)),
        (private.has_lost(field), Some(Why::Lost)),
    ];
    let mut reasons = reasons.into_iter().filter(|_| before.is_some());
    if let Some((_, why)) = reasons.find(|(holds, _)| *holds) {
        return (Some(Decision::Send), why);
    }
    let by_value = || match value.as_str() {
        None => Decision::Open,
        Some(value) if is_in_place(field, value, before, private) => Decision::Hold,
        Some(_) => Decision::Send,
    };
    // A version gates only from one version to the next: coming or going, it changes nothing by
    // itself. And it holds back only what was sent: a key may have been ignored until now.
    let decision = match (&input.version, before.map(|before| &before.version)) {
        (Value::Known(now), Some(Value::Known(then))) if now != then => Decision::Send,
        (Value::Known(_), Some(Value::Known(_))) if private.remembers(field) => Decision::Hold,
        (Value::Unknown, Some(Value::Known(_))) => Decision::Open,
        _ => by_value(),
    };
    let changed_outside = before.is_some() && private.changed_outside.contains(&field);
    match (decision, mode) {
        (Decision::Hold | Decision::Open, Value::Known(OnExternalChange::Reapply))
            if changed_outside =>
        {
            (Some(Decision::Send), Some(Why::Reapply))
        }
        (Decision::Hold, Value::Unknown) if changed_outside => (Some(Decision::Open), None),
        (decision, _) => (Some(decision), None),
    }
}

/// Whether this value is what was last sent. Where there is no record of that, as of an
/// address, the state is taken at its word.
fn is_in_place(field: Field, value: &str, before: Option<&Input>, private: &PrivateState) -> bool {
    let Some(before) = before else { return false };
    private.was_sent(field, value).unwrap_or_else(|| {
        let form = field.row().form;
        before
            .plain
            .as_str()
            .is_some_and(|before| form(before) == form(value))
    })
}
