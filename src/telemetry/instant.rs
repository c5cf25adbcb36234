//! Times as the API writes them, compared as the instants that they are.
//!
//! One instant has many spellings: a service may answer a write with the nanoseconds in its memory
//! and a read with the microseconds in its database, and leave out trailing zeros in both.

use std::cmp::Ordering;

use jiff::{SignedDuration, Timestamp};

/// Differences up to this are never a change: they come from rounding.
const ROUNDING: SignedDuration = SignedDuration::from_millis(1);

/// Whether `time` is before, at or after `earlier`. What is no time in RFC 3339 comes after
/// anything that is spelt otherwise.
pub(super) fn compare(time: &str, earlier: &str) -> Ordering {
    if time == earlier {
        return Ordering::Equal;
    }
    let (Ok(this), Ok(that)) = (time.parse::<Timestamp>(), earlier.parse::<Timestamp>()) else {
        return Ordering::Greater;
    };
    let units = [time, earlier].map(unit);
    let tolerance = if units[0] == units[1] {
        ROUNDING
    } else {
        // One unit of the coarser one, since nobody knows whether it was cut off or rounded.
        units[0].max(units[1]).max(ROUNDING)
    };
    let distance = this.duration_since(that);
    if distance.abs() <= tolerance {
        Ordering::Equal
    } else {
        this.cmp(&that)
    }
}

/// The smallest step that a time with as many decimals as this can take.
fn unit(time: &str) -> SignedDuration {
    let decimals = time.split_once('.').map_or(0, |(_, rest)| {
        rest.bytes().take_while(u8::is_ascii_digit).count()
    });
    let decimals = u32::try_from(decimals).unwrap_or(u32::MAX).min(9);
    SignedDuration::from_nanos(10_i64.pow(9 - decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_instant() {
        use Ordering::{Equal, Greater, Less};
        let micros = "2026-01-01T00:00:00.123456Z";
        for (time, earlier, expected) in [
            (micros, micros, Equal),
            ("2026-01-01T00:00:00.123456789Z", micros, Equal),
            ("2026-01-01T00:00:00.123457Z", micros, Equal),
            ("2026-01-01T00:00:00.1234560Z", micros, Equal),
            ("2026-01-01T00:00:00.123456+00:00", micros, Equal),
            ("2026-01-01T02:00:00.123456+02:00", micros, Equal),
            ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.999999Z", Equal),
            ("2026-01-01T00:00:01Z", "2026-01-01T00:00:00.5Z", Equal),
            ("2026-01-01T00:00:00.125456Z", micros, Greater),
            ("2026-01-01T00:00:00.121456Z", micros, Less),
            ("2026-01-01T00:00:02Z", micros, Greater),
            ("2026-01-01T00:00:01Z", "2026-01-01T00:00:00Z", Greater),
            ("2025-12-31T23:59:58Z", micros, Less),
            ("2026-01-01T01:00:00.123456+02:00", micros, Less),
            ("yesterday", micros, Greater),
            (micros, "yesterday", Greater),
            ("yesterday", "yesterday", Equal),
            ("", "", Equal),
        ] {
            assert_eq!(compare(time, earlier), expected, "{time} after {earlier}");
        }
    }
}
