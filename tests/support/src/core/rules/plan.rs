//! Section 6: a planned value against configuration and prior state.

use super::super::values::{AnyValue, Path, Value};
use super::value::{Place, at, each, elements, members, place};
use super::{Rule, Verdict};
use crate::proto::tfplugin6::schema::nested_block::NestingMode as BlockNesting;
use crate::proto::tfplugin6::schema::object::NestingMode;
use crate::proto::tfplugin6::schema::{Attribute, Block, NestedBlock};

/// A plan of a create or an update (6.1, 6.2). Write-only values are judged apart, by
/// [`super::stored::write_only_null`].
pub fn judge(block: &Block, prior: &AnyValue, config: &AnyValue, planned: &AnyValue) -> Verdict {
    let mut verdict = Verdict::default();
    let root = Path::root();
    verdict.check(Rule::PlannedPresent, &root, planned.is_known());
    Judge {
        verdict: &mut verdict,
    }
    .block(block, prior, config, planned, &root);
    verdict
}

/// A plan of a destroy.
pub fn judge_destroy(planned: &AnyValue) -> Verdict {
    let mut verdict = Verdict::default();
    verdict.check(Rule::DestroyPlansNull, &Path::root(), planned.is_null());
    verdict
}

/// The paths that require a replacement.
pub fn judge_replace(
    block: &Block,
    prior: &AnyValue,
    planned: &AnyValue,
    paths: &[Option<Path>],
) -> Verdict {
    let mut verdict = Verdict::default();
    for path in paths {
        let found = path.as_ref().filter(|path| {
            place(block, path).is_some()
                && (at(prior, path).is_some() || at(planned, path).is_some())
        });
        let shown = path.clone().unwrap_or_default();
        verdict.check(Rule::ReplacePathExists, &shown, found.is_some());
        let write_only = matches!(
            place(block, &shown),
            Some(Place::Attribute(attribute)) if attribute.write_only
        );
        verdict.check(Rule::ReplacePathWriteOnly, &shown, !write_only);
    }
    verdict
}

const NULL: &AnyValue = &Value::Null;

/// A member of a known object; null elsewhere.
fn member<'a>(value: &'a AnyValue, name: &str) -> &'a AnyValue {
    members(value)
        .and_then(|members| members.get(name))
        .unwrap_or(NULL)
}

struct Judge<'a> {
    verdict: &'a mut Verdict,
}

impl Judge<'_> {
    fn block(
        &mut self,
        block: &Block,
        prior: &AnyValue,
        config: &AnyValue,
        planned: &AnyValue,
        path: &Path,
    ) {
        if !planned.is_known() {
            return;
        }
        self.attributes(&block.attributes, prior, config, planned, path);
        for nested in &block.block_types {
            let name = &nested.type_name;
            self.nested_block(
                nested,
                member(prior, name),
                member(config, name),
                member(planned, name),
                &path.attribute(name),
            );
        }
    }

    fn nested_block(
        &mut self,
        nested: &NestedBlock,
        prior: &AnyValue,
        config: &AnyValue,
        planned: &AnyValue,
        path: &Path,
    ) {
        let Some(block) = &nested.block else { return };
        if config.is_unknown() {
            self.verdict
                .check(Rule::PlanKeepsUnknown, path, planned.is_unknown());
            return;
        }
        match nested.nesting() {
            BlockNesting::Single | BlockNesting::Group | BlockNesting::Invalid => {
                let same = planned.is_null() == config.is_null() && !planned.is_unknown();
                self.verdict.check(Rule::PlanBlocks, path, same);
                self.block(block, prior, config, planned, path);
            }
            BlockNesting::Set => {
                let count = |value| elements(value).map(<[_]>::len);
                let same = planned.is_known() && count(planned) == count(config);
                self.verdict.check(Rule::PlanBlocks, path, same);
            }
            BlockNesting::List | BlockNesting::Map => {
                let steps = |value| each(value).into_iter().map(|(step, _)| step);
                let same = planned.is_known() && steps(planned).eq(steps(config));
                self.verdict.check(Rule::PlanBlocks, path, same);
                for (step, planned) in each(planned) {
                    let whole = Path::root().join(step.clone());
                    let there = |value| at(value, &whole).unwrap_or(NULL);
                    let path = path.join(step);
                    self.verdict
                        .check(Rule::PlanBlocks, &path, planned.is_known());
                    self.block(block, there(prior), there(config), planned, &path);
                }
            }
        }
    }

    fn attribute(
        &mut self,
        attribute: &Attribute,
        prior: &AnyValue,
        config: &AnyValue,
        planned: &AnyValue,
        path: &Path,
    ) {
        if attribute.write_only {
            // Null, or else the finding of another rule.
            return;
        }
        let nested = attribute.nested_type.as_ref();
        let free = attribute.computed && (config.is_null() || !attribute.optional);
        if free || planned == config {
            self.verdict.check(Rule::PlanKeepsConfig, path, true);
            return;
        }
        if let Some(object) = nested
            && config.is_known()
        {
            // The same as before is allowed of the whole, as of its parts.
            if prior.is_known() && planned == prior {
                self.verdict.check(Rule::PlanKeepsConfig, path, true);
                return;
            }
            self.verdict
                .check(Rule::PlanNestedPresence, path, planned.is_known());
            if !planned.is_known() {
                return;
            }
            match object.nesting() {
                NestingMode::Set => {
                    let count = |value| elements(value).map(<[_]>::len);
                    let same = count(planned) == count(config);
                    self.verdict.check(Rule::PlanNestedElements, path, same);
                }
                NestingMode::Single | NestingMode::Invalid => {
                    self.attributes(&object.attributes, prior, config, planned, path);
                }
                NestingMode::List | NestingMode::Map => {
                    let steps = |value| each(value).into_iter().map(|(step, _)| step);
                    let same = steps(planned).eq(steps(config));
                    self.verdict.check(Rule::PlanNestedElements, path, same);
                    for (step, planned) in each(planned) {
                        let whole = Path::root().join(step.clone());
                        let there = |value| at(value, &whole).unwrap_or(NULL);
                        self.attributes(
                            &object.attributes,
                            there(prior),
                            there(config),
                            planned,
                            &path.join(step),
                        );
                    }
                }
            }
            return;
        }
        // Something differs from what is configured.
        let as_before = !prior.is_null() && planned == prior;
        match config {
            Value::Null => self.verdict.check(
                match nested {
                    Some(_) => Rule::PlanNestedPresence,
                    None => Rule::PlanKeepsNull,
                },
                path,
                false,
            ),
            Value::Unknown => self.verdict.check(Rule::PlanKeepsUnknown, path, as_before),
            Value::Known(_) => self.verdict.check(Rule::PlanKeepsConfig, path, as_before),
        }
    }

    fn attributes(
        &mut self,
        attributes: &[Attribute],
        prior: &AnyValue,
        config: &AnyValue,
        planned: &AnyValue,
        path: &Path,
    ) {
        for attribute in attributes {
            let name = &attribute.name;
            self.attribute(
                attribute,
                member(prior, name),
                member(config, name),
                member(planned, name),
                &path.attribute(name),
            );
        }
    }
}
