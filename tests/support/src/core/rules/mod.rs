//! Core's judgement of a provider's answers, as pure functions over the wire schema and decoded
//! values. Each rule names its section in `crates/terraform-plugin/docs/core-rules.md`, as the
//! comments here do, and quotes it.

pub mod apply;
pub mod diagnostics;
pub mod identity;
pub mod plan;
pub mod replan;
pub mod schema;
pub mod stored;
pub mod value;

use super::values::Path;

/// What an answer was held against.
#[derive(Debug, Default)]
pub struct Verdict {
    /// How many times a rule was applied.
    pub checked: u64,
    /// What was broken.
    pub findings: Vec<Finding>,
}

/// A rule that an answer breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which one.
    pub rule: Rule,
    /// Where, as far as there is a place.
    pub path: String,
}

impl Verdict {
    /// Applies a rule.
    pub fn check(&mut self, rule: Rule, at: &Path, holds: bool) {
        self.checked += 1;
        if !holds {
            self.findings.push(Finding {
                rule,
                path: at.to_string(),
            });
        }
    }

    /// Takes another verdict in.
    pub fn extend(&mut self, other: Self) {
        self.checked += other.checked;
        self.findings.extend(other.findings);
    }

    /// Whether this rule is broken.
    pub fn breaks(&self, rule: Rule) -> bool {
        self.findings.iter().any(|finding| finding.rule == rule)
    }
}

macro_rules! rules {
    ($($(#[doc = $name:literal])+ $rule:ident => $section:literal $quote:literal,)+) => {
        /// Everything that is judged.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule { $($(#[doc = $name])+ $rule,)+ }

        impl Rule {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$rule,)+];

            /// The section of core-rules.md, and what it says there.
            pub const fn citation(self) -> (&'static str, &'static str) {
                match self { $(Self::$rule => ($section, $quote),)+ }
            }
        }
    };
}

