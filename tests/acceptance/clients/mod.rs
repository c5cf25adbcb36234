//! What some clients do and others do not.

mod forget;
mod minimal_refresh;
mod mocks;

use test_support::client::Needs;
use test_support::suite::{self, Test};

/// Each with the versions that it needs.
pub(crate) fn tests() -> Vec<Test> {
    let needs = |terraform, tofu| Needs { terraform, tofu };
    [
        mocks::tests(),
        suite::needing(needs(Some(17), None), minimal_refresh::tests()),
        suite::needing(needs(Some(16), None), forget::terraform::tests()),
        suite::needing(needs(None, Some(12)), forget::tofu::tests()),
    ]
    .into_iter()
    .flatten()
    .collect()
}
