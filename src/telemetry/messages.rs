//! What this resource tells a practitioner beyond what the API says.

use terraform_plugin::{Diagnostic, Path, Value};

use super::attributes::{Block, Field};
use super::change::{Change, Why};
use super::model::{OnExternalChange, TelemetryDataSource};
use super::private::{Decision, NoRandomness, Sign};
use crate::summary::{Summary, listed, sentences};

/// Beside a write that failed, where nobody knows whether it was carried out.
pub(crate) const IN_DOUBT: &str =
    "It is not known whether incident.io stored the change; the next apply sends it again.";

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
        Summary::LeftActive,
        format!(
            "Terraform will stop managing data source {title} and leave it as it is, since the API \
             has no delete. {advice} To forget it without this warning, replace the resource block \
             with a removed block that has lifecycle {{ destroy = false }}.",
            title = title(prior),
            advice = how_to_end(prior),
        ),
    )
}

/// Before a replacement: another data source is to be adopted in its place.
pub(crate) fn replaced(prior: &TelemetryDataSource) -> Diagnostic {
    Diagnostic::warning(
        Summary::Replaced,
        format!(
            "data_source_id has changed: Terraform will stop managing data source {title} and \
             leave it as it is, since the API has no delete. {advice}",
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
        "The data source and its credentials stay active in incident.io. To end that, revoke the \
         credentials in {product}, and disconnect the data source in incident.io."
    )
}

/// A config block taken out of the configuration.
pub(crate) fn block_removed(block: Block) -> Diagnostic {
    Diagnostic::warning(
        Summary::BlockRemoved,
        format!(
            "{block} is no longer configured. Terraform stops managing what it held and sends \
             nothing: incident.io keeps using the credentials that it has. To end that, revoke \
             them in {title}.",
            block = block.name(),
            title = block.title(),
        ),
    )
    .at(block.path())
}

/// One value taken out of a config block.
pub(crate) fn value_removed(path: Path) -> Diagnostic {
    Diagnostic::warning(
        Summary::ValueRemoved,
        format!(
            "{path} is no longer configured. Terraform stops managing it and sends nothing: \
             incident.io keeps using the value that it has. If it is a key, revoke it where it was \
             created."
        ),
    )
    .at(path)
}

/// An id that was never in this state, and does not exist. `key` says whose key was used, if that
/// is known.
pub(crate) fn never_there(config: &TelemetryDataSource, key: &str) -> Diagnostic {
    Diagnostic::error(
        Summary::NeverThere,
        sentences(&[
            &format!(
                "incident.io has no telemetry data source {id:?} that this API key can see. The \
                 API cannot create one: connect it in incident.io first, then set data_source_id \
                 to its ID. Also check that the API key belongs to the same organisation.",
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
        Summary::Absent,
        sentences(&[
            &format!(
                "incident.io has no telemetry data source {title} that this API key can see. \
                 Either it was disconnected, or the key belongs to another organisation, or the \
                 provider's endpoint is wrong.",
                title = title(state),
            ),
            key,
            "The resource stays in the state, since the API cannot create a data source, and the \
             next apply sends everything that is configured. If the data source was disconnected \
             for good, remove the resource block. If it was connected again under a new ID, set \
             data_source_id to that. If the key or the endpoint is wrong, correct it and plan \
             again.",
        ]),
    )
}

/// A plan for what was not found when it was read last.
pub(crate) fn was_absent(prior: &TelemetryDataSource) -> Diagnostic {
    Diagnostic::warning(
        Summary::WasAbsent,
        format!(
            "Data source {title} was not found when it was last read. Whatever is connected under \
             this ID now may hold other values, so the next apply sends everything that is \
             configured. It fails if incident.io still does not have the data source: connect it \
             again under this ID, or remove the resource block.",
            title = title(prior),
        ),
    )
}

/// Two resources that manage one data source.
pub(crate) fn shared(config: &TelemetryDataSource) -> Diagnostic {
    Diagnostic::warning(
        Summary::Shared,
        format!(
            "More than one resource in this run has data_source_id = {id:?}. Each overwrites the \
             name and the keys that the others send, and none of them can see it. Keep one, and \
             remove the others with removed blocks. If this plan already does that, ignore this \
             warning.",
            id = id(config),
        ),
    )
    .at(id_path())
}

/// An adoption of a data source that has another name.
pub(crate) fn renames(config: &TelemetryDataSource, found: &str) -> Diagnostic {
    Diagnostic::warning(
        Summary::Renames,
        format!(
            "Data source {id:?} is called {found:?} in incident.io, and adopting it renames it to \
             {name:?}. Check that this is the data source you mean. To keep its name, remove name \
             from the configuration.",
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
        Summary::ReplacesCredentials,
        format!(
            "This resource has not sent keys to data source {title} before. Applying this plan \
             sends {keys}, which replaces the credentials that incident.io uses now. To leave \
             those alone, remove the keys from the configuration: ignore_changes does not hold \
             back keys that the state does not have yet.",
            title = title(prior),
            keys = listed(keys.map(|(field, _)| *field), "and"),
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
            "incident.io has switched data source {title} off, and on_external_change is \
             \"reapply\"."
        ),
        (Why::Reapply, Some(Sign::Changed(time))) => format!(
            "Data source {title} was changed in incident.io at {time}, and on_external_change is \
             \"reapply\"."
        ),
        (Why::Reapply, None) => format!(
            "Data source {title} was changed in incident.io, and on_external_change is \"reapply\"."
        ),
        (Why::InDoubt, _) => format!(
            "The last write to data source {title} ended without an answer, so it is not known \
             whether incident.io stored it."
        ),
        (Why::Lost, _) => format!(
            "The record of what was last sent to data source {title} is missing from the state, \
             which happens when an apply is cut off."
        ),
    };
    Diagnostic::warning(
        Summary::SentAgain,
        format!(
            "{reason} Applying this plan sends {fields} again, whether or not {changed}.",
            fields = listed(fields, "and"),
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
        "The next apply sends the configured keys again, as on_external_change is \"reapply\". If \
         they fail again, replace them."
            .to_owned()
    } else {
        let is_set = OnExternalChange::of(state) == Value::Known(OnExternalChange::Reapply);
        let or_set = ", or set on_external_change = \"reapply\"";
        format!(
            "Check the credentials where they were created. To send them to incident.io again, \
             change the key or its version{}.",
            if is_set { "" } else { or_set },
        )
    };
    Diagnostic::warning(
        Summary::SwitchedOff,
        format!(
            "incident.io has switched data source {title} off (enabled is now false) and no longer \
             queries it, most likely because its credentials fail. {next}",
            title = title(state),
        ),
    )
}

/// An import of something that does not exist.
pub(crate) fn cannot_import(state: &TelemetryDataSource, key: &str) -> Diagnostic {
    Diagnostic::error(
        Summary::CannotImport,
        sentences(&[
            &format!(
                "incident.io has no telemetry data source {id:?} that this API key can see, so \
                 there is nothing to import. Check the ID, and that the API key belongs to the \
                 same organisation.",
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
        Summary::NotRead,
        format!(
            "Data source {id:?} could not be read after the import: {reason} Fix this and import \
             it again.",
            id = id(state),
        ),
    )
    .at(id_path())
}

/// A read that the API refused: the plan goes on without.
pub(crate) fn drift_unchecked(state: &TelemetryDataSource, reason: &str) -> Diagnostic {
    Diagnostic::warning(
        Summary::DriftUnchecked,
        format!(
            "Data source {title} could not be read: {reason} The plan goes on with what the state \
             holds. A read is an empty update: the API has to accept it, and the API key needs the \
             permission to update. To plan without reading, set drift_detection = false in the \
             provider block.",
            title = title(state),
        ),
    )
}

/// A look before an adoption that the API refused.
pub(crate) fn adoption_unchecked(config: &TelemetryDataSource, reason: &str) -> Diagnostic {
    Diagnostic::warning(
        Summary::AdoptionUnchecked,
        format!(
            "The provider could not check that data source {id:?} exists and fits this \
             configuration: {reason} The apply may fail for the same reason. The check is an empty \
             update: the API has to accept it, and the API key needs the permission to update.",
            id = id(config),
        ),
    )
    .at(id_path())
}

/// An adoption that configures nothing, at an API that takes no empty update.
pub(crate) fn nothing_to_adopt_with(config: &TelemetryDataSource, reason: &str) -> Diagnostic {
    Diagnostic::error(
        Summary::NothingToSend,
        format!(
            "Data source {id:?} was not adopted. Only data_source_id is configured, so there was \
             nothing to send but an empty update, and incident.io refused that: {reason} Set name \
             or a key as well.",
            id = id(config),
        ),
    )
    .at(id_path())
}

/// A change that no attribute shows.
pub(crate) fn changed_outside(state: &TelemetryDataSource, when: &str) -> Diagnostic {
    Diagnostic::warning(
        Summary::ChangedOutside,
        format!(
            "Data source {title} was changed in incident.io at {when}, and no attribute that can \
             be read back explains it: somebody may have replaced its credentials. Credentials \
             cannot be read back, so Terraform cannot tell whether incident.io still has yours. If \
             the change was intended, do nothing: the next apply (or terraform apply \
             -refresh-only) records it. If it was not, and this plan does not send your keys \
             anyway, set on_external_change = \"reapply\" to send them again{version}.",
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
        Summary::ChangedAfterReapply,
        format!(
            "Data source {title} was changed in incident.io at {when}, after the last apply had \
             sent its keys again (on_external_change = \"reapply\"). The apply itself may have \
             caused that, so this plan does not send them again. If somebody did replace them \
             then, run terraform apply -replace for this resource, which sends everything that is \
             configured.",
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
        Summary::NotRecorded,
        format!(
            "incident.io accepted the update of data source {id:?}, but the provider could not \
             record what it sent: {error}. Run the apply again, which sends the same values."
        ),
    )
}

/// Fields of an answer that are not what the API's reference says, by their names there; `None`
/// where there are none.
pub(crate) fn unreadable(id: &str, fields: &[&str]) -> Option<Diagnostic> {
    (!fields.is_empty()).then(|| {
        Diagnostic::warning(
            Summary::Unreadable,
            format!(
                "This version of the provider cannot read all of incident.io's answer for data \
                 source {id:?}: {fields}. The attributes behind that keep their last known values, \
                 or are null. Upgrade the provider if a later version is available.",
                fields = fields.join(", "),
            ),
        )
    })
}
