#![expect(
    clippy::unnecessary_wraps,
    reason = "values are options, as messages hold them"
)]

mod able;
mod absent;
mod action;
mod fake;
mod faults;
mod identity;
mod moves;
mod nested;
mod provider;
mod resource;

use fake::{ConfigModel, ThingModel, server, thing_schema};
use tonic::{Response, Status};

use crate::codec;
use crate::model::Model;
use crate::path::{Path, Step};
use crate::proto::tfplugin6 as proto;
use crate::proto::tfplugin6::provider_server::Provider;
use crate::value::{AnyValue, Type, Value};

/// Private state, which is JSON.
const KEPT: &[u8] = b"\"kept\"";

/// The answer of a call, which is never a status.
fn ok<T>(answer: Result<Response<T>, Status>) -> T {
    answer.unwrap().into_inner()
}

fn request<T>(message: T) -> tonic::Request<T> {
    tonic::Request::new(message)
}

fn sent(value: &AnyValue, ty: &Type) -> Option<proto::DynamicValue> {
    Some(proto::DynamicValue {
        msgpack: codec::encode(value, ty).unwrap(),
        json: Vec::new(),
    })
}

fn thing(model: ThingModel) -> Option<proto::DynamicValue> {
    let value = Value::Known(model.into_known());
    sent(&value, &thing_schema().ty())
}

fn nil() -> Option<proto::DynamicValue> {
    sent(&Value::Null, &Type::Bool)
}

/// The thing in an answer; `None` for null and for no answer.
fn received(value: Option<proto::DynamicValue>) -> Option<ThingModel> {
    let value = codec::decode(&value?.msgpack, &thing_schema().ty()).unwrap();
    let known = value.known().cloned()?;
    Some(ThingModel::from_known(known).unwrap())
}

/// As Terraform writes it.
fn path(path: &proto::AttributePath) -> String {
    use proto::attribute_path::step::Selector;
    let steps = path.steps.iter().fold(Path::root(), |path, step| {
        path.join(match step.selector.clone() {
            Some(Selector::AttributeName(name)) => Step::Attribute(name),
            Some(Selector::ElementKeyString(key)) => Step::Key(key),
            Some(Selector::ElementKeyInt(index)) => Step::Index(index),
            None => panic!("a step to nowhere"),
        })
    });
    steps.to_string()
}

/// Summaries with severity, and the path where there is one.
fn told(diagnostics: &[proto::Diagnostic]) -> Vec<String> {
    let told = diagnostics.iter().map(|diagnostic| {
        let path = diagnostic.attribute.as_ref().map(path).unwrap_or_default();
        let severity = match diagnostic.severity() {
            proto::diagnostic::Severity::Error => "E",
            proto::diagnostic::Severity::Warning => "W",
            proto::diagnostic::Severity::Invalid => "?",
        };
        assert!(!diagnostic.detail.is_empty());
        format!("{severity} {} {path}", diagnostic.summary)
            .trim_end()
            .to_owned()
    });
    told.collect()
}

fn stored(name: &str) -> ThingModel {
    ThingModel {
        id: Value::text("id-1"),
        name: Value::text(name),
        revision: Value::Known(1),
        config: Value::Known(ConfigModel {
            api_key: Value::text("k"),
            api_key_wo: Value::Null,
        }),
    }
}

fn written(name: &str) -> ThingModel {
    ThingModel {
        id: Value::Null,
        revision: Value::Null,
        config: Value::Known(ConfigModel {
            api_key: Value::text("k"),
            api_key_wo: Value::text("w"),
        }),
        ..stored(name)
    }
}

fn plan_of(
    prior: Option<proto::DynamicValue>,
    config: Option<proto::DynamicValue>,
) -> proto::plan_resource_change::Request {
    proto::plan_resource_change::Request {
        type_name: "fake_thing".into(),
        prior_state: prior,
        proposed_new_state: config.clone(),
        config,
        prior_private: KEPT.to_vec(),
        ..Default::default()
    }
}

fn apply_of(name: &str) -> proto::apply_resource_change::Request {
    let planned = ThingModel {
        id: Value::Unknown,
        revision: Value::Unknown,
        ..stored(name)
    };
    proto::apply_resource_change::Request {
        type_name: "fake_thing".into(),
        prior_state: nil(),
        planned_state: thing(planned),
        config: thing(written(name)),
        planned_private: KEPT.to_vec(),
        ..Default::default()
    }
}
