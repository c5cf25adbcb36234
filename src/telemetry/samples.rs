//! Diagnostics about data sources, for the list of all.

use std::sync::Arc;

use serde_json::json;
use terraform_plugin::{
    Action as _, Diagnostic, Diagnostics, MoveSource, MoveTarget as _, Path, Text, Value,
};

use super::action::{GrafanaKeys, RotateCredentials, Rotation, dropped};
use super::attributes::{Block, Field};
use super::change::Why;
use super::checks::{api_url, identifier};
use super::model::{DatadogConfig, GrafanaConfig, TelemetryDataSource};
use super::private::{NoRandomness, PrivateState, Sign};
use super::resource::TelemetryDataSourceResource;
use super::testing::{grafana_key, planned};
use super::{messages, validate};
use crate::connection::Connections;
use crate::summary::Summary;

pub(crate) use super::messages::IN_DOUBT;

const ID: &str = "01G0J1EXE7AXZ2C93K61WBPYEH";
const WHEN: &str = "2026-02-01T09:30:00Z";
const REASON: &str = "the API answered 403 Forbidden (authorization_error): No.";
const KEY: &str = "The API key \"CI\" belongs to the organisation at https://app.incident.io/acme.";

pub(crate) fn of(summary: Summary) -> Vec<Diagnostic> {
    use Summary as S;
    let state = state();
    let one = match summary {
        S::InvalidId => return invalid_ids(),
        S::InvalidUrl => return invalid_urls(),
        S::VersionAlone => return configured(|block| block.api_key_wo_version = text("1")),
        S::BothKinds => {
            let mut config = grafana(|block| block.api_key = text("k"));
            config.datadog_config = datadog();
            return list(validate::conflicts(&config));
        }
        S::BothForms => {
            return configured(|block| {
                block.api_key = text("k");
                block.api_key_wo = text("k");
            });
        }
        S::WrongKind => {
            let config = grafana(|block| block.api_key = text("k"));
            return list(validate::kind_mismatches(&config, "datadog"));
        }
        S::EmptyBlock => {
            let datadog_config = Value::Known(DatadogConfig::default());
            let datadog = TelemetryDataSource {
                datadog_config,
                ..bare()
            };
            let configs = [grafana(|_| {}), datadog];
            return configs.iter().flat_map(validate::config).collect();
        }
        S::NoKey => return no_key(),
        S::KeyDropped => dropped(&grafana(|_| {})),
        S::NoIdToMove => return no_id_to_move(),
        S::NeverThere => messages::never_there(&state, KEY),
        S::CannotImport => messages::cannot_import(&state, KEY),
        S::Absent => messages::absent(&state, KEY),
        S::WasAbsent => messages::was_absent(&state),
        S::NotRead => messages::never_read(&state, REASON),
        S::DriftUnchecked => messages::drift_unchecked(&state, REASON),
        S::AdoptionUnchecked => messages::adoption_unchecked(&state, REASON),
        S::NothingToSend => messages::nothing_to_adopt_with(&state, REASON),
        S::Unreadable => {
            return messages::unreadable(ID, &["enabled", "version"])
                .into_iter()
                .collect();
        }
        S::NotRecorded => messages::not_recorded(ID, &NoRandomness),
        S::Shared => messages::shared(&state),
        S::Renames => messages::renames(&state, "Grafana"),
        S::ReplacesCredentials => {
            let config = grafana(|block| block.api_key = text("k"));
            let plan = planned(&config, Some(&state), &PrivateState::default(), None);
            messages::replaces_credentials(&state, &plan.change)
        }
        S::SentAgain => return sent_again(),
        S::SwitchedOff => {
            return [false, true]
                .map(|reapplies| messages::switched_off(&state, reapplies))
                .into();
        }
        S::ChangedOutside => {
            let with_version = grafana(|block| block.api_key_wo_version = text("1"));
            return [state, with_version]
                .map(|state| messages::changed_outside(&state, WHEN))
                .into();
        }
        S::ChangedAfterReapply => messages::changed_after_reapply(&state, WHEN),
        S::LeftActive => messages::left_active(&state),
        S::Replaced => messages::replaced(&state),
        S::BlockRemoved => messages::block_removed(Block::Grafana),
        S::ValueRemoved => messages::value_removed(Path::attributes("grafana_config.api_key")),
        // Of other rooms.
        _ => return Vec::new(),
    };
    vec![one]
}

