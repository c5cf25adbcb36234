//! The rules of planning, refreshing and applying, each by itself. No process,
//! no API: the functions are pure.

use terraform_plugin::{Diagnostic, Diagnostics, Severity, Text, Value};

use super::apply::Applying;
use super::attributes::{Field, has_been_read};
use super::model::{DatadogConfig, GrafanaConfig, TelemetryDataSource};
use super::plan::{Plan, PlanInput, plan};
use super::private::{Decision, PrivateState};
use super::reading::Reading;
use super::refresh::refresh;
use super::testing::{
    decode, encode, field, found, grafana_key, planned, proposed, without_write_only,
};
use super::validate;
use crate::client::{DataSource, DataSourceUpdate, Secret};

const ID: &str = "01G0J1EXE7AXZ2C93K61WBPYEH";
const CREATED: &str = "2026-01-01T00:00:00.000000Z";
const LATER: &str = "2026-02-01T00:00:00.000000Z";
const LATEST: &str = "2026-03-01T00:00:00.000000Z";

fn text(value: &str) -> Value<Text> {
    Value::text(value)
}

/// A configuration with a Grafana block as `change` makes it.
fn grafana(change: impl FnOnce(&mut GrafanaConfig)) -> TelemetryDataSource {
    let mut block = GrafanaConfig::default();
    change(&mut block);
    TelemetryDataSource {
        data_source_id: text(ID),
        grafana_config: Value::Known(block),
        ..TelemetryDataSource::default()
    }
}

fn plain(key: &str) -> TelemetryDataSource {
    grafana(|block| block.api_key = text(key))
}

fn write_only(key: &str) -> TelemetryDataSource {
    grafana(|block| block.api_key_wo = text(key))
}

fn bare() -> TelemetryDataSource {
    TelemetryDataSource {
        data_source_id: text(ID),
        ..TelemetryDataSource::default()
    }
}

fn versioned(key: &str, version: &str) -> TelemetryDataSource {
    grafana(|block| {
        block.api_key_wo = text(key);
        block.api_key_wo_version = text(version);
    })
}

fn answer(updated_at: &str) -> DataSource {
    DataSource {
        id: ID.to_owned(),
        name: Some("Production".to_owned()),
        provider: Some("grafana".to_owned()),
        source_type: Some("grafana".to_owned()),
        enabled: Some(true),
        created_at: Some(CREATED.to_owned()),
        updated_at: Some(updated_at.to_owned()),
        version: None,
        unreadable: Vec::new(),
    }
}

/// A resource as core carries it: configuration in, state and private state on.
struct World {
    state: Option<TelemetryDataSource>,
    private: Vec<u8>,
}

impl World {
    fn new() -> Self {
        Self {
            state: None,
            private: Vec::new(),
        }
    }

    fn plan(&self, config: &TelemetryDataSource) -> Plan {
        planned(config, self.state.as_ref(), &decode(&self.private), None)
    }

    /// Plans and applies; the body sent, if any.
    fn apply(
        &mut self,
        config: &TelemetryDataSource,
        updated_at: &str,
    ) -> Option<DataSourceUpdate> {
        self.apply_with(config, config, updated_at)
    }

    /// As core does under `ignore_changes`: apply is given another configuration.
    fn apply_with(
        &mut self,
        planned_config: &TelemetryDataSource,
        applied_config: &TelemetryDataSource,
        updated_at: &str,
    ) -> Option<DataSourceUpdate> {
        let plan = self.plan(planned_config);
        assert!(!plan.diagnostics.has_errors(), "{:?}", plan.diagnostics);
        if Some(&plan.planned) == self.state.as_ref() {
            return None;
        }
        let applying = Applying::new(
            self.state.clone(),
            plan.planned,
            applied_config,
            decode(&encode(&plan.private)),
        );
        let request = applying.request();
        let mut answer = answer(updated_at);
        if applied_config.datadog_config.is_known() {
            answer.provider = Some("datadog".to_owned());
        }
        if let Some(name) = request.as_ref().and_then(|request| request.name.clone()) {
            answer.name = Some(name);
        }
        let (state, private) = applying.finish(request.as_ref().map(|_| &answer)).unwrap();
        self.state = Some(state);
        self.private = encode(&private);
        request
    }

    fn refresh(&mut self, answer: &DataSource, stamped: bool) -> Diagnostics {
        let refreshed = refresh(
            self.state.clone().unwrap(),
            decode(&self.private),
            &found(answer, stamped),
        );
        self.state = Some(refreshed.state);
        self.private = encode(&refreshed.private);
        refreshed.diagnostics
    }

