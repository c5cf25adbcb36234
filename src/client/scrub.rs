//! Takes our secrets out of what the API says.

use super::secret::Secret;

/// What stands in place of a secret.
pub(super) const PLACEHOLDER: &str = "[redacted]";
/// A shorter value is left alone: it is no secret to anyone who can count, and replacing every `a` of a message
/// would both spoil the message and tell what the value is.
const SHORTEST_SECRET: usize = 4;
/// How many times over a value may have been escaped: JSON in JSON in JSON.
const BACKSLASHES: [usize; 4] = [1, 2, 4, 8];
/// The longest run of backslashes that is looked through for an escaped character, and the most `amp;` in a row:
/// more than any of those forms has. Without an end, a body of nothing else would take hours.
const LONGEST_RUN: usize = 32;
const MOST_ENTITIES: usize = 8;

/// Finds secrets as they are and as URLs, JSON, Go and HTML spell them, also mixed and repeatedly escaped.
#[derive(Debug, Clone, Default)]
pub(super) struct Scrubber {
    secrets: Vec<Secret>,
}

impl Scrubber {
    /// A scrubber of every one of `secrets` that is long enough to be one.
    pub(super) fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        let long_enough = |secret: &Secret| secret.expose().chars().count() >= SHORTEST_SECRET;
        Self {
            secrets: secrets.into_iter().filter(long_enough).collect(),
        }
    }

    /// `text` with every secret replaced.
    pub(super) fn scrub(&self, text: &str) -> String {
        self.replace(text, false)
    }

    /// The same for a text that broke off, whose end may be the beginning of a secret.
    pub(super) fn scrub_broken_off(&self, text: &str) -> String {
        self.replace(text.trim_end_matches(char::REPLACEMENT_CHARACTER), true)
    }

    fn replace(&self, text: &str, broken_off: bool) -> String {
        let mut clean = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let found = self
                .secrets
                .iter()
                .filter_map(|secret| leading(secret.expose(), rest, broken_off))
                .max();
            if let Some(length) = found {
                clean.push_str(PLACEHOLDER);
                rest = &rest[length..];
            } else {
                clean.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        clean
    }
}

/// The length of the longest spelling of `secret` that `text` starts with.
///
/// One character may be spelled in several ways, and a spelling may be the start of another (`\` and `\\`), so this
/// follows all of them at once, character by character.
fn leading(secret: &str, text: &str, broken_off: bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut ends = vec![];
    let mut next = vec![0];
    for (position, wanted) in secret.chars().enumerate() {
        std::mem::swap(&mut ends, &mut next);
        next.clear();
        for &end in &ends {
            if broken_off && position >= SHORTEST_SECRET && is_cut_short(&bytes[end..]) {
                return Some(text.len());
            }
            spellings(wanted, &bytes[end..], |length| {
                if !next.contains(&(end + length)) {
                    next.push(end + length);
                }
            });
        }
        if next.is_empty() {
            return None;
        }
    }
    next.into_iter().max()
}

/// Whether nothing is left, or only the start of an escaped character.
fn is_cut_short(rest: &[u8]) -> bool {
    rest.is_empty() || (rest.len() <= 8 && matches!(rest[0], b'%' | b'\\' | b'&'))
}

/// Reports the length of every spelling of `wanted` that `text` starts with.
fn spellings(wanted: char, text: &[u8], mut found: impl FnMut(usize)) {
    let mut utf8 = [0; 4];
    let raw = wanted.encode_utf8(&mut utf8).as_bytes();
    if text.starts_with(raw) {
        found(raw.len());
    }
    match text.first() {
        Some(b'+') if wanted == ' ' => found(1),
        Some(b'%') => percent(raw, text, found),
        Some(b'&') => entity(wanted, text, found),
        Some(b'\\') => {
            let backslashes = text.iter().take_while(|&&byte| byte == b'\\');
            let run = backslashes.take(LONGEST_RUN).count();
            if wanted == '\\' {
                BACKSLASHES
                    .into_iter()
                    .filter(|&length| length <= run)
                    .for_each(&mut found);
            }
            if let Some(length) = backslash(wanted, &text[..run], &text[run..]) {
                found(run + length);
            }
        }
        _ => {}
    }
}

