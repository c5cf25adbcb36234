//! Nested attributes and blocks, in every way to arrange them, through the calls.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use tokio_util::sync::CancellationToken;

use super::fake::REPORT_URL;
use super::*;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model;
use crate::model::Set;
use crate::provider::{self, Host, Offers};
use crate::resource::{ApplyRequest, ApplyResponse, ReadRequest, ReadResponse, Resource};
use crate::schema::{Attribute, Block, Literal, Mode, Nesting, Planned, Schema};
use crate::server::Server;
use crate::value::{Known, Text};

model! {
    struct Settings {}
}

model! {
    /// What may be in anything but a set.
    struct Part {
        name: Text,
        weight: i64,
        id: Text,
        on: bool,
        key_wo: Text,
        place: Text,
    }
}

model! {
    /// What may be in a set.
    struct Plain {
        name: Text,
        weight: i64,
    }
}

model! {
    struct Shelf {
        single: Part,
        list: Vec<Value<Part>>,
        set: Set<Plain>,
        map: BTreeMap<String, Value<Part>>,
        single_block: Part,
        list_block: Vec<Value<Part>>,
        set_block: Set<Plain>,
        map_block: BTreeMap<String, Value<Part>>,
    }
}

fn plain() -> Vec<Attribute> {
    vec![
        Attribute::string("name", Mode::Required, "d"),
        Attribute::number("weight", Mode::Optional, "d"),
    ]
}

fn part() -> Vec<Attribute> {
    let on = Planned::Default(Literal::Bool(true));
    let computed = [
        Attribute::string("id", Mode::Computed, "d").planned(Planned::Prior),
        Attribute::bool("on", Mode::OptionalComputed, "d").planned(on),
        Attribute::string("key_wo", Mode::Optional, "d").write_only(),
        Attribute::string("place", Mode::Optional, "d").requires_replace(),
    ];
    plain().into_iter().chain(computed).collect()
}

fn schema() -> Schema {
    let attribute =
        |name, nesting, inner| Attribute::nested(name, nesting, Mode::Optional, "d", inner);
    let attributes = vec![
        attribute("single", Nesting::Single, part()),
        attribute("list", Nesting::List, part()),
        attribute("set", Nesting::Set, plain()),
        attribute("map", Nesting::Map, part()),
    ];
    let schema = Schema::new("d", attributes)
        .block(Block::new("single_block", Nesting::Single, "d", part()))
        .block(Block::new("list_block", Nesting::List, "d", part()))
        .block(Block::new("set_block", Nesting::Set, "d", plain()))
        .block(Block::new("map_block", Nesting::Map, "d", part()));
    Schema {
        version: 1,
        ..schema
    }
}

/// A provider of one resource with this schema.
struct Shelves(Schema);

impl provider::Provider for Shelves {
    type Model = Settings;

    fn schema(&self) -> Schema {
        Schema::new("d", Vec::new())
    }

    fn configure(&self, _config: Settings, _host: &Host) -> Diagnostics {
        Diagnostics::new()
    }

    fn offers(&self) -> Offers {
        Offers::new().resource(Self(self.0.clone()))
    }
}

impl Resource for Shelves {
    type Model = Shelf;
    type Private = ();

    const TYPE_NAME: &'static str = "fake_shelf";

    fn schema(&self) -> Schema {
        self.0.clone()
    }

    fn upgrade(&self, _version: i64, state: Json) -> Result<Json, Diagnostic> {
        Ok(state)
    }

    fn import(&self, _id: &str) -> Result<Shelf, Diagnostic> {
        Ok(Shelf::default())
    }

    async fn read(&self, request: ReadRequest<Self>, _: &CancellationToken) -> ReadResponse<Self> {
        ReadResponse::found(request.state)
    }

    /// Gives back the write-only values, on purpose.
    async fn create(
        &self,
        request: ApplyRequest<Self>,
        _: &CancellationToken,
    ) -> ApplyResponse<Self> {
        let ApplyRequest {
            planned, config, ..
        } = request;
        let made = |part: Part, from: &Part| Part {
            id: Value::text("made"),
            key_wo: from.key_wo.clone(),
            ..part
        };
        let one = |part: Value<Part>, from: &Value<Part>| match from.known() {
            Some(from) => part.map(|part| made(part, from)),
            None => part,
        };
        let list = |parts: Value<Vec<Value<Part>>>, from: &Value<Vec<Value<Part>>>| {
            let from = from.known().cloned().unwrap_or_default();
            parts.map(|parts| {
                parts
                    .into_iter()
                    .zip(&from)
                    .map(|(part, from)| one(part, from))
                    .collect()
            })
        };
        let map = |parts: Value<BTreeMap<_, _>>, from: &Value<BTreeMap<String, Value<Part>>>| {
            let from = from.known().cloned().unwrap_or_default();
            parts.map(|parts| {
                let parts = parts.into_iter();
                parts
                    .map(|(key, part)| {
                        let part = one(part, &from[&key]);
                        (key, part)
                    })
                    .collect()
            })
        };
        let state = Shelf {
            single: one(planned.single, &config.single),
            list: list(planned.list, &config.list),
            set: planned.set,
            map: map(planned.map, &config.map),
            single_block: one(planned.single_block, &config.single_block),
            list_block: list(planned.list_block, &config.list_block),
            set_block: planned.set_block,
            map_block: map(planned.map_block, &config.map_block),
        };
        ApplyResponse::done(state)
    }

