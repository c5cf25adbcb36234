//! `MoveResourceState`: a state that another provider, or another type, has written.

use serde_json::Value as Json;
use zeroize::Zeroizing;

use super::answered::Answered;
use super::resource::ServedResource;
use super::typed::typed;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::messages::{self, StoredState as Problem};
use crate::moves::MoveSource;
use crate::proto::tfplugin6::RawState;
use crate::proto::tfplugin6::move_resource_state::{Request, Response};
use crate::resource::Resource;
use crate::schema::Mode;
use crate::source_state::SourceState;
use crate::summary::Own;
use crate::wire::decode::{ReceivedState, StoredState};
use crate::wire::encode;

impl<R: Resource> ServedResource<R> {
    /// A state of the same type and shape comes over as it is, whatever the address of its
    /// provider. Others are the resource's to judge.
    pub(super) fn move_resource_state(&self, request: Request) -> Answered<Response> {
        let received = ReceivedState::new(request.source_state);
        let private = Zeroizing::new(request.source_private);
        let state = parsed(&received)?;
        let version = request.source_schema_version;
        if request.source_type_name == R::TYPE_NAME && self.has_shape(version, state.json()) {
            return self.take_over(version, &received, &private);
        }
        drop(received);
        let Some(move_state) = self.move_state else {
            return Err(messages::cannot_move(&request.source_type_name, R::TYPE_NAME).into());
        };
        let moved = move_state(
            &self.resource,
            MoveSource {
                provider: request.source_provider_address,
                type_name: request.source_type_name,
                schema_version: version,
                state,
                private,
                identity: identity(request.source_identity),
            },
        )?;
        let mut diagnostics = moved.diagnostics;
        let target_identity = self.stored_identity(&moved.state, None, &mut diagnostics);
        let state = self
            .shape
            .stored(moved.state, "A move", "The moved state")?;
        let response = Response {
            target_state: Some(state),
            target_private: encode::private(&moved.private)?,
            target_identity,
            ..Response::default()
        };
        Ok((response, diagnostics))
    }

    /// Whether a state of this type's name is one of this type: a type of that name of an unrelated
    /// provider hardly has the same attributes. One of an older version cannot be told.
    fn has_shape(&self, version: i64, state: &Json) -> bool {
        let mut attributes = self.shape.schema.attributes.iter();
        version != self.shape.schema.version
            || attributes.all(|attribute| {
                attribute.mode != Mode::Required || state.get(attribute.name).is_some()
            })
    }

    fn take_over(
        &self,
        version: i64,
        received: &ReceivedState,
        private: &[u8],
    ) -> Answered<Response> {
        let state = self.upgraded(version, received, Own::NoMove)?;
        let mut diagnostics = Diagnostics::new();
        let target_identity = match &self.identity {
            Some(_) => self.stored_identity(&typed(state.clone())?, None, &mut diagnostics),
            None => None,
        };
        let response = Response {
            target_state: Some(encode::value(&state, &self.shape.ty, "The moved state")?),
            target_private: private.to_vec(),
            target_identity,
            ..Response::default()
        };
        Ok((response, diagnostics))
    }
}

fn parsed(received: &ReceivedState) -> Result<SourceState, Diagnostic> {
    let StoredState::Json(json) = received.stored() else {
        return Err(Problem::Flatmap.diagnostic(Own::NoMove));
    };
    let json = serde_json::from_slice(json);
    json.map(SourceState::new)
        .map_err(|_| Problem::NotJson.diagnostic(Own::NoMove))
}

/// What cannot be read is not there: a move does not need it.
fn identity(stored: Option<RawState>) -> Option<SourceState> {
    let received = ReceivedState::new(stored);
    let StoredState::Json(json) = received.stored() else {
        return None;
    };
    let json = serde_json::from_slice::<Json>(json).ok()?;
    (!json.is_null()).then(|| SourceState::new(json))
}
