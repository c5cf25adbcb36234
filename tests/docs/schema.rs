//! A schema as the Registry's pages show it: required, optional and read-only attributes, nested ones below.

use std::fmt::Write as _;

use terraform_plugin::schema::{Attribute, Mode, Schema, Shape};
use terraform_plugin::value::Type;

const WRITE_ONLY: &str =
    "https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only";

/// The section `## Schema`.
pub(crate) fn section(schema: &Schema) -> String {
    let mut markdown = "## Schema\n".to_owned();
    groups(&mut markdown, &schema.attributes, "", |title| {
        format!("### {title}")
    });
    nested(&mut markdown, &schema.attributes, "");
    markdown.trim_end().to_owned()
}

/// Every attribute with its full name, such as `grafana_config.api_key`.
pub(crate) fn attributes(schema: &Schema) -> Vec<(String, &Attribute)> {
    fn collect<'a>(
        attributes: &'a [Attribute],
        parent: &str,
        into: &mut Vec<(String, &'a Attribute)>,
    ) {
        for attribute in attributes {
            let name = format!("{parent}{}", attribute.name);
            if let Shape::Nested(_, children) = &attribute.shape {
                collect(children, &format!("{name}."), into);
            }
            into.push((name, attribute));
        }
    }
    let mut all = Vec::new();
    collect(&schema.attributes, "", &mut all);
    all
}

fn groups(
    markdown: &mut String,
    attributes: &[Attribute],
    parent: &str,
    heading: impl Fn(&str) -> String,
) {
    let is_optional = |mode| matches!(mode, Mode::Optional | Mode::OptionalComputed);
    let groups: [(&str, &dyn Fn(Mode) -> bool); 3] = [
        ("Required", &|mode| mode == Mode::Required),
        ("Optional", &is_optional),
        ("Read-Only", &|mode| mode == Mode::Computed),
    ];
    for (title, belongs) in groups {
        let mut lines = attributes
            .iter()
            .filter(|attribute| belongs(attribute.mode))
            .map(|attribute| line(attribute, parent))
            .peekable();
        if lines.peek().is_none() {
            continue;
        }
        let _ = write!(markdown, "\n{}\n\n", heading(title));
        markdown.extend(lines);
    }
}

/// The sections of nested attributes, each after its parent's.
fn nested(markdown: &mut String, attributes: &[Attribute], parent: &str) {
    for attribute in attributes {
        let Shape::Nested(_, children) = &attribute.shape else {
            continue;
        };
        let path = format!("{parent}{}", attribute.name);
        let _ = write!(
            markdown,
            "\n<a id=\"{}\"></a>\n### Nested Schema for `{path}`\n",
            anchor(&path)
        );
        let inner = format!("{path}.");
        groups(markdown, children, &inner, |title| format!("{title}:"));
        nested(markdown, children, &inner);
    }
}

fn line(attribute: &Attribute, parent: &str) -> String {
    let mut kind = match &attribute.shape {
        Shape::Value(ty) => type_name(ty),
        Shape::Nested(..) => "Attributes".to_owned(),
    };
    if attribute.sensitive {
        kind.push_str(", Sensitive");
    }
    if attribute.write_only {
        let _ = write!(kind, ", [Write-only]({WRITE_ONLY})");
    }
    let below = match &attribute.shape {
        Shape::Nested(..) => format!(
            " (see [below for nested schema](#{}))",
            anchor(&format!("{parent}{}", attribute.name))
        ),
        Shape::Value(_) => String::new(),
    };
    format!(
        "- `{}` ({kind}) {}{below}\n",
        attribute.name, attribute.description
    )
}

fn anchor(path: &str) -> String {
    format!("nestedatt--{}", path.replace('.', "--"))
}

fn type_name(ty: &Type) -> String {
    match ty {
        Type::String => "String".to_owned(),
        Type::Bool => "Boolean".to_owned(),
        Type::Number => "Number".to_owned(),
        Type::Dynamic => "Dynamic".to_owned(),
        Type::List(of) => format!("List of {}", type_name(of)),
        Type::Set(of) => format!("Set of {}", type_name(of)),
        Type::Map(of) => format!("Map of {}", type_name(of)),
        Type::Tuple(_) => "Tuple".to_owned(),
        Type::Object(_) => "Object".to_owned(),
    }
}
