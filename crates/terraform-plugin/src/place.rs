//! Where a walk through a value is.

use crate::path::{Path, Step};

/// How far a walk through a value has come: a [`Path`] that costs nothing until there is something
/// to say of it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'a> {
    /// The whole block.
    Root,
    /// An attribute of the object at a place.
    Attribute(&'a Place<'a>, &'a str),
    /// An element of the map at a place.
    Key(&'a Place<'a>, &'a str),
    /// An element of the list at a place, counted from zero.
    Index(&'a Place<'a>, i64),
}

impl Place<'_> {
    /// This place, one attribute further in.
    #[must_use]
    pub(crate) fn attribute<'a>(&'a self, name: &'a str) -> Place<'a> {
        Place::Attribute(self, name)
    }

    /// This place, one element of a map further in.
    #[must_use]
    pub(crate) fn key<'a>(&'a self, key: &'a str) -> Place<'a> {
        Place::Key(self, key)
    }

    /// This place, one element of a list further in.
    #[must_use]
    pub(crate) fn index(&self, index: i64) -> Place<'_> {
        Place::Index(self, index)
    }

    /// The path to it.
    pub(crate) fn path(&self) -> Path {
        let mut steps = Vec::new();
        let mut place = self;
        loop {
            let (outer, step) = match place {
                Place::Root => break,
                Place::Attribute(outer, name) => (outer, Step::Attribute((*name).to_owned())),
                Place::Key(outer, key) => (outer, Step::Key((*key).to_owned())),
                Place::Index(outer, index) => (outer, Step::Index(*index)),
            };
            steps.push(step);
            place = outer;
        }
        steps.reverse();
        Path::new(steps)
    }
}
