//! Checks that need nothing but a configuration. What is unknown passes, and is checked again when
//! core validates once more at plan and at apply.

use terraform_plugin::{Diagnostic, Diagnostics, Path};

use super::attributes::{Block, Field};
use super::checks::identifier;
use super::model::{OnExternalChange, TelemetryDataSource};
use crate::checks;
use crate::summary::{Summary, listed};

/// Everything that can be said of a configuration before `ignore_changes`.
pub(crate) fn config(config: &TelemetryDataSource) -> Diagnostics {
    let mut diagnostics = conflicts(config);
    diagnostics.extend(identifier(
        &config.data_source_id,
        &Path::attributes("data_source_id"),
    ));
    diagnostics.extend(checks::title(&config.name, &Path::attributes("name")));
    diagnostics.extend(checks::one_of(
        &config.on_external_change,
        &Path::attributes("on_external_change"),
        &OnExternalChange::ALL.map(|(name, _)| name),
    ));
    for field in Field::all() {
        let input = field.of(config);
        let check = field.row().check;
        diagnostics.extend(check(&input.plain, &field.path()));
        diagnostics.extend(check(&input.write_only, &field.write_only_path()));
        diagnostics.extend(checks::not_blank(&input.version, &field.version_path()));
        if input.version.is_known() && input.write_only.is_null() {
            diagnostics.push(version_alone(field));
        }
    }
    let empty = Block::ALL
        .into_iter()
        .filter(|&block| is_empty(config, block));
    diagnostics.extend(empty.map(empty_block));
    diagnostics
}

fn version_alone(field: Field) -> Diagnostic {
    Diagnostic::error(
        Summary::VersionAlone,
        format!(
            "{version} is set but {key} is not. A change of the version sends {key} again. Set \
             {key}, or remove {version}: {plain} needs no version, since it is sent whenever it \
             changes.",
            version = field.version_path(),
            key = field.write_only_path(),
            plain = field.path(),
        ),
    )
    .at(field.version_path())
}

/// What no configuration may hold, also after `ignore_changes`.
pub(crate) fn conflicts(config: &TelemetryDataSource) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    if Block::ALL
        .into_iter()
        .all(|block| block.of(config).is_known())
    {
        diagnostics.push(
            Diagnostic::error(
                Summary::BothKinds,
                "Only one of grafana_config and datadog_config can be set. Remove the one that \
                 does not fit. A second data source needs its own resource.",
            )
            .at(Block::Datadog.path()),
        );
    }
    for field in Field::keys() {
        let input = field.of(config);
        if input.plain.is_known() && input.write_only.is_known() {
            diagnostics.push(
                Diagnostic::error(
                    Summary::BothForms,
                    format!(
                        "Only one of {plain} and {key} can be set, since both are the same key. \
                         Remove one of them: {plain} is stored in the state; {key} is not, and \
                         needs Terraform or OpenTofu 1.11.",
                        plain = field.path(),
                        key = field.write_only_path(),
                    ),
                )
                .at(field.write_only_path()),
            );
        }
    }
    diagnostics
}

/// Config blocks that do not fit a data source of this kind. A kind that this
/// version does not know passes: the API is the judge of it.
pub(crate) fn kind_mismatches(config: &TelemetryDataSource, provider: &str) -> Diagnostics {
    let Some(kind) = Block::ALL
        .into_iter()
        .find(|block| block.kind() == provider)
    else {
        return Diagnostics::new();
    };
    Block::ALL
        .into_iter()
        .filter(|&block| block != kind && block.of(config).is_known())
        .map(|block| {
            Diagnostic::error(
                Summary::WrongKind,
                format!(
                    "{block} is set, but data source {id:?} is a {title} data source. Nothing was \
                     sent. Use {fitting} instead, or set data_source_id to the ID of a {wanted} \
                     data source.",
                    block = block.name(),
                    id = config.data_source_id.as_str().unwrap_or_default(),
                    title = kind.title(),
                    fitting = kind.name(),
                    wanted = block.title(),
                ),
            )
            .at(block.path())
        })
        .collect()
}

fn is_empty(config: &TelemetryDataSource, block: Block) -> bool {
    let nothing_given = block
        .fields()
        .map(|field| field.of(config))
        .all(|input| input.value().is_null() && input.version.is_null());
    block.of(config).is_known() && nothing_given
}

fn empty_block(block: Block) -> Diagnostic {
    Diagnostic::error(
        Summary::EmptyBlock,
        format!(
            "{block} is empty. Set {keys} in it, or remove the block.",
            block = block.name(),
            keys = listed(
                block
                    .fields()
                    .filter(|field| field.is_key())
                    .map(|field| field.row().name),
                "or",
            ),
        ),
    )
    .at(block.path())
}
