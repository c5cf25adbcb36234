//! The real terraform (or tofu) with the example provider, `examples/notes.rs`.
//!
//! `cargo test -p terraform-plugin` builds the example first; `--test example` alone takes what was
//! built last. Where there is no client the tests are ignored, and fail if `CI` is set.

#![expect(
    clippy::expect_used,
    reason = "a test says what is wrong by failing, in helpers too"
)]

mod action;
mod identity;
mod moves;
mod notes;
mod scene;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use test_support::client::{ACTIONS, Client, IDENTITY, Needs, WRITE_ONLY};

use crate::scene::Scene;

fn main() -> ExitCode {
    let client = Client::find();
    let trial = |(name, needs, test): Test| {
        let client = client.clone();
        Trial::ignorable_test(name, move || run(client.as_ref(), &needs, test))
    };
    let trials = TESTS.into_iter().map(trial).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn run(client: Option<&Client>, needs: &Needs, test: fn(&Scene)) -> Result<Completion, Failed> {
    const REASON: &str = "needs terraform or tofu";
    match client {
        Some(client) => {
            if let Some(reason) = client.lacks(needs) {
                return Ok(Completion::ignored_with(reason));
            }
            test(&Scene::new(client));
            Ok(Completion::Completed)
        }
        None if std::env::var_os("CI").is_some() => Err(REASON.into()),
        None => Ok(Completion::ignored_with(REASON)),
    }
}

/// A name to list it by, what it needs, and what to do.
type Test = (&'static str, Needs, fn(&Scene));

const TESTS: [Test; 20] = [
    (
        "a_note_is_created_and_then_there_is_nothing_to_do",
        WRITE_ONLY,
        notes::created,
    ),
    ("a_change_is_an_update", WRITE_ONLY, notes::updated),
    (
        "another_secret_is_written_once_its_version_says_so",
        WRITE_ONLY,
        notes::written_anew,
    ),
    ("another_name_is_another_note", WRITE_ONLY, notes::replaced),
    (
        "a_note_deleted_by_hand_is_created_again",
        WRITE_ONLY,
        notes::deleted_by_hand,
    ),
    (
        "a_note_changed_by_hand_is_changed_back",
        WRITE_ONLY,
        notes::changed_by_hand,
    ),
    ("tags_have_no_order", WRITE_ONLY, notes::tagged),
    ("a_note_is_imported", WRITE_ONLY, notes::imported),
    (
        "a_note_is_imported_by_its_identity",
        IDENTITY,
        identity::imported,
    ),
    (
        "an_older_state_gets_the_identity_with_a_read",
        IDENTITY,
        identity::added_later,
    ),
    (
        "a_note_has_one_identity_all_along",
        IDENTITY,
        identity::kept,
    ),
    (
        "a_note_of_a_fork_is_taken_over_as_it_is",
        WRITE_ONLY,
        moves::taken_over,
    ),
    ("a_note_is_no_other_type", WRITE_ONLY, moves::refused),
    ("a_note_is_destroyed", WRITE_ONLY, notes::destroyed),
    (
        "terraform_refuses_a_misspelt_name_in_a_block",
        WRITE_ONLY,
        notes::misspelt,
    ),
    (
        "an_error_is_shown_on_its_attribute",
        WRITE_ONLY,
        notes::blamed,
    ),
    ("a_note_is_looked_up", WRITE_ONLY, notes::looked_up),
    (
        "the_folder_may_be_unknown_in_a_plan",
        WRITE_ONLY,
        notes::unknown_folder,
    ),
    ("an_action_is_invoked", ACTIONS, action::invoked),
    ("an_action_is_triggered", ACTIONS, action::triggered),
];
