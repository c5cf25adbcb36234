//! What this resource tells a practitioner beyond what the API says.

use terraform_plugin::{Diagnostic, Path};

use super::attributes::{Block, Field};
use super::model::TelemetryDataSource;
use super::private::NoRandomness;

/// Where data sources are connected and disconnected.
const DASHBOARD: &str = "incident.io (Settings, Telemetry)";

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
            "Terraform will forget data source {title}, and change nothing else: the API has no delete. {advice} To \
             forget it without this warning, replace the resource block by a removed block with lifecycle {{ destroy \
             = false }}.",
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
            "data_source_id is another one, so Terraform will forget data source {title}, and change nothing else \
             about it: the API has no delete. {advice}",
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
         {product}, and disconnect the data source in {DASHBOARD}."
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

/// An id that was never in this state, and does not exist.
pub(crate) fn never_there(config: &TelemetryDataSource) -> Diagnostic {
    Diagnostic::error(
        "Telemetry Data Source Not Found",
        format!(
            "incident.io has no telemetry data source {id:?}. A data source cannot be created through the API: \
             connect it in {DASHBOARD} first, then copy its id to data_source_id. Check as well that the API key \
             belongs to the same organisation. (terraform destroy stops here too, since it plans first: terraform \
             destroy -refresh=false passes.)",
            id = config.data_source_id.as_str().unwrap_or_default(),
        ),
    )
    .at(id_path())
}

/// A data source that was in state, and is gone.
pub(crate) fn gone(config: &TelemetryDataSource) -> Diagnostic {
    let id = config.data_source_id.as_str().unwrap_or_default();
    Diagnostic::warning(
        "Telemetry Data Source Is Gone",
        format!(
            "Data source {id:?} no longer exists in incident.io, so the plan shows it as to be created. The API \
             cannot create it: applying will fail unless it is connected again in {DASHBOARD} under this id. \
             If it is gone for good, remove the resource block (or use terraform state rm, or a removed block); if \
             it was connected again under another id, set data_source_id to that."
        ),
    )
    .at(id_path())
}

/// An import of something that does not exist.
pub(crate) fn cannot_import(state: &TelemetryDataSource) -> Diagnostic {
    Diagnostic::error(
        "Telemetry Data Source Not Found",
        format!(
            "incident.io has no telemetry data source {id:?}, so there is nothing to import. Copy the id from \
             {DASHBOARD}, and check that the API key belongs to the same organisation.",
            id = state.data_source_id.as_str().unwrap_or_default(),
        ),
    )
    .at(id_path())
}

/// Neither refreshed nor ever read before: nothing to go on with.
pub(crate) fn never_read(state: &TelemetryDataSource, reason: &str) -> Diagnostic {
    Diagnostic::error(
        "Telemetry Data Source Not Read",
        format!(
            "Data source {id:?} was imported and has to be read once, and could not be: {reason} Mend that, and run \
             the import again.",
            id = state.data_source_id.as_str().unwrap_or_default(),
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
            id = config.data_source_id.as_str().unwrap_or_default(),
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
            id = config.data_source_id.as_str().unwrap_or_default(),
        ),
    )
    .at(id_path())
}

/// A change that no attribute shows.
pub(crate) fn changed_outside(state: &TelemetryDataSource, when: &str) -> Diagnostic {
    Diagnostic::warning(
        "Data Source Changed Outside of Terraform",
        format!(
            "Data source {title} was changed in incident.io at {when}, and none of the attributes that can be read \
             back explain it: its credentials may have been replaced. Credentials cannot be read back, so no plan can \
             tell whether incident.io still has the configured ones, also where it finds no changes. To send them \
             again, set on_external_change = \"reapply\"{version}. If the change was intended, do nothing: the next \
             apply (or terraform apply -refresh-only) records it, and this is not said again.",
            title = title(state),
            version = if uses_versions(state) {
                ", or change the key's version"
            } else {
                ""
            },
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
            "Unexpected Answer from incident.io",
            format!(
                "incident.io answered for data source {id:?} with fields that this version of the \
                 provider cannot read: {fields}. What depends on them keeps its last known value, or is null. \
                 A later version of the provider may be able to read them.",
                fields = fields.join(", "),
            ),
        )
    })
}
