//! The server's clock, which may run ahead of or behind everyone else's.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Reads the time as the server sees it: the machine's clock plus a skew.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Clock {
    /// Seconds the server is ahead (negative: behind).
    pub(crate) skew: i64,
}

impl Clock {
    pub(crate) fn now(self) -> Timestamp {
        let now = Timestamp::now();
        now.checked_add(SignedDuration::from_secs(self.skew))
            .unwrap_or(now)
    }

    /// The value of a `Date` header for an answer sent now.
    pub(crate) fn http_date(self) -> String {
        http_date(self.now())
    }

    /// The first whole second not before `wait` from now.
    pub(crate) fn whole_second_after(self, wait: Duration) -> Timestamp {
        let now = self.now();
        let due = now.checked_add(wait).unwrap_or(now);
        let up = i64::from(due.subsec_nanosecond() > 0);
        Timestamp::from_second(due.as_second().saturating_add(up)).unwrap_or(due)
    }
}

/// A moment as an HTTP header has it: `Thu, 17 Apr 2025 11:17:18 GMT`.
pub(crate) fn http_date(moment: Timestamp) -> String {
    moment.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// A moment as the body of an older 429 has it: `Thu, 17 Apr 2025 11:17:18 UTC`.
pub(crate) fn older_date(moment: Timestamp) -> String {
    moment.strftime("%a, %d %b %Y %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skew_moves_the_clock() {
        let ahead = Clock { skew: 3600 }.now().as_second();
        let behind = Clock { skew: -3600 }.now().as_second();
        assert!((7195..=7205).contains(&(ahead - behind)));
    }

    #[test]
    fn extreme_skew_does_not_panic() {
        Clock { skew: i64::MAX }.now();
        Clock { skew: i64::MIN }.http_date();
        Clock::default().whole_second_after(Duration::MAX);
    }
}
