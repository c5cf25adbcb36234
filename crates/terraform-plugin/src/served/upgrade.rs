//! `UpgradeResourceState`: a stored state in the shape of the current schema.

use super::answered::Answered;
use super::resource::ServedResource;
use crate::codec;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6::upgrade_resource_state::{Request, Response};
use crate::resource::Resource;
use crate::value::{AnyValue, Value};
use crate::wire::decode::{ReceivedState, StoredState};
use crate::wire::encode;

impl<R: Resource> ServedResource<R> {
    /// Asked for every state, so mostly of the current version already. Never answered with nothing:
    /// core would take the object for gone.
    pub(super) fn upgrade_resource_state(&self, request: Request) -> Answered<Response> {
        let received = ReceivedState::new(request.raw_state);
        let state = self.upgraded(
            request.version,
            &received,
            "Unable to Upgrade Resource State",
        )?;
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
        summary: &str,
    ) -> Result<AnyValue, Diagnostic> {
        let refused = |detail: String| Diagnostic::error(summary, detail);
        let current = self.shape.schema.version;
        if version > current || version < 0 {
            return Err(refused(format!(
                "The state of this {} was written with schema version {version}, and this version \
                 of the provider knows versions 0 to {current}. Use the version of the provider \
                 that wrote it, or a later one.",
                R::TYPE_NAME,
            )));
        }
        let StoredState::Json(json) = received.stored() else {
            return Err(refused(
                "The state is in the format of Terraform 0.11 and before, which this provider \
                 never wrote. Let Terraform 0.12 or 0.13 upgrade the state first."
                    .to_owned(),
            ));
        };
        let json = serde_json::from_slice(json)
            .map_err(|_| refused("The stored state is not valid JSON.".to_owned()))?;
        let json = if version < current {
            self.resource.upgrade(version, json)?
        } else {
            json
        };
        let mut state = codec::from_json(json, &self.shape.ty).map_err(|error| {
            let place = if error.path.is_root() {
                String::new()
            } else {
                format!(" at {}", error.path)
            };
            refused(format!(
                "The stored state does not fit the schema{place}: {error}."
            ))
            .at(error.path)
        })?;
        if !matches!(state, Value::Known(_)) {
            return Err(refused("The stored state is null.".to_owned()));
        }
        self.shape.amend(&mut state);
        Ok(state)
    }
}
