//! Anything at all in private state, and in the names of fields that the API complains of.

use proptest::prelude::*;

use terraform_plugin::schema::{Attribute, Schema};
use terraform_plugin::{Path, Step};
use test_support::damage::{damaged, damaged_text};

use super::attributes::{attribute_of, schema};
use super::fuzzing::{any_private_state, config};

const STORED: &str = r#"{"v":1,"salt":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","sent":{"grafana_config.api_key":"AAAA"},
    "changed_outside":["grafana_config.api_key"],"in_doubt":["datadog_config.app_key","grafana_config.api_url"],
    "sign":{"changed":"x"},"reapplied":true,"loss":"noticed","absent":true,"moved":true,"seen_updated_at":"2021-08-17T13:28:57.801578Z","empty_update_keeps":true,
    "unsettled":{"updated_at":"x","explained":false},"decisions":{"grafana_config.api_key":"send"}}"#;

/// Whether the schema has an attribute, or a block, at a path of names.
fn has(schema: &Schema, path: &Path) -> bool {
    let named = |attributes: &[Attribute], name: &str| {
        attributes.iter().any(|attribute| *attribute.name == *name)
    };
    match path.steps() {
        [Step::Attribute(name)] => {
            named(&schema.attributes, name) || schema.blocks.iter().any(|block| block.name == *name)
        }
        [Step::Attribute(block), Step::Attribute(name)] => {
            let mut blocks = schema.blocks.iter().filter(|found| found.name == *block);
            blocks.any(|block| named(&block.attributes, name))
        }
        _ => false,
    }
}

proptest! {
    #[test]
    fn any_private_state_is_understood_or_none(bytes in damaged(&[STORED.as_bytes()])) {
        any_private_state(&bytes);
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
            prop_assert!(has(&schema(), &path), "{}", path);
        }
    }
}
