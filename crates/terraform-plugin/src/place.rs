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
    /// An element of the set at a place. It has no key but its whole value, so no path leads to it.
    Element(&'a Place<'a>),
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

    /// This place, one element of a set further in.
    #[must_use]
    pub(crate) fn element(&self) -> Place<'_> {
        Place::Element(self)
    }

    /// The path to it or, within a set, to the outermost set.
    pub(crate) fn path(&self) -> Path {
        self.collect(false)
    }

    /// All names on the way, for a text: `set.name` within a set.
    pub(crate) fn names(&self) -> Path {
        self.collect(true)
    }

    fn collect(&self, within_sets: bool) -> Path {
        let mut steps = Vec::new();
        let mut place = self;
        loop {
            let (outer, step) = match place {
                Place::Root => break,
                Place::Attribute(outer, name) => (outer, Step::Attribute((*name).to_owned())),
                Place::Key(outer, key) => (outer, Step::Key((*key).to_owned())),
                Place::Index(outer, index) => (outer, Step::Index(*index)),
                Place::Element(outer) => {
                    if !within_sets {
                        steps.clear();
                    }
                    place = outer;
                    continue;
                }
            };
            steps.push(step);
            place = outer;
        }
        steps.reverse();
        Path::new(steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_into_a_set() {
        let root = Place::Root;
        let list = root.attribute("list");
        let element = list.index(1);
        let set = element.attribute("set");
        let element = set.element();
        let name = element.attribute("name");
        assert_eq!(name.path().to_string(), "list[1].set");
        assert_eq!(name.names().to_string(), "list[1].set.name");
    }
}
