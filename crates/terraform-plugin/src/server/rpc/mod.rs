//! What each call does, in the order in which core makes them.

pub(super) mod absent;
pub(super) mod data_source;
pub(super) mod provider;
pub(super) mod resource;
