//! `GetMetadata` and `GetProviderSchema`.

use super::shared::Shared;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6::{get_metadata, get_provider_schema};
use crate::schema::Kind;
use crate::wire::encode;

pub(super) fn metadata(server: &Shared) -> get_metadata::Response {
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

/// Every schema, or what is wrong with them: core crashes on some mistakes, and blames others on the
/// practitioner.
pub(super) fn schemas(server: &Shared) -> Result<get_provider_schema::Response, Diagnostics> {
    let provider = server.provider.schema();
    let resources = server.resources.iter();
    let data_sources = server.data_sources.iter();
    let all = std::iter::once(("provider", provider, Kind::Provider))
        .chain(
            resources
                .clone()
                .map(|(name, each)| (*name, each.schema(), Kind::Resource)),
        )
        .chain(
            data_sources
                .clone()
                .map(|(name, each)| (*name, each.schema(), Kind::DataSource)),
        );
    let problems: Diagnostics = all
        .flat_map(|(name, schema, kind)| {
            let problems = schema.problems(kind).into_iter();
            problems.map(move |problem| {
                Diagnostic::defect(format!("The schema of {name} is not valid: {problem}."))
            })
        })
        .collect();
    if problems.has_errors() {
        return Err(problems);
    }
    Ok(get_provider_schema::Response {
        provider: Some(encode::schema(provider)),
        resource_schemas: resources
            .map(|(name, each)| ((*name).to_owned(), encode::schema(each.schema())))
            .collect(),
        data_source_schemas: data_sources
            .map(|(name, each)| ((*name).to_owned(), encode::schema(each.schema())))
            .collect(),
        server_capabilities: Some(encode::server_capabilities()),
        ..get_provider_schema::Response::default()
    })
}