    fn adopted(config: &TelemetryDataSource) -> Self {
        let mut world = Self::new();
        world.apply(config, LATER);
        world
    }

    fn state(&self) -> &TelemetryDataSource {
        self.state.as_ref().unwrap()
    }

    fn assert_settled(&self, config: &TelemetryDataSource) {
        assert_eq!(
            self.plan(config).planned,
            *self.state(),
            "the next plan is not empty"
        );
    }
}

fn sends(plan: &Plan) -> Vec<Field> {
    plan.change.fields.keys().copied().collect()
}

/// `grafana_config.api_url`
fn api_url(state: &TelemetryDataSource) -> Value<Text> {
    field("grafana_config.api_url").of(state).plain
}

fn summaries(diagnostics: &Diagnostics) -> Vec<&str> {
    diagnostics.iter().map(Diagnostic::summary).collect()
}

fn sent_key(update: &DataSourceUpdate) -> Option<&str> {
    update
        .grafana_config
        .as_ref()?
        .api_key
        .as_ref()
        .map(Secret::expose)
}

#[test]
fn an_adoption_knows_only_what_is_configured() {
    let plan = World::new().plan(&plain("key"));
    assert_eq!(plan.planned.id, text(ID));
    for unknown in [
        plan.planned.name.is_unknown(),
        plan.planned.enabled.is_unknown(),
        plan.planned.provider_name.is_unknown(),
        plan.planned.source_type.is_unknown(),
        plan.planned.created_at.is_unknown(),
        plan.planned.updated_at.is_unknown(),
        plan.planned.version.is_unknown(),
        plan.planned.credentials_updated_at.is_unknown(),
    ] {
        assert!(unknown);
    }
}

#[test]
fn an_adoption_sends_everything_configured_and_settles() {
    let mut config = grafana(|block| {
        block.api_key = text("key");
        block.api_url = text("https://grafana.example.com/");
    });
    config.name = text("Prod");
    let mut world = World::new();
    let request = world.apply(&config, LATER).unwrap();
    assert_eq!(request.name.as_deref(), Some("Prod"));
    assert_eq!(sent_key(&request), Some("key"));
    let block = request.grafana_config.unwrap();
    assert_eq!(block.api_url.as_deref(), Some("grafana.example.com"));
    assert_eq!(world.state().credentials_updated_at, text(LATER));
    assert_eq!(api_url(world.state()), text("https://grafana.example.com/"));
    world.assert_settled(&config);
}

#[test]
fn an_adoption_with_nothing_to_send_still_asks() {
    let config = TelemetryDataSource {
        data_source_id: text(ID),
        ..TelemetryDataSource::default()
    };
    let mut world = World::new();
    let request = world.apply(&config, CREATED).unwrap();
    assert!(request.is_empty());
    assert_eq!(world.state().credentials_updated_at, Value::Null);
    assert_eq!(world.state().name, text("Production"));
    world.assert_settled(&config);
}

#[test]
fn a_rename_sends_the_name_and_shows_two_lines() {
    let mut world = World::adopted(&plain("key"));
    let mut config = plain("key");
    config.name = text("Renamed");
    let plan = world.plan(&config);
    let mut expected = world.state().clone();
    expected.name = text("Renamed");
    expected.updated_at = Value::Unknown;
    assert_eq!(plan.planned, expected);
    let request = world.apply(&config, LATEST).unwrap();
    assert_eq!(request.name.as_deref(), Some("Renamed"));
    assert!(request.grafana_config.is_none() && request.datadog_config.is_none());
    assert_eq!(world.state().credentials_updated_at, text(LATER));
    assert_eq!(world.state().updated_at, text(LATEST));
    world.assert_settled(&config);
}

#[test]
fn a_rotation_sends_the_key_alone() {
    let mut world = World::adopted(&plain("one"));
    let plan = world.plan(&plain("two"));
    assert!(
        plan.planned.enabled.is_unknown(),
        "new credentials may bring it back to life"
    );
    assert!(plan.planned.credentials_updated_at.is_unknown());
    assert_eq!(plan.planned.created_at, text(CREATED));
    let request = world.apply(&plain("two"), LATEST).unwrap();
    assert_eq!(sent_key(&request), Some("two"));
    assert!(request.name.is_none());
    assert_eq!(world.state().credentials_updated_at, text(LATEST));
    world.assert_settled(&plain("two"));
}

