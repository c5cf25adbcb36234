//! Which configurations are refused.

use super::{block, leaf};
use crate::table::validity::{self, Block, Call, Fits, Given};
use crate::values::{AnyValue, Value};
use crate::world::config::{Form, Kind, Leaf, Secret};

/// Whether a call refuses a configuration by itself.
pub fn refuses(call: Call, config: &AnyValue) -> bool {
    let given = |of: Leaf| match leaf(config, of) {
        Value::Null => Given::Null,
        Value::Unknown => Given::Unknown,
        Value::Known(_) => Given::Set,
    };
    let keys = Secret::ALL.map(|secret| {
        let [plain, write_only, version] =
            [Form::Plain, Form::WriteOnly, Form::Version].map(|form| given(secret.leaf(form)));
        validity::KEYS.look_up((call, plain, write_only, version))
    });
    let [one, other] = Kind::ALL.map(|kind| block_fact(config, kind));
    let blocks = validity::BLOCKS.look_up((call, one, other));
    keys.into_iter()
        .chain([blocks])
        .any(|verdict| verdict == validity::Verdict::Error)
}

pub(super) fn block_fact(config: &AnyValue, kind: Kind) -> Block {
    let leaves = Leaf::ALL
        .into_iter()
        .filter(|leaf| leaf.kind() == Some(kind));
    let values: Vec<_> = leaves.map(|of| leaf(config, of)).collect();
    match block(config, kind) {
        Value::Null => Block::Left,
        Value::Unknown => Block::Unclear,
        Value::Known(_) if values.iter().all(Value::is_null) => Block::Empty,
        // A `dynamic` block that may or may not be there looks like this.
        Value::Known(_) if !values.iter().any(Value::is_known) => Block::Unclear,
        Value::Known(_) => Block::Filled,
    }
}

/// Whether a plan refuses a configuration for a data source of this kind.
pub fn mismatches(config: &AnyValue, provider: &str) -> bool {
    let verdicts = Kind::ALL.map(|kind| {
        let fits = if kind.provider() == provider {
            Fits::Fitting
        } else {
            Fits::Unfitting
        };
        validity::KINDS.look_up((block_fact(config, kind), fits))
    });
    verdicts.contains(&validity::Verdict::Error)
}
