//! `ImportResourceState`: the state that an import begins with.

use super::answered::Answered;
use super::resource::ServedResource;
use crate::diagnostic::Diagnostics;
use crate::proto::tfplugin6::import_resource_state::{ImportedResource, Request, Response};
use crate::resource::Resource;

impl<R: Resource> ServedResource<R> {
    pub(super) fn import_resource_state(&self, request: Request) -> Answered<Response> {
        let state = match &request.identity {
            Some(identity) if request.id.is_empty() => self.import_by_identity(identity)?,
            _ => self.resource.import(&request.id)?,
        };
        let mut diagnostics = Diagnostics::new();
        let identity = self.stored_identity(&state, request.identity, &mut diagnostics);
        let state = self
            .shape
            .stored(state, "An import", "The imported state")?;
        let imported = ImportedResource {
            type_name: request.type_name,
            state: Some(state),
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
