use crate::proto::tfplugin6::ServerCapabilities;

/// What this server can do.
pub(crate) const fn server_capabilities() -> ServerCapabilities {
    ServerCapabilities {
        plan_destroy: true,
        // No call needs the schema to have been asked for in this process.
        get_provider_schema_optional: true,
        // Every resource takes over its own type from another address.
        move_resource_state: true,
        generate_resource_config: true,
    }
}
