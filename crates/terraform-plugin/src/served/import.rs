//! `ImportResourceState`: the state that an import begins with.

use super::answered::Answered;
use super::resource::ServedResource;
use super::stored::unknown_left;
use crate::diagnostic::Diagnostics;
use crate::model::Model;
use crate::proto::tfplugin6::import_resource_state::{ImportedResource, Request, Response};
use crate::resource::Resource;
use crate::value::Value;
use crate::wire::encode;

impl<R: Resource> ServedResource<R> {
    pub(super) fn import_resource_state(&self, request: Request) -> Answered<Response> {
        let state = match &request.identity {
            Some(identity) if request.id.is_empty() => self.import_by_identity(identity)?,
            _ => self.resource.import(&request.id)?,
        };
        let mut diagnostics = Diagnostics::new();
        let identity = self.stored_identity(&state, request.identity, &mut diagnostics);
        let mut state = Value::Known(state.into_known());
        self.shape.amend(&mut state);
        if let Some(defect) = unknown_left(&state, "An import") {
            return Err(defect.into());
        }
        let imported = ImportedResource {
            type_name: request.type_name,
            state: Some(encode::value(&state, &self.shape.ty, "The imported state")?),
            identity,
            ..ImportedResource::default()
        };
        let response = Response {
            imported_resources: vec![imported],
            ..Response::default()
        };
        Ok((response, diagnostics))
    }
}