/// `%41`, for every byte of the character; `%2541` if done twice.
fn percent(raw: &[u8], text: &[u8], mut found: impl FnMut(usize)) {
    for again in 0..3 {
        let mut rest = text;
        let all = raw.iter().all(|&byte| {
            let Some(mut digits) = rest.strip_prefix(b"%") else {
                return false;
            };
            for _ in 0..again {
                let Some(less) = digits.strip_prefix(b"25") else {
                    return false;
                };
                digits = less;
            }
            let same =
                digits.get(..2).and_then(|digits| number(digits, 16)) == Some(u32::from(byte));
            rest = digits.get(2..).unwrap_or_default();
            same
        });
        if all {
            found(text.len() - rest.len());
        }
    }
}

/// `&amp;`, `&#38;` and `&#x26;`; `&amp;amp;` if done twice.
fn entity(wanted: char, text: &[u8], mut found: impl FnMut(usize)) {
    let mut rest = &text[1..];
    for _ in 0..MOST_ENTITIES {
        let Some(end) = rest.iter().take(10).position(|&byte| byte == b';') else {
            return;
        };
        let name = &rest[..end];
        let code = match name {
            b"amp" => Some(u32::from('&')),
            b"lt" => Some(u32::from('<')),
            b"gt" => Some(u32::from('>')),
            b"quot" => Some(u32::from('"')),
            b"apos" => Some(u32::from('\'')),
            [b'#', b'x' | b'X', digits @ ..] => number(digits, 16),
            [b'#', digits @ ..] => number(digits, 10),
            _ => None,
        };
        rest = &rest[end + 1..];
        if code == Some(u32::from(wanted)) {
            found(text.len() - rest.len());
        }
        if name != b"amp" {
            return;
        }
    }
}

/// What follows a run of backslashes: `n`, `"`, `u00e9`, `x41`; the same run again between surrogates.
fn backslash(wanted: char, run: &[u8], text: &[u8]) -> Option<usize> {
    let simple = match wanted {
        '"' | '\'' | '/' | '\\' => u8::try_from(wanted).ok(),
        '\u{8}' => Some(b'b'),
        '\u{c}' => Some(b'f'),
        '\n' => Some(b'n'),
        '\r' => Some(b'r'),
        '\t' => Some(b't'),
        _ => None,
    };
    match text.first()? {
        b'x' => (number(text.get(1..3)?, 16)? == u32::from(wanted)).then_some(3),
        b'u' => {
            let mut units = [0; 2];
            let mut rest = text;
            for (index, unit) in wanted.encode_utf16(&mut units).iter().enumerate() {
                if index > 0 {
                    rest = rest.strip_prefix(run)?;
                }
                rest = rest.strip_prefix(b"u")?;
                if number(rest.get(..4)?, 16)? != u32::from(*unit) {
                    return None;
                }
                rest = &rest[4..];
            }
            Some(text.len() - rest.len())
        }
        first => (Some(*first) == simple).then_some(1),
    }
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    let digits = str::from_utf8(digits)
        .ok()
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_alphanumeric()))?;
    u32::from_str_radix(digits, radix).ok()
}

#[cfg(test)]
mod tests {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;

    use super::*;

    fn scrubber(secrets: &[&str]) -> Scrubber {
        Scrubber::new(
            secrets
                .iter()
                .map(|secret| Secret::new((*secret).to_owned())),
        )
    }

    /// Much of what may be the start of an escaped secret, wherever one looks.
    #[test]
    fn endless_escapes_take_no_time() {
        let scrubber = scrubber(&["\"&\\glsa\"", "&&&&"]);
        for piece in ["\\", "amp;", "&amp;", "%25", "\\u", "\\\\\"&amp;"] {
            let text = format!("&{}", piece.repeat((1 << 17) / piece.len()));
            let start = std::time::Instant::now();
            scrubber.scrub(&text);
            let took = start.elapsed();
            assert!(took.as_secs() < 30, "{piece}: {took:?}");
        }
    }