    async fn update(
        &self,
        _prior: Shelf,
        request: ApplyRequest<Self>,
        _: &CancellationToken,
    ) -> ApplyResponse<Self> {
        ApplyResponse::done(request.planned)
    }

    async fn delete(&self, _prior: Shelf, _: &CancellationToken) -> Diagnostics {
        Diagnostics::new()
    }
}

fn shelves() -> Server {
    Server::new(Shelves(schema()), REPORT_URL)
}

/// A whole object of the schema; what is left out is null.
fn shelf(json: Json) -> Option<proto::DynamicValue> {
    let value = codec::from_json(json, &schema().ty()).unwrap();
    sent(&value, &schema().ty())
}

/// What an answer holds, with `"?"` for unknown.
fn shown(value: Option<proto::DynamicValue>) -> Json {
    json_of(&codec::decode(&value.unwrap().msgpack, &schema().ty()).unwrap())
}

fn json_of(value: &AnyValue) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Unknown => json!("?"),
        Value::Known(Known::Bool(value)) => json!(value),
        Value::Known(Known::Number(value)) => json!(value.to_i64()),
        Value::Known(Known::String(value)) => json!(&**value),
        Value::Known(Known::List(elements) | Known::Set(elements)) => {
            elements.iter().map(json_of).collect()
        }
        Value::Known(Known::Map(members) | Known::Object(members)) => {
            let members = members.iter();
            members
                .map(|(name, value)| (name.to_string(), json_of(value)))
                .collect()
        }
        other @ Value::Known(_) => panic!("{other:?}"),
    }
}

/// Part and plain of everything, from what stands for a part and for a plain.
fn everywhere(part: &Json, plain: &Json) -> Json {
    json!({
        "single": part, "list": [part, part], "set": [plain], "map": {"k": part},
        "single_block": part, "list_block": [part, part], "set_block": [plain],
        "map_block": {"k": part},
    })
}

fn written_everywhere() -> Json {
    everywhere(
        &json!({"name": "n", "weight": 1, "id": null, "on": null, "key_wo": "s3cret", "place": "here"}),
        &json!({"name": "n", "weight": 1}),
    )
}

fn with_id(id: &str) -> Json {
    everywhere(
        &json!({"name": "n", "weight": 1, "id": id, "on": true, "key_wo": null, "place": "here"}),
        &json!({"name": "n", "weight": 1}),
    )
}

fn empty() -> Json {
    json!({
        "single": null, "list": null, "set": null, "map": null,
        "single_block": null, "list_block": [], "set_block": [], "map_block": {},
    })
}

async fn validated(config: Json, write_only_attributes_allowed: bool) -> Vec<proto::Diagnostic> {
    let validate = proto::validate_resource_config::Request {
        type_name: "fake_shelf".into(),
        config: shelf(config),
        client_capabilities: Some(proto::ClientCapabilities {
            write_only_attributes_allowed,
            ..Default::default()
        }),
    };
    ok(shelves().validate_resource_config(request(validate)).await).diagnostics
}

async fn told_of(config: Json, write_only_attributes_allowed: bool) -> Vec<String> {
    told(&validated(config, write_only_attributes_allowed).await)
}

fn plan(prior: Option<proto::DynamicValue>, config: Json) -> proto::plan_resource_change::Request {
    proto::plan_resource_change::Request {
        type_name: "fake_shelf".into(),
        ..plan_of(prior, shelf(config))
    }
}

/// Every place of a part, and of a plain: an element of a set is blamed on the set.
const PARTS: [&str; 8] = [
    "single",
    "list[0]",
    "list[1]",
    "map[\"k\"]",
    "single_block",
    "list_block[0]",
    "list_block[1]",
    "map_block[\"k\"]",
];

