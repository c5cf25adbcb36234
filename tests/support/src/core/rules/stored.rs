//! What is stored, or handed out: known throughout, nothing write-only, and private state beside it
//! (sections 5 and 8).

use super::super::values::{AnyValue, Path, Value};
use super::value::visit;
use super::{Rule, Verdict};
use crate::proto::tfplugin6::schema::Block;

/// More than this resource will ever need: a salt, three hashes, two times.
pub const PRIVATE_LIMIT: usize = 4096;

/// Write-only attributes are null at every depth.
pub fn write_only_null(block: &Block, value: &AnyValue) -> Verdict {
    let mut verdict = Verdict::default();
    visit(value, block, &Path::root(), &mut |attribute, value, at| {
        if attribute.write_only {
            verdict.check(Rule::WriteOnlyIsNull, at, value.is_null());
        }
    });
    verdict
}

/// Nothing in it is unknown.
pub fn wholly_known(value: &AnyValue) -> Verdict {
    let mut verdict = Verdict::default();
    let unknown = value.first_unknown();
    verdict.check(
        Rule::WhollyKnown,
        &unknown.clone().unwrap_or_default(),
        unknown.is_none(),
    );
    verdict
}

/// A state as a read, an import or an upgrade answers it.
pub fn judge(block: &Block, value: &AnyValue) -> Verdict {
    let mut verdict = write_only_null(block, value);
    verdict.extend(wholly_known(value));
    verdict
}

/// Private state as it goes out, where it came in as `before`.
pub fn judge_private(before: &[u8], after: &[u8]) -> Verdict {
    let mut verdict = Verdict::default();
    let root = Path::root();
    verdict.check(Rule::PrivateSize, &root, after.len() <= PRIVATE_LIMIT);
    let kept = before.is_empty() || !after.is_empty();
    verdict.check(Rule::PrivateKept, &root, kept);
    verdict
}

/// An upgrade of a state that is of the current version already.
pub fn judge_upgrade(block: &Block, before: &AnyValue, after: &AnyValue) -> Verdict {
    let mut verdict = judge(block, after);
    let root = Path::root();
    verdict.check(Rule::UpgradePresent, &root, after.is_known());
    verdict.check(Rule::UpgradeKeepsCurrent, &root, before == after);
    verdict
}

/// What an import answers: type names and states.
pub fn judge_import(block: &Block, wanted: &str, imported: &[(String, AnyValue)]) -> Verdict {
    let mut verdict = Verdict::default();
    let root = Path::root();
    verdict.check(Rule::ImportOne, &root, imported.len() == 1);
    for (type_name, state) in imported {
        verdict.check(Rule::ImportType, &root, type_name == wanted);
        verdict.check(Rule::ImportPresent, &root, state.is_known());
        verdict.extend(judge(block, state));
    }
    verdict
}

/// What a data source answers.
pub fn judge_data(block: &Block, config: &AnyValue, state: &AnyValue) -> Verdict {
    let mut verdict = wholly_known(state);
    let root = Path::root();
    verdict.check(Rule::DataPresent, &root, state.is_known());
    visit(config, block, &root, &mut |_, value, at| {
        if let Value::Known(_) = value {
            let same = super::value::at(state, at) == Some(value);
            verdict.check(Rule::DataKeepsConfig, at, same);
        }
    });
    verdict
}

/// A generated configuration.
pub fn judge_generated(block: &Block, config: &AnyValue) -> Verdict {
    let mut verdict = judge(block, config);
    visit(config, block, &Path::root(), &mut |attribute, value, at| {
        if !attribute.optional && !attribute.required {
            verdict.check(Rule::GeneratedSettable, at, value.is_null());
        }
    });
    verdict
}

/// Whether `marker`, which is part of every secret of a test, is nowhere here.
pub fn judge_secrets(marker: &str, artefact: &[u8]) -> Verdict {
    let mut verdict = Verdict::default();
    let marker = marker.as_bytes();
    let found = artefact.windows(marker.len()).any(|part| part == marker);
    verdict.check(Rule::NoSecret, &Path::root(), !found);
    verdict
}
