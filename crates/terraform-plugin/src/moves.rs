//! The trait of a resource to which states of other types can be moved.

use std::fmt;

use zeroize::Zeroizing;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::messages;
use crate::resource::Resource;
use crate::source_state::SourceState;

/// A resource that can take over an object from a resource of another type, where a practitioner
/// writes a `moved` block (Terraform 1.8, OpenTofu 1.10).
/// [`Abilities::move_target`](crate::Abilities::move_target) tells Terraform of it.
///
/// Every resource takes over states of its own type from another provider address, such as a fork
/// or a mirror, without this trait: attributes and private state come along as they are.
pub trait MoveTarget: Resource {
    /// Turns a foreign state into one of this resource (`MoveResourceState`, section 5.8 of
    /// `docs/core-rules.md`). Not asked about states of its own type and shape.
    ///
    /// 1. No I/O: in Terraform the provider is not configured. The read that follows finds out
    ///    whether the object exists.
    /// 2. Decide by the type and shape of the source. OpenTofu before 1.11.12 gives a wrong
    ///    provider address.
    /// 3. The state is wholly known; what the source does not tell is null.
    /// 4. The source may hold secrets. Whatever comes over is stored, and shown in plans.
    ///
    /// # Errors
    /// Says what was looked for and what was found; the state stays what it is. For a type that is
    /// not known there is [`MoveSource::unsupported`].
    fn move_state(&self, source: MoveSource) -> Result<Moved<Self>, Diagnostics>;
}

/// What a move begins with. Source: `tfplugin6.MoveResourceState.Request`.
pub struct MoveSource {
    /// The address of the source's provider, such as `registry.terraform.io/hashicorp/null`, or
    /// `terraform.io/builtin/terraform` for `terraform_data`.
    pub provider: String,
    /// The type of the source, such as `null_resource`.
    pub type_name: String,
    /// The version of the source's schema.
    pub schema_version: i64,
    /// The state, in the source's schema.
    pub state: SourceState,
    /// What the source's provider has kept beside it, in whatever format. Wiped when dropped.
    pub private: Zeroizing<Vec<u8>>,
    /// The identity, in the source's schema, where it has one and the host tells it (Terraform
    /// 1.12).
    pub identity: Option<SourceState>,
}

impl MoveSource {
    /// For tests: a source of this type and state, with nothing beside it.
    #[doc(hidden)]
    pub fn new(type_name: &str, state: serde_json::Value) -> Self {
        Self {
            provider: String::new(),
            type_name: type_name.to_owned(),
            schema_version: 0,
            state: SourceState::new(state),
            private: Zeroizing::default(),
            identity: None,
        }
    }

    /// An error that says that a resource of type `target` cannot take over this one.
    pub fn unsupported(&self, target: &str) -> Diagnostic {
        messages::cannot_move(&self.type_name, target)
    }
}

/// Neither state nor private state, which may hold secrets.
impl fmt::Debug for MoveSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MoveSource")
            .field("provider", &self.provider)
            .field("type_name", &self.type_name)
            .field("schema_version", &self.schema_version)
            .finish_non_exhaustive()
    }
}

/// What a move comes to. Source: `tfplugin6.MoveResourceState.Response`.
#[derive(Debug)]
pub struct Moved<R: Resource + ?Sized> {
    /// The state. A read follows.
    pub state: R::Model,
    /// What is kept beside it.
    pub private: R::Private,
    /// Warnings.
    pub diagnostics: Diagnostics,
}

impl<R: Resource> Moved<R> {
    /// A state, with nothing known beside it.
    pub fn state(state: R::Model) -> Self {
        Self {
            state,
            private: R::Private::default(),
            diagnostics: Diagnostics::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_secret_is_shown() {
        let source = MoveSource {
            provider: "registry.terraform.io/hashicorp/null".to_owned(),
            type_name: "null_resource".to_owned(),
            schema_version: 0,
            state: SourceState::new(json!({"triggers": {"key": "glsa_123"}})),
            private: Zeroizing::new(b"glsa_123".to_vec()),
            identity: None,
        };
        let shown = format!("{source:?}");
        assert!(shown.contains("null_resource"), "{shown}");
        assert!(!shown.contains("glsa") && !shown.contains("103"), "{shown}");
    }
}
