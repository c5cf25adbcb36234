//! Checks of single values. None of them ever repeats the value.

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
    let text = value.as_str()?;
    not_blank(value, path).or_else(|| {
        let problem = if text.trim() != text {
            "starts or ends with whitespace"
        } else if text.contains(char::is_control) {
            "contains a control character"
        } else {
            return None;
        };
        Some(
            Diagnostic::error(
                "Stray Characters",
                format!("{path} {problem}, which incident.io would take literally. Remove it."),
            )
            .at(path.clone()),
        )
    })
}

/// Refuses what no key has: the newline that `file()` brings along, mostly.
pub(crate) fn secret(value: &Value<Text>, path: &Path) -> Option<Diagnostic> {
    let problem = single_line(value, path)?;
    if problem.summary == "Blank Value" {
        return Some(problem);
    }
    Some(
        Diagnostic::error(
            "Stray Characters in a Key",
            format!(
                "{path} starts or ends with whitespace or contains control characters (the value is not shown). A \
                 key read by file() usually ends in a newline: wrap it in trimspace()."
            ),
        )
        .at(path.clone()),
    )
}

/// Refuses an id that cannot be one segment of a URL's path. Its format is the
/// API's own business.
pub(crate) fn identifier(value: &Value<Text>, path: &Path) -> Option<Diagnostic> {
    single_line(value, path).or_else(|| {
        matches!(value.as_str()?, "." | "..").then(|| {
            Diagnostic::error(
                "Invalid Data Source ID",
                format!(
                    "{path} cannot be \".\" or \"..\". Copy the id of the data source from incident.io."
                ),
            )
            .at(path.clone())
        })
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
