//! A provider whose resource has every optional trait, and an action. What they do is asked for by
//! the name of a thing, and by the key of an action.

use tokio_util::sync::CancellationToken;

use crate::abilities::Abilities;
use crate::action::{Action, Progress};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::identity::Identified;
use crate::model;
use crate::moves::{MoveSource, MoveTarget, Moved};
use crate::path::Path;
use crate::provider::{Host, Offers, Provider};
use crate::resource::{
    ApplyRequest, ApplyResponse, PlanRequest, PlanResponse, ReadRequest, ReadResponse, Resource,
};
use crate::schema::{Attribute, Mode, Planned, Schema};
use crate::server::Server;
use crate::source_state::SourceState;
use crate::value::{Text, Value};

pub(super) fn server() -> Server {
    Server::new(Able, super::fake::REPORT_URL)
}

pub(super) struct Able;

model! {
    pub(super) struct AbleBlock {}
}

impl Provider for Able {
    type Model = AbleBlock;

    fn schema(&self) -> Schema {
        Schema::new("A provider.", Vec::new())
    }

    fn configure(&self, _config: AbleBlock, _host: &Host) -> Diagnostics {
        Diagnostics::new()
    }

    fn offers(&self) -> Offers {
        let abilities = Abilities::new().identified().move_target();
        Offers::new().resource_with(Thing, abilities).action(Ring)
    }
}

model! {
    pub(super) struct ThingModel {
        id: Text,
        name: Text,
        region: Text,
    }
}

model! {
    pub(super) struct IdentityModel {
        id: Text,
        region: Text,
    }
}

pub(super) fn thing_schema() -> Schema {
    Schema {
        version: 1,
        ..Schema::new(
            "A thing.",
            vec![
                Attribute::string("id", Mode::Computed, "Its id.").planned(Planned::Prior),
                Attribute::string("name", Mode::Required, "Its name."),
                Attribute::string("region", Mode::Optional, "Where.").requires_replace(),
            ],
        )
    }
}

pub(super) fn identity_schema() -> Schema {
    Schema {
        version: 1,
        ..Schema::new(
            "Which thing.",
            vec![
                Attribute::string("id", Mode::Required, "Its id."),
                Attribute::string("region", Mode::Optional, "Where."),
            ],
        )
    }
}

struct Thing;

impl Resource for Thing {
    type Model = ThingModel;
    type Private = String;

    const TYPE_NAME: &'static str = "able_thing";

    fn schema(&self) -> Schema {
        thing_schema()
    }

    fn upgrade(
        &self,
        _version: i64,
        mut state: serde_json::Value,
    ) -> Result<serde_json::Value, Diagnostic> {
        state["name"] = state["title"].take();
        Ok(state)
    }

    fn import(&self, id: &str) -> Result<ThingModel, Diagnostic> {
        Ok(ThingModel {
            id: Value::text(id),
            ..ThingModel::default()
        })
    }

    async fn read(
        &self,
        request: ReadRequest<Self>,
        _stop: &CancellationToken,
    ) -> ReadResponse<Self> {
        let gone = request.state.name.as_str() == Some("gone");
        ReadResponse {
            state: (!gone).then_some(request.state),
            private: request.private,
            diagnostics: Diagnostics::new(),
        }
    }

    async fn plan(
        &self,
        request: PlanRequest<Self>,
        _stop: &CancellationToken,
    ) -> PlanResponse<Self> {
        let mut planned = request.proposed;
        match planned.name.as_str() {
            Some("another") => planned.id = Value::text("id-2"),
            Some("anew") => planned.id = Value::Unknown,
            _ => {}
        }
        PlanResponse {
            planned,
            private: request.prior_private,
            diagnostics: Diagnostics::new(),
        }
    }

    async fn create(
        &self,
        request: ApplyRequest<Self>,
        _stop: &CancellationToken,
    ) -> ApplyResponse<Self> {
        let name = request.planned.name.as_str().unwrap_or_default().to_owned();
        if name == "fail" {
            return ApplyResponse::failed(Diagnostic::error("Failed", "It failed."));
        }
        let mut diagnostics = Diagnostics::new();
        if name == "half" {
            diagnostics.push(Diagnostic::error("Failed", "It failed halfway."));
        }
        let id = match name.as_str() {
            "half" => Value::Null,
            _ => Value::text("id-1"),
        };
        ApplyResponse {
            state: Some(ThingModel {
                id,
                ..request.planned
            }),
            private: String::new(),
            diagnostics,
        }
    }

