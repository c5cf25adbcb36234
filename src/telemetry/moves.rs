//! Moves from what people have used for this API before: `moved` blocks that lead from a generic
//! resource to this one. The id comes over, and nothing else: whatever keys the source holds are
//! sent again from the configuration, as after an import.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use serde_json::Value as Json;
use terraform_plugin::{
    Diagnostic, Diagnostics, MoveSource, MoveTarget, Moved, Resource as _, SourceState,
};

use super::private::PrivateState;
use super::resource::TelemetryDataSourceResource;
use crate::summary::Summary;

/// What an address of a data source in the API has before the id.
const ADDRESS: &str = "/v2/telemetry/data_sources";

/// How many of the ids that were found an error names.
const MOST_NAMED: usize = 3;

impl MoveTarget for TelemetryDataSourceResource {
    fn move_state(&self, source: MoveSource) -> Result<Moved<Self>, Diagnostics> {
        let state = self.import(&id_in(&source)?)?;
        Ok(Moved {
            private: PrivateState::moved(),
            ..Moved::state(state)
        })
    }
}

/// The id of the data source that the source stands for.
fn id_in(source: &MoveSource) -> Result<String, Diagnostic> {
    let state = source.state.json();
    let (found, looked_for) = match source.type_name.as_str() {
        "restapi_object" => (
            of_rest_object(state),
            "a path with /v2/telemetry/data_sources, and an id beside it",
        ),
        "terracurl_request" => (
            in_addresses(state),
            "a URL with /v2/telemetry/data_sources/ and an id",
        ),
        "null_resource" => (within([&state["triggers"]]), IN_TRIGGERS),
        "terraform_data" => (
            // Beside each value stands its type, which has the same keys.
            within(
                ["input", "triggers_replace"].map(|name| match &state[name]["value"] {
                    Json::Null => &state[name],
                    value => value,
                }),
            ),
            IN_INPUT,
        ),
        _ => return Err(source.unsupported(TelemetryDataSourceResource::TYPE_NAME)),
    };
    let mut ids = found.into_iter();
    match (ids.next(), ids.next()) {
        (Some(id), None) => Ok(id),
        (None, _) => Err(no_id(&source.type_name, looked_for, "It found none.")),
        (Some(first), Some(second)) => {
            let all = [first, second].into_iter().chain(ids);
            let named: Vec<_> = all.take(MOST_NAMED).map(|id| format!("{id:?}")).collect();
            let found = format!("It found more than one: {}.", named.join(", "));
            Err(no_id(&source.type_name, looked_for, &found))
        }
    }
}

const IN_TRIGGERS: &str = "a key data_source_id or id in triggers, or a string with \
                           /v2/telemetry/data_sources/ and an id";
const IN_INPUT: &str = "a key data_source_id or id in input or triggers_replace, or a string with \
                        /v2/telemetry/data_sources/ and an id";

/// Of Mastercard's restapi: a path, and the id as the provider keeps it. What was sent, in `data`,
/// may hold keys.
fn of_rest_object(state: &Json) -> BTreeSet<String> {
    let paths = ["path", "create_path", "read_path", "update_path"];
    let mut paths = paths.iter().filter_map(|name| state[*name].as_str());
    let id = state["id"].as_str().filter(|id| !id.is_empty());
    let id = id.filter(|_| paths.any(|path| path.contains(ADDRESS)));
    id.map(str::to_owned).into_iter().collect()
}

/// In any address within.
fn in_addresses(value: &Json) -> BTreeSet<String> {
    SourceState::strings(value).flat_map(addresses_in).collect()
}

/// Under a key that names it; where there is none, in an address.
fn within<'a>(values: impl IntoIterator<Item = &'a Json> + Clone) -> BTreeSet<String> {
    let members = values.clone().into_iter().flat_map(SourceState::members);
    let named: BTreeSet<_> = members
        .filter(|(key, _)| matches!(*key, "data_source_id" | "id"))
        .filter_map(|(_, value)| value.as_str())
        .filter(|id| !id.is_empty())
        .map(|id| addresses_in(id).next().unwrap_or_else(|| id.to_owned()))
        .collect();
    if !named.is_empty() {
        return named;
    }
    values.into_iter().flat_map(in_addresses).collect()
}

