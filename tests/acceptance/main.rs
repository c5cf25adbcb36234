//! The real terraform CLI, the built provider, an API on loopback.
//!
//! A test is a function of a [`Scene`](scene::Scene), or of nothing where it sets up its own, and
//! stands in its module's `tests!`.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test says what is wrong by failing, in helpers too"
)]

mod actions;
mod adoption;
mod answers;
mod clients;
mod data_source;
mod destroy;
mod drift;
mod examples;
mod external_change;
mod guides;
mod identity;
mod import;
mod install;
#[cfg(unix)]
mod interrupted;
mod leaks;
mod log;
mod mistakes;
mod moves;
mod provider_block;
mod scene;
mod update;
mod validation;
mod write_only;

use std::process::ExitCode;

use test_support::client::{ACTIONS, ANY, IDENTITY};
use test_support::{suite, tests};

tests! {
    ;
    adoption, answers, clients, data_source, destroy, drift, examples, external_change, guides, import,
    install,
    #[cfg(unix)] interrupted,
    leaks, log, mistakes, moves, provider_block, update, validation, write_only
}

fn main() -> ExitCode {
    let newer = [
        suite::needing(IDENTITY, identity::tests()),
        suite::needing(ACTIONS, actions::tests()),
    ];
    let all = tests().into_iter().chain(newer.into_iter().flatten());
    suite::run(suite::needing(ANY, all.collect()))
}
