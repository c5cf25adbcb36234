//! What requests carry beside their body.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use zeroize::Zeroizing;

use super::error::ClientError;
use super::secret::Secret;

/// # Errors
/// Says what is wrong with the key, without quoting it.
pub(super) fn check_key(key: &str) -> Result<(), &'static str> {
    if key.is_empty() {
        return Err("it is empty");
    }
    if key.trim().len() != key.len() {
        return Err(
            "it begins or ends with whitespace, perhaps the line break at the end of a file",
        );
    }
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("it contains whitespace, a control character or a character outside ASCII");
    }
    Ok(())
}

/// `Bearer <key>` in a buffer that is wiped with the client, and that no library prints.
pub(super) fn authorization(key: &Secret) -> Result<HeaderValue, ClientError> {
    const SCHEME: &str = "Bearer ";
    let mut value = Zeroizing::new(Vec::with_capacity(SCHEME.len() + key.expose().len()));
    value.extend_from_slice(SCHEME.as_bytes());
    value.extend_from_slice(key.expose().as_bytes());
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(value))
        .map_err(|_| ClientError::InvalidCredential("it cannot be written into a header"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// What a request without a body leaves out.
pub(super) fn content(body: &Bytes) -> HeaderMap {
    let json = (!body.is_empty()).then_some(HeaderValue::from_static("application/json"));
    json.map(|json| (header::CONTENT_TYPE, json))
        .into_iter()
        .collect()
}

/// `text` without what a header cannot hold; parts of it come from the environment.
pub(super) fn user_agent(text: &str) -> HeaderValue {
    let clean: String = text
        .chars()
        .filter(|&character| character == ' ' || character.is_ascii_graphic())
        .collect();
    HeaderValue::try_from(clean.trim()).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        for (key, fine) in [
            ("inc_1234", true),
            ("", false),
            ("inc_1234\n", false),
            (" inc_1234", false),
            ("inc 1234", false),
            ("inc_\u{0}1234", false),
            ("inc_\u{e9}", false),
        ] {
            assert_eq!(check_key(key).is_ok(), fine, "{key:?}");
        }
        let header = authorization(&Secret::new("inc_1234".to_owned())).unwrap();
        assert_eq!(
            (header.as_bytes(), format!("{header:?}").as_str()),
            (b"Bearer inc_1234".as_slice(), "Sensitive")
        );
    }

    #[test]
    fn user_agents() {
        assert_eq!(
            user_agent("a/1 (+https://x)\r\nX: y\u{e9} "),
            "a/1 (+https://x)X: y"
        );
        assert_eq!(user_agent(""), "");
    }
}
