//! The identity of the resource: its `data_source_id`.

use terraform_plugin::schema::{Attribute, Mode, Schema};
use terraform_plugin::{Diagnostic, Identified, Resource as _, Text, model};

use super::model::TelemetryDataSource;
use super::resource::TelemetryDataSourceResource;

model! {
    /// What tells a data source from all others.
    pub(crate) struct Identity {
        data_source_id: Text,
    }
}

impl Identified for TelemetryDataSourceResource {
    type Identity = Identity;

    fn identity_schema(&self) -> Schema {
        let id = Attribute::string("data_source_id", Mode::Required, "ID of the data source.");
        Schema::new("A telemetry data source.", vec![id])
    }

    fn identity(&self, state: &TelemetryDataSource) -> Identity {
        let data_source_id = state.data_source_id.clone();
        Identity { data_source_id }
    }

    fn import_by_identity(&self, identity: Identity) -> Result<TelemetryDataSource, Diagnostic> {
        self.import(identity.data_source_id.as_str().unwrap_or_default())
    }
}
