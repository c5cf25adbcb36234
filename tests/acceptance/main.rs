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
#[cfg(unix)]
mod debug;
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
mod pages;
mod picture;
mod provider_block;
mod quickstart;
mod scene;
mod update;
mod validation;
mod write_only;

use std::process::ExitCode;

use test_support::client::{ACTIONS, ANY, IDENTITY, Needs, WRITE_ONLY};
use test_support::{suite, tests};

tests! {
    ;
    actions, adoption, answers, clients, data_source,
    #[cfg(unix)] debug,
    destroy, drift, examples, external_change,
    guides, identity, import,
    install,
    #[cfg(unix)] interrupted,
    leaks, log, mistakes, moves, pages, picture, provider_block, quickstart, update, validation,
    write_only
}

/// What needs more than the oldest client, by the beginning of its name. The first that fits.
const NEEDS: &[(&str, Needs)] = &[
    ("actions::", ACTIONS),
    ("clients::forget::terraform::", since(Some(16), None)),
    ("clients::forget::tofu::", since(None, Some(12))),
    ("clients::minimal_refresh::", since(Some(17), None)),
    ("clients::mocks::", WRITE_ONLY),
    ("debug::", WRITE_ONLY),
    ("examples::guides_", WRITE_ONLY),
    ("examples::provider_", WRITE_ONLY),
    ("examples::resources_", WRITE_ONLY),
    ("external_change::no_record::", ANY),
    ("external_change::reapply::an_ignored_sensitive_key_", ANY),
    ("external_change::warn::said_for_a_sensitive_key_", ANY),
    ("external_change::", WRITE_ONLY),
    ("guides::a_postcondition_", ANY),
    ("guides::a_stored_hash_", since(Some(16), None)),
    ("guides::every_configuration_", ANY),
    ("guides::exit_codes_", ANY),
    ("guides::plain_variable", ANY),
    ("guides::", WRITE_ONLY),
    ("identity::", IDENTITY),
    ("interrupted::interrupted_in_an_action", ACTIONS),
    ("leaks::a_life_with_a_sensitive_key", ANY),
    ("leaks::", WRITE_ONLY),
    ("mistakes::an_ephemeral_value_", WRITE_ONLY),
    ("moves::each_guide_", WRITE_ONLY),
    ("moves::the_identity_", IDENTITY),
    ("moves::the_same_type_", WRITE_ONLY),
    ("pages::with_write_only_", WRITE_ONLY),
    ("pages::with_terraform_1_16", since(Some(16), None)),
    (
        "pages::with_either_of_1_16_and_1_12",
        since(Some(16), Some(12)),
    ),
    ("picture::", WRITE_ONLY),
    ("write_only::", WRITE_ONLY),
];

const fn since(terraform: Option<u32>, tofu: Option<u32>) -> Needs {
    Needs { terraform, tofu }
}

fn main() -> ExitCode {
    let tests = suite::needing_by_name(NEEDS, tests());
    suite::run(suite::needing(ANY, tests))
}
