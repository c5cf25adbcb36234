use crate::proto::tfplugin6::ClientCapabilities;

/// What the host can do. Source: `tfplugin6.ClientCapabilities`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Capabilities {
    /// It keeps write-only values out of plan and state (Terraform and OpenTofu 1.11).
    pub(crate) write_only_attributes: bool,
    /// It hands the first plan's private state to the plan at apply (Terraform 1.16).
    pub(crate) store_planned_private: bool,
}

/// A host that says nothing can do nothing.
pub(crate) fn capabilities(capabilities: Option<ClientCapabilities>) -> Capabilities {
    let capabilities = capabilities.unwrap_or_default();
    Capabilities {
        write_only_attributes: capabilities.write_only_attributes_allowed,
        store_planned_private: capabilities.store_planned_private,
    }
}
