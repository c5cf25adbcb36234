//! Moves: from another address of the provider, and from what people use without one.

use serde_json::{Value as Json, json};

use super::answers::of;
use super::change::same_warnings;
use super::check::difference;
use super::{Done, Stored, Walk};
use crate::core::session::{MARKER, MoveCall};
use crate::core::{Session, commands};
use crate::table::reading::{Course, Purpose, READINGS};
use crate::values::{AnyValue, Known, Value, to_json};
use crate::world::lookup::{self, Memory};

/// What a data source can have been managed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    RestApi,
    Terracurl,
    NullResource,
    TerraformData,
}

impl Foreign {
    pub const ALL: &'static [Self] = &[
        Self::RestApi,
        Self::Terracurl,
        Self::NullResource,
        Self::TerraformData,
    ];

    /// The type, the address of its provider and a state, with a secret that must not come along.
    fn source(self, id: &str) -> (&'static str, &'static str, Json) {
        let key = format!("{MARKER}left");
        let path = "/v2/telemetry/data_sources";
        match self {
            Self::RestApi => (
                "restapi_object",
                "registry.terraform.io/mastercard/restapi",
                json!({"id": id, "path": path, "data": format!("{{\"key\":\"{key}\"}}")}),
            ),
            Self::Terracurl => (
                "terracurl_request",
                "registry.terraform.io/devops-rob/terracurl",
                json!({
                    "id": "adopt",
                    "url": format!("https://api.incident.io{path}/{id}"),
                    "headers": {"Authorization": key},
                }),
            ),
            Self::NullResource => (
                "null_resource",
                "registry.terraform.io/hashicorp/null",
                json!({"id": "5577006791947779410", "triggers": {"id": id, "key": key}}),
            ),
            Self::TerraformData => (
                "terraform_data",
                "terraform.io/builtin/terraform",
                json!({
                    "id": "0d4c4b9e-3bd6-8d9a-1c3c-7a1a1d3b6f10",
                    "input": {
                        "value": {"data_source_id": id, "key": key},
                        "type": ["object", {"data_source_id": "string", "key": "string"}],
                    },
                    "triggers_replace": null,
                }),
            ),
        }
    }
}

/// The identity of a data source.
pub(super) fn identity(id: &str) -> AnyValue {
    let id = ("data_source_id".into(), Value::text(id).into_any());
    Value::Known(Known::Object([id].into()))
}

impl Walk<'_> {
    /// Core moves before it configures the provider.
    fn unconfigured(&mut self) -> Session<'static> {
        self.begin();
        Session::new(
            &self.stage.client,
            self.stage.schemas,
            self.generation,
            false,
        )
    }

    pub(super) async fn move_address(&mut self) -> Done {
        let Some(stored) = self.stored.clone().filter(|_| self.generation.moves) else {
            return Ok(());
        };
        let mut session = self.unconfigured();
        let call = MoveCall {
            source_address: "registry.example.com/team/incident",
            source_type: crate::core::TYPE_NAME,
            state: to_json(&stored.object.state),
            private: stored.object.private.clone(),
            identity: stored.object.identity.clone(),
        };
        let moved = commands::move_here(&mut session, call).await;
        self.close(session, "move")?;
        let moved = moved.map_err(|told| format!("a move fails: {:?}", told.summaries()))?;
        ensure!(
            moved.state == stored.object.state,
            "moved otherwise: {}",
            difference(&moved.state, &stored.object.state)
        );
        ensure!(
            moved.private == stored.object.private,
            "a move changes private state"
        );
        let mut stored = stored;
        stored.object.identity = moved.identity;
        self.store(Some(stored));
        Ok(())
    }

    pub(super) async fn move_from(&mut self, foreign: Foreign) -> Done {
        if self.stored.is_some() || !self.generation.moves {
            return Ok(());
        }
        let id = self.id();
        let mut session = self.unconfigured();
        let (source_type, source_address, state) = foreign.source(&id);
        let call = MoveCall {
            source_address,
            source_type,
            state,
            private: Vec::new(),
            identity: None,
        };
        let moved = commands::move_here(&mut session, call).await;
        self.close(session, "move")?;
        let mut object = moved.map_err(|told| format!("a move fails: {:?}", told.summaries()))?;
        let blank = self.blank(&id);
        ensure!(
            object.state == blank,
            "moved otherwise: {}",
            difference(&object.state, &blank)
        );
        // The plan that follows in the same command begins with a refresh.
        let mut session = self.open(false).await;
        let told = commands::refresh(&mut session, &mut object).await;
        let reading = self.read(&id);
        self.close(session, "refresh of what was moved")?;
        let (course, warnings) = READINGS.look_up((Purpose::Moved, of(&reading)));
        ensure!(
            told.has_errors() == (course == Course::End),
            "a refresh of what was moved says {:?}",
            told.summaries()
        );
        let Ok(found) = reading else {
            // Nobody applies this plan.
            return if course == Course::End {
                Ok(())
            } else {
                same_warnings("the read", &told, warnings)
            };
        };
        let (state, memory, warnings) = lookup::refreshed(&blank, &Memory::default(), &found);
        same_warnings("the read", &told, &warnings)?;
        ensure!(
            object.state == state,
            "refreshed otherwise: {}",
            difference(&object.state, &state)
        );
        let stored = Stored { object, memory };
        self.check_stored(Some(&stored))?;
        self.store(Some(stored));
        Ok(())
    }
}
