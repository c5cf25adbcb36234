//! What the API answers to a read or a write, before it is asked or once it was.

use std::collections::BTreeMap;

use incident_sandbox::DataSource;
use serde_json::{Value as Json, json};

use super::{FaultKind, Walk};
use crate::table::reading::Reading;
use crate::world::config::Kind;
use crate::world::lookup::Found;

impl Walk<'_> {
    /// Whether the API takes a body.
    pub(super) fn accepts(&self, id: &str, body: &Json) -> bool {
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

    /// The same as [`Self::read`], unless `drift_detection` is off.
    pub(super) fn read_unless_off(&mut self, id: &str) -> Result<Found, Reading> {
        if self.config.without_drift {
            Err(Reading::NotMade)
        } else {
            self.read(id)
        }
    }

    /// What a read finds, or else what it is. It counts as a request of the session under way.
    pub(super) fn read(&mut self, id: &str) -> Result<Found, Reading> {
        self.requests.push((id.to_owned(), json!({})));
        let said = self.api_says(id);
        let struck = self.struck.filter(|(on_write, _)| !on_write);
        self.struck = self.struck.filter(|(on_write, _)| *on_write);
        let kind = match struck {
            Some((_, kind)) if kind != FaultKind::Stale => kind,
            stale => {
                let is_stale = stale.is_some();
                self.asks_whose_key |= matches!(said, Err(Reading::Absent));
                return said.map(|source| self.found(source, is_stale));
            }
        };
        if !kind.garbles() {
            self.asks_whose_key |= kind.questions_the_key();
            return Err(kind.reading());
        }
        // What is left of the API's own answer still has its status, which alone is no word of it.
        self.asks_whose_key |= matches!(said, Err(Reading::Absent));
        match said {
            Err(Reading::Absent) if kind.spares_the_body() => Err(Reading::Absent),
            Err(Reading::Refused) => Err(Reading::Refused),
            _ => Err(Reading::Failed),
        }
    }

    fn api_says(&self, id: &str) -> Result<DataSource, Reading> {
        match self.stage.sandbox.data_source(id) {
            None => Err(Reading::Absent),
            Some(_) if self.refuses => Err(Reading::Refused),
            Some(source) => Ok(source),
        }
    }

    fn found(&self, source: DataSource, is_stale: bool) -> Found {
        let (source, stamped) = if is_stale {
            let stale = &self.stale[&source.id];
            (stale[usize::from(self.stamps)].clone(), false)
        } else {
            (source, self.stamps)
        };
        Found {
            source,
            stamped,
            // The answer is that of a write, whichever row is in it.
            times: if self.stamps {
                self.times.1
            } else {
                self.times.0
            },
        }
    }

    /// What stale reads will answer. One that is stamped answers with what is there now.
    pub(super) fn stale(&self) -> BTreeMap<String, [DataSource; 2]> {
        let sandbox = &self.stage.sandbox;
        let rows = self.ids.iter().filter_map(|id| {
            let rows = [sandbox.earlier(id)?, sandbox.data_source(id)?];
            Some((id.clone(), rows))
        });
        rows.collect()
    }
}

/// Which reading it is.
pub(super) fn of(reading: &Result<Found, Reading>) -> Reading {
    reading.as_ref().err().copied().unwrap_or(Reading::Found)
}
