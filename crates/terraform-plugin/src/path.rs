//! Where in a configuration or state something is.

use std::fmt;

/// One step into a value. There is none into a set, whose elements have no key.
/// Source: `tfplugin6.AttributePath.Step`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// An attribute of an object.
    Attribute(String),
    /// An element of a map.
    Key(String),
    /// An element of a list, counted from zero.
    Index(i64),
}

/// An attribute path, relative to the body of the resource, data source or provider block. The
/// empty path is the whole block. Shown as Terraform writes it: `task[0].what`,
/// `links["docs"].url`.
/// Source: `tfplugin6.AttributePath`.
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

    /// A path of these steps, outermost first.
    pub(crate) const fn new(steps: Vec<Step>) -> Self {
        Self(steps)
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