#[test]
fn both_datadog_keys_go_in_one_request_and_one_key_alone() {
    let config = |api: &str, app: &str| TelemetryDataSource {
        data_source_id: text(ID),
        datadog_config: Value::Known(DatadogConfig {
            api_key: text(api),
            app_key_wo: text(app),
            ..DatadogConfig::default()
        }),
        ..TelemetryDataSource::default()
    };
    let mut world = World::adopted(&config("a1", "b1"));
    let both = world
        .apply(&config("a2", "b2"), LATER)
        .unwrap()
        .datadog_config
        .unwrap();
    assert!(both.api_key.is_some() && both.app_key.is_some());
    let one = world
        .apply(&config("a2", "b3"), LATEST)
        .unwrap()
        .datadog_config
        .unwrap();
    assert!(one.api_key.is_none());
    assert_eq!(one.app_key.as_ref().map(Secret::expose), Some("b3"));
}

#[test]
fn another_spelling_of_the_url_is_an_update_without_a_request() {
    let url = |url: &str| grafana(|block| block.api_url = text(url));
    let mut world = World::adopted(&url("grafana.example.com"));
    let plan = world.plan(&url("https://grafana.example.com/"));
    assert!(!plan.change.touches_anything());
    assert_eq!(plan.planned.updated_at, world.state().updated_at);
    assert!(
        world
            .apply(&url("https://grafana.example.com/"), LATEST)
            .is_none()
    );
    assert_eq!(api_url(world.state()), text("https://grafana.example.com/"));
}

#[test]
fn unknown_inputs_leave_open_what_they_may_change() {
    let world = World::adopted(&plain("key"));
    let mut config = plain("key");
    config.name = Value::Unknown;
    let plan = world.plan(&config);
    assert!(plan.planned.updated_at.is_unknown());
    assert_eq!(plan.planned.enabled, Value::Known(true));
    assert_eq!(plan.planned.credentials_updated_at, text(LATER));

    let plan = world.plan(&grafana(|block| block.api_key = Value::Unknown));
    assert_eq!(plan.change.decisions[&grafana_key()], Decision::Open);
    assert!(plan.planned.credentials_updated_at.is_unknown());
    assert!(plan.planned.enabled.is_unknown());

    let mut block = plain("key");
    block.grafana_config = Value::Unknown;
    let plan = world.plan(&block);
    assert!(plan.planned.grafana_config.is_unknown());
    assert!(plan.planned.credentials_updated_at.is_unknown());
}

#[test]
fn another_id_is_a_replacement_that_warns() {
    let world = World::adopted(&plain("key"));
    let mut config = plain("key");
    config.data_source_id = text("other");
    let plan = world.plan(&config);
    assert_eq!(plan.planned.id, text("other"));
    assert_eq!(
        summaries(&plan.diagnostics),
        ["Data Source Stays Active in incident.io"]
    );
    assert!(
        plan.diagnostics
            .iter()
            .all(|diagnostic| diagnostic.severity == Severity::Warning)
    );
}

#[test]
fn a_removed_block_warns_sends_nothing_and_is_forgotten() {
    let mut world = World::adopted(&write_only("key"));
    let bare = bare();
    assert_eq!(
        summaries(&world.plan(&bare).diagnostics),
        ["Credentials Stay Active in incident.io"]
    );
    assert!(world.apply(&bare, LATEST).is_none());
    assert!(!decode(&world.private).remembers(grafana_key()));
    world.assert_settled(&bare);
    assert_eq!(sends(&world.plan(&write_only("key"))), [grafana_key()]);
}

#[test]
fn a_removed_key_or_url_warns() {
    let both = grafana(|block| {
        block.api_key = text("key");
        block.api_url = text("grafana.example.com");
    });
    let world = World::adopted(&both);
    let url_only = grafana(|block| block.api_url = text("grafana.example.com"));
    assert_eq!(
        summaries(&world.plan(&url_only).diagnostics),
        ["Value Stays Active in incident.io"]
    );
    assert_eq!(
        summaries(&world.plan(&plain("key")).diagnostics),
        ["Value Stays Active in incident.io"]
    );
    assert!(!world.plan(&plain("key")).change.touches_anything());
}