    async fn update(
        &self,
        _prior: ThingModel,
        request: ApplyRequest<Self>,
        _stop: &CancellationToken,
    ) -> ApplyResponse<Self> {
        ApplyResponse {
            state: Some(request.planned),
            private: String::new(),
            diagnostics: Diagnostics::new(),
        }
    }

    async fn delete(&self, _prior: ThingModel, _stop: &CancellationToken) -> Diagnostics {
        Diagnostics::new()
    }
}

impl Identified for Thing {
    type Identity = IdentityModel;

    fn identity_schema(&self) -> Schema {
        identity_schema()
    }

    fn identity(&self, state: &ThingModel) -> IdentityModel {
        let id = match state.name.as_str() {
            Some("hazy") => Value::Unknown,
            Some("panic") => panic!("a panic that quotes {}", "s3cret"),
            _ => state.id.clone(),
        };
        IdentityModel {
            id,
            region: state.region.clone(),
        }
    }

    fn import_by_identity(&self, identity: IdentityModel) -> Result<ThingModel, Diagnostic> {
        if identity.id.as_str() == Some("") {
            return Err(Diagnostic::error("Empty Id", "Give one."));
        }
        Ok(ThingModel {
            id: identity.id,
            region: identity.region,
            ..ThingModel::default()
        })
    }
}

impl MoveTarget for Thing {
    fn move_state(&self, source: MoveSource) -> Result<Moved<Self>, Diagnostics> {
        match source.type_name.as_str() {
            "panic" => panic!("a panic that quotes {}", "s3cret"),
            "other_thing" | "able_thing" => {}
            _ => return Err(source.unsupported(Self::TYPE_NAME).into()),
        }
        let mut ids = SourceState::members(source.state.json()).filter(|(key, _)| *key == "id");
        let id = ids.find_map(|(_, value)| value.as_str());
        let id = id.ok_or_else(|| Diagnostic::error("No Id", "There is none."))?;
        let state = ThingModel {
            id: Value::text(id),
            name: match id {
                "unknown" => Value::Unknown,
                _ => Value::Null,
            },
            ..ThingModel::default()
        };
        let kept = [&source.private[..], b"+", source.provider.as_bytes()].concat();
        Ok(Moved {
            private: String::from_utf8_lossy(&kept).into_owned(),
            ..Moved::state(state)
        })
    }
}

model! {
    pub(super) struct RingModel {
        key: Text,
        times: i64,
    }
}

pub(super) fn ring_schema() -> Schema {
    Schema::new(
        "Rings.",
        vec![
            Attribute::string("key", Mode::Required, "Opens the door.")
                .sensitive()
                .write_only(),
            Attribute::number("times", Mode::Optional, "How often."),
        ],
    )
}

struct Ring;

impl Action for Ring {
    type Model = RingModel;

    const TYPE_NAME: &'static str = "able_ring";

    fn schema(&self) -> Schema {
        ring_schema()
    }

    fn validate(&self, config: &RingModel) -> Diagnostics {
        match config.key.as_str() {
            Some("") => Diagnostic::error("Empty Key", "Fill it.")
                .at(Path::attributes("key"))
                .into(),
            _ => Diagnostics::new(),
        }
    }

    async fn plan(&self, config: RingModel, stop: &CancellationToken) -> Diagnostics {
        match config.key.as_str() {
            Some("panic") => panic!("a panic that quotes {}", "s3cret"),
            Some("wait") => {
                stop.cancelled().await;
                Diagnostic::error("Stopped", "It was stopped.").into()
            }
            Some("worn") => Diagnostic::warning("Worn", "It may break.").into(),
            _ => Diagnostics::new(),
        }
    }

    async fn invoke(
        &self,
        config: RingModel,
        progress: &Progress,
        stop: &CancellationToken,
    ) -> Diagnostics {
        progress.report("Ringing.");
        match config.key.as_str() {
            Some("panic") => panic!("a panic that quotes {}", "s3cret"),
            Some("wait") => {
                stop.cancelled().await;
                progress.report("Nobody hears this.");
                return Diagnostic::error("Stopped", "It was stopped.").into();
            }
            Some("wrong") => {
                let wrong = Diagnostic::error("Wrong Key", "The key does not fit.");
                return wrong.at(Path::attributes("key")).into();
            }
            _ => tokio::task::yield_now().await,
        }
        progress.report("Somebody comes.");
        Diagnostics::new()
    }
}
