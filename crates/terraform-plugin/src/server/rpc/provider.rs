//! The calls about the provider as a whole.

use crate::diagnostic::Diagnostics;
use crate::lifecycle::validate_provider;
use crate::proto::tfplugin6::{
    DynamicValue, configure_provider, get_metadata, get_provider_schema, validate_provider_config,
};
use crate::provider::ConfigureRequest;
use crate::server::decode::Received;
use crate::server::encode;
use crate::server::server::Inner;
use crate::value::{AnyValue, Known, Value};

pub(in crate::server) fn metadata(server: &Inner) -> get_metadata::Response {
    let resources = server.resources.keys();
    let data_sources = server.data_sources.keys();
    get_metadata::Response {
        server_capabilities: Some(encode::server_capabilities()),
        resources: resources
            .map(|name| get_metadata::ResourceMetadata {
                type_name: (*name).to_owned(),
            })
            .collect(),
        data_sources: data_sources
            .map(|name| get_metadata::DataSourceMetadata {
                type_name: (*name).to_owned(),
            })
            .collect(),
        ..get_metadata::Response::default()
    }
}

pub(in crate::server) fn schemas(server: &Inner) -> get_provider_schema::Response {
    let resources = server.resources.iter();
    let data_sources = server.data_sources.iter();
    get_provider_schema::Response {
        provider: Some(encode::schema(&server.provider_schema)),
        resource_schemas: resources
            .map(|(name, managed)| ((*name).to_owned(), encode::schema(managed.schema())))
            .collect(),
        data_source_schemas: data_sources
            .map(|(name, data)| ((*name).to_owned(), encode::schema(data.schema())))
            .collect(),
        server_capabilities: Some(encode::server_capabilities()),
        ..get_provider_schema::Response::default()
    }
}

pub(in crate::server) fn validate(
    server: &Inner,
    request: validate_provider_config::Request,
) -> Result<validate_provider_config::Response, Diagnostics> {
    let config = config(server, request.config)?;
    let diagnostics = validate_provider(&*server.provider, &server.provider_schema, config);
    Ok(validate_provider_config::Response {
        diagnostics: encode::diagnostics(diagnostics),
    })
}

/// A process that is debugged serves run after run, each of which begins here:
/// what was stopped before may go on.
pub(in crate::server) fn configure(
    server: &Inner,
    request: configure_provider::Request,
) -> Result<configure_provider::Response, Diagnostics> {
    server.resume();
    let config = config(server, request.config)?;
    let diagnostics = server.provider.configure(ConfigureRequest {
        config,
        terraform_version: request.terraform_version,
    });
    Ok(configure_provider::Response {
        diagnostics: encode::diagnostics(diagnostics),
    })
}

/// A missing block is one in which nothing is set.
fn config(server: &Inner, config: Option<DynamicValue>) -> Result<AnyValue, Diagnostics> {
    let config = Received::new(config).decode(&server.provider_type, "The provider block")?;
    if config.is_known() {
        return Ok(config);
    }
    let attributes = server.provider_schema.attributes.iter();
    let nulls = attributes.map(|attribute| (attribute.name.into(), Value::Null));
    Ok(Value::Known(Known::Object(nulls.collect())))
}
