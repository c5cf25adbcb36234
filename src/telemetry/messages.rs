//! What this resource tells a practitioner beyond what the API says.

use terraform_plugin::{Diagnostic, Path};

use super::attributes::{Block, Field};
use super::change::{Change, Why};
use super::model::TelemetryDataSource;
use super::private::{Decision, NoRandomness, Sign};

/// Those that say something, in one text.
fn sentences(sentences: &[&str]) -> String {
    let said: Vec<_> = sentences
        .iter()
        .filter(|text| !text.is_empty())
        .copied()
        .collect();
    said.join(" ")
}

/// `grafana_config.api_key`, or several with commas and an "and".
fn list(fields: impl Iterator<Item = Field>) -> String {
    let mut names: Vec<_> = fields.map(|field| field.to_string()).collect();
    let last = names.pop().unwrap_or_default();
    if names.is_empty() {
        last
    } else {
        format!("{} and {last}", names.join(", "))
    }
}

fn id(model: &TelemetryDataSource) -> &str {
    model.data_source_id.as_str().unwrap_or_default()
}

fn id_path() -> Path {
    Path::attributes("data_source_id")
}

/// `"01G… (Production Grafana)"`, as far as known.
fn title(model: &TelemetryDataSource) -> String {
    let id = model
        .data_source_id
        .as_str()
        .unwrap_or("(known after apply)");
    match model.name.as_str() {
        Some(name) => format!("{id:?} ({name})"),
        None => format!("{id:?}"),
    }
}

/// Before a destroy.
pub(crate) fn left_active(prior: &TelemetryDataSource) -> Diagnostic {
    Diagnostic::warning(
        "Data Source Stays Active in incident.io",
        format!(
            "Terraform will stop managing data source {title} and leave it as it is, since the API has no delete. \
             {advice} To forget it without this warning, replace the resource block with a removed block that has \
             lifecycle {{ destroy = false }}.",
            title = title(prior),
            advice = how_to_end(prior),
        ),
    )
}

/// Before a replacement: another data source is to be adopted in its place.
pub(crate) fn replaced(prior: &TelemetryDataSource) -> Diagnostic {
    Diagnostic::warning(
        "Data Source Stays Active in incident.io",
        format!(
            "data_source_id has changed: Terraform will stop managing data source {title} and leave it as it is, since \
             the API has no delete. {advice}",
            title = title(prior),
            advice = how_to_end(prior),
        ),
    )
    .at(id_path())
}

/// What goes on after Terraform has forgotten a data source, and how to end it.
fn how_to_end(prior: &TelemetryDataSource) -> String {
    let product = Block::ALL
        .into_iter()
        .find(|block| Some(block.kind()) == prior.provider_name.as_str())
        .map_or("Grafana or Datadog", Block::title);
    format!(
        "The data source and its credentials stay active in incident.io. To end that, revoke the credentials in \
         {product}, and disconnect the data source in incident.io."
    )
}

/// A config block taken out of the configuration.
pub(crate) fn block_removed(block: Block) -> Diagnostic {
    Diagnostic::warning(
        "Credentials Stay Active in incident.io",
        format!(
            "{block} is no longer configured. Terraform stops managing what it held and sends nothing: incident.io \
             keeps using the credentials that it has. To end that, revoke them in {title}.",
            block = block.name(),
            title = block.title(),
        ),
    )
    .at(block.path())
}

/// One value taken out of a config block.
pub(crate) fn value_removed(path: Path) -> Diagnostic {
    Diagnostic::warning(
        "Value Stays Active in incident.io",
        format!(
            "{path} is no longer configured. Terraform stops managing it and sends nothing: incident.io keeps using \
             the value that it has. If it is a key that should end, revoke it where it was made."
        ),
    )
    .at(path)
}

/// An id that was never in this state, and does not exist. `key` says whose key was used, if that is
/// known.
pub(crate) fn never_there(config: &TelemetryDataSource, key: &str) -> Diagnostic {
    Diagnostic::error(
        "Telemetry Data Source Not Found",
        sentences(&[
            &format!(
                "incident.io has no telemetry data source {id:?} that this API key can see. A data source cannot be \
                 created through the API: connect it in incident.io first, then set data_source_id to its ID. Check \
                 as well that the API key belongs to the same organisation.",
                id = id(config),
            ),
            key,
        ]),
    )
    .at(id_path())
}

/// A data source in state that is not found.
pub(crate) fn absent(state: &TelemetryDataSource, key: &str) -> Diagnostic {
    Diagnostic::warning(
        "Telemetry Data Source Not Found",
        sentences(&[
            &format!(
                "incident.io has no telemetry data source {title} that this API key can see. Either it was \
                 disconnected, or the key belongs to another organisation, or the provider's endpoint is another \
                 one.",
                title = title(state),
            ),
            key,
            "It stays in the state, since the API cannot create it again, and an apply that changes it sends \
             everything configured once more. If it was disconnected for good, remove the resource block; if it was \
             connected again under another id, set data_source_id to that. If the key or the endpoint is the wrong \
             one, correct it and run the command again.",
        ]),
    )
}

