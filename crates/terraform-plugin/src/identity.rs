//! The trait of a resource that has an identity.

use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::resource::Resource;
use crate::schema::Schema;

/// A resource with an identity: attributes that tell its object from all others for as long as it
/// exists, such as an account and an id (Terraform and OpenTofu 1.12; older ones do not ask). A
/// practitioner may import by it, with `import { identity = { … } }` in the place of `id`.
/// [`Abilities::identified`](crate::Abilities::identified) tells Terraform of it.
///
/// The identity is made from the state each time, so nothing is stored for it. The server answers
/// it from reads, plans, applies, imports and moves, and keeps core's rules (section 5.13 of
/// `docs/core-rules.md`): what is stored is wholly known, and a plan leaves it unknown only for an
/// object that does not exist yet. A state from before the resource had an identity gets it with
/// the next read. There is nothing to upgrade either: an identity of an older version counts as
/// none, until that read.
pub trait Identified: Resource {
    /// The attributes of the identity, typed.
    type Identity: Model;

    /// The shape of the identity (`GetResourceIdentitySchemas`). Asked for once.
    ///
    /// 1. A [`Required`](crate::schema::Mode::Required) attribute has to be given in an import, an
    ///    [`Optional`](crate::schema::Mode::Optional) one may be. There are no others.
    /// 2. Strings, bools, numbers and lists of these. Nothing in it is secret.
    /// 3. Another meaning or type of an attribute needs a higher
    ///    [`version`](Schema#structfield.version), which is counted apart from that of the state.
    ///    Terraform is told one more: it begins with 1 there, for the sake of moved objects in
    ///    OpenTofu.
    fn identity_schema(&self) -> Schema;

    /// The identity of the object that a state is about: of a stored state, or of a planned one.
    ///
    /// 1. What is unknown in the state is unknown in the identity.
    /// 2. Where a required attribute is null there is no identity so far: the stored one stays.
    /// 3. It never changes: what it is made from
    ///    [requires another object](crate::schema::Attribute::requires_replace), or is the API's to
    ///    give. A plan in which it changes otherwise ends with an error.
    fn identity(&self, state: &Self::Model) -> Self::Identity;

    /// The state that an import by identity begins with (`ImportResourceState` with an identity and
    /// without an id). Its rules are those of [`import`](Resource::import). Every required
    /// attribute is there.
    ///
    /// # Errors
    /// Says why that is no identity.
    fn import_by_identity(&self, identity: Self::Identity) -> Result<Self::Model, Diagnostic>;
}
