//! Checks of single values. None of them ever repeats a value that may be a secret.

use terraform_plugin::{Diagnostic, Path, Text, Value};

use crate::client::is_invisible;
use crate::summary::Summary;

/// Refuses an empty or blank string.
pub(crate) fn not_blank(value: &Value<Text>, path: &Path) -> Option<Diagnostic> {
    value.as_str()?.trim().is_empty().then(|| {
        Diagnostic::error(
            Summary::Blank,
            format!("{path} is empty or blank. Set it to a value, or remove it."),
        )
        .at(path.clone())
    })
}

/// Refuses what is blank, has whitespace at an end, or control or invisible characters in it.
pub(crate) fn single_line(value: &Value<Text>, path: &Path) -> Option<Diagnostic> {
    without(is_invisible, value, path)
}

/// The same of a text that people write as they like: emoji and some scripts are joined and varied
/// by what cannot be seen, and a blank may be one that does not break.
pub(crate) fn title(value: &Value<Text>, path: &Path) -> Option<Diagnostic> {
    let is_writing = |character| {
        matches!(
            character,
            '\u{200c}'..='\u{200d}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{e0020}'..='\u{e007f}'
                | '\u{a0}'
                | '\u{202f}'
        )
    };
    let is_stray = |character| is_invisible(character) && !is_writing(character);
    without(is_stray, value, path)
}

fn without(
    is_stray: impl Fn(char) -> bool,
    value: &Value<Text>,
    path: &Path,
) -> Option<Diagnostic> {
    not_blank(value, path).or_else(|| {
        let problem = stray_characters(value.as_str()?, is_stray)?;
        Some(
            Diagnostic::error(
                Summary::StrayCharacters,
                format!("{path} {problem}, which incident.io would store as it is. Remove it."),
            )
            .at(path.clone()),
        )
    })
}

fn stray_characters(text: &str, is_stray: impl Fn(char) -> bool) -> Option<&'static str> {
    if text.trim() != text {
        Some("starts or ends with whitespace")
    } else if text.contains(char::is_control) {
        Some("contains a line break or another control character")
    } else if text.contains(is_stray) {
        Some("contains an invisible character")
    } else {
        None
    }
}

/// Whether a text is in quotation marks, which a shell or a file did not take away.
pub(crate) fn is_quoted(text: &str) -> bool {
    let text = text.trim();
    let within = |mark| text.len() > 1 && text.starts_with(mark) && text.ends_with(mark);
    within('"') || within('\'')
}

/// What is wrong with a key, and what to do about it. Neither repeats any of it.
pub(crate) fn key_problem(key: &str) -> Option<(&'static str, &'static str)> {
    const NEWLINE: &str = "A key read by file() usually ends in a newline: wrap it in trimspace().";
    const MARK: &str =
        "A file saved on Windows may begin with a byte order mark: save it as UTF-8 without one.";
    let is_bearer = key
        .get(.."Bearer ".len())
        .is_some_and(|start| start.eq_ignore_ascii_case("Bearer "));
    if is_bearer {
        Some((
            "begins with \"Bearer\"",
            "Remove that and give only the key.",
        ))
    } else if is_quoted(key) {
        Some(("is in quotation marks", "Remove them."))
    } else if key.contains(is_invisible) {
        Some(("contains an invisible character", MARK))
    } else if key.trim() != key {
        Some(("starts or ends with whitespace", NEWLINE))
    } else if key.contains(char::is_control) {
        Some((
            "contains a line break or another control character",
            "Copy it again.",
        ))
    } else {
        None
    }
}

/// Refuses what no key has: the newline that `file()` brings along, mostly.
pub(crate) fn secret(value: &Value<Text>, path: &Path) -> Option<Diagnostic> {
    not_blank(value, path).or_else(|| {
        let (problem, advice) = key_problem(value.as_str()?)?;
        Some(
            Diagnostic::error(
                Summary::StrayInKey,
                format!("{path} {problem} (the value is not shown). {advice}"),
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
            Summary::NotInList,
            format!("{path} must be one of {list}, got {text:?}."),
        )
        .at(path.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_written_as_people_like() {
        let told = |check: fn(&Value<Text>, &Path) -> Option<Diagnostic>, text: &str| {
            check(&Value::text(text), &Path::attributes("name")).is_some()
        };
        for text in [
            "\u{1f5a5}\u{fe0f} Prod",
            "\u{1f469}\u{200d}\u{1f4bb}",
            "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
            "EU\u{a0}1",
        ] {
            assert!(!told(title, text), "{text}");
            assert!(told(single_line, text), "{text}");
        }
        for text in ["Prod\u{200b}", "\u{202e}Prod", "\u{feff}Prod", "Prod\u{a0}"] {
            assert!(told(title, text), "{text:?}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_key() {
        for (key, problem) in [
            ("glsa_key", None),
            ("", None),
            ("k\u{e9}y", None),
            ("Bearer inc_key", Some("begins with \"Bearer\"")),
            ("bearer inc_key", Some("begins with \"Bearer\"")),
            ("\"inc_key\"", Some("is in quotation marks")),
            (" 'inc_key' ", Some("is in quotation marks")),
            ("\"", None),
            ("\u{feff}inc_key", Some("contains an invisible character")),
            ("inc\u{200b}_key", Some("contains an invisible character")),
            ("inc_key\n", Some("starts or ends with whitespace")),
            ("inc\u{a0}key", Some("contains an invisible character")),
            (
                "inc\u{7}key",
                Some("contains a line break or another control character"),
            ),
        ] {
            assert_eq!(key_problem(key).map(|(what, _)| what), problem, "{key:?}");
        }
    }
}
