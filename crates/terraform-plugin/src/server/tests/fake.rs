//! A provider with one of everything, whose behaviour the name of a thing asks for.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::erased::{DynDataSource, DynResource};
use crate::model;
use crate::path::Path;
use crate::provider::{ConfigureRequest, Provider};
use crate::resource::{
    ApplyRequest, ApplyResponse, DataSource, Pending, PlanRequest, PlanResponse, ReadRequest,
    ReadResponse, Resource,
};
use crate::schema::{Attribute, Mode, Schema};
use crate::server::Server;
use crate::value::{AnyValue, Number, Text, Value};

pub(super) fn server() -> Server {
    Server::new(Arc::new(Fake))
}

struct Fake;

impl Provider for Fake {
    fn schema(&self) -> Schema {
        Schema {
            version: 0,
            description: "A provider.",
            attributes: vec![Attribute::string("endpoint", Mode::Optional, "Where.")],
        }
    }

    fn validate(&self, config: AnyValue) -> Diagnostics {
        assert!(config.is_known());
        Diagnostics::new()
    }

    fn configure(&self, request: ConfigureRequest) -> Diagnostics {
        assert!(request.config.is_known());
        Diagnostics::new()
    }

    fn resources(&self) -> Vec<Box<dyn DynResource>> {
        vec![Box::new(Thing)]
    }

    fn data_sources(&self) -> Vec<Box<dyn DynDataSource>> {
        vec![Box::new(Look)]
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
        revision: Number,
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
            Attribute::string("id", Mode::Computed, "Its id."),
            Attribute::string("name", Mode::Required, "Its name."),
            Attribute::number("revision", Mode::Computed, "Counts writes."),
            Attribute::object("config", Mode::Optional, "Its keys.", config),
        ],
    }
}

struct Thing;

impl Resource for Thing {
    type Model = ThingModel;

    fn type_name(&self) -> &'static str {
        "fake_thing"
    }

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

    fn read<'a>(
        &'a self,
        request: ReadRequest<ThingModel>,
        stop: &'a CancellationToken,
    ) -> Pending<'a, ReadResponse<ThingModel>> {
        Box::pin(async move {
            let mut state = Some(request.state);
            let mut diagnostics = Diagnostics::new();
            match state.as_ref().and_then(|state| state.name.as_str()) {
                Some("gone") => state = None,
                Some("unknown") => {
                    state = state.map(|state| ThingModel {
                        revision: Value::Unknown,
                        ..state
                    });
                }
                Some("wait") => {
                    stop.cancelled().await;
                    diagnostics.push(Diagnostic::error("Stopped", "It was stopped."));
                }
                Some("panic") => panic!("a panic that quotes {}", "s3cret"),
                _ => {}
            }
            ReadResponse {
                state,
                private: request.private,
                diagnostics,
            }
        })
    }

    fn plan<'a>(
        &'a self,
        request: PlanRequest<ThingModel>,
        _stop: &'a CancellationToken,
    ) -> Pending<'a, PlanResponse<ThingModel>> {
        Box::pin(async move {
            // Write-only values are left in on purpose: the rules take them out.
            let mut planned = request.config.clone();
            assert_ne!(planned.name.as_str(), Some("panic"), "told to");
            let mut requires_replace = vec![Path::attributes("name")];
            match &request.prior {
                Some(prior) if prior.name == planned.name => {
                    planned.id = prior.id.clone();
                    planned.revision = prior.revision.clone();
                    requires_replace.clear();
                }
                _ => {
                    planned.id = Value::Unknown;
                    planned.revision = Value::Unknown;
                }
            }
            PlanResponse {
                planned,
                requires_replace,
                private: request.planned_private.unwrap_or(request.prior_private),
                diagnostics: Diagnostics::new(),
            }
        })
    }

    fn plan_destroy(&self, prior: &ThingModel) -> Diagnostics {
        let detail = format!("{} goes.", prior.name.as_str().unwrap_or_default());
        Diagnostic::warning("Goodbye", detail).into()
    }

    fn apply<'a>(
        &'a self,
        request: ApplyRequest<ThingModel>,
        _stop: &'a CancellationToken,
    ) -> Pending<'a, ApplyResponse<ThingModel>> {
        Box::pin(async move {
            let name = request.planned.name.as_str().unwrap_or_default().to_owned();
            assert_ne!(name, "panic", "told to");
            let mut state = ThingModel {
                id: Value::text("id-1"),
                revision: Value::Known(Number::Int(1)),
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
        })
    }

    fn destroy<'a>(
        &'a self,
        prior: ThingModel,
        _stop: &'a CancellationToken,
    ) -> Pending<'a, Diagnostics> {
        Box::pin(async move {
            match prior.name.as_str() {
                Some("fail") => Diagnostic::error("Failed", "It failed.").into(),
                _ => Diagnostics::new(),
            }
        })
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
        version: 0,
        description: "A look at a thing.",
        attributes: vec![
            Attribute::string("id", Mode::Required, "Its id."),
            Attribute::string("name", Mode::Computed, "Its name."),
        ],
    }
}

struct Look;

impl DataSource for Look {
    type Model = LookModel;

    fn type_name(&self) -> &'static str {
        "fake_look"
    }

    fn schema(&self) -> Schema {
        look_schema()
    }

    fn validate(&self, _config: &LookModel) -> Diagnostics {
        Diagnostics::new()
    }

    fn read<'a>(
        &'a self,
        config: LookModel,
        _stop: &'a CancellationToken,
    ) -> Pending<'a, Result<(LookModel, Diagnostics), Diagnostics>> {
        Box::pin(async move {
            let name = match config.id.as_str() {
                Some("missing") => {
                    return Err(Diagnostic::error("Not Found", "There is none.").into());
                }
                Some("unknown") => Value::Unknown,
                _ => Value::text("found"),
            };
            Ok((LookModel { name, ..config }, Diagnostics::new()))
        })
    }
}
