//! The answers about what this framework does not offer. Core asks for it only if a schema declares
//! it, or if a practitioner writes it all the same.

use futures_util::stream;
use tonic::{Response, Status};

use crate::diagnostic::Diagnostics;
use crate::messages;
use crate::proto::tfplugin6::list_resource;
use crate::wire::encode;

/// A stream of answers that are there already.
pub(super) type Answers<T> = stream::Iter<std::vec::IntoIter<Result<T, Status>>>;

/// An error for something that the provider does not have.
pub(super) fn unknown(what: &str, name: &str) -> Diagnostics {
    messages::no_such_type(what, name).into()
}

/// An error ends the list.
pub(super) fn list(name: &str) -> Response<Answers<list_resource::Event>> {
    let event = list_resource::Event {
        diagnostic: encode::diagnostics(unknown("list resource", name), ""),
        ..list_resource::Event::default()
    };
    Response::new(stream::iter(vec![Ok(event)]))
}

/// Nobody calls these without a state store in the schema.
pub(super) fn state_store<T>() -> Result<T, Status> {
    Err(Status::unimplemented("this provider has no state stores"))
}