#[test]
fn when_a_write_only_key_is_sent() {
    struct Case {
        name: &'static str,
        before: TelemetryDataSource,
        after: TelemetryDataSource,
        sent: bool,
    }
    let cases = [
        Case {
            name: "same version, other value",
            before: versioned("a", "1"),
            after: versioned("b", "1"),
            sent: false,
        },
        Case {
            name: "other version, same value",
            before: versioned("a", "1"),
            after: versioned("a", "2"),
            sent: true,
        },
        Case {
            name: "version added, same value",
            before: write_only("a"),
            after: versioned("a", "1"),
            sent: false,
        },
        Case {
            name: "version added, other value",
            before: write_only("a"),
            after: versioned("b", "1"),
            sent: true,
        },
        Case {
            name: "version removed, same value",
            before: versioned("a", "1"),
            after: write_only("a"),
            sent: false,
        },
        Case {
            name: "version removed, other value",
            before: versioned("a", "1"),
            after: write_only("b"),
            sent: true,
        },
        Case {
            name: "no version, same value",
            before: write_only("a"),
            after: write_only("a"),
            sent: false,
        },
        Case {
            name: "no version, other value",
            before: write_only("a"),
            after: write_only("b"),
            sent: true,
        },
        Case {
            name: "sensitive to write-only, same value",
            before: plain("a"),
            after: write_only("a"),
            sent: false,
        },
        Case {
            name: "write-only to sensitive, same value",
            before: write_only("a"),
            after: plain("a"),
            sent: false,
        },
        Case {
            name: "sensitive to write-only, other value",
            before: plain("a"),
            after: write_only("b"),
            sent: true,
        },
        Case {
            name: "write-only with version to sensitive",
            before: versioned("a", "1"),
            after: plain("a"),
            sent: false,
        },
        Case {
            name: "sensitive to write-only with version",
            before: plain("a"),
            after: versioned("a", "1"),
            sent: false,
        },
    ];
    for case in cases {
        let mut world = World::adopted(&case.before);
        let plan = world.plan(&case.after);
        assert_eq!(!sends(&plan).is_empty(), case.sent, "{}", case.name);
        assert_eq!(
            plan.planned.credentials_updated_at.is_unknown(),
            case.sent,
            "{}",
            case.name
        );
        let request = world.apply(&case.after, LATEST);
        assert_eq!(request.is_some(), case.sent, "{}", case.name);
        world.assert_settled(&case.after);
    }
}

#[test]
fn write_only_values_never_stay() {
    let plan = World::new().plan(&write_only("key"));
    assert!(
        plan.planned
            .grafana_config
            .known()
            .unwrap()
            .api_key_wo
            .is_null()
    );
    let world = World::adopted(&write_only("key"));
    assert!(
        world
            .state()
            .grafana_config
            .known()
            .unwrap()
            .api_key_wo
            .is_null()
    );
    assert!(
        !String::from_utf8(world.private)
            .unwrap()
            .contains("key\":\"key")
    );
}

#[test]
fn what_is_hashed_is_what_was_sent() {
    // Plan and apply may see different values of an ephemeral source.
    let mut world = World::adopted(&versioned("a", "1"));
    world.apply_with(&versioned("b", "2"), &versioned("c", "2"), LATEST);
    let private = decode(&world.private);
    assert_eq!(private.was_sent(grafana_key(), "c"), Some(true));
    assert_eq!(private.was_sent(grafana_key(), "b"), Some(false));
}

#[test]
fn an_ignored_key_is_never_sent() {
    let mut world = World::adopted(&write_only("a"));
    // `ignore_changes`: null for the plan, given to apply all the same.
    let mut ignored = grafana(|_| {});
    ignored.name = text("Renamed");
    let mut given = write_only("b");
    given.name = text("Renamed");
    let request = world.apply_with(&ignored, &given, LATEST).unwrap();
    assert_eq!(request.name.as_deref(), Some("Renamed"));
    assert!(request.grafana_config.is_none());
    assert!(decode(&world.private).remembers(grafana_key()));
}

#[test]
fn an_earlier_decision_stands() {
    let world = World::adopted(&write_only("a"));
    let first = world.plan(&write_only("a"));
    let config = write_only("b");
    let private = decode(&world.private);
    let earlier = first.private.decisions.as_ref();
    let second = planned(&config, world.state.as_ref(), &private, earlier);
    assert!(!second.change.touches_anything());
}

#[test]
fn a_change_outside_is_said_once_and_kept_in_mind() {
    let mut world = World::adopted(&write_only("a"));
    assert!(world.refresh(&answer(LATER), false).is_empty());
    let diagnostics = world.refresh(&answer(LATEST), false);
    assert_eq!(
        summaries(&diagnostics),
        ["Data Source Changed Outside of Terraform"]
    );
    assert!(world.refresh(&answer(LATEST), false).is_empty());
    world.assert_settled(&write_only("a"));

    let mut reapply = write_only("a");
    reapply.on_external_change = text("reapply");
    assert_eq!(sends(&world.plan(&reapply)), [grafana_key()]);
    let request = world.apply(&reapply, "2026-04-01T00:00:00Z").unwrap();
    assert_eq!(sent_key(&request), Some("a"));
    world.assert_settled(&reapply);

    let mut undecided = write_only("a");
    undecided.on_external_change = Value::Unknown;
    let mut world = World::adopted(&write_only("a"));
    world.refresh(&answer(LATEST), false);
    assert!(
        world
            .plan(&undecided)
            .planned
            .credentials_updated_at
            .is_unknown()
    );
}

