//! The forms in which servers write moments and waits.

use std::time::Duration;

use jiff::Timestamp;

/// A date as HTTP writes it (RFC 9110, 5.6.7), also with `UTC` where the standard says `GMT`, which
/// is how this API writes `rate_limit.retry_after`; or as RFC 3339 writes it.
pub(super) fn date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let time = match text.strip_suffix("UTC") {
        Some(rest) => httpdate::parse_http_date(&format!("{rest}GMT")),
        None => httpdate::parse_http_date(text),
    };
    match time {
        Ok(time) => Timestamp::try_from(time).ok(),
        Err(_) => text.parse().ok(),
    }
}

/// How long the server asks us to wait: a number of seconds, or a [`date`] judged against `now`,
/// which should be the server's own clock. A date gone by means no wait.
pub(super) fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if text.bytes().next()?.is_ascii_digit()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
    {
        return text.parse().ok().map(seconds);
    }
    let wait = date(text)?.duration_since(now);
    Some(Duration::try_from(wait).unwrap_or(Duration::ZERO))
}

/// `value` seconds, an absurdly long time if that is what it is.
fn seconds(value: f64) -> Duration {
    Duration::try_from_secs_f64(value).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2025-04-17T11:17:08Z";

    #[test]
    fn waits() {
        let now = NOW.parse().unwrap();
        for (text, expected) in [
            ("10", Some(10_000)),
            (" 0 ", Some(0)),
            ("1.5", Some(1_500)),
            ("Thu, 17 Apr 2025 11:17:18 GMT", Some(10_000)),
            ("Thu, 17 Apr 2025 11:17:18 UTC", Some(10_000)),
            ("Thursday, 17-Apr-25 11:17:18 GMT", Some(10_000)),
            ("Thu Apr 17 11:17:18 2025", Some(10_000)),
            ("2025-04-17T11:17:18Z", Some(10_000)),
            ("2025-04-17T13:17:18.25+02:00", Some(10_250)),
            ("Thu, 17 Apr 2025 11:00:00 UTC", Some(0)),
            ("", None),
            ("soon", None),
            ("-5", None),
            ("1.2.3", None),
            ("UTC", None),
            ("Thu, 17 Apr 2025 11:17:18 CET", None),
            ("2025-04-17", None),
            ("\u{665}", None),
        ] {
            assert_eq!(
                retry_after(text, now),
                expected.map(Duration::from_millis),
                "{text:?}"
            );
        }
        assert_eq!(retry_after(&"9".repeat(400), now), Some(Duration::MAX));
        assert!(retry_after("9999-12-01T00:00:00Z", now).unwrap() > Duration::from_secs(1 << 37));
    }
}
