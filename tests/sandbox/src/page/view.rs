//! What the page tells, as JSON, without a key in clear.

use http::header::AUTHORIZATION;
use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use serde_json::{Map, Value, json};

use crate::api::World;
use crate::journal::Entry;
use crate::store::DataSource;

/// The texts that are shown as they are, by full field name. Whatever else comes, even in a field
/// that nobody knows, may be a key.
const CLEAR: [&str; 2] = ["name", "grafana_config.api_url"];

/// How many requests are told: the last.
const REQUESTS: usize = 100;

/// Every data source, connected or not, in the order of their ids.
pub(super) fn sources(world: &World) -> Value {
    let connected = world.store.connected().map(|each| source(each, true));
    let disconnected = world.store.disconnected().map(|each| source(each, false));
    let mut all: Vec<_> = connected.chain(disconnected).collect();
    all.sort_by(|one, other| one["id"].as_str().cmp(&other["id"].as_str()));
    json!({ "data_sources": all })
}

pub(super) fn source(source: &DataSource, connected: bool) -> Value {
    let fields = source.config.iter();
    let config: Map<_, _> = fields
        .map(|(field, value)| (field.clone(), text(field, value)))
        .collect();
    json!({
        "id": source.id,
        "name": source.name,
        "provider": source.provider,
        "enabled": source.enabled,
        "connected": connected,
        "updated_at": source.updated_at(),
        "config": config,
    })
}

/// The last requests, in order.
pub(super) fn requests(world: &World) -> Value {
    let entries = world.journal.entries();
    let last = &entries[entries.len().saturating_sub(REQUESTS)..];
    let requests: Vec<_> = last.iter().map(|entry| request(world, entry)).collect();
    json!({ "requests": requests })
}

fn request(world: &World, entry: &Entry) -> Value {
    let does = if entry.is_identity() {
        "asks whose the key is"
    } else if entry.is_read() {
        "reads"
    } else if entry.applied {
        "changed something"
    } else {
        "changed nothing"
    };
    let at = Timestamp::try_from(entry.at).map_or(Value::Null, |at| json!(at.to_string()));
    json!({
        "number": entry.number,
        "at": at,
        "method": entry.method,
        // A key may have come in the query.
        "path": entry.path.split('?').next(),
        "key": key(world, entry),
        "body": body(entry),
        "status": entry.status,
        "does": does,
    })
}

/// The API key, by the name that it has in the dashboard.
fn key(world: &World, entry: &Entry) -> Value {
    let keys = world.options.keys.iter();
    match entry.bearer() {
        Some(token) => match keys.into_iter().find(|key| key.value == token) {
            Some(key) => json!(key.name),
            None => json!(format!("not a key: {}", fingerprint(token))),
        },
        None if entry.headers.contains_key(AUTHORIZATION) => json!("not a bearer token"),
        None => Value::Null,
    }
}

fn body(entry: &Entry) -> Value {
    match &entry.body {
        Some(body) => masked("", body),
        None if entry.raw_body.is_empty() => Value::Null,
        None => json!(format!("{} bytes that are not JSON", entry.raw_body.len())),
    }
}

fn masked(path: &str, value: &Value) -> Value {
    match value {
        Value::Null | Value::Bool(_) => value.clone(),
        Value::Number(number) => text(path, &number.to_string()),
        Value::String(string) => text(path, string),
        Value::Array(items) => {
            let items = items.iter();
            items
                .map(|item| masked(&format!("{path}[]"), item))
                .collect()
        }
        Value::Object(fields) => {
            let separator = if path.is_empty() { "" } else { "." };
            let fields = fields.iter();
            let masked = fields.map(|(name, value)| {
                let inner = masked(&format!("{path}{separator}{name}"), value);
                (name.clone(), inner)
            });
            Value::Object(masked.collect())
        }
    }
}

fn text(path: &str, value: &str) -> Value {
    if CLEAR.contains(&path) {
        json!(value)
    } else {
        json!(fingerprint(value))
    }
}

/// Tells two keys apart, and none of them.
fn fingerprint(secret: &str) -> String {
    let digest = digest(&SHA256, secret.as_bytes());
    let start = digest.as_ref().iter().take(4);
    let number = start.fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("sha256:{number:08x}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_key_is_a_fingerprint() {
        let body = json!({
            "name": "Mine",
            "token": "secret-1",
            "grafana_config": {
                "api_key": "secret-2", "api_url": "g.example.org", "name": "secret-3", "more": [
                    "secret-4", {"x": "secret-5"}, 12345, null, true,
                ],
            },
        });
        let shown = masked("", &body);
        let text = shown.to_string();
        assert!(
            !text.contains("secret") && !text.contains("12345"),
            "{text}"
        );
        assert_eq!(shown["name"], "Mine");
        assert_eq!(shown["grafana_config"]["api_url"], "g.example.org");
        assert_eq!(shown["grafana_config"]["more"][3], Value::Null);
        assert_eq!(shown["grafana_config"]["more"][4], true);
        let key = shown["grafana_config"]["api_key"].as_str();
        assert_eq!(key, Some("sha256:f4b6bb65…"));
        assert!(!masked("", &json!("secret")).to_string().contains("secret"));
    }
}
