//! What each call answers of identities, and `UpgradeResourceIdentity`.

use super::answered::Answered;
use super::identity::Identity;
use super::resource::ServedResource;
use super::stored::null_unknowns;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::messages;
use crate::proto::tfplugin6::ResourceIdentityData;
use crate::proto::tfplugin6::upgrade_resource_identity::Response;
use crate::resource::Resource;
use crate::value::{AnyValue, Known, Value};
use crate::wire::decode::Received;

impl<R: Resource> ServedResource<R> {
    /// The identity of an object that exists, to be stored. `before` is what the host has: it is
    /// given back where the state does not tell. Core takes none that is not wholly known, so that
    /// becomes an error, if there is none already.
    pub(super) fn stored_identity(
        &self,
        state: &R::Model,
        before: Identity,
        diagnostics: &mut Diagnostics,
    ) -> Identity {
        let served = self.identity.as_ref()?;
        let mut identity = match served.of(&self.resource, state) {
            Ok(Some(identity)) => identity,
            Ok(None) => return before,
            Err(defect) => {
                diagnostics.push(defect);
                return before;
            }
        };
        if identity.first_unknown().is_some() {
            if !diagnostics.has_errors() {
                let what = "The identity of an object that exists is not wholly known.";
                diagnostics.push(Diagnostic::defect(what));
            }
            null_unknowns(&mut identity);
            if served.shape.missing(&identity).is_some() {
                return before;
            }
        }
        let encoded = served.encode(&identity);
        encoded.map_err(|defect| diagnostics.push(defect)).ok()
    }

    /// What a state says of the identity, if the resource has one.
    pub(super) fn identity_of(&self, state: &R::Model) -> Result<Option<AnyValue>, Diagnostic> {
        match &self.identity {
            Some(served) => served.of(&self.resource, state),
            None => Ok(None),
        }
    }

    /// The identity in a plan, from what the prior and the planned state say of it. There is none
    /// of an object that `is_new` while it is not wholly known: core allows it to be unknown, but
    /// Terraform then cannot show the plan, and `OpenTofu` ends it with an error. That of an object
    /// that exists stays.
    pub(super) fn planned_identity(
        &self,
        prior: Option<AnyValue>,
        planned: Option<AnyValue>,
        is_new: bool,
        before: Identity,
    ) -> Result<Identity, Diagnostic> {
        let Some(served) = &self.identity else {
            return Ok(None);
        };
        let is_known = |identity: &AnyValue| identity.first_unknown().is_none();
        if is_new {
            let planned = planned.filter(is_known);
            return planned.map(|planned| served.encode(&planned)).transpose();
        }
        let prior = prior.filter(is_known);
        if let (Some(prior), Some(planned)) = (&prior, &planned)
            && let Some(name) = changed(prior, planned)
        {
            return Err(Diagnostic::defect(format!(
                "The plan changes the attribute {name} of the object's identity, and does not \
                 replace the object.",
            )));
        }
        match planned.filter(is_known).or(prior) {
            Some(identity) => served.encode(&identity).map(Some),
            None => Ok(before),
        }
    }

    /// Asked for nothing but what is older than the schema, or stored without an identity: none of
    /// it is kept, and the next read makes the identity anew.
    pub(super) fn upgrade_resource_identity(&self) -> Answered<Response> {
        let Some(served) = &self.identity else {
            return Err(messages::no_upgrade_of_identity(R::TYPE_NAME).into());
        };
        // Not an answer without identity: OpenTofu takes that for a mistake.
        let response = Response {
            upgraded_identity: Some(served.encode(&Value::Null)?),
            ..Response::default()
        };
        Ok((response, Diagnostics::new()))
    }

    /// The state that an import by identity begins with.
    pub(super) fn import_by_identity(
        &self,
        identity: &ResourceIdentityData,
    ) -> Result<R::Model, Diagnostic> {
        let Some(served) = &self.identity else {
            return Err(messages::no_import_by_identity(R::TYPE_NAME));
        };
        let received = Received::new(identity.identity_data.clone());
        let identity = received.decode(&served.shape.ty, "The identity")?;
        if let Some(name) = served.shape.missing(&identity) {
            return Err(messages::invalid_identity(&format!("{name} is required.")));
        }
        let Value::Known(identity) = identity else {
            return Err(messages::invalid_identity("It is empty."));
        };
        (served.functions.import)(&self.resource, identity).map_err(|unfit| {
            let (path, expected) = (unfit.path, unfit.expected);
            messages::invalid_identity(&format!("{path} must be {expected}."))
        })?
    }
}

/// An attribute that has another value in the second object, both being known.
fn changed(prior: &AnyValue, planned: &AnyValue) -> Option<String> {
    let (Value::Known(Known::Object(prior)), Value::Known(Known::Object(planned))) =
        (prior, planned)
    else {
        return None;
    };
    let known = |value: &&AnyValue| !value.is_null() && value.first_unknown().is_none();
    let mut attributes = prior.iter();
    let (name, _) = attributes.find(|(name, prior)| {
        let planned = planned.get(*name).filter(known);
        known(prior) && planned.is_some_and(|planned| planned != *prior)
    })?;
    Some(name.to_string())
}
