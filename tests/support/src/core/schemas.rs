//! What the provider offers.

use super::rules::value::block_type;
use super::rules::{Verdict, identity, schema};
use super::values::{AnyValue, Known, Type, Value};
use crate::plugin_client::Channel;
use crate::proto::tfplugin6 as proto;
use crate::proto::tfplugin6::provider_client::ProviderClient;
use crate::proto::tfplugin6::schema::{Attribute, Block};

/// The type under test, for the resource and the data source.
pub const TYPE_NAME: &str = "incident_telemetry_data_source";

/// The schemas, and the types of their values.
#[derive(Debug)]
pub struct Schemas {
    /// Of the provider block.
    pub provider: Block,
    /// Of the resource under test.
    pub resource: Block,
    /// Of the data source under test.
    pub data: Block,
    /// Of a provider block.
    pub provider_type: Type,
    /// Of a state or a configuration of the resource.
    pub resource_type: Type,
    /// Of the data source.
    pub data_type: Type,
    /// Of the resource's identity.
    pub identity_type: Type,
}

impl Schemas {
    /// Asks for the schemas and judges them.
    pub async fn load(client: &mut ProviderClient<Channel>, verdict: &mut Verdict) -> Self {
        let request = proto::get_provider_schema::Request {};
        let answer = client
            .get_provider_schema(request)
            .await
            .unwrap()
            .into_inner();
        verdict.extend(schema::judge_answer(&answer));
        let request = proto::get_resource_identity_schemas::Request {};
        let identities = client.get_resource_identity_schemas(request).await;
        let identities = identities.unwrap().into_inner();
        assert_eq!(identities.diagnostics, []);
        let of_resource = &identities.identity_schemas[TYPE_NAME];
        verdict.extend(identity::judge_schema(of_resource));
        let block = |schema: Option<&proto::Schema>| schema.unwrap().block.clone().unwrap();
        let provider = block(answer.provider.as_ref());
        let resource = block(answer.resource_schemas.get(TYPE_NAME));
        let data = block(answer.data_source_schemas.get(TYPE_NAME));
        Self {
            provider_type: block_type(&provider),
            resource_type: block_type(&resource),
            data_type: block_type(&data),
            identity_type: block_type(&identity_block(of_resource)),
            provider,
            resource,
            data,
        }
    }

    /// Whether the identity of this object is not wholly known: an attribute of it has the name of
    /// one in the state.
    pub fn identity_is_pending(&self, state: &AnyValue) -> bool {
        let (Type::Object(attributes), Value::Known(Known::Object(state))) =
            (&self.identity_type, state)
        else {
            return false;
        };
        let mut values = attributes.keys().map(|name| &state[name]);
        values.any(|value| value.first_unknown().is_some())
    }
}

/// An identity is decoded as a state is.
fn identity_block(schema: &proto::ResourceIdentitySchema) -> Block {
    let attributes = schema.identity_attributes.iter();
    let attributes = attributes.map(|attribute| Attribute {
        name: attribute.name.clone(),
        r#type: attribute.r#type.clone(),
        ..Attribute::default()
    });
    Block {
        attributes: attributes.collect(),
        ..Block::default()
    }
}