#[test]
fn reapplying_sends_a_key_whose_version_stands() {
    let mut config = versioned("a", "1");
    config.on_external_change = text("reapply");
    let mut world = World::adopted(&config);
    assert!(world.refresh(&answer(LATEST), false).is_empty());
    assert_eq!(sends(&world.plan(&config)), [grafana_key()]);
}

#[test]
fn no_false_alarm() {
    // Explained by what can be seen.
    let mut world = World::adopted(&plain("a"));
    let renamed = DataSource {
        name: Some("Other".to_owned()),
        ..answer(LATEST)
    };
    assert!(world.refresh(&renamed, false).is_empty());
    assert_eq!(world.state().name, text("Other"));
    // Our own stamp.
    let mut world = World::adopted(&plain("a"));
    assert!(world.refresh(&answer(LATEST), true).is_empty());
    assert_eq!(world.state().updated_at, text(LATER));
    // No credentials managed.
    let bare = bare();
    let mut world = World::adopted(&bare);
    assert!(world.refresh(&answer(LATEST), false).is_empty());
    // No record, as after an import or a lost private state.
    let mut world = World::adopted(&plain("a"));
    world.private = Vec::new();
    assert!(world.refresh(&answer(LATEST), false).is_empty());
    // Also where the change was a moment ago, and only the next read can tell.
    let mut world = World::adopted(&plain("a"));
    world.private = Vec::new();
    for _ in 0..3 {
        assert!(world.refresh(&answer(LATEST), true).is_empty());
    }
    // Not asked for.
    let mut ignoring = plain("a");
    ignoring.on_external_change = text("ignore");
    let mut world = World::adopted(&ignoring);
    assert!(world.refresh(&answer(LATEST), false).is_empty());
    world.assert_settled(&ignoring);
}

#[test]
fn a_recent_change_is_ours_only_where_the_api_may_stamp() {
    // Seen to leave `updated_at` alone: a change a moment ago is a change.
    let mut world = World::adopted(&plain("a"));
    assert!(world.refresh(&answer(LATER), true).is_empty());
    assert_eq!(world.refresh(&answer(LATEST), true).iter().count(), 1);
    assert_eq!(world.state().updated_at, text(LATEST));
    // Not known, and answered with the same again: it was a change after all.
    let mut world = World::adopted(&plain("a"));
    assert!(world.refresh(&answer(LATEST), true).is_empty());
    assert_eq!(world.refresh(&answer(LATEST), true).iter().count(), 1);
    assert!(world.refresh(&answer(LATEST), true).is_empty());
    // The same, with a rename that explains it.
    let renamed = DataSource {
        name: Some("Other".to_owned()),
        ..answer(LATEST)
    };
    let mut world = World::adopted(&plain("a"));
    for _ in 0..3 {
        assert!(world.refresh(&renamed, true).is_empty());
    }
    assert_eq!(world.state().updated_at, text(LATEST));
    // An API that begins to stamp alarms once.
    let mut world = World::adopted(&plain("a"));
    let mut alarms = 0;
    for second in 0..5 {
        let stamp = format!("2026-05-01T00:00:0{second}Z");
        let now = if second == 0 { LATER } else { &stamp };
        alarms += world.refresh(&answer(now), true).iter().count();
    }
    assert_eq!(alarms, 1);
}

#[test]
fn an_import_is_filled_and_then_takes_the_key() {
    let imported = TelemetryDataSource {
        id: text(ID),
        data_source_id: text(ID),
        ..TelemetryDataSource::default()
    };
    assert!(!has_been_read(&imported));
    let mut world = World {
        state: Some(imported),
        private: Vec::new(),
    };
    // Filled even when the API stamps what it answers.
    assert!(world.refresh(&answer(LATER), true).is_empty());
    assert_eq!(world.state().updated_at, text(LATER));
    assert_eq!(world.state().credentials_updated_at, Value::Null);
    let plan = world.plan(&plain("a"));
    assert_eq!(sends(&plan), [grafana_key()]);
    assert_eq!(
        summaries(&plan.diagnostics),
        ["Credentials in Use Will Be Replaced"]
    );
}

