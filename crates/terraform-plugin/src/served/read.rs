//! `ReadResource`: a refreshed state.

use tokio_util::sync::CancellationToken;

use super::answered::Answered;
use super::resource::ServedResource;
use super::stored::{NewState, unknown_left};
use super::typed::typed;
use crate::diagnostic::Diagnostics;
use crate::model::Model;
use crate::proto::tfplugin6::read_resource::{Request, Response};
use crate::resource::{ReadRequest, Resource};
use crate::value::Value;
use crate::wire::decode::{self, Received};
use crate::wire::encode;

impl<R: Resource> ServedResource<R> {
    pub(super) async fn read_resource(
        &self,
        request: Request,
        stop: &CancellationToken,
    ) -> Answered<Response> {
        let received = Received::new(request.current_state);
        let mut state = received.decode(&self.shape.ty, "The state")?;
        if state.is_null() {
            // What is gone already stays gone.
            let response = Response {
                new_state: Some(encode::value(&state, &self.shape.ty, "The state")?),
                private: request.private,
                ..Response::default()
            };
            return Ok((response, Diagnostics::new()));
        }
        let amended = self.shape.amend(&mut state).any();
        let (private, identity) = (request.private, request.current_identity);
        let request = ReadRequest {
            state: typed(state.clone())?,
            private: decode::private(private.clone()),
        };
        let read = self.resource.read(request, stop).await;
        let mut diagnostics = read.diagnostics;
        if diagnostics.has_errors() {
            return Ok((kept(received, private), diagnostics));
        }
        let mut new_identity = None;
        let new_state = match read.state {
            None => NewState::Value(Value::Null),
            Some(new) => {
                new_identity = self.stored_identity(&new, identity, &mut diagnostics);
                let mut new = Value::Known(new.into_known());
                self.shape.amend(&mut new);
                if let Some(defect) = unknown_left(&new, "A read") {
                    return Ok((kept(received, private), defect.into()));
                }
                if diagnostics.has_errors() {
                    return Ok((kept(received, private), diagnostics));
                }
                NewState::same_or_new(Some(&state).filter(|_| !amended), new)
            }
        };
        let response = Response {
            new_state: Some(new_state.encode(received, &self.shape, "The read state")?),
            private: encode::private(&read.private)?,
            new_identity,
            ..Response::default()
        };
        Ok((response, diagnostics))
    }
}

/// Beside an error: core keeps everything as it is, and is told the same.
fn kept(received: Received, private: Vec<u8>) -> Response {
    Response {
        new_state: Some(received.give_back()),
        private,
        ..Response::default()
    }
}
