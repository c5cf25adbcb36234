//! Where in a configuration or state something is.

use std::fmt;

/// One step into a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// An attribute of an object.
    Attribute(String),
    /// An element of a map.
    Key(String),
    /// An element of a list, counted from zero.
    Index(i64),
}

/// An attribute path, relative to the body of the resource, data source or
/// provider block. The empty path is the whole block.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(Vec<Step>);

impl Path {
    /// The whole block.
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// A path of attribute names, written with dots: `grafana_config.api_key`.
    pub fn attributes(dotted: &str) -> Self {
        Self(
            dotted
                .split('.')
                .map(|name| Step::Attribute(name.to_owned()))
                .collect(),
        )
    }

    /// This path, one step further in.
    #[must_use]
    pub fn join(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// This path, one attribute further in.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Self {
        self.join(Step::Attribute(name.to_owned()))
    }

    /// The steps, outermost first.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Whether this is the whole block.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }
}

/// How far a walk through a value has come: a [`Path`] that costs nothing until there is something
/// to say of it.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
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
    pub fn attribute<'a>(&'a self, name: &'a str) -> Place<'a> {
        Place::Attribute(self, name)
    }

    /// This place, one element of a map further in.
    #[must_use]
    pub fn key<'a>(&'a self, key: &'a str) -> Place<'a> {
        Place::Key(self, key)
    }

    /// This place, one element of a list further in.
    #[must_use]
    pub fn index(&self, index: i64) -> Place<'_> {
        Place::Index(self, index)
    }

    /// The path to it.
    pub fn path(&self) -> Path {
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
        Path(steps)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if position == 0 => f.write_str(name)?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
