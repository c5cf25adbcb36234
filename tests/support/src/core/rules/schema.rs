//! Section 3: is a schema one that core loads.

use std::collections::BTreeSet;

use super::super::values::{Path, Type, type_from_json};
use super::{Rule, Verdict};
use crate::proto::tfplugin6::schema::nested_block::NestingMode as BlockNesting;
use crate::proto::tfplugin6::schema::object::NestingMode;
use crate::proto::tfplugin6::schema::{Attribute, Block, NestedBlock};
use crate::proto::tfplugin6::{Schema, get_provider_schema};

/// Root attributes that no configuration could set.
const RESERVED: [&str; 7] = [
    "count",
    "for_each",
    "provider",
    "lifecycle",
    "depends_on",
    "connection",
    "provisioner",
];

/// The whole schema answer.
pub fn judge_answer(answer: &get_provider_schema::Response) -> Verdict {
    let mut verdict = Verdict::default();
    let root = Path::root();
    verdict.check(Rule::SchemaHasProvider, &root, answer.provider.is_some());
    let schemas = answer.provider.iter();
    let schemas = schemas.chain(answer.resource_schemas.values());
    for schema in schemas.chain(answer.data_source_schemas.values()) {
        verdict.extend(judge(schema));
    }
    verdict
}

/// One schema.
pub fn judge(schema: &Schema) -> Verdict {
    let mut verdict = Verdict::default();
    let root = Path::root();
    verdict.check(Rule::SchemaVersion, &root, schema.version >= 0);
    verdict.check(Rule::SchemaHasBlock, &root, schema.block.is_some());
    if let Some(block) = &schema.block {
        for attribute in &block.attributes {
            let at = root.attribute(&attribute.name);
            let reserved = RESERVED.contains(&attribute.name.as_str());
            verdict.check(Rule::ReservedName, &at, !reserved);
        }
        Judge {
            verdict: &mut verdict,
        }
        .block(block, &root, Inside::default());
    }
    verdict
}

/// What an attribute is inside of.
#[derive(Clone, Copy, Default)]
struct Inside {
    set: bool,
    write_only: bool,
    computed_block: bool,
}

struct Judge<'a> {
    verdict: &'a mut Verdict,
}

impl Judge<'_> {
    fn block(&mut self, block: &Block, at: &Path, mut inside: Inside) {
        inside.computed_block |= block.computed;
        self.verdict.check(
            Rule::DeprecationMessage,
            at,
            block.deprecated || block.deprecation_message.is_empty(),
        );
        for attribute in &block.attributes {
            self.attribute(attribute, at, inside);
        }
        let taken: BTreeSet<&str> = block
            .attributes
            .iter()
            .map(|attribute| attribute.name.as_str())
            .collect();
        for nested in &block.block_types {
            let name = nested.type_name.as_str();
            let at = at.attribute(name);
            self.verdict
                .check(Rule::BlockNameTaken, &at, !taken.contains(name));
            self.verdict.check(Rule::BlockName, &at, is_name(name));
            self.nested_block(nested, &at, inside);
        }
    }

    fn nested_block(&mut self, nested: &NestedBlock, at: &Path, mut inside: Inside) {
        let nesting = BlockNesting::try_from(nested.nesting).unwrap_or(BlockNesting::Invalid);
        let (min, max) = (nested.min_items, nested.max_items);
        self.verdict
            .check(Rule::BlockNesting, at, nesting != BlockNesting::Invalid);
        let items = match nesting {
            BlockNesting::Invalid => true,
            BlockNesting::Single => min == max && (0..=1).contains(&min),
            BlockNesting::Group | BlockNesting::Map => min == 0 && max == 0,
            BlockNesting::List | BlockNesting::Set => {
                min >= 0 && max >= 0 && (max == 0 || min <= max)
            }
        };
        self.verdict.check(Rule::BlockItems, at, items);
        self.verdict
            .check(Rule::SchemaHasBlock, at, nested.block.is_some());
        let Some(block) = &nested.block else { return };
        if block.computed || inside.computed_block {
            let holds = block.computed && min == 0 && nesting != BlockNesting::Group;
            self.verdict.check(Rule::ComputedBlock, at, holds);
        }
        inside.set |= nesting == BlockNesting::Set;
        self.block(block, at, inside);
    }

    fn attribute(&mut self, attribute: &Attribute, within: &Path, inside: Inside) {
        let at = &within.attribute(&attribute.name);
        let Attribute {
            required,
            optional,
            computed,
            write_only,
            ..
        } = *attribute;
        let name = attribute.name.as_str();
        let starts = name.starts_with(|c: char| c.is_ascii_lowercase());
        let mut check = |rule, holds| self.verdict.check(rule, at, holds);
        check(Rule::AttributeName, starts && is_name(name));
        check(Rule::AttributeMode, required || optional || computed);
        check(Rule::AttributeOptionalRequired, !(required && optional));
        check(Rule::AttributeComputedRequired, !(required && computed));
        let typed = !attribute.r#type.is_empty();
        check(
            Rule::AttributeType,
            typed != attribute.nested_type.is_some(),
        );
        check(
            Rule::DeprecationMessage,
            attribute.deprecated || attribute.deprecation_message.is_empty(),
        );
        check(Rule::SetWriteOnly, !(inside.set && write_only));
        check(Rule::WriteOnlyNotComputed, !(write_only && computed));
        check(Rule::WriteOnlySensitive, !write_only || attribute.sensitive);
        check(Rule::WriteOnlyChildren, write_only || !inside.write_only);
        if inside.computed_block {
            check(Rule::ComputedBlock, computed && !optional);
        }
        if typed {
            let ty = type_from_json(&attribute.r#type);
            check(Rule::AttributeTypeJson, ty.is_ok());
            let ty = ty.unwrap_or(Type::String);
            check(
                Rule::AttributeDynamicInCollection,
                !dynamic_inside(&ty, false),
            );
            check(Rule::SetDynamic, !(inside.set && has_dynamic(&ty)));
        }
        if let Some(object) = &attribute.nested_type {
            let nesting = NestingMode::try_from(object.nesting).unwrap_or(NestingMode::Invalid);
            check(Rule::NestedNesting, nesting != NestingMode::Invalid);
            let inside = Inside {
                set: inside.set || nesting == NestingMode::Set,
                write_only: inside.write_only || write_only,
                ..inside
            };
            for attribute in &object.attributes {
                self.attribute(attribute, at, inside);
            }
        }
    }
}

fn is_name(name: &str) -> bool {
    let part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    !name.is_empty() && name.chars().all(part)
}

fn has_dynamic(ty: &Type) -> bool {
    ty == &Type::Dynamic || dynamic_inside(ty, true)
}

/// Whether there is a `dynamic` in a collection (`in_collection`: or anywhere).
fn dynamic_inside(ty: &Type, in_collection: bool) -> bool {
    match ty {
        Type::Dynamic => in_collection,
        Type::String | Type::Bool | Type::Number => false,
        Type::List(element) | Type::Set(element) | Type::Map(element) => {
            dynamic_inside(element, true)
        }
        Type::Tuple(types) => types.iter().any(|ty| dynamic_inside(ty, in_collection)),
        Type::Object(types) => types.values().any(|ty| dynamic_inside(ty, in_collection)),
    }
}
