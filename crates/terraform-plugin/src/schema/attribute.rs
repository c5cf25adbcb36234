//! Attributes, nested ones among them.

use std::borrow::Cow;

use crate::value::{Known, Text, Type};

/// Who gives an attribute its value.
/// Source: `required`, `optional` and `computed` of `tfplugin6.Schema.Attribute`.
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
    /// Objects with attributes of their own. Source: `tfplugin6.Schema.Object`.
    Nested(Nesting, Vec<Attribute>),
}

/// How nested objects are arranged.
/// Source: `tfplugin6.Schema.Object.NestingMode`, `tfplugin6.Schema.NestedBlock.NestingMode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nesting {
    /// One object, or none.
    Single,
    /// A list.
    List,
    /// A set.
    Set,
    /// A map.
    Map,
}

/// What a plan makes of a computed attribute that the configuration leaves out. [`Schema::propose`]
/// follows it; a resource may decide otherwise.
///
/// [`Schema::propose`]: crate::schema::Schema::propose
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planned {
    /// Any change may give it another value: unknown until applied. Without a change, the prior
    /// value.
    Unknown,
    /// Once known it stays: the prior value, and unknown until there is one. Without a change, null
    /// stays null.
    Prior,
    /// Always this value.
    Default(Literal),
}

/// A value that stands in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Literal {
    /// A string.
    String(&'static str),
    /// A bool.
    Bool(bool),
    /// A whole number.
    Number(i64),
}

impl Literal {
    pub(super) fn known(self) -> Known {
        match self {
            Self::String(text) => Known::String(Text::from(text)),
            Self::Bool(value) => Known::Bool(value),
            Self::Number(value) => Known::Number(value.into()),
        }
    }

    pub(super) const fn ty(self) -> Type {
        match self {
            Self::String(_) => Type::String,
            Self::Bool(_) => Type::Bool,
            Self::Number(_) => Type::Number,
        }
    }
}

/// One attribute. Source: `tfplugin6.Schema.Attribute`.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// Its name: lower-case letters, digits and underscores, not beginning with a digit.
    pub name: &'static str,
    /// What it holds.
    pub shape: Shape,
    /// Who gives its value.
    pub mode: Mode,
    /// Hidden in what Terraform prints. It stands in the state all the same, in clear.
    pub sensitive: bool,
    /// Never stored in plan or state: only the configuration has it. Another value alone is no
    /// change that Terraform could see, so a stored companion, `…_wo_version`, says so. In managed
    /// resources only; neither computed nor within a set.
    pub write_only: bool,
    /// Another value needs another object: it is destroyed and created anew. Elements of a list are
    /// compared with those of the same index, of a map with those of the same key; one that comes
    /// or goes is no other value, and neither is one that is only unknown because an update may
    /// change it. Not within a set.
    pub requires_replace: bool,
    /// What a plan makes of it where it is computed and not configured.
    pub planned: Planned,
    /// Markdown, for docs and editors.
    pub description: Cow<'static, str>,
}

impl Attribute {
    fn new(
        name: &'static str,
        shape: Shape,
        mode: Mode,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            name,
            shape,
            mode,
            sensitive: false,
            write_only: false,
            requires_replace: false,
            planned: Planned::Unknown,
            description: description.into(),
        }
    }

    /// A value of any type.
    pub fn value(
        name: &'static str,
        ty: Type,
        mode: Mode,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(name, Shape::Value(ty), mode, description)
    }

    /// A string.
    pub fn string(
        name: &'static str,
        mode: Mode,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::value(name, Type::String, mode, description)
    }

    /// A bool.
    pub fn bool(name: &'static str, mode: Mode, description: impl Into<Cow<'static, str>>) -> Self {
        Self::value(name, Type::Bool, mode, description)
    }

    /// A number, whole or not: the model says which ([`Number`](crate::Number) or `i64`).
    pub fn number(
        name: &'static str,
        mode: Mode,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::value(name, Type::Number, mode, description)
    }

    /// Objects with attributes of their own.
    pub fn nested(
        name: &'static str,
        nesting: Nesting,
        mode: Mode,
        description: impl Into<Cow<'static, str>>,
        attributes: Vec<Self>,
    ) -> Self {
        Self::new(name, Shape::Nested(nesting, attributes), mode, description)
    }

    /// Sets [`sensitive`](Self#structfield.sensitive).
    #[must_use]
    pub const fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// Sets [`write_only`](Self#structfield.write_only). Needs Terraform or OpenTofu 1.11; in older
    /// ones a value is refused.
    #[must_use]
    pub const fn write_only(mut self) -> Self {
        self.write_only = true;
        self
    }

    /// Sets [`requires_replace`](Self#structfield.requires_replace).
    #[must_use]
    pub const fn requires_replace(mut self) -> Self {
        self.requires_replace = true;
        self
    }

    /// What a plan makes of it; [`Planned::Unknown`] unless this says otherwise.
    #[must_use]
    pub const fn planned(mut self, planned: Planned) -> Self {
        self.planned = planned;
        self
    }
}
