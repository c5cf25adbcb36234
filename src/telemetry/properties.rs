//! What holds of planning, applying and refreshing for every configuration,
//! state and private state: tried by chance, without a process. The number of
//! cases comes from `PLAN_CASES`; a long run takes millions.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use terraform_plugin::value::Name;
use terraform_plugin::{AnyValue, Known, Model, Text, Value};

use super::apply::Applying;
use super::attributes::{Block, Field};
use super::model::{DatadogConfig, GrafanaConfig, TelemetryDataSource};
use super::plan::Plan;
use super::private::{Decisions, PrivateState};
use super::refresh::refresh;
use super::testing::{decode, encode, field, found, planned, untyped, without_write_only};
use crate::client::DataSource;

const CASES: u32 = 3000;
const BEFORE: &str = "2026-01-01T00:00:00.000000Z";
const AFTER: &str = "2026-02-01T00:00:00.000000Z";

/// Runs a property on as many cases as asked for, the same ones each time.
fn hold<S: Strategy>(strategy: &S, property: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let cases = std::env::var("PLAN_CASES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(CASES);
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    if let Err(error) = TestRunner::new_with_rng(config, rng).run(strategy, property) {
        panic!("{error}");
    }
}

type Input = Value<Text>;

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = Input> {
    prop_oneof![
        1 => Just(Value::Null),
        2 => select(texts).prop_map(Value::text),
    ]
}

fn key() -> impl Strategy<Value = Input> {
    one_of(&["a", "b", "c"])
}

fn url() -> impl Strategy<Value = Input> {
    one_of(&["g.example.com", "https://g.example.com/", "h.example.com"])
}

/// One credential: in one form or the other, a version only with the second.
fn credential() -> impl Strategy<Value = [Input; 3]> {
    let version = one_of(&["1", "2"]);
    prop_oneof![
        key().prop_map(|plain| [plain, Value::Null, Value::Null]),
        (select(&["a", "b", "c"][..]), version).prop_map(|(key, version)| [
            Value::Null,
            Value::text(key),
            version
        ]),
    ]
}

fn grafana() -> impl Strategy<Value = GrafanaConfig> {
    (credential(), url()).prop_map(|([api_key, api_key_wo, api_key_wo_version], api_url)| {
        GrafanaConfig {
            api_key,
            api_key_wo,
            api_key_wo_version,
            api_url,
        }
    })
}

fn datadog() -> impl Strategy<Value = DatadogConfig> {
    (credential(), credential()).prop_map(
        |([api_key, api_key_wo, api_key_wo_version], [app_key, app_key_wo, app_key_wo_version])| {
            DatadogConfig {
                api_key,
                api_key_wo,
                api_key_wo_version,
                app_key,
                app_key_wo,
                app_key_wo_version,
            }
        },
    )
}

/// A configuration, wholly known, for a source of this kind.
fn configuration(kind: Block) -> impl Strategy<Value = TelemetryDataSource> {
    let blocks = (
        prop::option::weighted(0.8, grafana()),
        prop::option::weighted(0.8, datadog()),
    );
    (
        one_of(&["n", "m"]),
        one_of(&["warn", "reapply", "ignore"]),
        blocks,
    )
        .prop_map(
            move |(name, on_external_change, (grafana, datadog))| TelemetryDataSource {
                data_source_id: Value::text("id"),
                name,
                on_external_change,
                grafana_config: grafana.filter(|_| kind == Block::Grafana).into(),
                datadog_config: datadog.filter(|_| kind == Block::Datadog).into(),
                ..TelemetryDataSource::default()
            },
        )
}

/// A state of this kind, such as an apply or a refresh leaves.
fn state(kind: Block) -> impl Strategy<Value = TelemetryDataSource> {
    let version = one_of(&["8.5"]);
    (configuration(kind), any::<bool>(), version, any::<bool>()).prop_map(
        move |(config, enabled, version, sent)| TelemetryDataSource {
            id: config.data_source_id.clone(),
            name: match config.name {
                Value::Null => Value::text("given"),
                ref name => name.clone(),
            },
            provider_name: Value::text(kind.kind()),
            source_type: Value::text("any"),
            enabled: Value::Known(enabled),
            version,
            created_at: Value::text(BEFORE),
            updated_at: Value::text(BEFORE),
            credentials_updated_at: if sent {
                Value::text(BEFORE)
            } else {
                Value::Null
            },
            ..without_write_only(&config)
        },
    )
}

/// Private state of any past.
fn private() -> impl Strategy<Value = PrivateState> {
    let of_each = prop::collection::vec((key(), any::<bool>(), prop::bool::weighted(0.1)), 3);
    (of_each, any::<bool>(), prop::bool::weighted(0.1)).prop_map(|(each, seen, url)| {
        let mut private = PrivateState::default();
        for (name, (sent, outside, doubt)) in Field::keys().zip(each) {
            if let Some(value) = sent.as_str() {
                private.record_sent(name, value).unwrap();
            }
            if outside {
                private.changed_outside.insert(name);
            }
            if doubt {
                private.record_doubt([name]);
            }
        }
        if url {
            private.record_doubt([field("grafana_config.api_url")]);
        }
        private.seen_updated_at = seen.then(|| BEFORE.to_owned());
        private
    })
}

/// Where a change begins, what is wanted, and what of that is not known at plan.
#[derive(Debug, Clone)]
struct Case {
    prior: Option<TelemetryDataSource>,
    private: PrivateState,
    config: TelemetryDataSource,
    /// Attributes that are unknown at plan; a block's own name stands for all of it.
    unknown: Vec<&'static str>,
}

const CONFIGURABLE: [&str; 12] = [
    "data_source_id",
    "name",
    "on_external_change",
    "api_key",
    "api_key_wo",
    "api_key_wo_version",
    "app_key",
    "app_key_wo",
    "app_key_wo_version",
    "api_url",
    "grafana_config",
    "datadog_config",
];

fn case() -> impl Strategy<Value = Case> {
    select(&Block::ALL[..]).prop_flat_map(|kind| {
        (
            prop::option::weighted(0.8, state(kind)),
            private(),
            configuration(kind),
            prop::collection::vec(select(&CONFIGURABLE[..]), 0..3),
        )
            .prop_map(|(prior, private, config, unknown)| Case {
                prior,
                private,
                config,
                unknown,
            })
    })
}

impl Case {
    /// Whether the first plan, with an unknown id, is one of another data source.
    fn replaces(&self) -> bool {
        self.prior.is_some() && self.unknown.contains(&"data_source_id")
    }

    /// The configuration as a plan sees it.
    fn at_plan(&self) -> TelemetryDataSource {
        fn hide(object: &mut BTreeMap<Name, AnyValue>, unknown: &[&str]) {
            for (name, value) in object {
                if unknown.contains(&name.as_ref()) {
                    *value = Value::Unknown;
                } else if let Value::Known(Known::Object(inner)) = value {
                    hide(inner, unknown);
                }
            }
        }
        let Known::Object(mut object) = self.config.clone().into_known() else {
            panic!("no object");
        };
        // What is not there cannot come from elsewhere: a block of the wrong kind.
        let unknown: Vec<_> = self
            .unknown
            .iter()
            .copied()
            .filter(|name| !name.ends_with("_config") || object[*name].is_known())
            .collect();
        hide(&mut object, &unknown);
        TelemetryDataSource::from_known(Known::Object(object)).unwrap()
    }

    fn plan(&self, config: &TelemetryDataSource, earlier: Option<&Decisions>) -> Plan {
        planned(config, self.prior.as_ref(), &self.private, earlier)
    }

    /// Plans with everything known and applies: the state, the private state,
    /// and the plan.
    fn apply(&self) -> (Plan, bool, TelemetryDataSource, PrivateState) {
        let plan = self.plan(&self.config, None);
        let applying = Applying::new(
            self.prior.clone(),
            plan.planned.clone(),
            &self.config,
            decode(&encode(&plan.private)),
        );
        let request = applying.request();
        let name = request.as_ref().and_then(|request| request.name.clone());
        let before = self.prior.as_ref().and_then(|prior| prior.name.as_str());
        let answer = answer(
            &name.unwrap_or_else(|| before.unwrap_or("given").to_owned()),
            AFTER,
        );
        let (state, private) = applying.finish(request.as_ref().map(|_| &answer)).unwrap();
        (plan, request.is_some(), state, private)
    }
}

fn answer(name: &str, updated_at: &str) -> DataSource {
    DataSource {
        id: "id".to_owned(),
        name: Some(name.to_owned()),
        provider: Some("grafana".to_owned()),
        source_type: Some("any".to_owned()),
        enabled: Some(true),
        created_at: Some(BEFORE.to_owned()),
        updated_at: Some(updated_at.to_owned()),
        version: Some("9".to_owned()),
        unreadable: Vec::new(),
    }
}

/// Whether everything known in `planned` is so in `actual`; where the first
/// known difference is.
fn differs(planned: &AnyValue, actual: &AnyValue, at: &str) -> Option<String> {
    match (planned, actual) {
        (Value::Unknown, _) => None,
        (Value::Known(Known::Object(planned)), Value::Known(Known::Object(actual))) => planned
            .iter()
            .find_map(|(name, planned)| differs(planned, &actual[name], &format!("{at}.{name}"))),
        (planned, actual) => (planned != actual).then(|| at.to_owned()),
    }
}

#[test]
fn handed_over_decisions_stand_whatever_the_values_are_by_then() {
    hold(&(case(), key(), key()), |(case, one, two)| {
        let first = case.plan(&case.at_plan(), None);
        // Ephemeral values, of keys that were in play.
        let mut later = case.config.clone();
        let replace = |value: &mut Input, other: &Input| {
            if value.is_known() && other.is_known() {
                *value = other.clone();
            }
        };
        if let Value::Known(block) = &mut later.grafana_config {
            replace(&mut block.api_key_wo, &one);
        }
        if let Value::Known(block) = &mut later.datadog_config {
            replace(&mut block.api_key_wo, &one);
            replace(&mut block.app_key_wo, &two);
        }
        let second = case.plan(&later, first.private.decisions.as_ref());
        if !case.replaces() {
            let (first, second) = (untyped(&first.planned), untyped(&second.planned));
            prop_assert_eq!(differs(&first, &second, ""), None);
        }
        Ok(())
    });
}

#[test]
fn a_plan_shows_what_it_sends_and_nothing_else() {
    hold(&case(), |case| {
        let (plan, asks, ..) = case.apply();
        let planned = &plan.planned;
        if let Some(prior) = &case.prior {
            let keys = plan.change.fields.keys().any(|field| field.is_key());
            let access = !plan.change.fields.is_empty();
            prop_assert_eq!(planned.updated_at.is_unknown(), asks);
            prop_assert_eq!(planned.credentials_updated_at.is_unknown(), keys);
            prop_assert_eq!(planned.enabled.is_unknown(), access);
            prop_assert_eq!(planned.version.is_unknown(), access);
            prop_assert!(planned.created_at.is_known() && planned.name.is_known());
            let config = &case.config;
            let same = without_write_only(config);
            let settled = !asks
                && same.on_external_change == prior.on_external_change
                && same.grafana_config == prior.grafana_config
                && same.datadog_config == prior.datadog_config
                && (config.name.is_null() || config.name == prior.name);
            prop_assert_eq!(planned == prior, settled);
        } else {
            prop_assert!(asks, "an adoption asks, if only to learn");
            prop_assert!(planned.updated_at.is_unknown() && planned.enabled.is_unknown());
        }
        Ok(())
    });
}

#[test]
fn an_apply_keeps_the_plan_and_settles() {
    hold(&case(), |case| {
        let (plan, _, state, private) = case.apply();
        let (planned, after) = (untyped(&plan.planned), untyped(&state));
        prop_assert_eq!(differs(&planned, &after, ""), None);
        prop_assert_eq!(after.first_unknown(), None);
        prop_assert_eq!(&without_write_only(&state), &state);
        prop_assert!(private.decisions.is_none());
        let private = decode(&encode(&private));
        let again = Case {
            prior: Some(state.clone()),
            private,
            ..case.clone()
        };
        let next = again.plan(&case.config, None);
        prop_assert_eq!(
            differs(&untyped(&next.planned), &after, ""),
            None,
            "the next plan is another one"
        );
        prop_assert_eq!(&next.planned, &state, "the next plan is not empty");
        prop_assert!(next.change.names().is_empty());
        Ok(())
    });
}

#[test]
fn a_refresh_is_done_once() {
    let strategy = (case(), select(&[BEFORE, AFTER][..]), any::<bool>());
    hold(&strategy, |(case, updated_at, recent)| {
        let Some(prior) = case.prior else {
            return Ok(());
        };
        let answer = answer("given", updated_at);
        let once = refresh(prior, case.private, &found(&answer, recent));
        let state = once.state.clone();
        prop_assert_eq!(untyped(&state).first_unknown(), None);
        // An API that stamps would not answer the same again: what was ours
        // perhaps is settled by this, and whatever follows is quiet.
        let twice = refresh(once.state, once.private, &found(&answer, false));
        let thrice = refresh(
            twice.state.clone(),
            twice.private.clone(),
            &found(&answer, false),
        );
        prop_assert_eq!(thrice.state, twice.state);
        prop_assert_eq!(thrice.private, twice.private);
        prop_assert!(thrice.diagnostics.is_empty());
        Ok(())
    });
}

#[test]
fn the_api_is_told_a_url_in_its_own_form() {
    hold(&case(), |case| {
        let plan = case.plan(&case.config, None);
        let url = plan.change.fields.get(&field("grafana_config.api_url"));
        if let Some(url) = url.and_then(Value::as_str) {
            prop_assert!(!url.contains("://") && !url.ends_with('/'), "{}", url);
        }
        Ok(())
    });
}
