//! Walks written by hand: their vocabulary, and beginnings of walks that lead to situations which
//! chance alone finds once in ten thousand.

use crate::core::GENERATIONS;
use crate::world::config::{Form, Input, Kind, Leaf, Presence, Secret};
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
    ]
}
