//! The guide *Troubleshooting* has an entry for each diagnostic, and for no other.
//!
//! Which there are is in the snapshots of all diagnostics, which unit tests keep complete.

use std::collections::BTreeSet;

use crate::root;

const SNAPSHOTS: [&str; 2] = [
    "src/summary/snapshots/every_diagnostic.snap",
    "crates/terraform-plugin/src/snapshots/every_diagnostic.snap",
];

#[test]
fn every_diagnostic_has_an_entry() {
    let given: BTreeSet<_> = SNAPSHOTS.iter().flat_map(|path| summaries(path)).collect();
    let explained = entries();
    let missing: Vec<_> = given.difference(&explained).collect();
    assert!(missing.is_empty(), "the guide lacks {missing:?}");
    let stale: Vec<_> = explained.difference(&given).collect();
    assert!(stale.is_empty(), "no diagnostic is called {stale:?}");
}

/// The first lines of the diagnostics in a snapshot.
fn summaries(path: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join(path)).unwrap();
    let found: Vec<_> = text
        .lines()
        .filter_map(|line| {
            line.strip_prefix("Error: ")
                .or(line.strip_prefix("Warning: "))
        })
        .map(str::to_owned)
        .collect();
    assert!(found.len() > 10, "{path} has few diagnostics: {found:?}");
    found
}

/// The guide's entries, each of which says something.
fn entries() -> BTreeSet<String> {
    let path = root().join("templates/guides/troubleshooting.md");
    let text = std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    let (ours, _) = text.split_once("\n## Terraform's own messages\n").unwrap();
    let mut found = BTreeSet::new();
    for entry in ours.split("\n### ").skip(1) {
        let (title, rest) = entry.split_once('\n').unwrap();
        let words = rest.lines().take_while(|line| !line.starts_with('#'));
        assert!(
            words.map(str::len).sum::<usize>() > 20,
            "{title} is not explained"
        );
        assert!(found.insert(title.to_owned()), "{title} is there twice");
    }
    found
}
