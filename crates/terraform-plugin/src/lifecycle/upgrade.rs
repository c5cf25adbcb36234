//! A stored state in the shape of the current schema.

use super::{Managed, guard};
use crate::codec;
use crate::diagnostic::Diagnostic;
use crate::value::{AnyValue, Value};

/// A state as the host has stored it. Source: `tfplugin6.RawState`.
pub enum StoredState<'a> {
    /// JSON text.
    Json(&'a [u8]),
    /// Dotted keys, as Terraform wrote them before 0.12.
    Flatmap,
}

impl Managed {
    /// Brings a stored state into the current shape, without I/O. Asked for
    /// every state, so mostly of the current version already.
    ///
    /// # Errors
    /// Says why there is no such state. Never answered with nothing: core
    /// would take the object for gone.
    pub fn upgrade(&self, version: i64, stored: &StoredState<'_>) -> Result<AnyValue, Diagnostic> {
        let current = self.schema.version;
        if version > current || version < 0 {
            return Err(refused(format!(
                "The state of this {} was written with schema version {version}, and this version \
                 of the provider knows versions 0 to {current}. Use the version of the provider \
                 that wrote it, or a later one.",
                self.type_name(),
            )));
        }
        let StoredState::Json(json) = stored else {
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
        let mut state = codec::from_json(json, &self.ty).map_err(|error| {
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
        guard::null_write_only(&mut state, &self.schema.attributes);
        Ok(state)
    }
}

fn refused(detail: String) -> Diagnostic {
    Diagnostic::error("Unable to Upgrade Resource State", detail)
}