#[test]
fn a_lost_record_puts_every_key_in_doubt_once() {
    for (name, before, config) in [
        ("plain", plain("a"), plain("a")),
        ("gated", versioned("a", "1"), versioned("a", "1")),
        ("other form", plain("a"), write_only("a")),
    ] {
        for refreshes in [false, true] {
            let mut world = World::adopted(&before);
            world.private = b"not ours".to_vec();
            if refreshes {
                assert!(world.refresh(&answer(LATER), false).is_empty());
            }
            let plan = world.plan(&config);
            assert_eq!(sends(&plan), [grafana_key()], "{name}");
            assert_eq!(
                summaries(&plan.diagnostics),
                ["Values Will Be Sent Again"],
                "{name}"
            );
            assert!(world.apply(&config, LATEST).is_some(), "{name}");
            world.assert_settled(&config);
        }
    }
    // An address, too: nobody knows which one was in the write that was cut off.
    let url = grafana(|block| {
        block.api_key = text("a");
        block.api_url = text("grafana.example.com");
    });
    let mut world = World::adopted(&url);
    world.private = Vec::new();
    assert_eq!(world.plan(&url).change.fields.len(), 2);
    // What is configured only after that is new, and not sent again.
    let datadog = |app_key: Value<Text>| TelemetryDataSource {
        datadog_config: Value::Known(DatadogConfig {
            api_key: text("a"),
            app_key,
            ..DatadogConfig::default()
        }),
        ..bare()
    };
    let mut world = World::adopted(&datadog(Value::Null));
    world.private = Vec::new();
    world.apply(&datadog(Value::Null), LATEST).unwrap();
    let plan = world.plan(&datadog(text("b")));
    assert_eq!(sends(&plan), [field("datadog_config.app_key")]);
    assert!(plan.diagnostics.is_empty());
    // Keys were never sent: nothing is lost.
    let mut world = World::adopted(&bare());
    world.private = Vec::new();
    world.assert_settled(&bare());
}

#[test]
fn what_was_read_decides_an_adoption() {
    let adopt = |config: &TelemetryDataSource, reading: &Reading| {
        let plan = plan(PlanInput {
            config,
            proposed: proposed(config, None),
            prior: None,
            private: &PrivateState::default(),
            earlier: None,
            reading: Some(reading),
        });
        plan.diagnostics
    };
    let kind = |provider: &str| {
        let data_source = DataSource {
            provider: Some(provider.to_owned()),
            ..answer(LATER)
        };
        Reading::Found(Box::new(found(&data_source, false)))
    };
    let config = plain("a");
    assert!(adopt(&config, &kind("grafana")).is_empty());
    assert!(adopt(&config, &kind("something newer")).is_empty());
    assert!(adopt(&config, &kind("datadog")).has_errors());
    assert!(adopt(&config, &Reading::Absent(String::new())).has_errors());

    let named = |name: &str| TelemetryDataSource {
        name: text(name),
        ..plain("a")
    };
    assert!(adopt(&named("Production"), &kind("grafana")).is_empty());
    assert_eq!(
        summaries(&adopt(&named("Staging"), &kind("grafana"))),
        ["Adoption Renames the Data Source"]
    );
}

#[test]
fn what_is_absent_stays_and_is_sent_whole_until_a_write_got_through() {
    let mut config = versioned("a", "1");
    config.name = text("Production");
    for config in [config, bare()] {
        let mut world = World::adopted(&config);
        let mut private = decode(&world.private);
        private.absent = true;
        world.private = encode(&private);
        // Found again: nobody knows with what in it.
        assert!(world.refresh(&answer(LATER), false).is_empty());
        let plan = world.plan(&config);
        assert_eq!(
            summaries(&plan.diagnostics),
            ["Telemetry Data Source Was Not Found"]
        );
        assert!(plan.planned.updated_at.is_unknown() && plan.planned.created_at.is_unknown());

        let applying = applying(&config, world.state(), &decode(&world.private));
        let request = applying.request().unwrap();
        assert_eq!(request.name.as_deref(), config.name.as_str());
        assert_eq!(request.is_empty(), config.grafana_config.is_null());
        let (kept, private) = applying.failed(false, true).unwrap();
        assert_eq!(&kept, world.state());
        assert!(private.absent);

        world.apply(&config, LATEST).unwrap();
        assert!(!decode(&world.private).absent);
        world.assert_settled(&config);
    }
}

#[test]
fn another_spelling_of_a_time_is_no_change_and_an_earlier_one_is_ignored() {
    let mut world = World::adopted(&plain("a"));
    let spelt = |time: &str| DataSource {
        name: Some("Not taken".to_owned()),
        ..answer(time)
    };
    for same in ["2026-02-01T00:00:00Z", "2026-02-01T01:00:00.0000001+01:00"] {
        assert!(world.refresh(&answer(same), false).is_empty());
        assert_eq!(world.state().updated_at, text(LATER));
    }
    assert!(world.refresh(&spelt(CREATED), false).is_empty());
    assert_eq!(world.state().name, text("Production"));
    assert_eq!(world.state().updated_at, text(LATER));
    assert_eq!(world.refresh(&answer(LATEST), false).iter().count(), 1);
}

