use crate::proto::tfplugin6;
use crate::resource::ClientCapabilities;

/// What the host can do; a host that says nothing can do nothing.
pub(in crate::server) fn capabilities(
    capabilities: Option<tfplugin6::ClientCapabilities>,
) -> ClientCapabilities {
    let capabilities = capabilities.unwrap_or_default();
    ClientCapabilities {
        write_only_attributes: capabilities.write_only_attributes_allowed,
        store_planned_private: capabilities.store_planned_private,
    }
}
