//! Walks that failed once, in their smallest form, and walks that show a promise of the documents.
//! Kept for good.

use crate::core::GENERATIONS;
use crate::rules::Verdict;
use crate::scripts::{APPLY, apply, grafana, key, rotate, set};
use crate::walks::{leave, runtime, stage};
use crate::world::config::{Form, Input, Leaf, Secret};
use crate::world::walk::{Dashboard, End, Start, Step, Tally, run};

test_support::tests! {
    a_saved_plan_meets_another_value_of_a_key_without_version,
    a_plain_key_becomes_write_only_after_private_state_was_lost,
    forms_and_versions_come_and_go,
    reapply_settles,
    a_rename_between_plan_and_apply
}

/// Runs walks that have to hold, in one process.
fn hold(walks: &[(Start, Vec<Step>)]) -> Vec<Tally> {
    let runtime = runtime();
    let mut verdict = Verdict::default();
    let (mut stage, client) = runtime.block_on(stage(&mut verdict, true));
    let tallies = walks
        .iter()
        .map(|(start, steps)| {
            let done = runtime.block_on(run(&mut stage, start, steps));
            done.unwrap_or_else(|message| panic!("{message}"))
        })
        .collect();
    runtime.block_on(leave(client));
    tallies
}

/// The one walk that ends in "inconsistent final plan" and cannot be helped: the walk itself
/// asserts that nothing was sent.
fn a_saved_plan_meets_another_value_of_a_key_without_version() {
    let flaps = Input::Flaps("zq9-a".to_owned(), "zq9-b".to_owned());
    let steps = |version: bool| {
        let mut steps = Vec::new();
        if version {
            steps.push(set(key(Form::Version), "v1"));
        }
        steps.extend([
            APPLY,
            set(Leaf::Name, "n1"),
            Step::Edit(key(Form::WriteOnly), flaps.clone()),
            Step::SavePlan,
            Step::ApplySaved,
            APPLY,
        ]);
        steps
    };
    let write_only = GENERATIONS
        .iter()
        .filter(|generation| generation.write_only);
    for generation in write_only {
        for stamps in [false, true] {
            let start = grafana(generation.name, stamps, true);
            let tallies = hold(&[(start.clone(), steps(false)), (start, steps(true))]);
            let expected = u64::from(!generation.store_planned_private);
            assert_eq!(tallies[0].known, expected, "{}", generation.name);
            assert_eq!(tallies[1].known, 0, "{} with a version", generation.name);
        }
    }
}

/// The key left the state with its plain form, no hash stood in for it, and the plan after that
/// apply sent it again.
fn a_plain_key_becomes_write_only_after_private_state_was_lost() {
    hold(&[(
        grafana("Terraform 1.11", false, false),
        vec![
            APPLY,
            Step::Swap(Secret::GrafanaApi),
            apply(End::ProviderDied),
            APPLY,
        ],
    )]);
}

/// docs/guides/rotating-credentials.md: adding a version, taking it away and changing the form send
/// nothing by themselves.
fn forms_and_versions_come_and_go() {
    for stamps in [false, true] {
        let none = Step::Edit(key(Form::Version), Input::Null);
        hold(&[(
            grafana("Terraform 1.12", stamps, true),
            vec![
                APPLY,
                set(key(Form::Version), "v1"),
                APPLY,
                none,
                APPLY,
                Step::Swap(Secret::GrafanaApi),
                APPLY,
                Step::Swap(Secret::GrafanaApi),
                APPLY,
            ],
        )]);
    }
}

/// docs/guides/what-terraform-can-see.md: after a change made elsewhere keys are sent again, once.
fn reapply_settles() {
    for stamps in [false, true] {
        hold(&[(
            grafana("OpenTofu 1.12", stamps, true),
            vec![
                set(Leaf::Mode, "reapply"),
                APPLY,
                rotate("zq9-c"),
                APPLY,
                Step::Plan { refresh: true },
                Step::Plan { refresh: true },
                Step::Plan { refresh: true },
            ],
        )]);
    }
}

/// docs/design.md ("An adoption is planned twice"): a rename in between ends no apply.
fn a_rename_between_plan_and_apply() {
    for generation in GENERATIONS {
        let start = grafana(generation.name, false, false);
        let rename = Step::Dashboard(Dashboard::Rename("renamed".to_owned()));
        let adopted = vec![Step::SavePlan, rename.clone(), Step::ApplySaved, APPLY];
        let rotated = vec![
            APPLY,
            set(key(Form::Plain), "zq9-b"),
            Step::SavePlan,
            rename,
            Step::ApplySaved,
            APPLY,
        ];
        hold(&[(start.clone(), adopted), (start, rotated)]);
    }
}
