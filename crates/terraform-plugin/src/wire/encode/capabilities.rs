use crate::proto::tfplugin6::ServerCapabilities;

/// What this server can do.
pub(crate) const fn server_capabilities() -> ServerCapabilities {
    ServerCapabilities {
        plan_destroy: true,
        // No call needs the schema to have been asked for in this process.
        get_provider_schema_optional: true,
        move_resource_state: false,
        generate_resource_config: true,
    }
}
