//! The commands besides plan and apply.

use super::answers::of;
use super::change::same_warnings;
use super::check::difference;
use super::moving::identity;
use super::{Done, Stored, Walk, known};
use crate::core::commands;
use crate::table::reading::{Course, Purpose, READINGS};
use crate::table::warnings::Warning;
use crate::values::{AnyValue, Known, Value};
use crate::world::config::{Config, Form, Input, Leaf, Phase};
use crate::world::lookup::{self, Memory};

impl Walk<'_> {
    pub(super) async fn refresh_only(&mut self) -> Done {
        let Some(stored) = self.stored.clone() else {
            return Ok(());
        };
        let mut session = self.open(false).await;
        let id = known(&lookup::text(&stored.object.state, "data_source_id"));
        let state = session.upgrade(&stored.object.state).await;
        let identity = stored.object.identity.as_ref();
        let read = session.read(&state, &stored.object.private, identity).await;
        let reading = self.read_unless_off(&id);
        self.close(session, "refresh")?;
        let failed = read.diagnostics.has_errors();
        let Some((mut expected, warned)) = Self::follow(stored, &reading) else {
            ensure!(failed, "a failing read is no error");
            return Ok(());
        };
        ensure!(!failed, "a read fails: {:?}", read.diagnostics.summaries());
        same_warnings("the read", &read.diagnostics, &warned)?;
        let wanted = &expected.object.state;
        ensure!(
            read.state == *wanted,
            "refreshed otherwise: {}",
            difference(&read.state, wanted)
        );
        expected.object.private = read.private;
        expected.object.identity = read.identity;
        self.check_stored(Some(&expected))?;
        self.store(Some(expected));
        Ok(())
    }

    pub(super) async fn import(&mut self, by_identity: bool) -> Done {
        if self.stored.is_some() {
            return Ok(());
        }
        let mut session = self.open(false).await;
        let id = self.id();
        let identity = (by_identity && self.generation.identities).then(|| identity(&id));
        let imported = commands::import(&mut session, &id, identity.as_ref()).await;
        let reading = self.read(&id);
        self.close(session, "import")?;
        let (course, _) = READINGS.look_up((Purpose::Import, of(&reading)));
        match (imported, reading) {
            (Err(_), _) if course == Course::End => Ok(()),
            (Err(diagnostics), _) => Err(format!("import fails: {:?}", diagnostics.summaries())),
            (Ok(_), Err(reading)) => Err(format!("an import of what is {reading:?}")),
            (Ok(object), Ok(found)) => {
                let blank = self.blank(&id);
                let (state, memory, _) = lookup::refreshed(&blank, &Memory::default(), &found);
                ensure!(
                    object.state == state,
                    "imported otherwise: {}",
                    difference(&object.state, &state)
                );
                self.store(Some(Stored { object, memory }));
                Ok(())
            }
        }
    }

    /// A state that holds an id and nothing else.
    pub(super) fn blank(&self, id: &str) -> AnyValue {
        let mut blank = Config::default().value(&self.ids, Phase::Plan);
        if let Value::Known(Known::Object(attributes)) = &mut blank {
            for name in ["id", "data_source_id"] {
                attributes.insert(name.into(), Value::text(id).into_any());
            }
        }
        blank
    }

    pub(super) async fn destroy(&mut self) -> Done {
        let config = self.config.clone();
        let Some((plan, _)) = self.plan(&config, true, false).await? else {
            return Ok(());
        };
        let Some(object) = plan.refreshed else {
            self.store(None);
            return Ok(());
        };
        let mut session = self.open(false).await;
        let plan = commands::plan_destroy(&mut session, object).await;
        self.close(session, "plan of a destroy")?;
        ensure!(
            !plan.diagnostics.has_errors(),
            "destroy: {:?}",
            plan.diagnostics.summaries()
        );
        same_warnings("a destroy", &plan.diagnostics, &[Warning::StaysActive])?;
        let mut session = self.open(true).await;
        let applied = commands::apply(&mut session, &plan, &Value::Null, false).await;
        self.close(session, "destroy")?;
        ensure!(
            applied.stored.is_none(),
            "a destroy fails: {:?}",
            applied.diagnostics.summaries()
        );
        self.store(None);
        Ok(())
    }

    pub(super) async fn validate(&mut self) -> Done {
        let mut unknown = self.config.clone();
        for (leaf, input) in &mut unknown.leaves {
            if matches!(leaf, Leaf::Secret(_, Form::Plain | Form::WriteOnly))
                && *input != Input::Null
            {
                *input = Input::Pending(None);
            }
        }
        let mut session = self.open(false).await;
        let value = unknown.value(&self.ids, Phase::Plan);
        let diagnostics = session.validate(&value).await;
        self.close(session, "validate")?;
        let invalid = self.invalid(&value);
        ensure!(
            diagnostics.has_errors() == invalid,
            "validate says {:?}, expected an error: {invalid}",
            diagnostics.summaries()
        );
        Ok(())
    }

    pub(super) async fn data_source(&mut self) -> Done {
        let mut session = self.open(false).await;
        let id = self.id();
        let (state, diagnostics) = session.read_data(&id).await;
        let reading = self.read(&id);
        self.close(session, "data source")?;
        let (course, _) = READINGS.look_up((Purpose::DataBlock, of(&reading)));
        ensure!(
            diagnostics.has_errors() == (course == Course::End),
            "a data source says {:?}",
            diagnostics.summaries()
        );
        if let Ok(found) = reading {
            ensure!(
                lookup::text(&state, "name") == Value::Known(found.source.name),
                "a data source of another name"
            );
        }
        Ok(())
    }
}
