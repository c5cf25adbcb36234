//! A token bucket, as the API keeps them: it holds so many requests and refills continuously.

use std::time::Duration;

use tokio::time::Instant;

use super::quota::Quota;

/// However many others there are, this much is tried.
const SMALLEST_SHARE: f64 = 0.25;

/// Every request takes a token. There may be less than none, where more is under way than is left.
#[derive(Debug)]
pub(super) struct Bucket {
    quota: Quota,
    tokens: f64,
    /// When `tokens` was right.
    at: Instant,
    /// How much of what it refills is ours, as far as we can tell: others may use the same limit.
    share: f64,
    /// Whether it has let anyone through, and so can have been wrong.
    used: bool,
}

impl Bucket {
    /// A full one.
    pub(super) fn new(quota: Quota, now: Instant) -> Self {
        Self {
            tokens: f64::from(quota.requests),
            quota,
            at: now,
            share: 1.0,
            used: false,
        }
    }

    /// What it holds and how fast it refills.
    pub(super) fn quota(&self) -> Quota {
        self.quota
    }

    /// How long until there is a token, or nothing if there is one.
    pub(super) fn wait(&mut self, now: Instant) -> Option<Duration> {
        self.refill(now);
        let missing = 1.0 - self.tokens;
        // What floating point leaves of a token is a token.
        if missing < 1e-6 {
            return None;
        }
        let wait = Duration::try_from_secs_f64(missing / self.per_second());
        // A timer that rounds down would come back too early, and a wait of nothing for ever.
        Some(wait.unwrap_or(Duration::MAX).max(Duration::from_millis(1)))
    }

    /// Takes a token for a request that is sent.
    pub(super) fn take(&mut self) {
        self.tokens -= 1.0;
        self.used = true;
    }

    /// Takes note that no more than `tokens` are left.
    pub(super) fn lower(&mut self, tokens: f64, now: Instant) {
        self.refill(now);
        self.tokens = self.tokens.min(tokens);
    }

    /// A request was refused in spite of the token that it took: others take half of them.
    pub(super) fn slow_down(&mut self) {
        if self.used {
            self.share = (self.share / 2.0).max(SMALLEST_SHARE);
        }
    }

    /// A request got through.
    pub(super) fn speed_up(&mut self) {
        self.share = (self.share + 0.02).min(1.0);
    }

    fn per_second(&self) -> f64 {
        self.quota.per_second() * self.share
    }

    #[cfg(test)]
    pub(super) fn tokens(&self) -> f64 {
        self.tokens
    }

    fn refill(&mut self, now: Instant) {
        let new = now.saturating_duration_since(self.at).as_secs_f64() * self.per_second();
        self.tokens = (self.tokens + new).min(f64::from(self.quota.requests));
        self.at = now;
    }
}
