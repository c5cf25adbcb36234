//! A page: a template with what it asks for filled in.
//!
//! Between `{{` and `}}` a template says `title`, `name`, `summary`, `description` or `schema` of
//! what its path stands for, `settings` for the table of the provider's settings, or `file` and the
//! path of an example to show.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;

use terraform_plugin::Provider as _;
use terraform_plugin::schema::Schema;
use terraform_provider_incident::IncidentProvider;

use crate::schema;
use crate::settings;

/// What a page is about.
pub(crate) struct Subject {
    title: String,
    name: String,
    pub(crate) schema: Schema,
}

/// A template's path below `templates/`, such as `resources/telemetry_data_source.md`, for
/// everything that the provider offers. Guides have no subject.
pub(crate) fn subjects() -> Vec<(String, Subject)> {
    let provider = IncidentProvider::default();
    let mut subjects = vec![(
        "index.md".to_owned(),
        Subject {
            title: "incident Provider".to_owned(),
            name: "incident".to_owned(),
            schema: provider.schema(),
        },
    )];
    let mut offer = |folder: &str, kind: &str, name: &str, schema| {
        let stem = name.trim_start_matches("incident_");
        subjects.push((
            format!("{folder}/{stem}.md"),
            Subject {
                title: format!("{name} {kind} - incident"),
                name: name.to_owned(),
                schema,
            },
        ));
    };
    let offers = provider.offers();
    for (name, schema) in offers.resources() {
        offer("resources", "Resource", name, schema.clone());
    }
    for (name, schema) in offers.data_sources() {
        offer("data-sources", "Data Source", name, schema.clone());
    }
    for (name, schema) in offers.actions() {
        offer("actions", "Action", name, schema.clone());
    }
    subjects
}

/// Renders one template; `shown` gathers the examples that it shows.
pub(crate) fn render(
    root: &Path,
    template: &str,
    subject: Option<&Subject>,
    shown: &RefCell<BTreeSet<String>>,
) -> String {
    let mut page = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (placeholder, after) = after.split_once("}}").expect("a }} for every {{");
        page.push_str(before);
        page.push_str(&fill(root, placeholder.trim(), subject, shown));
        rest = after;
    }
    page.push_str(rest);
    page
}

fn fill(
    root: &Path,
    placeholder: &str,
    subject: Option<&Subject>,
    shown: &RefCell<BTreeSet<String>>,
) -> String {
    if let Some(path) = placeholder.strip_prefix("file ") {
        shown.borrow_mut().insert(path.to_owned());
        return example(root, path);
    }
    if placeholder == "settings" {
        return settings::table(false);
    }
    let subject = subject.unwrap_or_else(|| panic!("{placeholder:?} of a page without a subject"));
    match placeholder {
        "title" => subject.title.clone(),
        "name" => subject.name.clone(),
        "summary" => first_paragraph(subject.schema.description).to_owned(),
        "description" => subject.schema.description.trim_end().to_owned(),
        "schema" => schema::section(&subject.schema),
        _ => panic!("{placeholder:?} is not known"),
    }
}

fn example(root: &Path, path: &str) -> String {
    let text =
        std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let language = match path.rsplit_once('.') {
        Some((_, "tf" | "hcl")) => "terraform",
        Some((_, "sh")) => "shell",
        _ => panic!("no language for {path}"),
    };
    format!("```{language}\n{}\n```", text.trim_end())
}

fn first_paragraph(text: &str) -> &str {
    text.split("\n\n").next().unwrap_or_default().trim()
}
