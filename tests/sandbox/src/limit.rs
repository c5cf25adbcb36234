//! Requests a minute: token buckets, one for each key and one that all keys share.

use std::{
    collections::HashMap,
    iter,
    time::{Duration, Instant},
};

use crate::{answer::Answer, clock::Clock};

/// The requests a minute that the API documents for one key.
pub const DOCUMENTED_LIMIT: u32 = 1200;

/// How a 429 says when to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RetryAfter {
    /// As published: whole seconds in `Retry-After`, RFC 3339 in the body.
    #[default]
    Seconds,
    /// As in older answers: an HTTP date in `Retry-After`, and `Thu, 17 Apr 2025 11:17:18 UTC`
    /// in the body.
    Date,
    /// Not at all.
    Untold,
}

/// One limit that a request is under.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit<'a> {
    /// The key that has the bucket to itself; `None` for the bucket that all keys share.
    pub(crate) key: Option<&'a str>,
    pub(crate) per_minute: u32,
}

impl Limit<'_> {
    /// What a 429 calls it.
    pub(crate) fn name(self) -> &'static str {
        if self.key.is_some() {
            "api_key_name"
        } else {
            "organisation"
        }
    }
}

/// What the headers of an answer tell about limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quota {
    /// What a 429 calls the limit that binds.
    pub(crate) name: &'static str,
    /// Requests a minute of the limit that binds.
    pub(crate) limit: u32,
    /// Whole requests left of it.
    pub(crate) remaining: u32,
    /// How long until it is back to full.
    full_in: Duration,
    /// Requests a minute of every limit that applies.
    all: Vec<u32>,
}

impl Quota {
    /// Adds the `X-RateLimit-*` headers.
    pub(crate) fn tell(&self, answer: Answer, clock: Clock) -> Answer {
        let windows = self.all.iter().map(|limit| format!("{limit};window=60"));
        let limits: Vec<String> = iter::once(self.limit.to_string()).chain(windows).collect();
        let used = self.limit.saturating_sub(self.remaining);
        let reset = clock.whole_second_after(self.full_in).as_second();
        answer
            .header("X-RateLimit-Limit", &limits.join(", "))
            .header("X-RateLimit-Remaining", &self.remaining.to_string())
            .header("X-RateLimit-Used", &used.to_string())
            .header("X-RateLimit-Reset", &reset.to_string())
    }
}

/// A limit does not let a request through.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Exceeded {
    pub(crate) quota: Quota,
    /// Until one request will be let through.
    pub(crate) wait: Duration,
}

/// The buckets, by key; `None` has the one that all keys share. Each is full at first and
/// refills evenly over the minute.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    buckets: HashMap<Option<String>, Bucket>,
    /// Requests a minute that another client makes, as evenly.
    pub(crate) other_client: u32,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl Limiter {
    /// Forgets all requests so far.
    pub(crate) fn reset(&mut self) {
        self.buckets.clear();
    }

    /// Takes one request at `now` from the buckets of all these limits, or from none of them.
    /// Where there is no limit there is no quota to tell.
    ///
    /// # Errors
    /// A bucket has less than one request left.
    pub(crate) fn take(
        &mut self,
        limits: &[Limit<'_>],
        now: Instant,
    ) -> Result<Option<Quota>, Exceeded> {
        let left: Vec<f64> = limits
            .iter()
            .map(|limit| self.bucket(*limit, limits, now).left)
            .collect();
        let lets_in = left.iter().all(|left| *left >= 1.0);
        let left = if lets_in {
            limits
                .iter()
                .map(|limit| {
                    let bucket = self.bucket(*limit, limits, now);
                    bucket.left -= 1.0;
                    bucket.left
                })
                .collect()
        } else {
            left
        };
        let binding = limits.iter().zip(left).min_by(|(a, left), (b, right)| {
            // Of two that are as empty, the one that refills more slowly binds.
            (left.floor().total_cmp(&right.floor())).then(a.per_minute.cmp(&b.per_minute))
        });
        let Some((limit, left)) = binding else {
            return Ok(None);
        };
        let quota = Quota {
            name: limit.name(),
            limit: limit.per_minute,
            remaining: whole(left),
            full_in: refill(f64::from(limit.per_minute) - left, limit.per_minute),
            all: limits.iter().map(|limit| limit.per_minute).collect(),
        };
        if lets_in {
            Ok(Some(quota))
        } else {
            let wait = refill(1.0 - left, limit.per_minute);
            Err(Exceeded { quota, wait })
        }
    }

    /// Lets another client make this many requests at once, as far as there are so many.
    pub(crate) fn spend(&mut self, limit: Limit<'_>, requests: u32, now: Instant) {
        let bucket = self.bucket(limit, &[limit], now);
        bucket.left = (bucket.left - f64::from(requests)).max(0.0);
    }

    /// A limit's bucket as it is at `now`. The other client has a key of its own: where keys
    /// share a bucket, it draws on no other.
    fn bucket(&mut self, limit: Limit<'_>, applying: &[Limit<'_>], now: Instant) -> &mut Bucket {
        let size = f64::from(limit.per_minute);
        let drawn_on = limit.key.is_none() || applying.iter().all(|other| other.key.is_some());
        let eaten = if drawn_on {
            f64::from(self.other_client)
        } else {
            0.0
        };
        let bucket = self
            .buckets
            .entry(limit.key.map(str::to_owned))
            .or_insert(Bucket {
                left: size,
                at: now,
            });
        let minutes = now.saturating_duration_since(bucket.at).as_secs_f64() / 60.0;
        bucket.left = (bucket.left + minutes * (size - eaten)).clamp(0.0, size);
        bucket.at = now;
        bucket
    }
}