#[test]
fn a_name_in_another_unicode_form_is_no_change() {
    let mut config = plain("a");
    config.name = text("Caf\u{e9}");
    let mut world = World::adopted(&config);
    let decomposed = DataSource {
        name: Some("Cafe\u{301}".to_owned()),
        ..answer(LATER)
    };
    assert!(world.refresh(&decomposed, false).is_empty());
    assert_eq!(world.state().name, text("Caf\u{e9}"));
    world.assert_settled(&config);
}

fn switched(enabled: bool, updated_at: &str) -> DataSource {
    DataSource {
        enabled: Some(enabled),
        ..answer(updated_at)
    }
}

#[test]
fn switched_off_is_said_and_switched_on_is_a_sign() {
    let mut world = World::adopted(&plain("a"));
    let diagnostics = world.refresh(&switched(false, LATEST), false);
    assert_eq!(summaries(&diagnostics), ["Data Source Was Switched Off"]);
    assert!(world.refresh(&switched(false, LATEST), false).is_empty());
    world.assert_settled(&plain("a"));
    let diagnostics = world.refresh(&switched(true, "2026-04-01T00:00:00Z"), false);
    assert_eq!(
        summaries(&diagnostics),
        ["Data Source Changed Outside of Terraform"]
    );

    let mut config = versioned("a", "1");
    config.on_external_change = text("reapply");
    let mut world = World::adopted(&config);
    let diagnostics = world.refresh(&switched(false, LATEST), false);
    assert_eq!(summaries(&diagnostics), ["Data Source Was Switched Off"]);
    let plan = world.plan(&config);
    assert_eq!(sends(&plan), [grafana_key()]);
    assert_eq!(summaries(&plan.diagnostics), ["Values Will Be Sent Again"]);
}

#[test]
fn what_follows_a_reapplied_write_is_told_and_taken_as_seen() {
    let mut config = versioned("a", "1");
    config.on_external_change = text("reapply");
    let mut world = World::adopted(&config);
    world.refresh(&answer(LATEST), false);
    assert!(world.apply(&config, "2026-04-01T00:00:00Z").is_some());
    // The service touches the row after each write.
    let diagnostics = world.refresh(&answer("2026-04-01T00:00:02Z"), false);
    assert_eq!(
        summaries(&diagnostics),
        ["Data Source Changed After Its Keys Were Sent Again"]
    );
    world.assert_settled(&config);
    assert!(
        world
            .refresh(&answer("2026-04-01T00:00:02Z"), false)
            .is_empty()
    );
    // Any later change counts.
    assert!(
        world
            .refresh(&answer("2026-05-01T00:00:00Z"), false)
            .is_empty()
    );
    assert_eq!(sends(&world.plan(&config)), [grafana_key()]);

    // Taken away in the same plan, the sign is said after all.
    assert_eq!(
        summaries(&world.plan(&versioned("a", "1")).diagnostics),
        ["Data Source Changed Outside of Terraform"]
    );
    config.on_external_change = text("ignore");
    assert!(world.plan(&config).diagnostics.is_empty());
}

