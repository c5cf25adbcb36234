//! Makes text from outside fit to be shown.

use std::time::Duration;

use serde::de::IgnoredAny;

use super::scrub::Scrubber;

/// The longest message of the API that is passed on, in characters.
const LONGEST_MESSAGE: usize = 1000;
/// The longest code, field or id.
const LONGEST_WORD: usize = 200;

/// A message of the API without secrets and control characters, on one line and of bounded length.
pub(super) fn message(text: &str, scrubber: &Scrubber) -> String {
    fit_to_show(text, scrubber, LONGEST_MESSAGE)
}

/// The same for what should be short, and `None` for what is empty.
pub(super) fn word(text: &str, scrubber: &Scrubber) -> Option<String> {
    let word = fit_to_show(text, scrubber, LONGEST_WORD);
    (!word.is_empty()).then_some(word)
}

/// Scrubbed before and after: white space that is collapsed, or a character that is replaced, may
/// make a secret of what was almost one.
fn fit_to_show(text: &str, scrubber: &Scrubber, longest: usize) -> String {
    let line = single_line(&scrubber.scrub(text), usize::MAX);
    single_line(&scrubber.scrub(&line), longest)
}

/// What a body is that is not the JSON it should be, without a word of it: it may hold anything.
pub(super) fn describe(body: &[u8], complete: bool) -> String {
    let kind = match body.trim_ascii_start().first() {
        None => return "an empty body".to_owned(),
        Some(b'<') => "an HTML page",
        Some(_) if serde_json::from_slice::<IgnoredAny>(body).is_ok() => {
            "JSON in an unexpected shape"
        }
        Some(_) => "text",
    };
    let length = body.len();
    let cut_off = if complete { "" } else { ", cut off" };
    format!("{kind} ({length} bytes{cut_off})")
}

/// `text` with white space collapsed, what steers a terminal or the direction of writing replaced,
/// and cut after `longest` characters.
pub(super) fn single_line(text: &str, longest: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        for character in word.chars() {
            if length >= longest {
                line.truncate(line.trim_end().len());
                line.push('…');
                return line;
            }
            line.push(if steers(character) {
                char::REPLACEMENT_CHARACTER
            } else {
                character
            });
            length += 1;
        }
    }
    line
}

/// All that is not shown for what it is, except for what chooses how the character before it looks:
/// many emoji end in that.
fn steers(character: char) -> bool {
    let chooses = matches!(character, '\u{fe00}'..='\u{fe0f}');
    character.is_control() || is_invisible(character) && !chooses
}

/// Characters that no terminal and no editor shows for what they are: a byte order mark, zero-width
/// ones, those that turn the direction of writing, blanks that are no space.
pub(crate) fn is_invisible(character: char) -> bool {
    let is_blank = character.is_whitespace() && !character.is_ascii();
    is_blank
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// A duration as people read it: `250ms`, `1.5s`, `2m 5s`.
pub(super) fn duration(value: Duration) -> String {
    let seconds = value.as_secs();
    match seconds {
        0 => format!("{}ms", value.as_millis()),
        1..60 => {
            let tenths = value.subsec_millis() / 100;
            if tenths == 0 {
                format!("{seconds}s")
            } else {
                format!("{seconds}.{tenths}s")
            }
        }
        60..3600 => parts(seconds / 60, "m", seconds % 60, "s"),
        3600..86_400 => parts(seconds / 3600, "h", seconds % 3600 / 60, "m"),
        _ => parts(seconds / 86_400, "d", seconds % 86_400 / 3600, "h"),
    }
}

fn parts(large: u64, large_unit: &str, small: u64, small_unit: &str) -> String {
    if small == 0 {
        format!("{large}{large_unit}")
    } else {
        format!("{large}{large_unit} {small}{small_unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::secret::Secret;

    #[test]
    fn bodies_are_summed_up() {
        let long = "x".repeat(5000);
        for (body, complete, expected) in [
            ("", true, "an empty body"),
            (" \r\n", false, "an empty body"),
            ("<!DOCTYPE html>\n<HTML>", true, "an HTML page (22 bytes)"),
            (" <", true, "an HTML page (2 bytes)"),
            ("upstream \u{1b}[31merror", true, "text (19 bytes)"),
            ("{\"key\":\"glsa_<12", false, "text (16 bytes, cut off)"),
            ("[1]", true, "JSON in an unexpected shape (3 bytes)"),
            (&long, true, "text (5000 bytes)"),
        ] {
            assert_eq!(describe(body.as_bytes(), complete), expected);
        }
        assert_eq!(describe(b"\xff\xfe", true), "text (2 bytes)");
    }

    #[test]
    fn a_secret_is_found_in_what_is_shown() {
        let scrubber =
            Scrubber::new(["two words".to_owned(), "a\tb\tc".to_owned()].map(Secret::new));
        for text in ["two words", "two\n words", " two \u{b}words", "a\tb\tc"] {
            assert_eq!(message(text, &scrubber), "[redacted]", "{text:?}");
            assert_eq!(
                word(text, &scrubber).as_deref(),
                Some("[redacted]"),
                "{text:?}"
            );
        }
    }

    #[test]
    fn lines() {
        assert_eq!(
            single_line(" a\r\n\tb \u{202e}c\u{0} ", 99),
            "a b \u{fffd}c\u{fffd}"
        );
        for hidden in ['\u{61c}', '\u{ad}', '\u{200b}', '\u{feff}', '\u{e0041}'] {
            assert_eq!(single_line(&format!("a{hidden}b"), 99), "a\u{fffd}b");
        }
        assert_eq!(single_line("\u{26a0}\u{fe0f} a", 99), "\u{26a0}\u{fe0f} a");
        assert_eq!(single_line("abc def", 3), "abc…");
        assert_eq!(single_line("abc", 3), "abc");
    }

    #[test]
    fn durations() {
        for (millis, expected) in [
            (0, "0ms"),
            (250, "250ms"),
            (1000, "1s"),
            (1550, "1.5s"),
            (60_000, "1m"),
            (125_000, "2m 5s"),
            (3_600_000, "1h"),
            (90_000_000, "1d 1h"),
        ] {
            assert_eq!(duration(Duration::from_millis(millis)), expected);
        }
    }
}