#[tokio::test]
async fn what_is_required_is_missed_where_it_is_missing() {
    assert_eq!(told_of(written_everywhere(), true).await, [""; 0]);
    let part = json!({"name": "n"});
    for (what, config, name) in [
        (
            "an attribute in a map",
            json!({"map": {"a": part, "b": {}}}),
            "map[\"b\"].name",
        ),
        ("in a list", json!({"list": [part, {}]}), "list[1].name"),
        ("in a single one", json!({"single": {}}), "single.name"),
        ("in a set", json!({"set": [{}]}), "set.name"),
        (
            "a block in a map",
            json!({"map_block": {"a": {}}}),
            "map_block[\"a\"].name",
        ),
        (
            "in a list",
            json!({"list_block": [part, {}]}),
            "list_block[1].name",
        ),
        (
            "in a single one",
            json!({"single_block": {}}),
            "single_block.name",
        ),
        ("in a set", json!({"set_block": [{}]}), "set_block.name"),
    ] {
        let mut whole = empty();
        whole
            .as_object_mut()
            .unwrap()
            .extend(config.as_object().unwrap().clone());
        let answer = validated(whole, true).await;
        // Around a secret, all of it might be shown for a part that is not there.
        let path = name
            .strip_suffix(".name")
            .filter(|at| at.starts_with("set"));
        let expected = "E Missing Configuration for Required Attribute";
        let expected = format!("{expected} {}", path.unwrap_or_default());
        assert_eq!(told(&answer), [expected.trim_end()], "{what}");
        assert!(answer[0].detail.starts_with(name), "{what}");
    }
}

#[tokio::test]
async fn a_write_only_value_is_refused_wherever_it_is_if_it_would_be_stored() {
    let answer = validated(written_everywhere(), false).await;
    let told: Vec<_> = answer.iter().map(|told| told.detail.as_str()).collect();
    assert_eq!(told.len(), PARTS.len(), "{told:#?}");
    for at in PARTS {
        let name = format!("{at}.key_wo");
        assert!(told.iter().any(|told| told.contains(&name)), "{name}");
    }
    // Terraform would print the line that belongs to the path.
    assert!(answer.iter().all(|told| told.attribute.is_none()));
}

#[tokio::test]
async fn a_fraction_is_an_error_where_a_whole_number_belongs() {
    let heavy = json!({"name": "n", "weight": 0.5});
    for (config, path) in [
        (json!({"single": heavy}), ""),
        (json!({"list": [{"name": "n"}, heavy]}), ""),
        (json!({"set": [heavy]}), " set"),
        (json!({"map": {"k": heavy}}), ""),
        (json!({"list_block": [heavy]}), " list_block[0].weight"),
    ] {
        let mut whole = empty();
        whole
            .as_object_mut()
            .unwrap()
            .extend(config.as_object().unwrap().clone());
        let expected = [format!("E Invalid Value{path}")];
        assert_eq!(told_of(whole.clone(), true).await, expected);
        let answer = ok(shelves()
            .plan_resource_change(request(plan(nil(), whole)))
            .await);
        assert_eq!(told(&answer.diagnostics), expected);
        assert_eq!(answer.planned_state, None);
    }
}

#[tokio::test]
async fn everything_is_planned_applied_and_planned_again() {
    let create = plan(nil(), written_everywhere());
    let answer = ok(shelves().plan_resource_change(request(create)).await);
    assert_eq!(told(&answer.diagnostics), [""; 0]);
    let planned = answer.planned_state;
    assert_eq!(shown(planned.clone()), with_id("?"));

    let apply = proto::apply_resource_change::Request {
        type_name: "fake_shelf".into(),
        planned_state: planned,
        config: shelf(written_everywhere()),
        ..Default::default()
    };
    let answer = ok(shelves().apply_resource_change(request(apply)).await);
    assert_eq!(told(&answer.diagnostics), [""; 0]);
    let state = answer.new_state;
    assert_eq!(shown(state.clone()), with_id("made"));

    let again = plan(state.clone(), written_everywhere());
    let answer = ok(shelves().plan_resource_change(request(again)).await);
    assert_eq!(answer.planned_state, state);

    // One more element, and another key: what was there keeps its id.
    let mut config = written_everywhere();
    let part = config["single"].clone();
    config["list_block"] = json!([part, part, part]);
    config["map"] = json!({"k": part, "new": part});
    let more = plan(state, config);
    let answer = ok(shelves().plan_resource_change(request(more)).await);
    let planned = shown(answer.planned_state);
    let ids = [0, 1, 2].map(|index| planned["list_block"][index]["id"].clone());
    assert_eq!(ids, ["made", "made", "?"]);
    assert_eq!(
        (&planned["map"]["k"]["id"], &planned["map"]["new"]["id"]),
        (&json!("made"), &json!("?"))
    );
}

#[tokio::test]
async fn what_needs_another_object_is_named_where_it_is() {
    let mut config = written_everywhere();
    for at in ["single", "map_block/k", "list_block/1", "list/0"] {
        config.pointer_mut(&format!("/{at}")).unwrap()["place"] = json!("there");
    }
    // One that comes is no other value.
    config["map"]["new"] = config["single"].clone();
    let plan = plan(shelf(with_id("made")), config);
    let answer = ok(shelves().plan_resource_change(request(plan)).await);
    let named: Vec<String> = answer.requires_replace.iter().map(path).collect();
    let expected = [
        "single.place",
        "list[0].place",
        "list_block[1].place",
        "map_block[\"k\"].place",
    ];
    assert_eq!(named, expected);
}

