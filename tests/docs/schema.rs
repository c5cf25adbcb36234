//! A schema as the Registry's pages show it: required, optional and read-only attributes, blocks
//! below.

use std::fmt::Write as _;

use terraform_plugin::schema::{Attribute, Block, Mode, Schema, Shape};
use terraform_plugin::value::Type;

const WRITE_ONLY: &str =
    "https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only";

/// The section `## Schema`.
pub(crate) fn section(schema: &Schema) -> String {
    let mut markdown = "## Schema\n".to_owned();
    groups(&mut markdown, &schema.attributes, &schema.blocks, |title| {
        format!("### {title}")
    });
    for block in &schema.blocks {
        let name = block.name;
        let _ = write!(
            markdown,
            "\n<a id=\"{}\"></a>\n### Nested Schema for `{name}`\n",
            anchor(name)
        );
        groups(&mut markdown, &block.attributes, &block.blocks, |title| {
            format!("{title}:")
        });
    }
    markdown.trim_end().to_owned()
}

/// The name, with that of its block, and the description of everything that can be configured or
/// read.
pub(crate) fn entries(schema: &Schema) -> Vec<(String, &str)> {
    fn of<'a>(parent: &str, attributes: &'a [Attribute]) -> Vec<(String, &'a str)> {
        let attributes = attributes.iter();
        attributes
            .map(|attribute| {
                let name = format!("{parent}{}", attribute.name);
                (name, &*attribute.description)
            })
            .collect()
    }
    let mut all = of("", &schema.attributes);
    for block in &schema.blocks {
        all.push((block.name.to_owned(), block.description));
        all.extend(of(&format!("{}.", block.name), &block.attributes));
    }
    all
}

/// A line for each attribute and block, by what a practitioner may do with it.
fn groups(
    markdown: &mut String,
    attributes: &[Attribute],
    blocks: &[Block],
    heading: impl Fn(&str) -> String,
) {
    let is_optional = |mode| matches!(mode, Mode::Optional | Mode::OptionalComputed);
    let groups: [(&str, &dyn Fn(Mode) -> bool); 3] = [
        ("Required", &|mode| mode == Mode::Required),
        ("Optional", &is_optional),
        ("Read-Only", &|mode| mode == Mode::Computed),
    ];
    for (title, belongs) in groups {
        let mut lines: Vec<_> = attributes
            .iter()
            .filter(|attribute| belongs(attribute.mode))
            .map(attribute_line)
            .collect();
        if title == "Optional" {
            lines.extend(blocks.iter().map(block_line));
        }
        if !lines.is_empty() {
            let _ = write!(markdown, "\n{}\n\n", heading(title));
            markdown.extend(lines);
        }
    }
}

fn attribute_line(attribute: &Attribute) -> String {
    let Shape::Value(ty) = &attribute.shape else {
        unreachable!("blocks are used here, and no nested attributes")
    };
    let mut kind = type_name(ty);
    if attribute.sensitive {
        kind.push_str(", Sensitive");
    }
    if attribute.write_only {
        let _ = write!(kind, ", [Write-only]({WRITE_ONLY})");
    }
    format!(
        "- `{}` ({kind}) {}\n",
        attribute.name, attribute.description
    )
}

fn block_line(block: &Block) -> String {
    format!(
        "- `{name}` (Block, Optional) {} (see [below for nested schema](#{}))\n",
        block.description,
        anchor(block.name),
        name = block.name,
    )
}

fn anchor(block: &str) -> String {
    format!("nestedblock--{block}")
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