rules! {
    /// The schema answer has a provider schema.
    SchemaHasProvider => "3.2" "A missing provider schema is an error",
    /// Every schema has a block.
    SchemaHasBlock => "3.2" "A schema without a block",
    /// A schema's version is not negative.
    SchemaVersion => "3.1" "schema version not negative",
    /// An attribute is optional, required or computed.
    AttributeMode => "3.1" "optional, required or computed",
    /// No attribute is optional and required.
    AttributeOptionalRequired => "3.1" "not both optional and required",
    /// No attribute is computed and required.
    AttributeComputedRequired => "3.1" "not both computed and required",
    /// An attribute has a type or a nested type, and not both.
    AttributeType => "3.1" "a type or a nested type",
    /// Type bytes are a type.
    AttributeTypeJson => "3.2" "Type bytes that are not a type's JSON",
    /// No `dynamic` inside a collection.
    AttributeDynamicInCollection => "2.1" "never use dynamic inside collections",
    /// A nested type's nesting is valid.
    NestedNesting => "3.1" "a nested type's nesting is valid",
    /// A block's nesting is valid.
    BlockNesting => "3.1" "a block's nesting is valid",
    /// A block is not named like an attribute.
    BlockNameTaken => "3.1" "a block is not named like an attribute",
    /// A block's name is of lower-case letters, digits and underscores.
    BlockName => "3.1" "block names match `[a-z0-9_]+`",
    /// A block's least and most items fit its nesting.
    BlockItems => "3.1" "items: single 0 or 1 and both equal",
    /// No `dynamic` inside a set.
    SetDynamic => "3.1" "no dynamic inside a set",
    /// No write-only attribute inside a set.
    SetWriteOnly => "3.1" "no write-only attribute inside a set",
    /// A deprecation message goes with a deprecation.
    DeprecationMessage => "3.1" "a deprecation message only with a deprecation",
    /// A computed block is computed throughout.
    ComputedBlock => "3.1" "a computed block is computed throughout",
    /// A write-only attribute is not computed.
    WriteOnlyNotComputed => "3.3" "Write-only together with computed",
    /// What is inside a write-only attribute is write-only.
    WriteOnlyChildren => "3.3" "children of a write-only attribute that are not write-only",
    /// A write-only attribute is sensitive.
    WriteOnlySensitive => "8.1" "Sensitive too",
    /// No attribute has a name that users cannot set.
    ReservedName => "3.3" "reserved names at the root",
    /// Attribute names can be written in configuration.
    AttributeName => "3.3" "keep to lower-case letters, digits and underscores",

    /// Answers are msgpack.
    AnswerIsMsgpack => "2" "always answer msgpack",
    /// A value has exactly its type.
    ValueFits => "2.1" "a value has exactly its type",
    /// An unknown value is encoded plainly.
    UnknownIsPlain => "2.2" "Unrefined: `d4 00 00`",
    /// A call is answered, by no gRPC error.
    CallAnswered => "5" "a call is answered",
    /// The legacy type system is not asked for.
    NoLegacyTypeSystem => "5.5" "The legacy type system is not asked for",
    /// Nothing is deferred.
    NoDeferral => "4.2" "never defer",
    /// Nothing but null for the write-only.
    WriteOnlyIsNull => "8.1" "Null at every depth",
    /// What is stored is known throughout.
    WhollyKnown => "7" "wholly known",
    /// Private state stays small.
    PrivateSize => "8.3" "keep them small",
    /// Private state that was there is not dropped.
    PrivateKept => "8.3" "What comes out replaces the stored bytes",
    /// Nothing secret but where it belongs.
    NoSecret => "9" "Nothing secret in texts",

    /// A diagnostic has a severity.
    DiagnosticSeverity => "9" "Severity is error or warning",
    /// A diagnostic has a summary.
    DiagnosticSummary => "9" "The summary is not empty",
    /// A diagnostic's path exists in the schema.
    DiagnosticPath => "9" "The path exists in the schema",

    /// A wanted object is planned.
    PlannedPresent => "5.5" "A wanted object is planned",
    /// A destroy plans null.
    DestroyPlansNull => "5.5" "A destroy plans null",
    /// What is configured is planned, or what was there.
    PlanKeepsConfig => "6.2" "known, differing | an error",
    /// Null in configuration is null in the plan, unless computed.
    PlanKeepsNull => "6.2" "null, not computed | null",
    /// Unknown in configuration is unknown in the plan.
    PlanKeepsUnknown => "6.2" "unknown | unknown, or the prior value",
    /// A nested attribute that is configured is there in the plan.
    PlanNestedPresence => "6.2" "Null if and only if the configuration is",
    /// A nested collection has the elements that are configured.
    PlanNestedElements => "6.2" "Sizes and keys as configured",
    /// Blocks are as many as configured, never null and never unknown.
    PlanBlocks => "6.2" "never null but single, never unknown",
    /// Paths that require a replacement exist.
    ReplacePathExists => "5.5" "names paths that exist in prior or planned",
    /// A write-only path never requires a replacement.
    ReplacePathWriteOnly => "5.5" "a write-only path always does",

    /// The second plan comes to the same action.
    ReplanAction => "6.3" "The action is the same",
    /// What the first plan knew, the second knows.
    ReplanKnown => "6.3" "What the first plan knew, the second knows",

    /// What was planned comes out.
    ApplyKeepsPlan => "7" "what was planned comes out",
    /// A destroy leaves nothing.
    DestroyLeavesNull => "7" "a delete leaves null",
    /// Something, or an error.
    ApplyAnswersObject => "7" "a create or update answers an object, or an error",

    /// An upgrade answers an object.
    UpgradePresent => "5.3" "A missing state is null: the object vanishes",
    /// An upgrade of a current state changes nothing.
    UpgradeKeepsCurrent => "5.3" "It only reshapes",
    /// An import answers one object.
    ImportOne => "5.7" "One object",
    /// An import names the type that was asked for.
    ImportType => "5.7" "Of the type that was asked for",
    /// An imported object is not null.
    ImportPresent => "5.7" "Not null",
    /// A data source answers an object.
    DataPresent => "5.9" "Not null",
    /// A data source gives back what is configured.
    DataKeepsConfig => "5.9" "Configured values go back unchanged",
    /// An identity schema's version is not negative.
    IdentityVersion => "3.1" "version not negative",
    /// What is in an identity is required or optional for import.
    IdentityImport => "3.1" "each attribute required or optional for import",
    /// An identity is of plain values and lists.
    IdentityType => "3.1" "no map, set or object",
    /// A state has its identity beside it.
    IdentityGiven => "5.13" "with every state",
    /// A stored identity is known throughout.
    IdentityKnown => "5.13" "Wholly known",
    /// An identity stays what it was.
    IdentityKept => "5.13" "It is documented never to",
    /// A generated configuration sets only what can be set.
    GeneratedSettable => "5.11" "what is only computed is null",
}
