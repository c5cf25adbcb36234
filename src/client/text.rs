//! Makes text from outside fit to be shown.

use std::time::Duration;

use super::scrub::Scrubber;

/// The longest message of the API that is passed on, in characters.
const LONGEST_MESSAGE: usize = 1000;
/// The longest code, field, id, title or quotation.
const LONGEST_WORD: usize = 200;

/// A message of the API without secrets and control characters, on one line and of bounded length.
pub(super) fn message(text: &str, scrubber: &Scrubber) -> String {
    single_line(&scrubber.scrub(text), LONGEST_MESSAGE)
}

/// The same for what should be short, and `None` for what is empty.
pub(super) fn word(text: &str, scrubber: &Scrubber) -> Option<String> {
    let word = single_line(&scrubber.scrub(text), LONGEST_WORD);
    (!word.is_empty()).then_some(word)
}

/// A sentence part that says what a body is, for one that is not the JSON it should be: never the whole of it.
pub(super) fn describe(body: &[u8], complete: bool, scrubber: &Scrubber) -> String {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    let kind = if text.is_empty() {
        return "an empty body".to_owned();
    } else if text.starts_with('<') {
        match title(text).and_then(|title| word(&title, scrubber)) {
            Some(title) => return format!("an HTML page titled \"{title}\""),
            None => return "an HTML page without a title".to_owned(),
        }
    } else if text.starts_with(['{', '[']) {
        "JSON"
    } else {
        "text"
    };
    let clean = if complete {
        scrubber.scrub(text)
    } else {
        scrubber.scrub_broken_off(text)
    };
    format!(
        "{kind} that begins \"{}\"",
        single_line(&clean, LONGEST_WORD)
    )
}

/// What stands between the tags of the title, with the usual entities resolved.
fn title(html: &str) -> Option<String> {
    // ASCII lower case keeps all offsets.
    let lower = html.to_ascii_lowercase();
    let tag = lower.find("<title")?;
    let start = tag + lower[tag..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    let mut title = html[start..end].to_owned();
    for (entity, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ] {
        title = title.replace(entity, character);
    }
    Some(title)
}

/// `text` with white space collapsed, what steers a terminal or the direction of writing replaced, and cut after
/// `longest` characters.
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

fn steers(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
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
    use crate::client::Secret;

    #[test]
    fn bodies_are_summed_up() {
        let scrubber = Scrubber::new([Secret::new("glsa_<123>".to_owned())]);
        let long = "x".repeat(5000);
        for (body, complete, expected) in [
            ("", true, "an empty body".to_owned()),
            (" \r\n", true, "an empty body".to_owned()),
            (
                "<!DOCTYPE html>\n<HTML><head><Title lang=en>502 Bad\n  Gateway &amp; more</TITLE>",
                true,
                "an HTML page titled \"502 Bad Gateway & more\"".to_owned(),
            ),
            (
                "<html><title>glsa_&lt;123&gt;</title>",
                true,
                "an HTML page titled \"[redacted]\"".to_owned(),
            ),
            (
                "<html><body>no",
                true,
                "an HTML page without a title".to_owned(),
            ),
            ("<title", true, "an HTML page without a title".to_owned()),
            (
                "upstream \u{1b}[31merror\u{7}",
                true,
                "text that begins \"upstream \u{fffd}[31merror\u{fffd}\"".to_owned(),
            ),
            (
                "{\"key\":\"glsa_<12",
                false,
                "JSON that begins \"{\"key\":\"[redacted]\"".to_owned(),
            ),
            (
                &long,
                true,
                format!("text that begins \"{}…\"", "x".repeat(200)),
            ),
        ] {
            assert_eq!(describe(body.as_bytes(), complete, &scrubber), expected);
        }
        assert_eq!(
            describe(b"\xff\xfe", true, &scrubber),
            "text that begins \"\u{fffd}\u{fffd}\""
        );
    }

    #[test]
    fn lines() {
        assert_eq!(
            single_line(" a\r\n\tb \u{202e}c\u{0} ", 99),
            "a b \u{fffd}c\u{fffd}"
        );
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
