//! The shape of a configuration or state, and what a practitioner may set in it.

mod check;

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::path::{Path, Step};

pub use check::Kind;

/// The name of an object's attribute, or the key of a map's element. Names in a schema are part of the
/// executable, and copied at no cost; others came with a value.
pub type Name = Cow<'static, str>;

/// A type in Terraform's type system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// `string`
    String,
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// Any type, told with the value.
    Dynamic,
    /// `list(T)`
    List(Box<Type>),
    /// `set(T)`
    Set(Box<Type>),
    /// `map(T)`
    Map(Box<Type>),
    /// `tuple([...])`
    Tuple(Vec<Type>),
    /// `object({...})`
    Object(BTreeMap<Name, Type>),
}

/// The schema of a provider block, a resource or a data source.
///
/// Only attributes: nested attributes do what blocks did, and are the form
/// that the protocol's authors recommend for new schemas.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The version of the state's shape; raised when a state needs upgrading.
    pub version: i64,
    /// One paragraph of Markdown.
    pub description: &'static str,
    /// In the order in which docs list them.
    pub attributes: Vec<Attribute>,
}

impl Schema {
    /// The type of a whole configuration or state.
    pub fn ty(&self) -> Type {
        object_type(&self.attributes)
    }

    /// The attribute at a path; `None` where the schema has none.
    pub fn attribute(&self, path: &Path) -> Option<&Attribute> {
        let mut attributes = &self.attributes;
        let mut found = None;
        for step in path.steps() {
            let Step::Attribute(name) = step else {
                return None;
            };
            let attribute: &Attribute = attributes.iter().find(|found| found.name == *name)?;
            attributes = match &attribute.shape {
                Shape::Object(attributes) => attributes,
                Shape::Value(_) => const { &Vec::new() },
            };
            found = Some(attribute);
        }
        found
    }
}

/// Who gives an attribute its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The configuration, always.
    Required,
    /// The configuration, or nobody.
    Optional,
    /// The provider.
    Computed,
    /// The configuration, or else the provider.
    OptionalComputed,
}

impl Mode {
    /// Whether a configuration may set it.
    pub const fn is_configurable(self) -> bool {
        !matches!(self, Self::Computed)
    }

    /// Whether the provider may set it.
    pub const fn is_computed(self) -> bool {
        matches!(self, Self::Computed | Self::OptionalComputed)
    }
}

/// What an attribute holds.
#[derive(Debug, Clone)]
pub enum Shape {
    /// A value of a type.
    Value(Type),
    /// An object with attributes of its own (nesting mode *single*).
    Object(Vec<Attribute>),
}

/// One attribute.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub shape: Shape,
    /// Who gives its value.
    pub mode: Mode,
    /// Hidden in what Terraform prints.
    pub sensitive: bool,
    /// Never stored in plan or state.
    pub write_only: bool,
    /// Markdown, for docs and editors.
    pub description: &'static str,
}

impl Attribute {
    const fn new(name: &'static str, shape: Shape, mode: Mode, description: &'static str) -> Self {
        Self {
            name,
            shape,
            mode,
            sensitive: false,
            write_only: false,
            description,
        }
    }

    /// A string.
    pub const fn string(name: &'static str, mode: Mode, description: &'static str) -> Self {
        Self::new(name, Shape::Value(Type::String), mode, description)
    }

    /// A bool.
    pub const fn bool(name: &'static str, mode: Mode, description: &'static str) -> Self {
        Self::new(name, Shape::Value(Type::Bool), mode, description)
    }

    /// A number.
    pub const fn number(name: &'static str, mode: Mode, description: &'static str) -> Self {
        Self::new(name, Shape::Value(Type::Number), mode, description)
    }

    /// An object with attributes of its own.
    pub const fn object(
        name: &'static str,
        mode: Mode,
        description: &'static str,
        attributes: Vec<Attribute>,
    ) -> Self {
        Self::new(name, Shape::Object(attributes), mode, description)
    }

    /// The type of its values.
    pub fn ty(&self) -> Type {
        match &self.shape {
            Shape::Value(ty) => ty.clone(),
            Shape::Object(attributes) => object_type(attributes),
        }
    }

    /// Hidden in what Terraform prints.
    #[must_use]
    pub const fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// Never stored in plan or state. Needs Terraform or OpenTofu 1.11.
    #[must_use]
    pub const fn write_only(mut self) -> Self {
        self.write_only = true;
        self
    }
}

fn object_type(attributes: &[Attribute]) -> Type {
    let attributes = attributes.iter();
    Type::Object(
        attributes
            .map(|attribute| (attribute.name.into(), attribute.ty()))
            .collect(),
    )
}