#[test]
fn what_validation_refuses() {
    let cases: &[(&str, TelemetryDataSource, &str)] = &[
        (
            "Empty Configuration Block",
            grafana(|_| {}),
            "grafana_config",
        ),
        (
            "Stray Characters in a Key",
            plain("key\n"),
            "grafana_config.api_key",
        ),
        (
            "Stray Characters in a Key",
            write_only("a\u{7}b"),
            "grafana_config.api_key_wo",
        ),
        ("Blank Value", plain(""), "grafana_config.api_key"),
        (
            "Blank Value",
            versioned("a", " "),
            "grafana_config.api_key_wo_version",
        ),
        (
            "Version Without a Write-only Value",
            grafana(|block| {
                block.api_key = text("a");
                block.api_key_wo_version = text("1");
            }),
            "grafana_config.api_key_wo_version",
        ),
        (
            "Conflicting Configuration",
            grafana(|block| {
                block.api_key = text("a");
                block.api_key_wo = text("a");
            }),
            "grafana_config.api_key_wo",
        ),
        (
            "Invalid Grafana URL",
            grafana(|block| block.api_url = text("http://grafana.example.com")),
            "grafana_config.api_url",
        ),
        (
            "Invalid Grafana URL",
            grafana(|block| block.api_url = text("https:///")),
            "grafana_config.api_url",
        ),
        (
            "Invalid Data Source ID",
            TelemetryDataSource {
                data_source_id: text(".."),
                ..TelemetryDataSource::default()
            },
            "data_source_id",
        ),
        (
            "Invalid Value",
            TelemetryDataSource {
                on_external_change: text("explode"),
                ..plain("a")
            },
            "on_external_change",
        ),
        (
            "Conflicting Configuration",
            TelemetryDataSource {
                datadog_config: Value::Known(DatadogConfig {
                    api_key: text("a"),
                    ..DatadogConfig::default()
                }),
                ..plain("a")
            },
            "datadog_config",
        ),
    ];
    for (summary, config, path) in cases {
        let diagnostics = validate::config(config);
        assert_eq!(summaries(&diagnostics), [*summary], "{path}");
        let at = diagnostics
            .iter()
            .next()
            .and_then(|first| first.path.clone());
        assert_eq!(at.map(|path| path.to_string()).as_deref(), Some(*path));
    }
    let unknown = TelemetryDataSource {
        data_source_id: Value::Unknown,
        name: Value::Unknown,
        grafana_config: Value::Unknown,
        datadog_config: Value::Unknown,
        on_external_change: Value::Unknown,
        ..TelemetryDataSource::default()
    };
    assert!(validate::config(&unknown).is_empty());
    assert!(validate::config(&grafana(|block| block.api_key_wo = Value::Unknown)).is_empty());
}

#[test]
fn private_state_holds_no_key_and_salts_differ() {
    let one = World::adopted(&plain("a-long-secret"));
    let two = World::adopted(&plain("a-long-secret"));
    assert_ne!(one.private, two.private);
    assert!(!String::from_utf8_lossy(&one.private).contains("a-long-secret"));
}

fn block(block: GrafanaConfig) -> TelemetryDataSource {
    grafana(|empty| *empty = block)
}

/// Plans and prepares the apply.
fn applying(
    config: &TelemetryDataSource,
    prior: &TelemetryDataSource,
    private: &PrivateState,
) -> Applying {
    let plan = planned(config, Some(prior), private, None);
    Applying::new(Some(prior.clone()), plan.planned, config, plan.private)
}

fn key_and_url(update: Option<DataSourceUpdate>) -> (Option<String>, Option<String>) {
    let grafana = update.and_then(|update| update.grafana_config);
    let key = grafana.as_ref().and_then(|block| block.api_key.as_ref());
    let key = key.map(|key| key.expose().to_owned());
    (key, grafana.and_then(|block| block.api_url))
}

#[test]
fn what_may_be_in_is_sent_again_whatever_it_is_by_then() {
    let plain = |key| GrafanaConfig {
        api_key: text(key),
        ..GrafanaConfig::default()
    };
    let gated = |key, version| GrafanaConfig {
        api_key_wo: text(key),
        api_key_wo_version: text(version),
        ..GrafanaConfig::default()
    };
    let url = |url| GrafanaConfig {
        api_url: text(url),
        ..plain("same")
    };
    for (name, before, after, again) in [
        ("plain", plain("one"), plain("two"), (Some("one"), None)),
        (
            "gated",
            gated("one", "1"),
            gated("two", "2"),
            (Some("one"), None),
        ),
        (
            "url",
            url("one.example"),
            url("two.example"),
            (None, Some("one.example")),
        ),
    ] {
        let (before, after) = (block(before), block(after));
        let again = (again.0.map(str::to_owned), again.1.map(str::to_owned));
        let mut private = PrivateState::default();
        for key in ["one", "same"] {
            if grafana_key().of(&before).value().as_str() == Some(key) {
                private.record_sent(grafana_key(), key).unwrap();
            }
        }
        let state = TelemetryDataSource {
            created_at: text(CREATED),
            ..without_write_only(&before)
        };
        let settled = applying(&before, &state, &private).request();
        assert_eq!(settled, None, "{name}: settled");

        let failed = applying(&after, &state, &private);
        assert!(failed.request().is_some(), "{name}");
        let (kept, private) = failed.failed(true, false).unwrap();
        assert_eq!(kept, state, "{name}");
        let stored = decode(&encode(&private));
        assert!(
            Field::all().any(|field| stored.is_in_doubt(field)),
            "{name}"
        );

        let back = applying(&before, &state, &stored);
        assert_eq!(key_and_url(back.request()), again, "{name}: back");
        let (state, private) = back.finish(None).unwrap();
        assert!(
            !Field::all().any(|field| private.is_in_doubt(field)),
            "{name}"
        );
        let settled = applying(&before, &state, &private).request();
        assert_eq!(settled, None, "{name}: settled again");
    }
}
