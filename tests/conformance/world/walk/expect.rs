//! What a plan ought to come to, with the requests that it ought to make. It is looked up once it
//! is made: the times are known then that it has stamped.

use std::collections::BTreeMap;

use super::answers::of;
use super::{Expected, Stored, Walk, known};
use crate::core::Action;
use crate::core::merge::ignore;
use crate::table::reading::{Course, Purpose, READINGS, Reading};
use crate::table::validity::Call;
use crate::table::warnings::Warning;
use crate::values::{AnyValue, Value};
use crate::world::lookup::{self, Found, Memory, Sending};

/// What was read of data sources in this run.
type Readings = BTreeMap<String, Result<Found, Reading>>;

impl Walk<'_> {
    /// The plan to expect in the session under way; `None` where it fails.
    pub(super) fn expect_plan(
        &mut self,
        config: &AnyValue,
        refresh: bool,
        replace: bool,
    ) -> Option<Expected> {
        let mut readings = Readings::new();
        let mut refreshed = self.stored.clone();
        let mut warned_by_read = Vec::new();
        if let Some(stored) = refreshed.take_if(|_| refresh) {
            let id = known(&lookup::text(&stored.object.state, "data_source_id"));
            let reading = self.read_unless_off(&id);
            let (followed, warned) = Self::follow(stored, &reading)?;
            (refreshed, warned_by_read) = (Some(followed), warned);
            if reading != Err(Reading::NotMade) {
                readings.insert(id, reading);
            }
        }
        if self.invalid(config) {
            return None;
        }
        let mut expected = Expected {
            action: if refreshed.is_some() {
                Action::Replace
            } else {
                Action::Create
            },
            refreshed,
            prior: None,
            planned: Value::Null,
            sending: None,
            warned_by_read,
            warned: Vec::new(),
        };
        let prior = expected
            .refreshed
            .clone()
            .filter(|stored| !stored.object.tainted);
        let replaces = prior.is_some();
        if let Some(stored) = prior {
            let prior = stored.object.state;
            let ignored = ignore(config, &prior, &self.config.ignored());
            if lookup::refuses(Call::Plan, &ignored) {
                return None;
            }
            let id = lookup::text(&ignored, "data_source_id");
            if id == lookup::text(&prior, "data_source_id") {
                let provider = lookup::text(&prior, "provider_name");
                if lookup::mismatches(&ignored, &known(&provider)) {
                    return None;
                }
                let memory = stored.memory.beside(&prior);
                let sending = lookup::sending(&ignored, Some(&prior), &memory, None);
                let id = known(&id);
                let said = matches!(readings.get(&id), Some(Err(Reading::Absent)));
                expected.warned =
                    lookup::update_warnings(&ignored, &prior, &memory, &sending, said);
                if !replace {
                    expected.planned = lookup::planned(&ignored, Some(&prior), &sending);
                    expected.action = if expected.planned == prior {
                        Action::NoOp
                    } else {
                        Action::Update
                    };
                    expected.prior = Some(prior);
                    expected.sending = Some(sending);
                    return Some(expected);
                }
            } else {
                expected.warned = vec![Warning::StaysActive];
            }
        }
        let (sending, _, warned) = self.expect_adoption(config, &readings)?;
        if !replaces {
            // Core drops the warnings of the second call of a replacement.
            expected.warned = warned;
        }
        expected.planned = lookup::planned(config, None, &sending);
        expected.sending = Some(sending);
        Some(expected)
    }

    /// What a refresh makes of a state, and what it warns of; `None` where it fails.
    pub(super) fn follow(
        mut stored: Stored,
        reading: &Result<Found, Reading>,
    ) -> Option<(Stored, Vec<Warning>)> {
        let (course, warnings) = READINGS.look_up((Purpose::Refresh, of(reading)));
        let mut warnings = warnings.to_vec();
        match (course, reading) {
            (Course::End, _) => return None,
            (Course::Follow, Ok(found)) => {
                let (state, memory, more) =
                    lookup::refreshed(&stored.object.state, &stored.memory, found);
                stored.object.state = state;
                stored.memory = memory;
                warnings.extend(more);
            }
            (Course::GoOnWithout, _) => {
                stored.memory = stored.memory.beside(&stored.object.state);
                stored.memory.absent = true;
            }
            (Course::GoOn | Course::Follow, _) => {}
        }
        Some((stored, warnings))
    }

    /// The planning of an adoption, what is remembered of it and its warnings; `None` where it
    /// fails.
    pub(super) fn expect_adoption(
        &mut self,
        config: &AnyValue,
        readings: &Readings,
    ) -> Option<(Sending, Memory, Vec<Warning>)> {
        let reading = match lookup::text(config, "data_source_id") {
            Value::Known(id) => match readings.get(&id) {
                Some(reading) => reading.clone(),
                None => self.read_unless_off(&id),
            },
            _ => Err(Reading::NotMade),
        };
        let (course, warnings) = READINGS.look_up((Purpose::Adopt, of(&reading)));
        let found = reading.as_ref().ok();
        if course == Course::End
            || found.is_some_and(|found| lookup::mismatches(config, &found.source.provider))
            || lookup::refuses(Call::Plan, config)
        {
            return None;
        }
        let sending = lookup::sending(config, None, &Memory::default(), None);
        let memory = Memory {
            keeps: found.is_some_and(|found| !found.stamped),
            ..Memory::default()
        };
        let mut warnings = warnings.to_vec();
        warnings.extend(lookup::renames(config, found.map(|found| &found.source)));
        Some((sending, memory, warnings))
    }

    /// Whether validate refuses a configuration.
    pub(super) fn invalid(&self, config: &AnyValue) -> bool {
        let call = if self.generation.write_only {
            Call::Validate
        } else {
            Call::ValidateOld
        };
        lookup::refuses(call, config)
    }
}