/// The segment after each [`ADDRESS`].
fn addresses_in(text: &str) -> impl Iterator<Item = String> {
    let is_of_it = |c: char| c.is_ascii_alphanumeric() || "-._~%".contains(c);
    text.split(ADDRESS).skip(1).filter_map(move |rest| {
        let rest = rest.strip_prefix('/')?;
        let id = rest.split(|c| !is_of_it(c)).next()?;
        let id = percent_decode_str(id).decode_utf8_lossy().into_owned();
        (!id.is_empty()).then_some(id)
    })
}

fn no_id(source: &str, looked_for: &str, found: &str) -> Diagnostic {
    Diagnostic::error(
        Summary::NoIdToMove,
        format!(
            "The state of this {source} does not say which telemetry data source it manages. The \
             provider looked for {looked_for}. {found} The state has not changed. Remove the moved \
             block, take the {source} out of the state with a removed block, and set \
             data_source_id: the next apply adopts the data source."
        ),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "01G0J1EXE7AXZ2C93K61WBPYEH";

    fn source(type_name: &str, state: &Json) -> Result<String, String> {
        let source = MoveSource::new(type_name, state.clone());
        id_in(&source).map_err(|error| error.detail)
    }

    #[test]
    fn where_an_id_is_found() {
        let url = format!("https://api.incident.io/v2/telemetry/data_sources/{ID}");
        let typed =
            |value: Json| json!({"value": value, "type": ["object", {"data_source_id": "string"}]});
        for (type_name, state) in [
            (
                "restapi_object",
                json!({"id": ID, "path": "/v2/telemetry/data_sources", "data": "{\"id\":\"x\"}"}),
            ),
            (
                "terracurl_request",
                json!({"id": "7", "url": url, "destroy_url": null}),
            ),
            (
                "terracurl_request",
                json!({"url": format!("{url}?x=1"), "read_url": url}),
            ),
            (
                "null_resource",
                json!({"id": "813", "triggers": {"data_source_id": ID, "token": "t"}}),
            ),
            (
                "null_resource",
                json!({"id": "813", "triggers": {"url": url}}),
            ),
            (
                "null_resource",
                json!({"id": "813", "triggers": {"command": format!("curl -X PUT '{url}'")}}),
            ),
            (
                "null_resource",
                json!({"triggers": {"command": format!("(curl -d '{{}}' {url}); echo \\\"{url}\\\"")}}),
            ),
            (
                "terraform_data",
                json!({"id": "uuid", "input": typed(json!({"data_source_id": ID})), "triggers_replace": null}),
            ),
            (
                "terraform_data",
                json!({"id": "uuid", "input": null, "triggers_replace": typed(json!([{"deep": {"id": ID}}]))}),
            ),
            (
                "terraform_data",
                json!({"id": "uuid", "input": {"value": url, "type": "string"}}),
            ),
            (
                "terraform_data",
                json!({"input": typed(json!({"id": ID})), "triggers_replace": typed(json!({"u": url}))}),
            ),
        ] {
            assert_eq!(
                source(type_name, &state),
                Ok(ID.to_owned()),
                "{type_name}: {state}"
            );
        }
    }

    #[test]
    fn where_none_is_found_or_two() {
        for (type_name, state, says) in [
            (
                "restapi_object",
                json!({"id": ID, "path": "/v2/schedules"}),
                "It found none",
            ),
            (
                "restapi_object",
                json!({"path": "/v2/telemetry/data_sources"}),
                "It found none",
            ),
            (
                "terracurl_request",
                json!({"url": "https://example.com/"}),
                "It found none",
            ),
            (
                "null_resource",
                json!({"id": "813", "triggers": null}),
                "a key data_source_id or id in triggers",
            ),
            (
                "null_resource",
                json!({"triggers": {"id": "a", "data_source_id": "b"}}),
                "It found more than one: \"a\", \"b\"",
            ),
            (
                "null_resource",
                json!({"triggers": {"command": "PUT /v2/telemetry/data_sources/a /v2/telemetry/data_sources/b"}}),
                "It found more than one: \"a\", \"b\"",
            ),
            (
                "terraform_data",
                json!({"id": "uuid", "input": {"value": 7, "type": "number"}}),
                "this terraform_data",
            ),
            ("terraform_data", json!("nonsense"), "It found none"),
            (
                "aws_thing",
                json!({"id": ID}),
                "cannot take over a state of aws_thing",
            ),
        ] {
            let error = source(type_name, &state).unwrap_err();
            assert!(error.contains(says), "{type_name}: {state}: {error}");
        }
    }
}
