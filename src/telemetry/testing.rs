//! What the unit tests of this folder share.

use terraform_plugin::{AnyValue, Model, Value};

use super::attributes::{Field, schema};
use super::model::TelemetryDataSource;
use super::plan::{Plan, PlanInput, plan};
use super::private::{Decisions, PrivateState};
use super::reading::Found;
use crate::client::DataSource;

/// The field that the API calls this.
pub(super) fn field(name: &str) -> Field {
    Field::named(name).unwrap()
}

pub(super) fn grafana_key() -> Field {
    field("grafana_config.api_key")
}

/// Private state as it is stored.
pub(super) fn encode(private: &PrivateState) -> Vec<u8> {
    serde_json::to_vec(private).unwrap()
}

/// Private state as it is read.
pub(super) fn decode(bytes: &[u8]) -> PrivateState {
    serde_json::from_slice(bytes).unwrap_or_default()
}

pub(super) fn untyped(model: &TelemetryDataSource) -> AnyValue {
    Value::Known(model.clone().into_known())
}

/// What the framework proposes for a change.
pub(super) fn proposed(
    config: &TelemetryDataSource,
    prior: Option<&TelemetryDataSource>,
) -> TelemetryDataSource {
    let proposed = schema().propose(&untyped(config), prior.map(untyped).as_ref());
    TelemetryDataSource::from_known(proposed.known().cloned().unwrap()).unwrap()
}

/// The same with every write-only attribute null, as plan and state have it.
pub(super) fn without_write_only(model: &TelemetryDataSource) -> TelemetryDataSource {
    let mut model = model.clone();
    if let Value::Known(block) = &mut model.grafana_config {
        block.api_key_wo = Value::Null;
    }
    if let Value::Known(block) = &mut model.datadog_config {
        block.api_key_wo = Value::Null;
        block.app_key_wo = Value::Null;
    }
    model
}

/// A plan of a change to a data source that was not read.
pub(super) fn planned(
    config: &TelemetryDataSource,
    prior: Option<&TelemetryDataSource>,
    private: &PrivateState,
    earlier: Option<&Decisions>,
) -> Plan {
    plan(PlanInput {
        config,
        proposed: proposed(config, prior),
        prior,
        private,
        earlier,
        reading: None,
    })
}

pub(super) fn found(data_source: &DataSource, is_recent: bool) -> Found {
    Found {
        data_source: data_source.clone(),
        is_recent,
    }
}