#[tokio::test]
async fn blocks_that_an_older_state_lacks_are_empty_and_no_change() {
    let upgrade = |version, json: &str| {
        request(proto::upgrade_resource_state::Request {
            type_name: "fake_shelf".into(),
            version,
            raw_state: Some(proto::RawState {
                json: json.into(),
                flatmap: BTreeMap::new(),
            }),
        })
    };
    for version in [0, 1] {
        let answer = ok(shelves()
            .upgrade_resource_state(upgrade(version, "{}"))
            .await);
        assert_eq!(shown(answer.upgraded_state.clone()), empty());
        let answer = ok(shelves()
            .plan_resource_change(request(plan(answer.upgraded_state.clone(), empty())))
            .await);
        assert_eq!(shown(answer.planned_state), empty());
    }
    let import = proto::import_resource_state::Request {
        type_name: "fake_shelf".into(),
        id: "id".into(),
        ..Default::default()
    };
    let mut answer = ok(shelves().import_resource_state(request(import)).await);
    assert_eq!(shown(answer.imported_resources.remove(0).state), empty());

    // With null where there has to be a collection: not given back as it came.
    let nulls = shelf(json!({}));
    let answer = ok(shelves()
        .plan_resource_change(request(plan(nulls.clone(), empty())))
        .await);
    assert_eq!(shown(answer.planned_state), empty());
    let read = proto::read_resource::Request {
        type_name: "fake_shelf".into(),
        current_state: nulls,
        ..Default::default()
    };
    let answer = ok(shelves().read_resource(request(read)).await);
    assert_eq!(shown(answer.new_state), empty());
}

#[tokio::test]
async fn blocks_that_an_apply_leaves_unknown_are_recorded_as_none() {
    let mut planned = codec::from_json(empty(), &schema().ty()).unwrap();
    let Value::Known(Known::Object(members)) = &mut planned else {
        panic!("no object");
    };
    for name in ["single_block", "list_block", "set_block", "map_block"] {
        members.insert(name.into(), Value::Unknown);
    }
    let apply = proto::apply_resource_change::Request {
        type_name: "fake_shelf".into(),
        planned_state: sent(&planned, &schema().ty()),
        config: shelf(empty()),
        ..Default::default()
    };
    let answer = ok(shelves().apply_resource_change(request(apply)).await);
    assert_eq!(told(&answer.diagnostics), ["E Provider Defect"]);
    assert_eq!(shown(answer.new_state), empty());
}

#[tokio::test]
async fn an_upgrade_names_the_element_that_does_not_fit() {
    let upgrade = proto::upgrade_resource_state::Request {
        type_name: "fake_shelf".into(),
        version: 1,
        raw_state: Some(proto::RawState {
            json: br#"{"map_block": {"k": {"name": "n", "on": "yes"}}}"#.to_vec(),
            flatmap: BTreeMap::new(),
        }),
    };
    let answer = ok(shelves().upgrade_resource_state(request(upgrade)).await);
    assert_eq!(
        told(&answer.diagnostics),
        ["E Unable to Upgrade Resource State"]
    );
    let detail = &answer.diagnostics[0].detail;
    assert!(detail.contains(" at map_block[\"k\"].on: "), "{detail}");
}

#[tokio::test]
async fn generated_configuration_keeps_what_can_be_configured() {
    let generate = proto::generate_resource_config::Request {
        type_name: "fake_shelf".into(),
        state: shelf(with_id("made")),
    };
    let answer = ok(shelves().generate_resource_config(request(generate)).await);
    let expected = everywhere(
        &json!({"name": "n", "weight": 1, "id": null, "on": true, "key_wo": null, "place": "here"}),
        &json!({"name": "n", "weight": 1}),
    );
    assert_eq!(shown(answer.config), expected);
}

#[tokio::test]
async fn a_schema_with_a_problem_is_not_handed_out() {
    let mut wrong = schema();
    wrong
        .attributes
        .push(Attribute::string("provider", Mode::Optional, "d"));
    let server = Server::new(Shelves(wrong), REPORT_URL);
    let schemas = proto::get_provider_schema::Request {};
    let answer = ok(server.get_provider_schema(request(schemas)).await);
    assert_eq!(told(&answer.diagnostics), ["E Provider Defect"]);
    let detail = &answer.diagnostics[0].detail;
    assert!(
        detail.contains("fake_shelf is not valid: provider: the name is reserved"),
        "{detail}"
    );
    assert!(answer.provider.is_none() && answer.resource_schemas.is_empty());
}
