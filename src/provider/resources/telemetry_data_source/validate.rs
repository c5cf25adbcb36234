//! Checks that need nothing but a configuration. What is unknown passes, and is
//! checked again when core validates once more at plan and at apply.

use super::model::{Block, OnExternalChange, SecretName, TelemetryDataSource, api_url_for_api};
use crate::provider::validators;
use terraform_plugin::{Diagnostic, Diagnostics, Path, Value};

/// Everything that can be said of a configuration before `ignore_changes`.
pub(crate) fn config(config: &TelemetryDataSource) -> Diagnostics {
    let mut diagnostics = conflicts(config);
    diagnostics.extend(validators::identifier(
        &config.data_source_id,
        &Path::attributes("data_source_id"),
    ));
    diagnostics.extend(validators::not_blank(
        &config.name,
        &Path::attributes("name"),
    ));
    diagnostics.extend(validators::one_of(
        &config.on_external_change,
        &Path::attributes("on_external_change"),
        &OnExternalChange::ALL.map(|(name, _)| name),
    ));
    for name in SecretName::ALL {
        let input = config.secret(name);
        diagnostics.extend(validators::secret(&input.plain, &name.path()));
        diagnostics.extend(validators::secret(
            &input.write_only,
            &name.write_only_path(),
        ));
        diagnostics.extend(validators::not_blank(&input.version, &name.version_path()));
        if input.version.is_known() && input.write_only.is_null() {
            diagnostics.push(
                Diagnostic::error(
                    "Version Without a Write-only Value",
                    format!(
                        "{version} says when {key} is to be sent again, and {key} is not set. Set {key}, or \
                         remove {version}. ({plain} needs no version: it is sent when it changes.)",
                        version = name.version_path(),
                        key = name.write_only_path(),
                        plain = name.path(),
                    ),
                )
                .at(name.version_path()),
            );
        }
    }
    diagnostics.extend(api_url(&config.api_url()));
    diagnostics.extend(
        Block::ALL
            .into_iter()
            .filter(|&block| is_empty(config, block))
            .map(empty_block),
    );
    diagnostics
}

/// What no configuration may hold, also after `ignore_changes`.
pub(crate) fn conflicts(config: &TelemetryDataSource) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    if Block::ALL
        .into_iter()
        .all(|block| config.block(block).is_known())
    {
        diagnostics.push(
            Diagnostic::error(
                "Conflicting Configuration",
                "Both grafana_config and datadog_config are set, and a data source is of one kind. Remove the one \
                 that does not fit; a second data source takes a resource of its own.",
            )
            .at(Block::Datadog.path()),
        );
    }
    for name in SecretName::ALL {
        let input = config.secret(name);
        if input.plain.is_known() && input.write_only.is_known() {
            diagnostics.push(
                Diagnostic::error(
                    "Conflicting Configuration",
                    format!(
                        "Both {plain} and {key} are set, and they are two ways to give one key. Remove one of them: \
                         {plain} is stored in the state; {key} is not, and needs Terraform or OpenTofu 1.11.",
                        plain = name.path(),
                        key = name.write_only_path(),
                    ),
                )
                .at(name.write_only_path()),
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
        .filter(|&block| block != kind && config.block(block).is_known())
        .map(|block| {
            Diagnostic::error(
                "Wrong Kind of Data Source",
                format!(
                    "{block} is set, and data source {id:?} is a {title} one. Use {fitting} instead, or set \
                     data_source_id to a {wanted} data source. Nothing was sent.",
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
    let secrets_absent = SecretName::ALL
        .into_iter()
        .filter(|name| name.block() == block)
        .map(|name| config.secret(name))
        .all(|input| input.value().is_null() && input.version.is_null());
    let url_absent = block != Block::Grafana || config.api_url().is_null();
    config.block(block).is_known() && secrets_absent && url_absent
}

fn empty_block(block: Block) -> Diagnostic {
    Diagnostic::error(
        "Empty Configuration Block",
        format!(
            "{block} is set and says nothing. Give it a key ({keys}), or remove it.",
            block = block.name(),
            keys = SecretName::ALL
                .into_iter()
                .filter(|name| name.block() == block)
                .map(SecretName::attribute)
                .collect::<Vec<_>>()
                .join(", "),
        ),
    )
    .at(block.path())
}

fn api_url(url: &Value<terraform_plugin::Text>) -> Option<Diagnostic> {
    let text = url.as_str()?;
    let path = Block::Grafana.path().attribute("api_url");
    if let Some(problem) = validators::single_line(url, &path) {
        return Some(problem);
    }
    let problem = match text.split_once("://") {
        Some((scheme, _)) if scheme != "https" => "names a protocol other than https",
        _ if text.contains(char::is_whitespace) => "contains whitespace",
        _ if api_url_for_api(text).is_empty() => "names no host",
        _ if text.contains('@') => "contains a user name or password",
        _ if text.contains(['?', '#']) => "contains a query or a fragment",
        _ => return None,
    };
    Some(
        Diagnostic::error(
            "Invalid Grafana URL",
            format!(
                "{path} {problem}. Give the address of your Grafana without protocol, such as grafana.example.com; \
                 incident.io always uses https."
            ),
        )
        .at(path),
    )
}
