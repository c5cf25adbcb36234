//! The shape of the resource, as users read it in docs and editors.

use terraform_plugin::schema::{Attribute, Mode, Schema};

const KEY_WO: &str = "Write-only form of the key: never stored in plan or state. Needs Terraform or OpenTofu 1.11. Sent when its version changes; without a version, when it is not what was last sent.";
const KEY_WO_VERSION: &str = "Any string that changes when the write-only key is to be sent again: a counter, the version id of a secret manager, the id of a token resource. While it stays the same, the key is not sent, whatever its value.";

pub(super) fn schema() -> Schema {
    Schema {
        version: 0,
        description: include_str!("description.md"),
        attributes: vec![
            Attribute::string(
                "data_source_id",
                Mode::Required,
                "ID of the existing data source to adopt, as incident.io shows it. Changing it forgets the old data source and adopts the new one.",
            ),
            Attribute::string(
                "name",
                Mode::OptionalComputed,
                "Name shown in incident.io. Left out, it follows whatever incident.io has.",
            ),
            Attribute::object(
                "grafana_config",
                Mode::Optional,
                "Access to Grafana, for a data source of that kind. Taking it out of the configuration sends nothing: incident.io keeps what it has.",
                vec![
                    Attribute::string(
                        "api_key",
                        Mode::Optional,
                        "Service account token. Stored in the state; `api_key_wo` is not.",
                    )
                    .sensitive(),
                    Attribute::string("api_key_wo", Mode::Optional, KEY_WO)
                        .sensitive()
                        .write_only(),
                    Attribute::string("api_key_wo_version", Mode::Optional, KEY_WO_VERSION),
                    Attribute::string(
                        "api_url",
                        Mode::Optional,
                        "Address of Grafana, such as `grafana.example.com`. A leading `https://` and a trailing slash are left out of what is sent. The API does not return it, so drift of it cannot be seen.",
                    ),
                ],
            ),
            Attribute::object(
                "datadog_config",
                Mode::Optional,
                "Access to Datadog, for a data source of that kind. Taking it out of the configuration sends nothing: incident.io keeps what it has.",
                vec![
                    Attribute::string(
                        "api_key",
                        Mode::Optional,
                        "API key. Stored in the state; `api_key_wo` is not.",
                    )
                    .sensitive(),
                    Attribute::string("api_key_wo", Mode::Optional, KEY_WO)
                        .sensitive()
                        .write_only(),
                    Attribute::string("api_key_wo_version", Mode::Optional, KEY_WO_VERSION),
                    Attribute::string(
                        "app_key",
                        Mode::Optional,
                        "Application key. Stored in the state; `app_key_wo` is not.",
                    )
                    .sensitive(),
                    Attribute::string("app_key_wo", Mode::Optional, KEY_WO)
                        .sensitive()
                        .write_only(),
                    Attribute::string("app_key_wo_version", Mode::Optional, KEY_WO_VERSION),
                ],
            ),
            Attribute::string(
                "on_external_change",
                Mode::Optional,
                "What to do when the data source was changed in incident.io and no attribute that can be read back explains it, so that its credentials may be others: `warn` (default) says so once, `reapply` plans to send the configured credentials again, `ignore` does nothing.",
            ),
            Attribute::string("id", Mode::Computed, "Same as `data_source_id`."),
            Attribute::string(
                "provider_name",
                Mode::Computed,
                "Kind of the data source, such as `grafana` or `datadog` (`provider` in the API).",
            ),
            Attribute::string(
                "source_type",
                Mode::Computed,
                "What is behind it, such as `grafana` or `prometheus`.",
            ),
            Attribute::bool(
                "enabled",
                Mode::Computed,
                "Whether incident.io queries it. incident.io switches it off when its credentials fail.",
            ),
            Attribute::string(
                "version",
                Mode::Computed,
                "Version of the upstream tool, where incident.io knows it.",
            ),
            Attribute::string(
                "created_at",
                Mode::Computed,
                "When it was connected, in RFC 3339.",
            ),
            Attribute::string(
                "updated_at",
                Mode::Computed,
                "When it was last changed, in RFC 3339. The only trace of a key that was changed elsewhere.",
            ),
            Attribute::string(
                "credentials_updated_at",
                Mode::Computed,
                "`updated_at` of the last write in which this resource sent keys; null after an import until then. A plan shows it as known after apply exactly when keys will be sent.",
            ),
        ],
    }
}
