//! The Registry's pages under `docs/` are what schemas, `examples/` and `templates/` say, and the
//! table in README.md what the provider's settings say.
//!
//! `UPDATE_DOCS=1 cargo test --test docs` writes both again.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test may end where it stands"
)]

mod page;
mod schema;
mod settings;
mod troubleshooting;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// For readers of the repository, beside the Registry's `index.md`.
const WRITTEN_BY_HAND: [&str; 4] = ["design.md", "performance.md", "releasing.md", "security.md"];

#[test]
fn pages_are_up_to_date() {
    let (pages, _) = pages();
    let docs = root().join("docs");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        for (name, text) in &pages {
            let path = docs.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
    }
    let mut committed = files(&docs);
    committed.retain(|name, _| !WRITTEN_BY_HAND.contains(&name.as_str()));
    for (name, text) in &pages {
        // Not assert_eq: two whole pages are no help in a failure message.
        assert!(
            committed.get(name) == Some(text),
            "docs/{name} is not what templates/{name} makes: run UPDATE_DOCS=1 cargo test --test \
             docs"
        );
    }
    let stray: Vec<_> = committed
        .keys()
        .filter(|name| !pages.contains_key(*name))
        .collect();
    assert!(
        stray.is_empty(),
        "docs/ has pages without a template: {stray:?}"
    );
}

#[test]
fn the_readme_lists_the_settings() {
    let path = root().join("README.md");
    let committed = std::fs::read_to_string(&path)
        .unwrap()
        .replace("\r\n", "\n");
    let text = settings::readme(&committed);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &text).unwrap();
    } else {
        assert!(
            committed == text,
            "README.md has other settings: run UPDATE_DOCS=1 cargo test --test docs"
        );
    }
}

#[test]
fn every_attribute_is_described_and_listed() {
    let (pages, _) = pages();
    for (name, subject) in page::subjects() {
        let page = pages
            .get(&name)
            .unwrap_or_else(|| panic!("there is no templates/{name}"));
        for (path, description) in schema::entries(&subject.schema) {
            assert!(
                description.ends_with('.') && !description.contains('\n'),
                "{path} of {name} needs a description of whole sentences on one line: \
                 {description:?}"
            );
            let name = path.rsplit('.').next().unwrap_or_default();
            let line = format!("\n- `{name}` (");
            assert!(page.contains(&line), "{path} is not on docs/{name}");
        }
    }
}

#[test]
fn pages_have_the_registrys_form() {
    let (pages, _) = pages();
    for (name, text) in pages {
        let (front, _) = text
            .strip_prefix("---\n")
            .and_then(|rest| rest.split_once("\n---\n"))
            .unwrap_or_else(|| panic!("docs/{name} does not begin with front matter"));
        let keys: Vec<_> = front
            .lines()
            .filter(|line| !line.starts_with(' '))
            .filter_map(|line| Some(line.split_once(':')?.0))
            .collect();
        assert_eq!(
            keys,
            ["page_title", "subcategory", "description"],
            "docs/{name}"
        );
        assert!(
            text.ends_with('\n') && !text.ends_with("\n\n"),
            "docs/{name}: one newline at the end"
        );
        assert!(
            !text.contains("\n\n\n"),
            "docs/{name}: one blank line at a time"
        );
    }
}

#[test]
fn every_example_is_shown_on_a_page() {
    let (_, shown) = pages();
    let examples = files(&root().join("examples"));
    let hidden: Vec<_> = examples
        .keys()
        .map(|name| format!("examples/{name}"))
        .filter(|path| has_extension(path, "tf") || has_extension(path, "sh"))
        .filter(|path| !shown.contains(path))
        .collect();
    assert!(hidden.is_empty(), "no page shows {hidden:?}");
}

/// Links between files of this repository: on a page, relative to it.
#[test]
fn links_lead_somewhere() {
    let mut texts: Vec<(PathBuf, String)> = files(&root().join("docs"))
        .into_iter()
        .map(|(name, text)| (root().join("docs").join(name), text))
        .collect();
    for name in [
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
    ] {
        let path = root().join(name);
        let text = std::fs::read_to_string(&path).unwrap();
        texts.push((path, text));
    }
    for (path, text) in texts {
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split_once(')'))
            .map(|(target, _)| target)
        {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            if file.contains("://") {
                continue;
            }
            let linked = if file.is_empty() {
                path.clone()
            } else {
                path.parent().unwrap().join(file)
            };
            assert!(
                linked.exists(),
                "{}: {target} leads nowhere",
                path.display()
            );
            if !anchor.is_empty() {
                let there = std::fs::read_to_string(&linked).unwrap();
                assert!(
                    anchors(&there).contains(anchor),
                    "{}: there is no {target}",
                    path.display()
                );
            }
        }
    }
}

/// Ids of headings as GitHub and the Registry make them, and those that a page sets.
fn anchors(markdown: &str) -> BTreeSet<String> {
    let headings = markdown
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            line.trim_start_matches('#')
                .trim()
                .to_lowercase()
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect()
        });
    let set = markdown
        .split("<a id=\"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"'))
        .map(|(id, _)| id.to_owned());
    headings.chain(set).collect()
}

/// Every page by its path below `docs/`, and the examples that they show.
fn pages() -> (BTreeMap<String, String>, BTreeSet<String>) {
    let subjects: BTreeMap<_, _> = page::subjects().into_iter().collect();
    let shown = RefCell::new(BTreeSet::new());
    let pages = files(&root().join("templates"))
        .into_iter()
        .map(|(name, template)| {
            let page = page::render(root(), &template, subjects.get(&name), &shown);
            (name, page)
        })
        .collect();
    (pages, shown.into_inner())
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn has_extension(path: &str, extension: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|it| it == extension)
}

/// Files below `folder`, by path with forward slashes, as text. Hidden ones are not looked at:
/// whoever tries an example leaves `.terraform/` behind.
fn files(folder: &Path) -> BTreeMap<String, String> {
    fn walk(folder: &Path, prefix: &str, into: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{prefix}{}", path.file_name().unwrap().to_string_lossy());
            if path
                .file_name()
                .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
            {
                continue;
            }
            if path.is_dir() {
                walk(&path, &format!("{name}/"), into);
            } else {
                // A checkout on Windows may have other line ends.
                let text = std::fs::read_to_string(&path)
                    .unwrap()
                    .replace("\r\n", "\n");
                into.insert(name, text);
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, "", &mut found);
    found
}
