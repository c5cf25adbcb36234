//! Walks written by hand: their vocabulary, and beginnings of walks that lead to situations which
//! chance alone finds once in ten thousand.

use crate::core::GENERATIONS;
use crate::world::config::{Form, Ignored, Input, Kind, Leaf, Presence, Secret};
use crate::world::fault::Kind as FaultKind;
use crate::world::walk::{Dashboard, End, Start, Step};

pub const APPLY: Step = apply(End::Well);

pub const fn apply(end: End) -> Step {
    Step::Apply {
        refresh: true,
        replace: false,
        end,
    }
}

/// A walk with two data sources of Grafana.
pub fn grafana(generation: &str, stamps: bool, write_only: bool) -> Start {
    let found = GENERATIONS
        .iter()
        .position(|found| found.name == generation)
        .unwrap();
    Start {
        generation: found,
        stamps,
        kinds: [Kind::Grafana; 2],
        write_only,
    }
}

pub fn set(leaf: Leaf, text: &str) -> Step {
    Step::Edit(leaf, Input::Set(text.to_owned()))
}

/// A value that is known after apply.
pub fn pending(leaf: Leaf, text: Option<&str>) -> Step {
    Step::Edit(leaf, Input::Pending(text.map(str::to_owned)))
}

pub fn key(form: Form) -> Leaf {
    Secret::GrafanaApi.leaf(form)
}

pub fn rotate(text: &str) -> Step {
    Step::Dashboard(Dashboard::Rotate(Secret::GrafanaApi, text.to_owned()))
}

/// incident.io switches the data source off.
pub const DISABLE: Step = Step::Dashboard(Dashboard::Disable);

/// A rotation with a version, in which the provider is killed, and which is taken back.
pub fn rotation_cut_off() -> Vec<Step> {
    vec![
        set(key(Form::Version), "v1"),
        APPLY,
        set(key(Form::WriteOnly), "zq9-b"),
        set(key(Form::Version), "v2"),
        apply(End::ProviderDied),
        set(key(Form::WriteOnly), "zq9-a"),
        set(key(Form::Version), "v1"),
        APPLY,
    ]
}

/// What was sent has another version than the state has in the end.
pub fn ignored_while_its_version_moves_on() -> Vec<Step> {
    let ignore = Step::Ignore(Ignored::Leaf(key(Form::WriteOnly)));
    vec![
        set(key(Form::Version), "v1"),
        APPLY,
        ignore.clone(),
        set(key(Form::WriteOnly), "zq9-b"),
        set(key(Form::Version), "v2"),
        APPLY,
        ignore,
        APPLY,
    ]
}

/// The same with an address.
pub fn address_cut_off() -> Vec<Step> {
    vec![
        set(Leaf::Url, "g1.example.com"),
        APPLY,
        set(Leaf::Url, "g2.example.com"),
        apply(End::ProviderDied),
        set(Leaf::Url, "g1.example.com"),
        APPLY,
    ]
}

/// A change elsewhere that was seen under `reapply`, which is taken away before the next apply.
pub fn reapply_taken_away() -> Vec<Step> {
    vec![
        set(Leaf::Mode, "reapply"),
        APPLY,
        rotate("zq9-c"),
        Step::RefreshOnly,
        set(Leaf::Mode, "warn"),
        APPLY,
    ]
}

/// The next write is taken by the API, and its answer lost.
const DOUBT: Step = Step::Fault {
    at_apply: true,
    on_write: true,
    kind: FaultKind::GatewayTaken,
};

/// Each leads to a row of a table that is seldom met otherwise.
pub fn beginnings() -> Vec<(Start, Vec<Step>)> {
    let plain = |steps: Vec<Step>| (grafana("Terraform 1.16", false, false), steps);
    let write_only = |steps: Vec<Step>| (grafana("Terraform 1.16", false, true), steps);
    let (url, mode, version) = (Leaf::Url, Leaf::Mode, key(Form::Version));
    vec![
        // A client that would store a write-only key.
        (
            grafana("Terraform 1.8", false, false),
            vec![
                Step::Edit(key(Form::Plain), Input::Null),
                Step::Block(Kind::Grafana, Presence::Present),
                Step::Raw(key(Form::WriteOnly), Input::Set("zq9-a".to_owned())),
                APPLY,
            ],
        ),
        // A version of another resource.
        write_only(vec![
            set(version, "v1"),
            APPLY,
            pending(version, None),
            APPLY,
        ]),
        // Nobody knows whether a key, or a URL, was taken; and the reading that follows.
        plain(vec![
            APPLY,
            set(key(Form::Plain), "zq9-b"),
            DOUBT,
            APPLY,
            APPLY,
        ]),
        plain(vec![
            set(url, "g1.example.com"),
            APPLY,
            set(url, "g2.example.com"),
            DOUBT,
            APPLY,
            set(url, "g1.example.com"),
            APPLY,
        ]),
        // A key in doubt that is to be sent, and turns out to be null.
        plain(vec![
            set(url, "g1.example.com"),
            APPLY,
            set(key(Form::Plain), "zq9-b"),
            DOUBT,
            APPLY,
            pending(key(Form::Plain), None),
            APPLY,
        ]),
        // Changed elsewhere, and `on_external_change` known after apply.
        write_only(vec![
            APPLY,
            rotate("zq9-c"),
            pending(mode, Some("reapply")),
            APPLY,
        ]),
        write_only(vec![
            set(version, "v1"),
            APPLY,
            rotate("zq9-c"),
            pending(mode, Some("reapply")),
            APPLY,
        ]),
        // Private state is lost, and the version says that the key is in place.
        write_only(vec![
            set(version, "v1"),
            APPLY,
            set(Leaf::Name, "n1"),
            apply(End::ProviderDied),
            set(Leaf::Name, "n0"),
            APPLY,
        ]),
        // The version of a key moves on while the key is ignored; then it is ignored no more.
        write_only(ignored_while_its_version_moves_on()),
        // The provider is killed in the middle of a rotation, which is taken back.
        write_only(rotation_cut_off()),
        plain(address_cut_off()),
        // Who switches it on is no less suspicious for giving it another name.
        write_only(vec![
            APPLY,
            DISABLE,
            Step::RefreshOnly,
            Step::Dashboard(Dashboard::Enable),
            Step::Dashboard(Dashboard::Rename("renamed".to_owned())),
            APPLY,
        ]),
        // What is switched off although its keys were just sent again.
        write_only(vec![
            set(mode, "reapply"),
            APPLY,
            rotate("zq9-c"),
            APPLY,
            DISABLE,
            APPLY,
        ]),
        // `reapply` is taken away: nothing was changed, or the change is forgotten, or its key is
        // sent all the same, or it was switched off.
        write_only(vec![
            set(mode, "reapply"),
            APPLY,
            set(mode, "warn"),
            APPLY,
            set(mode, "reapply"),
            APPLY,
            DISABLE,
            set(mode, "warn"),
            APPLY,
        ]),
        write_only(reapply_taken_away()),
        plain(vec![
            set(mode, "reapply"),
            APPLY,
            rotate("zq9-c"),
            Step::RefreshOnly,
            set(mode, "warn"),
            set(key(Form::Plain), "zq9-b"),
            APPLY,
        ]),
        // The API stops stamping: a time that our own reading may have set was set by nobody.
        (
            grafana("Terraform 1.16", true, true),
            vec![
                APPLY,
                Step::Dashboard(Dashboard::Rename("renamed".to_owned())),
                Step::RefreshOnly,
                Step::Stamps,
                APPLY,
            ],
        ),
    ]
}