fn text(text: &str) -> Value<Text> {
    Value::text(text)
}

fn bare() -> TelemetryDataSource {
    TelemetryDataSource {
        data_source_id: text(ID),
        ..TelemetryDataSource::default()
    }
}

fn state() -> TelemetryDataSource {
    TelemetryDataSource {
        id: text(ID),
        name: text("Production Grafana"),
        provider_name: text("grafana"),
        ..bare()
    }
}

fn grafana(set: impl FnOnce(&mut GrafanaConfig)) -> TelemetryDataSource {
    let mut block = GrafanaConfig::default();
    set(&mut block);
    TelemetryDataSource {
        grafana_config: Value::Known(block),
        ..bare()
    }
}

fn datadog() -> Value<DatadogConfig> {
    Value::Known(DatadogConfig {
        api_key: text("k"),
        ..DatadogConfig::default()
    })
}

fn list(diagnostics: Diagnostics) -> Vec<Diagnostic> {
    diagnostics.into_iter().collect()
}

fn configured(set: impl FnOnce(&mut GrafanaConfig)) -> Vec<Diagnostic> {
    list(validate::config(&grafana(set)))
}

fn invalid_ids() -> Vec<Diagnostic> {
    let path = Path::attributes("data_source_id");
    let url = format!("https://api.incident.io/v2/telemetry/data_sources/{ID}");
    ["..", &url, "https://app.incident.io/"]
        .into_iter()
        .filter_map(|id| identifier(&text(id), &path))
        .collect()
}

fn invalid_urls() -> Vec<Diagnostic> {
    let path = Path::attributes("grafana_config.api_url");
    [
        "http://grafana.example.com",
        "https://https://grafana.example.com",
        "grafana .example.com",
        "me@grafana.example.com",
        "https://",
        "https:grafana.example.com",
        "grafana.example.com?orgId=1",
        "grafana.example.com\\d",
        "grafana.example.com/api",
    ]
    .into_iter()
    .filter_map(|url| api_url(&text(url), &path))
    .collect()
}

fn no_key() -> Vec<Diagnostic> {
    let action = RotateCredentials::new(Arc::new(Connections::default()));
    let with_address = GrafanaKeys {
        api_url: text("grafana.example.com"),
        ..GrafanaKeys::default()
    };
    let configs = [Value::Null, Value::Known(with_address)].map(|grafana_config| Rotation {
        data_source_id: text(ID),
        grafana_config,
        ..Rotation::default()
    });
    configs
        .iter()
        .flat_map(|config| action.validate(config))
        .collect()
}

fn no_id_to_move() -> Vec<Diagnostic> {
    let resource = TelemetryDataSourceResource::new(Arc::default());
    [
        ("null_resource", json!({"triggers": null})),
        ("restapi_object", json!({"path": "/v2/schedules"})),
        ("terracurl_request", json!({"url": "https://example.com/"})),
        (
            "terraform_data",
            json!({"input": {"id": "a", "data_source_id": "b"}}),
        ),
    ]
    .into_iter()
    .flat_map(|(type_name, state)| {
        let moved = resource.move_state(MoveSource::new(type_name, state));
        moved.err().unwrap()
    })
    .collect()
}

fn sent_again() -> Vec<Diagnostic> {
    let state = state();
    let changed = Sign::Changed(WHEN.to_owned());
    let fields: Vec<_> = Field::keys().collect();
    [
        (Why::Reapply, Some(Sign::SwitchedOff)),
        (Why::Reapply, Some(changed)),
        (Why::Reapply, None),
        (Why::InDoubt, None),
        (Why::Lost, None),
    ]
    .iter()
    .map(|(why, sign)| messages::sent_again(&state, *why, &[grafana_key()], sign.as_ref()))
    .chain([messages::sent_again(&state, Why::Lost, &fields, None)])
    .collect()
}