    #[test]
    fn every_spelling_is_found() {
        for (secret, text) in [
            ("glsa_123", "glsa_123"),
            ("a/b+c==", "a%2Fb%2Bc%3D%3D"),
            ("a/b+c==", "a%2fb%2bc%3d="),
            ("a/b+c==", "a%252Fb%252Bc%253D%253D"),
            ("a/b+c==", r"a\/b+c=="),
            ("a b c", "a+b%20c"),
            ("ké\"y\\z", r#"k\u00e9\"y\\z"#),
            ("ké\"y\\z", r#"k\\u00E9\\\"y\\\\z"#),
            ("ké\"y\\z", "k%C3%A9%22y%5Cz"),
            ("a<b>&'", r"a\u003cb\u003e\u0026'"),
            ("a<b>&'", "a&lt;b&gt;&amp;&#39;"),
            ("a<b>&'", "a&amp;lt;b&#x3E;&amp;amp;&apos;"),
            ("key\u{1f511}", r"key\ud83d\udd11"),
            ("key\u{1f511}", r"key\\uD83D\\uDD11"),
            ("tab\tnew", r"tab\tnew"),
            ("tab\tnew", r"tab\x09new"),
            ("a%41b", "a%41b"),
            ("a%41b", "a%2541b"),
            ("a%Ab+", "a%2525Ab%2B"),
            ("%25%25", "%2525%2525"),
            ("\\\\\\\\", r"\\\\\\\\"),
        ] {
            let message = format!("key '{text}' is wrong");
            let clean = scrubber(&[secret]).scrub(&message);
            assert_eq!(clean, "key '[redacted]' is wrong", "{secret} in {message}");
        }
    }

    #[test]
    fn everything_else_stays() {
        let scrubber = scrubber(&["glsa_123", "abc", ""]);
        for text in [
            "",
            "glsa_12",
            "glsa_124 abc \\ % & + \\u00 %2 &#",
            "é\u{1f511}",
        ] {
            assert_eq!(scrubber.scrub(text), text);
        }
    }

    #[test]
    fn the_longest_secret_wins() {
        assert_eq!(
            scrubber(&["abcd", "abcdef"]).scrub("abcdefabcde"),
            "[redacted][redacted]e"
        );
    }

    #[test]
    fn a_text_that_broke_off_within_a_secret() {
        let scrubber = scrubber(&["glsa_1\u{e9}23"]);
        for (text, expected) in [
            ("bad key glsa_1", "bad key [redacted]"),
            ("bad key glsa_1\u{fffd}", "bad key [redacted]"),
            ("bad key glsa_1%C", "bad key [redacted]"),
            (r"bad key glsa_1\u00", "bad key [redacted]"),
            ("bad key gls", "bad key gls"),
            ("bad key glsa_2", "bad key glsa_2"),
        ] {
            assert_eq!(scrubber.scrub_broken_off(text), expected, "{text}");
        }
        assert_eq!(
            scrubber.scrub("must start with glsa_"),
            "must start with glsa_"
        );
    }

    proptest! {
        #[test]
        fn encoders_agree(secret in "\\PC{4,20}", before in "\\PC{0,9}", after in "\\PC{0,9}") {
            let scrubber = scrubber(&[&secret]);
            let json = serde_json::to_string(&secret).unwrap();
            let twice = serde_json::to_string(&json[1..json.len() - 1]).unwrap();
            let url = utf8_percent_encode(&secret, NON_ALPHANUMERIC).to_string();
            for spelled in [&secret, &json[1..json.len() - 1], &twice[1..twice.len() - 1], &url] {
                let clean = scrubber.scrub(&format!("{before} {spelled} {after}"));
                prop_assert!(clean.contains(PLACEHOLDER), "{clean}");
            }
        }

        #[test]
        fn anything_goes(secret in ".{0,9}", text in ".{0,60}") {
            let scrubber = scrubber(&[&secret]);
            scrubber.scrub_broken_off(&scrubber.scrub(&text));
        }
    }
}
