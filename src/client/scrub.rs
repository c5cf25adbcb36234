//! Takes our secrets out of what the API says.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

use super::secret::Secret;

/// What stands in place of a secret.
const PLACEHOLDER: &str = "[redacted]";
/// A shorter value is left alone: it is no secret to anyone who can count, and replacing every `a`
/// of a message would both spoil the message and tell what the value is.
const SHORTEST_SECRET: usize = 4;
/// What no encoder of URLs touches (RFC 3986, 2.3) stays.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

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
        let mut spellings: Vec<_> = self.secrets.iter().flat_map(spellings).collect();
        // One secret may be the beginning of another.
        spellings.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
        let mut clean = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let found = spellings
                .iter()
                .find_map(|spelling| rest.strip_prefix(spelling.as_str()));
            if let Some(after) = found {
                clean.push_str(PLACEHOLDER);
                rest = after;
            } else {
                clean.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        clean
    }
}

/// The secret plain, JSON-escaped and percent-escaped.
fn spellings(secret: &Secret) -> [Zeroizing<String>; 3] {
    let plain = secret.expose();
    // Writing text as JSON cannot fail; if it did, the plain form would stand in for it.
    let json = Zeroizing::new(serde_json::to_string(plain).unwrap_or_default());
    let unquoted = json
        .strip_prefix('"')
        .and_then(|json| json.strip_suffix('"'));
    [
        plain.to_owned(),
        unquoted.unwrap_or(plain).to_owned(),
        utf8_percent_encode(plain, ESCAPED).to_string(),
    ]
    .map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
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
            for spelled in spellings(&Secret::new(secret)) {
                let clean = scrubber.scrub(&format!("{before} {} {after}", *spelled));
                prop_assert!(clean.contains(PLACEHOLDER), "{clean}");
            }
        }
    }
}
