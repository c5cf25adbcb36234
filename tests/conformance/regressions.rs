//! Walks that failed once, in their smallest form, and walks that show a promise of the documents.
//! Kept for good.

use crate::core::GENERATIONS;
use crate::rules::Verdict;
use crate::scripts::{
    APPLY, DISABLE, address_cut_off, apply, grafana, key, reapply_taken_away, rotate,
    rotation_cut_off, set,
};
use crate::walks::{leave, runtime, stage};
use crate::world::config::{Form, Ignored, Input, Kind, Leaf, Secret};
use crate::world::fault::Kind as FaultKind;
use crate::world::walk::{Dashboard, End, Spelt, Start, Step, Tally, run};

test_support::tests! {
    a_saved_plan_meets_another_value_of_a_key_without_version,
    a_plain_key_becomes_write_only_after_private_state_was_lost,
    forms_and_versions_come_and_go,
    reapply_settles,
    a_rename_between_plan_and_apply,
    a_rotation_is_cut_off_and_taken_back,
    an_address_is_cut_off_and_taken_back,
    what_is_taken_out_is_cut_off,
    an_ignored_id_is_replaced,
    a_404_comes_and_goes,
    a_404_of_something_else,
    a_404_that_is_cut_off,
    what_is_connected_again_is_sent_whole,
    ignored_changes_of_what_is_not_found,
    reapply_has_a_brake,
    reapply_is_taken_away,
    a_stale_read_changes_nothing,
    an_instant_has_many_spellings,
    the_api_changes_its_mind_about_stamping,
    a_write_hangs,
    nothing_is_remembered_of_nothing
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

/// What a plan decides is for its apply alone, and nothing else is known here.
fn nothing_is_remembered_of_nothing() {
    let unread = Step::Apply {
        refresh: false,
        replace: false,
        end: End::Well,
    };
    let died = Step::Apply {
        refresh: false,
        replace: false,
        end: End::ProviderDied,
    };
    let start = Start {
        kinds: [Kind::Datadog; 2],
        ..grafana("Terraform 1.8", false, false)
    };
    let steps = vec![
        Step::Import { by_identity: false },
        died,
        Step::Ignore(Ignored::Block(Kind::Datadog)),
        Step::Drift,
        set(Leaf::Mode, "warn"),
        unread,
    ];
    hold(&[(start, steps)]);
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

const PLAN: Step = Step::Plan { refresh: true };

/// The next read of a plan or refresh goes wrong.
const fn read_ends(kind: FaultKind) -> Step {
    Step::Fault {
        at_apply: false,
        on_write: false,
        kind,
    }
}

/// The same steps under every client, with an API that leaves `updated_at` alone and with one that
/// does not.
fn everywhere(steps: &[Step]) {
    let generations = GENERATIONS.iter();
    let starts = generations.flat_map(|generation| {
        [false, true].map(|stamps| grafana(generation.name, stamps, generation.write_only))
    });
    let walks: Vec<_> = starts.map(|start| (start, steps.to_vec())).collect();
    hold(&walks);
}

/// The version says that the old key is in place, the API has the new one, and the record of what
/// was sent died with the provider: the old key is sent again.
fn a_rotation_is_cut_off_and_taken_back() {
    for stamps in [false, true] {
        let start = grafana("Terraform 1.11", stamps, true);
        hold(&[(start, rotation_cut_off())]);
    }
}

/// There is no record of an address that could tell, so the loss of the others puts it in doubt.
fn an_address_is_cut_off_and_taken_back() {
    everywhere(&address_cut_off());
}

/// With nothing left to send and nothing to remember, the loss counts as settled all the same.
fn what_is_taken_out_is_cut_off() {
    let unread = |end| Step::Apply {
        refresh: false,
        replace: false,
        end,
    };
    let steps = [
        APPLY,
        Step::Edit(key(Form::Plain), Input::Null),
        unread(End::ProviderDied),
        unread(End::Well),
        set(key(Form::Plain), "zq9-b"),
        APPLY,
        PLAN,
    ];
    everywhere(&steps);
}

/// The replacement is planned without `ignore_changes`, and has an identity of its own.
fn an_ignored_id_is_replaced() {
    let replace = Step::Apply {
        refresh: true,
        replace: true,
        end: End::Well,
    };
    let ignored = Step::Ignore(Ignored::All);
    everywhere(&[APPLY, ignored, Step::OtherSource, replace, PLAN]);
}

/// What is not found once stays in the state, and is sent whole, once.
fn a_404_comes_and_goes() {
    let at_plan = [APPLY, read_ends(FaultKind::NotFound), APPLY, PLAN];
    everywhere(&at_plan);
    let at_refresh = [
        set(Leaf::Name, "n0"),
        APPLY,
        read_ends(FaultKind::NotFound),
        Step::RefreshOnly,
        PLAN,
        APPLY,
        PLAN,
    ];
    everywhere(&at_refresh);
    let at_write = Step::Fault {
        at_apply: true,
        on_write: true,
        kind: FaultKind::NotFound,
    };
    let at_write = [APPLY, set(Leaf::Name, "n1"), at_write, APPLY, APPLY, PLAN];
    everywhere(&at_write);
}

/// A gateway, or another server, knows nothing of data sources.
fn a_404_of_something_else() {
    for kind in [FaultKind::OtherNotFound, FaultKind::BlockPage] {
        let steps = [APPLY, read_ends(kind), Step::RefreshOnly, PLAN];
        everywhere(&steps);
    }
}

/// It is the API's word if all of it arrives, even if more was to come.
fn a_404_that_is_cut_off() {
    for kind in [
        FaultKind::HalfAnswer,
        FaultKind::LengthTooShort,
        FaultKind::LengthTooLong,
    ] {
        let at_write = Step::Fault {
            at_apply: true,
            on_write: true,
            kind,
        };
        let steps = [
            APPLY,
            Step::Dashboard(Dashboard::Delete),
            read_ends(kind),
            Step::RefreshOnly,
            set(Leaf::Name, "n1"),
            at_write,
            Step::Apply {
                refresh: false,
                replace: false,
                end: End::Well,
            },
            Step::Dashboard(Dashboard::Reconnect),
            APPLY,
            PLAN,
        ];
        everywhere(&steps);
    }
}

/// Nobody knows what was connected in its place.
fn what_is_connected_again_is_sent_whole() {
    let steps = [
        set(Leaf::Name, "n0"),
        set(Leaf::Url, "g1.example.com"),
        APPLY,
        Step::Dashboard(Dashboard::Delete),
        Step::RefreshOnly,
        APPLY,
        Step::Dashboard(Dashboard::Connect(Kind::Grafana)),
        Step::RefreshOnly,
        APPLY,
        PLAN,
    ];
    everywhere(&steps);
}

/// Under `ignore_changes = all` no plan changes anything, whatever there is to send.
fn ignored_changes_of_what_is_not_found() {
    let steps = [
        APPLY,
        Step::Dashboard(Dashboard::Delete),
        Step::Ignore(Ignored::All),
        PLAN,
    ];
    everywhere(&steps);
}

/// docs/guides/what-terraform-can-see.md: the first change after keys were sent again sends them
/// not once more, whatever changed. The one after that does.
fn reapply_has_a_brake() {
    for change in [rotate("zq9-d"), DISABLE] {
        let steps = [
            set(Leaf::Mode, "reapply"),
            APPLY,
            rotate("zq9-c"),
            APPLY,
            change.clone(),
            APPLY,
            rotate("zq9-e"),
            APPLY,
            PLAN,
        ];
        everywhere(&steps);
    }
}

/// A change that was seen under `reapply` is not forgotten with it.
fn reapply_is_taken_away() {
    everywhere(&reapply_taken_away());
}

/// Neither is a change undone that was seen before, nor is one noticed.
fn a_stale_read_changes_nothing() {
    for change in [
        Step::Dashboard(Dashboard::Rename("renamed".to_owned())),
        rotate("zq9-c"),
        DISABLE,
    ] {
        let steps = [
            APPLY,
            change,
            Step::RefreshOnly,
            read_ends(FaultKind::Stale),
            Step::RefreshOnly,
            PLAN,
        ];
        everywhere(&steps);
    }
}

/// No change is made of one instant in two spellings.
fn an_instant_has_many_spellings() {
    let mut walks = Vec::new();
    for &other in Spelt::ALL {
        for (reads, writes) in [(Spelt::Microseconds, other), (other, Spelt::Microseconds)] {
            let steps = vec![
                APPLY,
                Step::Times(reads, writes),
                APPLY,
                Step::RefreshOnly,
                set(key(Form::WriteOnly), "zq9-b"),
                APPLY,
                Step::Times(writes, reads),
                PLAN,
            ];
            let starts = [false, true].map(|stamps| grafana("Terraform 1.12", stamps, true));
            walks.extend(starts.map(|start| (start, steps.clone())));
        }
    }
    hold(&walks);
}

/// An API that begins to stamp passes for a change once, one that ceases to does not.
fn the_api_changes_its_mind_about_stamping() {
    let steps = [
        APPLY,
        Step::RefreshOnly,
        Step::Stamps,
        Step::RefreshOnly,
        Step::RefreshOnly,
        Step::Stamps,
        Step::RefreshOnly,
        PLAN,
    ];
    everywhere(&steps);
}

/// Whether it was taken or not: what was in it is sent again.
fn a_write_hangs() {
    for kind in [FaultKind::Hang, FaultKind::HangTaken] {
        let hangs = Step::Fault {
            at_apply: true,
            on_write: true,
            kind,
        };
        let steps = vec![APPLY, set(key(Form::Plain), "zq9-b"), hangs, APPLY, APPLY];
        hold(&[(grafana("Terraform 1.8", false, false), steps)]);
    }
}
