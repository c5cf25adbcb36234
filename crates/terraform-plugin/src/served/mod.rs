//! Resources, data sources and actions, served: one file for each call of the protocol, in which a
//! message is decoded, the typed method called, and the answer encoded. The types of models end
//! here, so that a server can hold any number of resources side by side.

mod action;
mod answered;
mod apply;
mod data_source;
mod generate;
mod identified;
mod identity;
mod import;
mod moves;
mod plan;
mod read;
mod resource;
mod shape;
mod stored;
mod typed;
mod upgrade;
mod validate;

pub(crate) use self::action::{AnyAction, ServedAction};
pub(crate) use self::answered::{Answered, covered};
pub(crate) use self::data_source::{AnyDataSource, ServedDataSource};
pub(crate) use self::resource::{AnyResource, ServedResource};
pub(crate) use self::shape::Shape;
pub(crate) use self::typed::typed;
pub(crate) use self::validate::by_schema;