/// How long a bucket takes to gain so many requests, with nobody else drawing on it: the API
/// does not know who will.
fn refill(requests: f64, per_minute: u32) -> Duration {
    let seconds = requests * 60.0 / f64::from(per_minute);
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::from_mins(1))
}

/// The whole requests in a bucket.
fn whole(left: f64) -> u32 {
    // A duration is the way from a float to an integer that cannot go wrong in silence.
    let seconds = Duration::try_from_secs_f64(left).map_or(0, |left| left.as_secs());
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(key: &str, per_minute: u32) -> Limit<'_> {
        Limit {
            key: Some(key),
            per_minute,
        }
    }

    const fn shared(per_minute: u32) -> Limit<'static> {
        Limit {
            key: None,
            per_minute,
        }
    }

    fn wait(taken: Result<Option<Quota>, Exceeded>) -> Option<Duration> {
        taken.err().map(|exceeded| exceeded.wait)
    }

    #[test]
    fn refills_over_the_minute_and_per_key() {
        let mut limiter = Limiter::default();
        let start = Instant::now();
        let mut take = |key, at| wait(limiter.take(&[own(key, 2)], at));
        assert_eq!(take("a", start), None);
        assert_eq!(take("a", start), None);
        assert_eq!(take("a", start), Some(Duration::from_secs(30)));
        assert_eq!(take("b", start), None);
        let later = start + Duration::from_secs(31);
        assert_eq!(take("a", later), None);
        assert!(take("a", later).is_some());
    }

    #[test]
    fn a_limit_of_nothing_never_lets_anyone_in() {
        let taken = Limiter::default().take(&[own("a", 0)], Instant::now());
        assert_eq!(wait(taken), Some(Duration::from_mins(1)));
    }

    #[test]
    fn keys_share_a_bucket_and_a_refusal_takes_from_neither() {
        let mut limiter = Limiter::default();
        let now = Instant::now();
        let mut remaining = |key| {
            let taken = limiter.take(&[own(key, 3), shared(4)], now);
            taken.map(|quota| quota.map(|quota| (quota.limit, quota.remaining)))
        };
        assert_eq!(remaining("a"), Ok(Some((3, 2))));
        assert_eq!(remaining("a"), Ok(Some((3, 1))));
        assert_eq!(remaining("b"), Ok(Some((4, 1))));
        assert_eq!(remaining("b"), Ok(Some((4, 0))));
        let refused = remaining("a").map_err(|exceeded| exceeded.quota.name);
        assert_eq!(refused, Err("organisation"));
        let left = limiter.take(&[own("a", 3)], now);
        assert_eq!(left.ok().flatten().map(|quota| quota.remaining), Some(0));
    }

    #[test]
    fn another_client_slows_the_refill_and_empties_the_bucket() {
        let mut limiter = Limiter {
            other_client: 30,
            ..Limiter::default()
        };
        let start = Instant::now();
        let both = [own("a", 1200), shared(60)];
        limiter.spend(shared(60), 100, start);
        assert!(limiter.take(&both, start).is_err());
        let later = start + Duration::from_secs(20);
        let quota = limiter.take(&both, later).ok().flatten();
        // Twenty came in, ten went out, and this was one.
        assert_eq!(quota.map(|quota| quota.remaining), Some(9));
        assert_eq!(limiter.take(&[], start), Ok(None));
    }
}
