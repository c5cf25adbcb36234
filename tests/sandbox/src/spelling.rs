//! How answers spell times and names.

use std::borrow::Cow;

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use jiff::{Timestamp, tz::Offset};

/// How an answer spells a time, always as RFC 3339 allows. The default is the API's own:
/// microseconds, what is finer cut off, and `Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spelling {
    digits: u8,
    rounded: bool,
    trimmed: bool,
    /// Minutes east of Greenwich, in digits; `None` is `Z`.
    offset: Option<i32>,
}

impl Default for Spelling {
    fn default() -> Self {
        Self::digits(6)
    }
}

impl Spelling {
    /// As a time is in memory: nanoseconds. Stamps always have some below the microsecond, so
    /// this differs from what is cut or rounded there.
    pub fn nanoseconds() -> Self {
        Self::digits(9)
    }

    /// So many digits of the second's fraction, 9 at most; what is finer is cut off.
    pub fn digits(digits: u8) -> Self {
        Self {
            digits: digits.min(9),
            rounded: false,
            trimmed: false,
            offset: None,
        }
    }

    /// Rounds to the last digit, as some databases do, in place of cutting. Stamps are such that
    /// rounding to microseconds goes up.
    #[must_use]
    pub fn rounded(mut self) -> Self {
        self.rounded = true;
        self
    }

    /// Leaves zeros at the fraction's end out, and the fraction where there are only zeros.
    #[must_use]
    pub fn trimmed(mut self) -> Self {
        self.trimmed = true;
        self
    }

    /// Gives the time at this offset, in minutes east of Greenwich; 0 is `+00:00`, not `Z`.
    #[must_use]
    pub fn offset(mut self, minutes: i32) -> Self {
        self.offset = Some(minutes);
        self
    }

    /// Spells a moment.
    pub(crate) fn spell(self, moment: Timestamp) -> String {
        let unit = 10_i128.pow(9 - u32::from(self.digits));
        let half = if self.rounded { unit / 2 } else { 0 };
        let kept = (moment.as_nanosecond() + half).div_euclid(unit) * unit;
        let moment = Timestamp::from_nanosecond(kept).unwrap_or(moment);
        let minutes = self.offset.unwrap_or(0);
        let offset = Offset::from_seconds(minutes.saturating_mul(60)).unwrap_or(Offset::UTC);
        let time = offset.to_datetime(moment);
        let nanoseconds = format!("{:09}", time.subsec_nanosecond());
        let mut fraction = nanoseconds
            .get(..usize::from(self.digits))
            .unwrap_or_default();
        if self.trimmed {
            fraction = fraction.trim_end_matches('0');
        }
        let point = if fraction.is_empty() { "" } else { "." };
        let seconds = time.strftime("%Y-%m-%dT%H:%M:%S");
        let zone = if self.offset.is_some() {
            let minutes = offset.seconds() / 60;
            let sign = if minutes < 0 { '-' } else { '+' };
            let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
            format!("{sign}{hours:02}:{minutes:02}")
        } else {
            "Z".to_owned()
        };
        format!("{seconds}{point}{fraction}{zone}")
    }
}

/// The Unicode normal form in which answers give a name, whichever was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NameForm {
    /// The one that was sent.
    #[default]
    AsSent,
    /// NFC: `é` is one character.
    Composed,
    /// NFD: `é` is an `e` and an accent.
    Decomposed,
}

impl NameForm {
    pub(crate) fn spell(self, name: &str) -> Cow<'_, str> {
        match self {
            Self::AsSent => Cow::Borrowed(name),
            Self::Composed => ComposingNormalizerBorrowed::new_nfc().normalize(name),
            Self::Decomposed => DecomposingNormalizerBorrowed::new_nfd().normalize(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_instant_has_many_spellings() -> Result<(), jiff::Error> {
        let plain = Spelling::default();
        let cases = [
            ("57.801578789", plain, "2021-08-17T13:28:57.801578Z"),
            ("57.8", plain, "2021-08-17T13:28:57.800000Z"),
            ("57.8", plain.trimmed(), "2021-08-17T13:28:57.8Z"),
            ("57", plain.trimmed(), "2021-08-17T13:28:57Z"),
            ("57.9", Spelling::digits(0), "2021-08-17T13:28:57Z"),
            (
                "57.9",
                Spelling::digits(0).rounded(),
                "2021-08-17T13:28:58Z",
            ),
            (
                "57.801578789",
                Spelling::nanoseconds(),
                "2021-08-17T13:28:57.801578789Z",
            ),
            (
                "57.801578789",
                plain.rounded(),
                "2021-08-17T13:28:57.801579Z",
            ),
            (
                "59.999999789",
                plain.rounded(),
                "2021-08-17T13:29:00.000000Z",
            ),
            (
                "57.801578",
                plain.offset(0),
                "2021-08-17T13:28:57.801578+00:00",
            ),
            (
                "57.801578",
                plain.offset(120),
                "2021-08-17T15:28:57.801578+02:00",
            ),
            (
                "57.801578",
                plain.offset(-570),
                "2021-08-17T03:58:57.801578-09:30",
            ),
        ];
        for (seconds, spelling, expected) in cases {
            let moment: Timestamp = format!("2021-08-17T13:28:{seconds}Z").parse()?;
            assert_eq!(spelling.spell(moment), expected, "{spelling:?}");
        }
        for moment in [Timestamp::MIN, Timestamp::MAX] {
            plain.rounded().offset(i32::MAX).spell(moment);
            Spelling::digits(0).rounded().offset(-1439).spell(moment);
        }
        Ok(())
    }

    #[test]
    fn names_have_two_forms() {
        assert_eq!(NameForm::AsSent.spell("Café"), "Café");
        assert_eq!(NameForm::Decomposed.spell("Café"), "Cafe\u{301}");
        assert_eq!(NameForm::Composed.spell("Cafe\u{301}"), "Café");
    }
}
