//! A provider with one of everything, whose behaviour the name of a thing asks for.

use tokio_util::sync::CancellationToken;

use crate::data_source::DataSource;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model;
use crate::path::Path;
use crate::provider::{Host, Offers, Provider};
use crate::resource::{
    ApplyRequest, ApplyResponse, PlanRequest, PlanResponse, ReadRequest, ReadResponse, Resource,
};
use crate::schema::{Attribute, Mode, Nesting, Planned, Schema};
use crate::server::Server;
use crate::value::{Text, Value};

pub(super) const REPORT_URL: &str = "https://example.com/issues";

pub(super) fn server() -> Server {
    Server::new(Fake, REPORT_URL)
}

struct Fake;

model! {
    /// The provider block.
    pub(super) struct FakeModel {
        endpoint: Text,
    }
}

impl Provider for Fake {
    type Model = FakeModel;

    fn schema(&self) -> Schema {
        Schema {
            description: "A provider.",
            attributes: vec![Attribute::string("endpoint", Mode::Optional, "Where.")],
            ..Schema::default()
        }
    }

    fn configure(&self, _config: FakeModel, _host: &Host) -> Diagnostics {
        Diagnostics::new()
    }

    fn offers(&self) -> Offers {
        Offers::new().resource(Thing).data_source(Look)
    }
}

model! {
    /// The nested attributes of a thing.
    pub(super) struct ConfigModel {
        api_key: Text,
        api_key_wo: Text,
    }
}

model! {
    /// A thing.
    pub(super) struct ThingModel {
        id: Text,
        name: Text,
        revision: i64,
        config: ConfigModel,
    }
}

pub(super) fn thing_schema() -> Schema {
    let config = vec![
        Attribute::string("api_key", Mode::Optional, "A key.").sensitive(),
        Attribute::string("api_key_wo", Mode::Optional, "A key.")
            .sensitive()
            .write_only(),
    ];
    Schema {
        version: 1,
        description: "A thing.",
        attributes: vec![
            Attribute::string("id", Mode::Computed, "Its id.").planned(Planned::Prior),
            Attribute::string("name", Mode::Required, "Its name.").requires_replace(),
            Attribute::number("revision", Mode::Computed, "Counts writes."),
            Attribute::nested(
                "config",
                Nesting::Single,
                Mode::Optional,
                "Its keys.",
                config,
            ),
        ],
        ..Schema::default()
    }
}

struct Thing;

impl Resource for Thing {
    type Model = ThingModel;
    type Private = String;

    const TYPE_NAME: &'static str = "fake_thing";

    fn schema(&self) -> Schema {
        thing_schema()
    }

    fn validate(&self, config: &ThingModel) -> Diagnostics {
        match config.name.as_str() {
            Some("") => Diagnostic::error("Empty Name", "Fill it.")
                .at(Path::attributes("name"))
                .into(),
            _ => Diagnostics::new(),
        }
    }

    fn upgrade(
        &self,
        version: i64,
        mut state: serde_json::Value,
    ) -> Result<serde_json::Value, Diagnostic> {
        assert_eq!(version, 0);
        if let Some(title) = state.get("title").cloned() {
            state["name"] = title;
        }
        Ok(state)
    }

    fn import(&self, id: &str) -> Result<ThingModel, Diagnostic> {
        if id.is_empty() {
            return Err(Diagnostic::error("Empty Id", "Give one."));
        }
        Ok(ThingModel {
            id: Value::text(id),
            ..ThingModel::default()
        })
    }

    async fn read(
        &self,
        request: ReadRequest<Self>,
        stop: &CancellationToken,
    ) -> ReadResponse<Self> {
        let ReadRequest { mut state, private } = request;
        let mut diagnostics = Diagnostics::new();
        let name = state.name.as_str().unwrap_or_default().to_owned();
        match name.as_str() {
            "unknown" => state.revision = Value::Unknown,
            "wait" => {
                stop.cancelled().await;
                diagnostics.push(Diagnostic::error("Stopped", "It was stopped."));
            }
            "panic" => panic!("a panic that quotes {}", "s3cret"),
            _ => {}
        }
        ReadResponse {
            state: Some(state).filter(|_| name != "gone"),
            private,
            diagnostics,
        }
    }

    async fn plan(
        &self,
        request: PlanRequest<Self>,
        _stop: &CancellationToken,
    ) -> PlanResponse<Self> {
        assert_ne!(request.config.name.as_str(), Some("panic"), "told to");
        // Write-only values are put back on purpose: the server takes them out.
        let planned = ThingModel {
            config: request.config.config,
            ..request.proposed
        };
        PlanResponse {
            planned,
            private: request.planned_private.unwrap_or(request.prior_private),
            diagnostics: Diagnostics::new(),
        }
    }

    fn plan_delete(&self, prior: &ThingModel) -> Diagnostics {
        let detail = format!("{} goes.", prior.name.as_str().unwrap_or_default());
        Diagnostic::warning("Goodbye", detail).into()
    }

    async fn create(
        &self,
        request: ApplyRequest<Self>,
        _stop: &CancellationToken,
    ) -> ApplyResponse<Self> {
        let name = request.planned.name.as_str().unwrap_or_default().to_owned();
        assert_ne!(name, "panic", "told to");
        let mut state = ThingModel {
            id: Value::text("id-1"),
            revision: Value::Known(1),
            // With the write-only value, on purpose.
            config: request.config.config,
            ..request.planned
        };
        let mut diagnostics = Diagnostics::new();
        match name.as_str() {
            "unknown" => state.revision = Value::Unknown,
            "fail" => diagnostics.push(Diagnostic::error("Failed", "It failed.")),
            _ => {}
        }
        ApplyResponse {
            state: (name != "fail" && name != "nothing").then_some(state),
            private: request.planned_private,
            diagnostics,
        }
    }

    async fn update(
        &self,
        prior: ThingModel,
        request: ApplyRequest<Self>,
        _stop: &CancellationToken,
    ) -> ApplyResponse<Self> {
        let revision = prior.revision.known().copied().unwrap_or_default() + 1;
        ApplyResponse {
            state: Some(ThingModel {
                revision: Value::Known(revision),
                ..request.planned
            }),
            private: request.planned_private,
            diagnostics: Diagnostics::new(),
        }
    }

    async fn delete(&self, prior: ThingModel, _stop: &CancellationToken) -> Diagnostics {
        match prior.name.as_str() {
            Some("fail") => Diagnostic::error("Failed", "It failed.").into(),
            _ => Diagnostics::new(),
        }
    }
}

model! {
    /// A look at a thing.
    pub(super) struct LookModel {
        id: Text,
        name: Text,
    }
}

pub(super) fn look_schema() -> Schema {
    Schema {
        description: "A look at a thing.",
        attributes: vec![
            Attribute::string("id", Mode::Required, "Its id."),
            Attribute::string("name", Mode::Computed, "Its name."),
        ],
        ..Schema::default()
    }
}

struct Look;

impl DataSource for Look {
    type Model = LookModel;

    const TYPE_NAME: &'static str = "fake_look";

    fn schema(&self) -> Schema {
        look_schema()
    }

    async fn read(
        &self,
        config: LookModel,
        _stop: &CancellationToken,
    ) -> Result<(LookModel, Diagnostics), Diagnostics> {
        let name = match config.id.as_str() {
            Some("missing") => {
                return Err(Diagnostic::error("Not Found", "There is none.").into());
            }
            Some("unknown") => Value::Unknown,
            _ => Value::text("found"),
        };
        Ok((LookModel { name, ..config }, Diagnostics::new()))
    }
}
