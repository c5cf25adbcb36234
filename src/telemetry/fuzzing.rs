//! What holds for any private state.

use terraform_plugin::Value;

use super::attributes::Field;
use super::model::{GrafanaConfig, TelemetryDataSource};
use super::testing::{decode, encode, planned};

/// Bytes are a private state or none: it is stored as it was read, no key is taken for one that was
/// sent, and a plan goes by it without an error.
pub(crate) fn any_private_state(bytes: &[u8]) {
    let private = decode(bytes);
    let stored = encode(&private);
    let again = decode(&stored);
    assert_eq!(again, private);
    assert_eq!(encode(&again), stored);
    for name in Field::all() {
        assert_ne!(private.was_sent(name, "key"), Some(true));
    }
    // Now with the key that is there already, now with another one.
    let key = if bytes.len().is_multiple_of(2) {
        "key"
    } else {
        "other"
    };
    let decisions = private.decisions.as_ref();
    let plan = planned(&config(key), Some(&config("key")), &private, decisions);
    assert!(!plan.diagnostics.has_errors());
}

pub(crate) fn config(key: &str) -> TelemetryDataSource {
    TelemetryDataSource {
        data_source_id: Value::text("01G"),
        grafana_config: Value::Known(GrafanaConfig {
            api_key: Value::text(key),
            ..GrafanaConfig::default()
        }),
        ..TelemetryDataSource::default()
    }
}
