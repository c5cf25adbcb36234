//! Core's judgement of a provider's answers, as pure functions over the wire
//! schema and decoded values. Each rule cites where rpc-rules has it.

pub mod apply;
pub mod diagnostics;
#[cfg(test)]
pub mod mutations;
pub mod plan;
pub mod replan;
pub mod schema;
pub mod stored;
pub mod value;

use terraform_plugin::Path;

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
    ($($(#[doc = $name:literal])+ $rule:ident => $row:literal,)+) => {
        /// Everything that is judged.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule { $($(#[doc = $name])+ $rule,)+ }

        impl Rule {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$rule,)+];

            /// The section of rpc-rules, and its row.
            pub const fn row(self) -> &'static str {
                match self { $(Self::$rule => $row,)+ }
            }
        }
    };
}

rules! {
    /// The schema answer has a provider schema.
    SchemaHasProvider => "3.2 GetProviderSchema.provider missing",
    /// Every schema has a block.
    SchemaHasBlock => "3.2 Schema.block missing",
    /// A schema's version is not negative.
    SchemaVersion => "3.1 schema version >= 0",
    /// An attribute is optional, required or computed.
    AttributeMode => "3.1 one of optional/required/computed",
    /// No attribute is optional and required.
    AttributeOptionalRequired => "3.1 not optional+required",
    /// No attribute is computed and required.
    AttributeComputedRequired => "3.1 not computed+required",
    /// An attribute has a type or a nested type, and not both.
    AttributeType => "3.1 type xor nested_type",
    /// Type bytes are a type.
    AttributeTypeJson => "3.2 type bytes that are not valid type JSON",
    /// No `dynamic` inside a collection.
    AttributeDynamicInCollection => "2.1 never use dynamic inside collections",
    /// A nested type's nesting is valid.
    NestedNesting => "3.1 nested_type nesting SINGLE, LIST, SET, MAP",
    /// A block's nesting is valid.
    BlockNesting => "3.1 block nesting valid",
    /// A block is not named like an attribute.
    BlockNameTaken => "3.1 block name not also an attribute",
    /// A block's name is of lower-case letters, digits and underscores.
    BlockName => "3.1 block names match [a-z0-9_]+",
    /// A block's least and most items fit its nesting.
    BlockItems => "3.1 SINGLE, GROUP, MAP, LIST, SET min and max",
    /// No `dynamic` inside a set.
    SetDynamic => "3.1 no dynamic anywhere inside SET",
    /// No write-only attribute inside a set.
    SetWriteOnly => "3.1 no write_only anywhere inside SET",
    /// A deprecation message goes with a deprecation.
    DeprecationMessage => "3.1 deprecation_message only with deprecated",
    /// A computed block is computed throughout.
    ComputedBlock => "3.1 computed block",
    /// A write-only attribute is not computed.
    WriteOnlyNotComputed => "3.3 write_only together with computed",
    /// What is inside a write-only attribute is write-only.
    WriteOnlyChildren => "3.3 children of a write-only nested attribute",
    /// A write-only attribute is sensitive.
    WriteOnlySensitive => "8.1 flag the attribute sensitive too",
    /// No attribute has a name that users cannot set.
    ReservedName => "3.3 reserved names at the root",
    /// Attribute names can be written in configuration.
    AttributeName => "3.1 attribute names are not checked: ours are",

    /// Answers are msgpack.
    AnswerIsMsgpack => "2 always answer msgpack",
    /// A value has exactly its type.
    ValueFits => "2.1 decoder strictness in core",
    /// An unknown value is encoded plainly.
    UnknownIsPlain => "2.2 unrefined: d4 00 00",
    /// A call is answered, by no gRPC error.
    CallAnswered => "5 ApplyResourceChange: turn every failure into an OK answer",
    /// The legacy type system is not asked for.
    NoLegacyTypeSystem => "5 legacy_type_system must stay false",
    /// Nothing is deferred.
    NoDeferral => "4.2 simplest policy: never defer",
    /// Nothing but null for the write-only.
    WriteOnlyIsNull => "6.1, 7, 8.1 write-only non-null",
    /// What is stored is known throughout.
    WhollyKnown => "5 Read, Upgrade, Import; 7 unknown left",
    /// Private state stays small.
    PrivateSize => "8.3 stored beside every object",
    /// Private state that was there is not dropped.
    PrivateKept => "5 private replaces the stored bytes",
    /// Nothing secret but where it belongs.
    NoSecret => "9 do not put secrets in text; 8.1",

    /// A diagnostic has a severity.
    DiagnosticSeverity => "9 severity 0",
    /// A diagnostic has a summary.
    DiagnosticSummary => "9 summary must be non-empty",
    /// A diagnostic's path exists in the schema.
    DiagnosticPath => "9 attribute path",

    /// A wanted object is planned.
    PlannedPresent => "5 planned for absence but config wants existence",
    /// A destroy plans null.
    DestroyPlansNull => "5 planned a non-null destroy value",
    /// What is configured is planned, or what was there.
    PlanKeepsConfig => "6.2 config known, differing",
    /// Null in configuration is null in the plan, unless computed.
    PlanKeepsNull => "6.2 config null, not computed",
    /// Unknown in configuration is unknown in the plan.
    PlanKeepsUnknown => "6.2 config unknown",
    /// A nested attribute that is configured is there in the plan.
    PlanNestedPresence => "6.2 nested attribute: null vs non-null must match",
    /// A nested collection has the elements that are configured.
    PlanNestedElements => "6.2 nested attribute: sizes and keys must equal config",
    /// Blocks are as many as configured, never null and never unknown.
    PlanBlocks => "6.2 blocks",
    /// Paths that require a replacement exist.
    ReplacePathExists => "5 requires_replace for a non-existent attribute path",
    /// A write-only path never requires a replacement.
    ReplacePathWriteOnly => "5 except a write-only path, which always forces replacement",

    /// The second plan comes to the same action.
    ReplanAction => "6.3 (a) the action changed",
    /// What the first plan knew, the second knows.
    ReplanKnown => "6.3 (b) a value known in the first plan differs",

    /// What was planned comes out.
    ApplyKeepsPlan => "7 AssertObjectCompatible",
    /// A destroy leaves nothing.
    DestroyLeavesNull => "7 delete returned non-nil",
    /// Something, or an error.
    ApplyAnswersObject => "7 create/update returned nil without error",

    /// An upgrade answers an object.
    UpgradePresent => "5 missing upgraded_state = null = the object vanishes",
    /// An upgrade of a current state changes nothing.
    UpgradeKeepsCurrent => "5 UpgradeResourceState: should only reshape",
    /// An import answers one object.
    ImportOne => "5 Import returned no resources",
    /// An import names the type that was asked for.
    ImportType => "5 import of X didn't set type",
    /// An imported object is not null.
    ImportPresent => "5 Import returned null resource",
    /// A data source answers an object.
    DataPresent => "5 Provider produced null object",
    /// A data source gives back what is configured.
    DataKeepsConfig => "5 echo configured values unchanged",
    /// A generated configuration sets only what can be set.
    GeneratedSettable => "5 GenerateResourceConfig: computed-only = null",
}
