//! What an answer tells of the limit that binds its request.

use std::time::Duration;

use http::{HeaderMap, HeaderName};

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const MINUTE: Duration = Duration::from_mins(1);
/// Nobody limits a key to less than a request a minute: what says so is not understood, and taking
/// it at its word would hold up a plan for hours.
const SLOWEST: f64 = 1.0 / 60.0;

/// So many requests in so much time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::client) struct Quota {
    /// At least 1.
    pub(super) requests: u32,
    window: Duration,
}

impl Quota {
    /// So many requests a minute, at least 1.
    pub(super) fn per_minute(requests: u32) -> Self {
        Self {
            requests: requests.max(1),
            window: MINUTE,
        }
    }

    /// How many requests come back in a second; above 0.
    pub(super) fn per_second(self) -> f64 {
        f64::from(self.requests) / self.window.as_secs_f64()
    }

    /// How long it takes to be full again.
    pub(super) fn window(self) -> Duration {
        self.window
    }
}

/// The limit that bound a request, and how much of it was left afterwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::client) struct Standing {
    pub(super) quota: Quota,
    pub(super) remaining: u32,
}

impl Standing {
    /// Reads the API's `X-RateLimit-Limit` (`60, 1200;window=60, 60;window=60`: the quota that
    /// binds, then every one that applied with its window in seconds) and `X-RateLimit-Remaining`.
    /// `None` where either is missing or makes no sense.
    pub(in crate::client) fn read(headers: &HeaderMap) -> Option<Self> {
        let text = |name: HeaderName| headers.get(name)?.to_str().ok();
        let mut limits = text(LIMIT)?.split(',').map(str::trim);
        let requests = number(limits.next()?)?;
        let window = limits
            .filter_map(|limit| {
                let (number_of, window) = limit.split_once(';')?;
                let seconds = window.trim().strip_prefix("window=")?;
                (number(number_of)? == requests).then_some(number(seconds)?)
            })
            .max()
            .map_or(MINUTE, |seconds| Duration::from_secs(seconds.into()));
        let quota = Quota { requests, window };
        let usable = requests > 0 && !window.is_zero() && quota.per_second() >= SLOWEST;
        usable.then_some(Self {
            quota,
            remaining: number(text(REMAINING)?)?,
        })
    }
}

/// A whole number; a huge one is as good as the largest.
fn number(text: &str) -> Option<u32> {
    let text = text.trim();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn read(limit: &[u8], remaining: &[u8]) -> Option<Standing> {
        let value = |bytes| HeaderValue::from_bytes(bytes).ok();
        let fields = [(LIMIT, value(limit)?), (REMAINING, value(remaining)?)];
        Standing::read(&fields.into_iter().collect())
    }

    #[test]
    fn headers() {
        for (limit, remaining, expected) in [
            ("60, 1200;window=60, 60;window=60", "59", Some((60, 60, 59))),
            ("1200", "1199", Some((1200, 60, 1199))),
            ("10, 1200;window=60, 10;window=1", "0", Some((10, 1, 0))),
            ("10,10;window=1,10;window=60", "0", Some((10, 60, 0))),
            ("10, 10; window=5 ", " 3 ", Some((10, 5, 3))),
            ("10, 20;window=5, 10;burst=7, x", "3", Some((10, 60, 3))),
            ("99999999999999999999", "7", Some((u32::MAX, 60, 7))),
            ("60", "99999999999999999999", Some((60, 60, u32::MAX))),
            ("0", "0", None),
            ("60, 60;window=0", "0", None),
            ("1, 1;window=86400", "0", None),
            ("60", "-1", None),
            ("60", "", None),
            ("60", "many", None),
            ("", "59", None),
            ("-60", "59", None),
            ("6e1", "59", None),
            ("\u{e9}", "59", None),
        ] {
            let read = read(limit.as_bytes(), remaining.as_bytes()).map(|standing| {
                let quota = standing.quota;
                (quota.requests, quota.window.as_secs(), standing.remaining)
            });
            assert_eq!(read, expected, "{limit:?} {remaining:?}");
        }
        assert_eq!(Standing::read(&HeaderMap::new()), None);
    }

    proptest! {
        #[test]
        fn any_header_is_a_limit_or_none(
            limit in "[0-9]{0,22}[,;= ]{0,3}(window=)?[0-9a-z,;=\\-+.]{0,40}",
            remaining in "[ +-]?[0-9]{0,22}",
        ) {
            if let Some(standing) = read(limit.as_bytes(), remaining.as_bytes()) {
                prop_assert!(standing.quota.per_second() >= SLOWEST);
                prop_assert!(standing.quota.requests > 0);
            }
        }
    }
}
