//! Takes our secrets out of what the API says.

use super::secret::Secret;

/// What stands in place of a secret.
const PLACEHOLDER: &str = "[redacted]";
/// A shorter value is left alone: it is no secret to anyone who can count, and replacing every `a`
/// of a message would both spoil the message and tell what the value is.
const SHORTEST_SECRET: usize = 4;
/// Encoders differ in what they escape: Go's JSON has `\u0026` for `&`, and some URLs `%5F` for
/// `_`. So either form of a character counts wherever it may stand.
const FORMS: [Form; 3] = [plain, json, percent];

/// The length of `wanted` at the start of a text, in one form.
type Form = fn(wanted: char, text: &str) -> Option<usize>;

/// Finds secrets as they are, as JSON escapes them and as URLs do. More is not needed: all that is
/// shown of an answer are decoded messages.
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
        let mut clean = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            // One secret may be the beginning of another.
            let secrets = self.secrets.iter().map(Secret::expose);
            let found = secrets
                .flat_map(|secret| FORMS.map(|form| leading(secret, rest, form)))
                .max();
            if let Some(Some(length)) = found {
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

fn leading(secret: &str, text: &str, form: Form) -> Option<usize> {
    secret
        .chars()
        .try_fold(0, |end, wanted| Some(end + form(wanted, &text[end..])?))
}

fn plain(wanted: char, text: &str) -> Option<usize> {
    text.starts_with(wanted).then_some(wanted.len_utf8())
}

fn json(wanted: char, text: &str) -> Option<usize> {
    let short = match wanted {
        '\u{8}' => 'b',
        '\u{c}' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        other => other,
    };
    let has_short = short != wanted || matches!(wanted, '"' | '\\' | '/');
    let after = text.strip_prefix('\\');
    if has_short && after.is_some_and(|after| after.starts_with(short)) {
        return Some(2);
    }
    let mut utf16 = [0; 2];
    let units = wanted.encode_utf16(&mut utf16).iter();
    let units = units.map(|&unit| (r"\u", 4, u32::from(unit)));
    escaped(units, text).or_else(|| plain(wanted, text))
}

fn percent(wanted: char, text: &str) -> Option<usize> {
    if wanted == ' ' && text.starts_with('+') {
        return Some(1);
    }
    let mut utf8 = [0; 4];
    let bytes = wanted
        .encode_utf8(&mut utf8)
        .bytes()
        .map(|byte| ("%", 2, u32::from(byte)));
    escaped(bytes, text).or_else(|| plain(wanted, text))
}

/// The length of these numbers in a row, each with its mark and so many hexadecimal digits.
fn escaped(units: impl Iterator<Item = (&'static str, usize, u32)>, text: &str) -> Option<usize> {
    let mut rest = text;
    for (mark, digits, unit) in units {
        rest = rest.strip_prefix(mark)?;
        let number = u32::from_str_radix(rest.get(..digits)?, 16).ok()?;
        rest = (number == unit).then(|| &rest[digits..])?;
    }
    Some(text.len() - rest.len())
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

    #[test]
    fn each_form_is_found() {
        for (secret, text) in [
            ("glsa_123", "glsa_123"),
            ("a/b+c==", "a%2Fb%2Bc%3D%3D"),
            ("ké\"y\\z", r#"ké\"y\\z"#),
            ("\"quoted\"", r#"\"quoted\""#),
            ("ké\"y\\z", "k%C3%A9%22y%5Cz"),
            ("tab\tnew", r"tab\tnew"),
            ("tab\tnew", r"tab\u0009new"),
            ("a<b>&'/", r"a\u003cb\u003E\u0026'\/"),
            ("ké\"y\\z", r#"k\u00e9\"y\\z"#),
            ("key\u{1f511}", r"key\ud83d\udd11"),
            ("inc_live_1", "inc%5Flive%5f1"),
            ("a/b+c==", "a%2fb%2Bc%3d="),
            ("a b c", "a+b%20c"),
            ("a%41b", "a%41b"),
            ("a%41b", "a%2541b"),
        ] {
            let message = format!("key '{text}' is wrong");
            let clean = scrubber(&[secret]).scrub(&message);
            assert_eq!(clean, "key '[redacted]' is wrong", "{secret} in {message}");
        }
    }

    #[test]
    fn everything_else_stays() {
        let scrubber = scrubber(&["glsa_123", "abc", ""]);
        for text in ["", "glsa_12", "glsa_124 abc \\ % & + %2", "é\u{1f511}"] {
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

    proptest! {
        #[test]
        fn no_secret_is_left(secret in "\\PC{4,20}", before in "\\PC{0,9}", after in "\\PC{0,9}") {
            let scrubber = scrubber(&[&secret]);
            let json = serde_json::to_string(&secret).unwrap();
            let url = utf8_percent_encode(&secret, NON_ALPHANUMERIC).to_string();
            for spelled in [&secret, &json[1..json.len() - 1], &url] {
                let clean = scrubber.scrub(&format!("{before} {spelled} {after}"));
                prop_assert!(clean.contains(PLACEHOLDER), "{clean}");
            }
        }

        #[test]
        fn anything_goes(secret in ".{4,9}", text in "(?s).{0,60}") {
            scrubber(&[&secret]).scrub(&text);
        }
    }
}