/// A plan for what was not found when it was read last.
pub(crate) fn was_absent(prior: &TelemetryDataSource) -> Diagnostic {
    Diagnostic::warning(
        "Telemetry Data Source Was Not Found",
        format!(
            "Data source {title} was not found when it was last looked for. What is connected under this id now, if \
             anything, may hold other values, so the next apply sends everything configured once more. It fails if \
             incident.io still does not have the data source: connect it again under this id, or remove the resource \
             block.",
            title = title(prior),
        ),
    )
}

/// Two resources that manage one data source.
pub(crate) fn shared(config: &TelemetryDataSource) -> Diagnostic {
    Diagnostic::warning(
        "Data Source Managed Twice",
        format!(
            "More than one resource in this run has data_source_id = {id:?}. Each overwrites the name and the keys \
             that the other has sent, and neither can see it. Keep one of them, and remove the others with a removed \
             block.",
            id = id(config),
        ),
    )
    .at(id_path())
}

/// An adoption of a data source that has another name.
pub(crate) fn renames(config: &TelemetryDataSource, found: &str) -> Diagnostic {
    Diagnostic::warning(
        "Adoption Renames the Data Source",
        format!(
            "Data source {id:?} is called {found:?} in incident.io; adopting it renames it to {name:?}. Check that it \
             is the one you mean. To keep its name, remove name from the configuration.",
            id = id(config),
            name = config.name.as_str().unwrap_or_default(),
        ),
    )
    .at(Path::attributes("name"))
}

/// The first keys that this resource sends to a data source that it did not adopt with keys.
pub(crate) fn replaces_credentials(prior: &TelemetryDataSource, change: &Change) -> Diagnostic {
    let keys = change.decisions.iter();
    let keys = keys.filter(|(field, decision)| field.is_key() && **decision != Decision::Hold);
    Diagnostic::warning(
        "Credentials in Use Will Be Replaced",
        format!(
            "This resource has not sent keys to data source {title} before. Applying this plan sends {keys}, which \
             replaces the credentials that incident.io uses now. To leave those alone, remove the keys from the \
             configuration: ignore_changes does not hold back keys that the state does not have yet.",
            title = title(prior),
            keys = list(keys.map(|(field, _)| *field)),
        ),
    )
}

/// Values that are sent whether they have changed or not.
pub(crate) fn sent_again(
    prior: &TelemetryDataSource,
    why: Why,
    fields: &[Field],
    sign: Option<&Sign>,
) -> Diagnostic {
    let title = title(prior);
    let reason = match (why, sign) {
        (Why::Reapply, Some(Sign::SwitchedOff)) => format!(
            "incident.io has switched data source {title} off, and on_external_change is \"reapply\"."
        ),
        (Why::Reapply, Some(Sign::Changed(time))) => format!(
            "Data source {title} was changed in incident.io at {time}, and on_external_change is \"reapply\"."
        ),
        (Why::Reapply, None) => format!(
            "Data source {title} was changed in incident.io, and on_external_change is \"reapply\"."
        ),
        (Why::InDoubt, _) => format!(
            "The last write to data source {title} ended without an answer, so nobody knows whether incident.io \
             has stored it."
        ),
        (Why::Lost, _) => format!(
            "The record of what was last sent to data source {title} is missing from the state, as it is after an \
             apply that was cut off."
        ),
    };
    Diagnostic::warning(
        "Values Will Be Sent Again",
        format!(
            "{reason} Applying this plan sends {fields} again, whether or not {changed}.",
            fields = list(fields.iter().copied()),
            changed = if fields.len() == 1 {
                "its value has changed"
            } else {
                "their values have changed"
            },
        ),
    )
}

/// A data source that incident.io no longer queries.
pub(crate) fn switched_off(state: &TelemetryDataSource, reapplies: bool) -> Diagnostic {
    let next = if reapplies {
        "The next apply sends the configured keys again, as on_external_change is \"reapply\". If they fail again, \
         replace them."
    } else {
        "Check the credentials where they were made. To send them to incident.io again, change the key or its \
         version, or set on_external_change = \"reapply\"."
    };
    Diagnostic::warning(
        "Data Source Was Switched Off",
        format!(
            "incident.io has switched data source {title} off (enabled is now false) and no longer queries it, most \
             likely because its credentials fail. {next}",
            title = title(state),
        ),
    )
}

