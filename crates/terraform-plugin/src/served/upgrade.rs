//! `UpgradeResourceState`: a stored state in the shape of the current schema.

use super::answered::Answered;
use super::resource::ServedResource;
use crate::codec;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::messages::StoredState as Problem;
use crate::proto::tfplugin6::upgrade_resource_state::{Request, Response};
use crate::resource::Resource;
use crate::summary::Own;
use crate::value::{AnyValue, Value};
use crate::wire::decode::{ReceivedState, StoredState};
use crate::wire::encode;

impl<R: Resource> ServedResource<R> {
    /// Asked for every state, so mostly of the current version already. Never answered with
    /// nothing: core would take the object for gone.
    pub(super) fn upgrade_resource_state(&self, request: Request) -> Answered<Response> {
        let received = ReceivedState::new(request.raw_state);
        let state = self.upgraded(request.version, &received, Own::NoUpgrade)?;
        let response = Response {
            upgraded_state: Some(encode::value(&state, &self.shape.ty, "The upgraded state")?),
            diagnostics: Vec::new(),
        };
        Ok((response, Diagnostics::new()))
    }

    /// A stored state of some version of this type, as it is to be stored now. `summary` begins an
    /// error.
    pub(super) fn upgraded(
        &self,
        version: i64,
        received: &ReceivedState,
        summary: Own,
    ) -> Result<AnyValue, Diagnostic> {
        let current = self.shape.schema.version;
        if version > current || version < 0 {
            let type_name = R::TYPE_NAME;
            return Err(Problem::Version {
                type_name,
                version,
                current,
            }
            .diagnostic(summary));
        }
        let StoredState::Json(json) = received.stored() else {
            return Err(Problem::Flatmap.diagnostic(summary));
        };
        let json =
            serde_json::from_slice(json).map_err(|_| Problem::NotJson.diagnostic(summary))?;
        let json = if version < current {
            self.resource.upgrade(version, json)?
        } else {
            json
        };
        let mut state = codec::from_json(json, &self.shape.ty).map_err(|error| {
            let unfit = Problem::Unfit { error: &error }.diagnostic(summary);
            unfit.at(error.path)
        })?;
        if !matches!(state, Value::Known(_)) {
            return Err(Problem::Null.diagnostic(summary));
        }
        self.shape.amend(&mut state);
        Ok(state)
    }
}
