//! Checks of single values. None of them ever repeats a value that may be a secret.

use terraform_plugin::{Diagnostic, Path, Text, Value};

/// Refuses an empty or blank string.
pub(crate) fn not_blank(value: &Value<Text>, path: &Path) -> Option<Diagnostic> {
    value.as_str()?.trim().is_empty().then(|| {
        Diagnostic::error(
            "Blank Value",
            format!("{path} is empty or blank. Give it a value, or remove it (or set it to null)."),
        )
        .at(path.clone())
    })
}

/// Refuses what is blank, has whitespace at an end, or control characters in it.
pub(crate) fn single_line(value: &Value<Text>, path: &Path) -> Option<Diagnostic> {
    not_blank(value, path).or_else(|| {
        let problem = stray_characters(value.as_str()?)?;
        Some(
            Diagnostic::error(
                "Stray Characters",
                format!("{path} {problem}, which incident.io would take literally. Remove it."),
            )
            .at(path.clone()),
        )
    })
}

fn stray_characters(text: &str) -> Option<&'static str> {
    if text.trim() != text {
        Some("starts or ends with whitespace")
    } else if text.contains(char::is_control) {
        Some("contains a control character")
    } else {
        None
    }
}

/// Refuses what no key has: the newline that `file()` brings along, mostly.
pub(crate) fn secret(value: &Value<Text>, path: &Path) -> Option<Diagnostic> {
    not_blank(value, path).or_else(|| {
        stray_characters(value.as_str()?)?;
        Some(
            Diagnostic::error(
                "Stray Characters in a Key",
                format!(
                    "{path} starts or ends with whitespace or contains control characters (the \
                     value is not shown). A key read by file() usually ends in a newline: wrap it \
                     in trimspace()."
                ),
            )
            .at(path.clone()),
        )
    })
}

/// Refuses what is not in the list.
pub(crate) fn one_of(value: &Value<Text>, path: &Path, allowed: &[&str]) -> Option<Diagnostic> {
    let text = value.as_str()?;
    (!allowed.contains(&text)).then(|| {
        let list = allowed
            .iter()
            .map(|name| format!("{name:?}"))
            .collect::<Vec<_>>()
            .join(", ");
        Diagnostic::error(
            "Invalid Value",
            format!("{path} is {text:?}, and has to be one of {list}."),
        )
        .at(path.clone())
    })
}