/// An import of something that does not exist.
pub(crate) fn cannot_import(state: &TelemetryDataSource, key: &str) -> Diagnostic {
    Diagnostic::error(
        "Telemetry Data Source Not Found",
        sentences(&[
            &format!(
                "incident.io has no telemetry data source {id:?} that this API key can see, so there is nothing to \
                 import. Check the id, and that the API key belongs to the same organisation.",
                id = id(state),
            ),
            key,
        ]),
    )
    .at(id_path())
}

/// Neither refreshed nor ever read before: nothing to go on with.
pub(crate) fn never_read(state: &TelemetryDataSource, reason: &str) -> Diagnostic {
    Diagnostic::error(
        "Telemetry Data Source Not Read",
        format!(
            "Data source {id:?} could not be read after the import: {reason} Fix this and import it again.",
            id = id(state),
        ),
    )
    .at(id_path())
}

/// A read that the API refused: the plan goes on without.
pub(crate) fn drift_unchecked(state: &TelemetryDataSource, reason: &str) -> Diagnostic {
    Diagnostic::warning(
        "Drift Was Not Checked",
        format!(
            "Data source {title} could not be read, so the plan goes on with what the state holds: {reason} (A \
             read is an empty update, which the API key and the API have to allow.) If this is intended, set \
             drift_detection = false in the provider block.",
            title = title(state),
        ),
    )
}

/// A look before an adoption that the API refused.
pub(crate) fn adoption_unchecked(config: &TelemetryDataSource, reason: &str) -> Diagnostic {
    Diagnostic::warning(
        "Adoption Was Not Checked",
        format!(
            "Whether data source {id:?} exists and fits this configuration could not be checked: {reason} Applying \
             may fail for the same reason. (The check is an empty update, which the API key and the API have to allow.)",
            id = id(config),
        ),
    )
    .at(id_path())
}

/// An adoption that configures nothing, at an API that takes no empty update.
pub(crate) fn nothing_to_adopt_with(config: &TelemetryDataSource, reason: &str) -> Diagnostic {
    Diagnostic::error(
        "Nothing to Adopt With",
        format!(
            "Data source {id:?} was not adopted. With only data_source_id configured, there is nothing to send but \
             an empty update, and that was refused: {reason} Configure name, or a key, so that there is something \
             to send.",
            id = id(config),
        ),
    )
    .at(id_path())
}

/// A change that no attribute shows.
pub(crate) fn changed_outside(state: &TelemetryDataSource, when: &str) -> Diagnostic {
    Diagnostic::warning(
        "Data Source Changed Outside of Terraform",
        format!(
            "Data source {title} was changed in incident.io at {when}, and nothing that can be read back explains it: \
             its credentials may have been replaced. They cannot be read back, so no plan can tell whether \
             incident.io still has the configured ones. If the change was intended, do nothing: the next apply (or \
             terraform apply -refresh-only) records it. If it was not, and this plan does not send the keys anyway, \
             set on_external_change = \"reapply\" to send them again{version}.",
            title = title(state),
            version = if uses_versions(state) {
                ", or change the key's version"
            } else {
                ""
            },
        ),
    )
}

/// A change right after keys were sent because of the one before.
pub(crate) fn changed_after_reapply(state: &TelemetryDataSource, when: &str) -> Diagnostic {
    Diagnostic::warning(
        "Data Source Changed After Its Keys Were Sent Again",
        format!(
            "Data source {title} was changed in incident.io at {when}, after the last apply had sent its keys again \
             (on_external_change = \"reapply\"). That may be an effect of the apply itself, so they are not sent \
             once more. If somebody replaced them at that time, run terraform apply -replace for this resource: that \
             sends everything configured.",
            title = title(state),
        ),
    )
}

fn uses_versions(state: &TelemetryDataSource) -> bool {
    Field::all().any(|field| field.of(state).version.is_known())
}

/// A write that went through, and whose trace could not be made.
pub(crate) fn not_recorded(id: &str, error: &NoRandomness) -> Diagnostic {
    Diagnostic::error(
        "No Random Numbers",
        format!(
            "incident.io took the update of data source {id:?}, and what was sent could not be \
             recorded: {error}. Run the apply again: it sends the same once more."
        ),
    )
}

/// Fields of an answer that are not what the API's reference says, by their names there; `None` where
/// there are none.
pub(crate) fn unreadable(id: &str, fields: &[&str]) -> Option<Diagnostic> {
    (!fields.is_empty()).then(|| {
        Diagnostic::warning(
            "Unexpected Response from incident.io",
            format!(
                "incident.io answered for data source {id:?} with fields that this version of the \
                 provider cannot read: {fields}. What depends on them keeps its last known value, or is null. \
                 A later version of the provider may be able to read them.",
                fields = fields.join(", "),
            ),
        )
    })
}
