//! Anything at all in private state, and in the names of fields that the API complains of.

use proptest::prelude::*;

use super::model::{GrafanaConfig, SecretName, TelemetryDataSource, attribute_of};
use super::plan::{Observation, PlanInput, plan};
use super::private::PrivateState;
use super::schema::schema;
use terraform_plugin::Value;
use test_support::damage::{damaged, damaged_text};

const STORED: &str = r#"{"v":1,"salt":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","sent":{"grafana_config.api_key":"AAAA"},
    "changed_outside":["grafana_config.api_key"],"in_doubt":["datadog_config.app_key"],"api_url_in_doubt":true,
    "seen_updated_at":"2021-08-17T13:28:57.801578Z","empty_update_keeps":true,
    "unsettled":{"updated_at":"x","explained":false},"decisions":{"grafana_config.api_key":"send"}}"#;

fn config(key: &str) -> TelemetryDataSource {
    TelemetryDataSource {
        data_source_id: Value::text("01G"),
        grafana_config: Value::Known(GrafanaConfig {
            api_key: Value::text(key),
            ..GrafanaConfig::default()
        }),
        ..TelemetryDataSource::default()
    }
}

proptest! {
    #[test]
    fn any_private_state_is_understood_or_none(bytes in damaged(&[STORED.as_bytes()]), same in any::<bool>()) {
        let private = PrivateState::decode(&bytes);
        let again = PrivateState::decode(&private.encode());
        prop_assert_eq!(again.encode(), private.encode());
        for name in SecretName::ALL {
            prop_assert_ne!(private.was_sent(name, "key"), Some(true));
        }
        let planned = plan(&PlanInput {
            config: &config(if same { "key" } else { "other" }),
            prior: Some(&config("key")),
            private: &private,
            earlier: private.decisions.as_ref(),
            observed: &Observation::Unchecked,
        });
        prop_assert!(planned.diagnostics.into_iter().next().is_none());
    }

    #[test]
    fn any_field_is_an_attribute_or_none(field in damaged_text(&[
        "id",
        "name",
        "grafana_config",
        "grafana_config.api_key",
        "grafana_config.api_url",
        "datadog_config.app_key",
    ])) {
        if let Some(path) = attribute_of(&config("key"), &field) {
            prop_assert!(schema().attribute(&path).is_some(), "{}", path);
        }
    }
}
