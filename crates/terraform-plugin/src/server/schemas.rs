//! `GetMetadata`, `GetProviderSchema` and `GetResourceIdentitySchemas`.

use super::shared::Shared;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6::{
    ActionSchema, get_metadata, get_provider_schema, get_resource_identity_schemas,
};
use crate::schema::{Kind, Schema};
use crate::wire::encode;

pub(super) fn metadata(server: &Shared) -> get_metadata::Response {
    let resources = server.resources.keys();
    let data_sources = server.data_sources.keys();
    let actions = server.actions.keys();
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
        actions: actions
            .map(|name| get_metadata::ActionMetadata {
                type_name: (*name).to_owned(),
            })
            .collect(),
        ..get_metadata::Response::default()
    }
}

/// Every schema, or what is wrong with them: core crashes on some mistakes, and blames others on
/// the practitioner.
pub(super) fn schemas(server: &Shared) -> Result<get_provider_schema::Response, Diagnostics> {
    let problems = problems(server);
    if problems.has_errors() {
        return Err(problems);
    }
    Ok(get_provider_schema::Response {
        provider: Some(encode::schema(server.provider.schema())),
        resource_schemas: server
            .resources
            .iter()
            .map(|(name, each)| ((*name).to_owned(), encode::schema(each.schema())))
            .collect(),
        data_source_schemas: server
            .data_sources
            .iter()
            .map(|(name, each)| ((*name).to_owned(), encode::schema(each.schema())))
            .collect(),
        action_schemas: server
            .actions
            .iter()
            .map(|(name, each)| ((*name).to_owned(), action(each.schema())))
            .collect(),
        server_capabilities: Some(encode::server_capabilities()),
        ..get_provider_schema::Response::default()
    })
}

/// The schema of every identity. What is wrong with one is said with the other schemas: core asks
/// for those first.
pub(super) fn identities(server: &Shared) -> get_resource_identity_schemas::Response {
    let resources = server.resources.iter();
    let identities =
        resources.filter_map(|(name, each)| Some((*name).to_owned()).zip(each.identity_schema()));
    get_resource_identity_schemas::Response {
        identity_schemas: identities
            .map(|(name, schema)| (name, encode::identity_schema(schema)))
            .collect(),
        ..get_resource_identity_schemas::Response::default()
    }
}

fn action(schema: &Schema) -> ActionSchema {
    ActionSchema {
        schema: Some(encode::schema(schema)),
    }
}

/// What is wrong with the schemas.
fn problems(server: &Shared) -> Diagnostics {
    let of = |name: &str, schema: &Schema, kind: Kind| -> Vec<Diagnostic> {
        let what = match kind {
            Kind::Identity => "identity schema",
            _ => "schema",
        };
        let problems = schema.problems(kind).into_iter();
        problems
            .map(|problem| {
                Diagnostic::defect(format!("The {what} of {name} is not valid: {problem}."))
            })
            .collect()
    };
    let mut problems = of("provider", server.provider.schema(), Kind::Provider);
    for (name, each) in &server.resources {
        problems.extend(of(name, each.schema(), Kind::Resource));
        if let Some(identity) = each.identity_schema() {
            problems.extend(of(name, identity, Kind::Identity));
        }
    }
    for (name, each) in &server.data_sources {
        problems.extend(of(name, each.schema(), Kind::DataSource));
    }
    for (name, each) in &server.actions {
        problems.extend(of(name, each.schema(), Kind::Action));
    }
    problems.into_iter().collect()
}
