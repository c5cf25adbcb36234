//! One row for each attribute: its schema, when a plan has to call it unknown, where it goes in the
//! body and where it comes from in the answer.
//!
//! There are two kinds. What the API *returns* is in the state as the API has it. What is *sent*
//! and never returned, the fields of the config blocks, can be compared with what was sent before
//! alone. An attribute more is a field of the model, a row in one of the two, and a field in
//! `client`.

mod block;
mod field;
mod returned;
mod sent;

use terraform_plugin::schema::{self, Attribute, Mode, Nesting, Schema};
use terraform_plugin::{Path, Value};

pub(crate) use self::block::Block;
pub(crate) use self::field::{Field, keys_in};
use self::returned::NAME;
pub(crate) use self::returned::{RETURNED, Refresh, Returned, Unknown, has_been_read, normalised};
pub(crate) use self::sent::Input;
use super::model::TelemetryDataSource;

pub(crate) fn schema() -> Schema {
    let mut attributes = vec![
        Attribute::string(
            "data_source_id",
            Mode::Required,
            "ID of the existing data source to adopt. If it changes, the old data source is \
             forgotten and the new one adopted.",
        )
        .requires_replace(),
        (NAME.schema)(),
    ];
    attributes.extend([
        Attribute::string(
            "on_external_change",
            Mode::Optional,
            "What to do when someone changed the data source in incident.io and no attribute that \
             can be read back explains it, so that they may have replaced its credentials: `warn` \
             (default) warns with every plan until an apply has recorded the change, `reapply` \
             plans to send the configured credentials again, `ignore` does nothing.",
        ),
        Attribute::string("id", Mode::Computed, "Same as `data_source_id`."),
    ]);
    attributes.extend(RETURNED.iter().skip(1).map(|row| (row.schema)()));
    Schema {
        description: include_str!("../description.md"),
        attributes,
        blocks: Block::ALL.map(Block::schema).into(),
        ..Schema::default()
    }
}

impl Block {
    /// A block and no nested attribute: in those, Terraform drops a misspelt name without a word.
    fn schema(self) -> schema::Block {
        let description = match self {
            Self::Grafana => {
                "Access to Grafana, for a Grafana data source. Removing it from the configuration \
                 sends nothing: incident.io keeps what it has."
            }
            Self::Datadog => {
                "Access to Datadog, for a Datadog data source. Removing it from the configuration \
                 sends nothing: incident.io keeps what it has."
            }
        };
        let attributes = self
            .fields()
            .flat_map(|field| (field.row().schema)())
            .collect();
        schema::Block::new(self.name(), Nesting::Single, description, attributes)
    }
}

/// The attribute behind a field of the API's body, in the form that the practitioner used; `None`
/// where the schema has none.
pub(crate) fn attribute_of(config: &TelemetryDataSource, name: &str) -> Option<Path> {
    if let Some(field) = Field::named(name) {
        return Some(match field.of(config).write_only {
            Value::Null => field.path(),
            _ => field.write_only_path(),
        });
    }
    if name == "id" {
        return Some(Path::attributes("data_source_id"));
    }
    let is_block = Block::ALL.into_iter().any(|block| block.name() == name);
    let mut returned = RETURNED.iter().filter(|row| row.column.is_sent());
    (is_block || returned.any(|row| (row.schema)().name == name)).then(|| Path::attributes(name))
}
