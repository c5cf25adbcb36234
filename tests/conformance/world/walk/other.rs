//! The commands besides plan and apply.

use super::*;

impl Walk<'_> {
    pub(super) async fn refresh_only(&mut self) -> Done {
        let Some(stored) = self.stored.clone() else {
            return Ok(());
        };
        let mut session = self.open(false).await;
        let id = known(&oracle::text(&stored.object.state, "data_source_id"));
        let looked = if self.config.without_drift {
            Err(Struck::Refused)
        } else {
            self.look(&id)
        };
        let state = session.upgrade(&stored.object.state).await;
        let read = session.read(&state, &stored.object.private).await;
        self.close(session, "refresh")?;
        let failed = read.told.failed();
        let (expected, said) = match looked {
            Err(Struck::Failed) => {
                ensure!(failed, "a failing read is no error");
                return Ok(());
            }
            Err(Struck::Gone) => (None, false),
            Err(Struck::Refused) => (Some((state, stored.belief)), false),
            Ok(source) => {
                let (state, belief, said) =
                    oracle::refreshed(&state, &stored.belief, &source, self.stamps);
                (Some((state, belief)), said)
            }
        };
        ensure!(!failed, "a read fails: {:?}", read.told.summaries());
        let alarms = read.told.count("Data Source Changed Outside of Terraform");
        ensure!(
            alarms == usize::from(said),
            "a change outside is told {alarms} times, expected {said}"
        );
        let wanted = expected.as_ref().map(|(state, _)| state.clone());
        let wanted = wanted.unwrap_or_default();
        ensure!(
            read.state == wanted,
            "refreshed otherwise: {}",
            difference(&read.state, &wanted)
        );
        let stored = expected.map(|(state, belief)| Stored {
            object: Object {
                state,
                private: read.private,
                tainted: stored.object.tainted,
            },
            belief,
        });
        self.check_secrets(stored.as_ref())?;
        self.store(stored);
        Ok(())
    }

    pub(super) async fn import(&mut self) -> Done {
        if self.stored.is_some() {
            return Ok(());
        }
        let mut session = self.open(false).await;
        let id = self.id();
        let looked = self.look(&id);
        let imported = commands::import(&mut session, &id).await;
        self.close(session, "import")?;
        match (imported, looked) {
            (Err(_), Err(_)) => Ok(()),
            (Err(told), Ok(_)) => Err(format!("import fails: {:?}", told.summaries())),
            (Ok(_), Err(_)) => Err("an import of nothing".to_owned()),
            (Ok(object), Ok(before)) => {
                let mut blank = Config::default().value(&self.ids, Phase::Plan);
                if let Value::Known(Known::Object(attributes)) = &mut blank {
                    for name in ["id", "data_source_id"] {
                        let id = Value::text(id.as_str()).into_any();
                        attributes.insert(name.into(), id);
                    }
                }
                // An API that stamps has stamped by now.
                let source = self.stage.sandbox.data_source(&id).unwrap_or(before);
                let (state, belief, _) =
                    oracle::refreshed(&blank, &Belief::default(), &source, self.stamps);
                ensure!(
                    object.state == state,
                    "imported otherwise: {}",
                    difference(&object.state, &state)
                );
                self.store(Some(Stored { object, belief }));
                Ok(())
            }
        }
    }

    pub(super) async fn destroy(&mut self) -> Done {
        let config = self.config.clone();
        let Some((plan, expected)) = self.plan(&config, true, false).await? else {
            return Ok(());
        };
        let Some(object) = plan.refreshed else {
            self.store(None);
            return Ok(());
        };
        let mut session = self.open(false).await;
        let plan = commands::plan_destroy(&mut session, object).await;
        self.close(session, "plan of a destroy")?;
        ensure!(!plan.told.failed(), "destroy: {:?}", plan.told.summaries());
        ensure!(
            plan.told.count("Data Source Stays Active in incident.io") == 1,
            "a destroy says nothing"
        );
        drop(expected);
        let mut session = self.open(true).await;
        let applied = commands::apply(&mut session, &plan, &Value::Null, false).await;
        self.close(session, "destroy")?;
        ensure!(
            applied.stored.is_none(),
            "a destroy fails: {:?}",
            applied.told.summaries()
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
        let told = session.validate(&value).await;
        self.close(session, "validate")?;
        let invalid = oracle::invalid(&value, self.generation.write_only);
        ensure!(
            told.failed() == invalid,
            "validate says {:?}, expected an error: {invalid}",
            told.summaries()
        );
        Ok(())
    }

    pub(super) async fn data_source(&mut self) -> Done {
        let mut session = self.open(false).await;
        let id = self.id();
        let looked = self.look(&id);
        let (state, told) = session.read_data(&id).await;
        self.close(session, "data source")?;
        ensure!(
            told.failed() == looked.is_err(),
            "a data source says {:?}",
            told.summaries()
        );
        if let Ok(source) = looked {
            ensure!(
                oracle::text(&state, "name") == Value::Known(source.name),
                "a data source of another name"
            );
        }
        Ok(())
    }
}
