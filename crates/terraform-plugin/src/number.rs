//! Numbers of any size and precision.

/// A number of any size and precision, kept as it arrived.
///
/// The protocol sends what fits neither an `i64` nor exactly an `f64` as
/// decimal text; both must come back without loss. Numbers are equal if their
/// decimal values are, as they are for Terraform: `1`, `1.0` and `1e0` are one
/// number, and the `f64` nearest to a tenth equals `0.1`.
#[derive(Debug, Clone)]
pub enum Number {
    /// A whole number that fits.
    Int(i64),
    /// A whole number above `i64::MAX` that fits.
    UInt(u64),
    /// A finite binary fraction.
    Float(f64),
    /// Decimal text, such as `0.1` or a number of fifty digits.
    Decimal(String),
}

/// The form in which a number is sent.
/// Source: the msgpack encoding of Terraform's type system.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Canonical {
    /// Whole, and fits.
    Int(i64),
    /// A fraction that a binary float holds exactly.
    Float(f64),
    /// Anything else.
    Text(String),
}

impl Number {
    /// Reads decimal text in the grammar of JSON; `None` for anything else
    /// (`NaN`, infinities and hexadecimal among it).
    pub fn parse(text: &str) -> Option<Self> {
        Digits::parse(text)?;
        Some(match (text.parse(), text.parse()) {
            (Ok(value), _) if text != "-0" => Self::Int(value),
            (_, Ok(value)) => Self::UInt(value),
            _ => Self::Decimal(text.to_owned()),
        })
    }

    /// A finite float; `None` for `NaN` and the infinities.
    pub fn from_f64(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self::Float(value))
    }

    /// The form to send; `None` for what is no number, which only code that
    /// fills the variants by hand can make.
    pub(crate) fn canonical(&self) -> Option<Canonical> {
        if let Self::Int(value) = self {
            return Some(Canonical::Int(*value));
        }
        let digits = self.digits()?;
        if let Some(value) = digits.to_i64() {
            return Some(Canonical::Int(value));
        }
        Some(match self {
            Self::Float(value) if digits.exponent < 0 => Canonical::Float(*value),
            Self::Float(value) => Canonical::Text(format!("{value:.0}")),
            Self::Int(value) => Canonical::Int(*value),
            Self::UInt(value) => Canonical::Text(value.to_string()),
            Self::Decimal(text) => match digits.exact_f64(text) {
                Some(value) => Canonical::Float(value),
                None => Canonical::Text(text.clone()),
            },
        })
    }

    /// The number as JSON text; `None` as for [`canonical`](Self::canonical).
    pub(crate) fn to_json_text(&self) -> Option<String> {
        self.digits()?;
        Some(match self {
            Self::Int(value) => value.to_string(),
            Self::UInt(value) => value.to_string(),
            Self::Float(value) if value.fract() == 0.0 => format!("{value:.0}"),
            Self::Float(value) => value.to_string(),
            Self::Decimal(text) => text.clone(),
        })
    }

    fn digits(&self) -> Option<Digits> {
        match self {
            Self::Int(value) => Digits::parse(&value.to_string()),
            Self::UInt(value) => Digits::parse(&value.to_string()),
            // Whole floats are compared exactly, fractions by their shortest text.
            Self::Float(value) if value.fract() == 0.0 => Digits::parse(&format!("{value:.0}")),
            Self::Float(value) => Digits::parse(&value.to_string()),
            Self::Decimal(text) => Digits::parse(text),
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::UInt(a), Self::UInt(b)) => a == b,
            _ => match (self.digits(), other.digits()) {
                (Some(a), Some(b)) => a == b,
                // Not numbers at all: equal only if they look the same.
                (None, None) => format!("{self:?}") == format!("{other:?}"),
                _ => false,
            },
        }
    }
}

impl Eq for Number {}

/// A decimal value taken apart: ±`significant` × 10^`exponent`, without zeros at
/// either end, so that equal values are equal here. Zero has no digits.
#[derive(Debug, PartialEq, Eq)]
struct Digits {
    negative: bool,
    significant: String,
    exponent: i64,
}

impl Digits {
    fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (rest, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (mantissa, None),
        };
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if !is_digits(whole) || leading_zero || fraction.is_some_and(|part| !is_digits(part)) {
            return None;
        }
        let fraction = fraction.unwrap_or_default();
        let all = format!("{whole}{fraction}");
        let all = all.trim_start_matches('0');
        let digits = all.trim_end_matches('0');
        if digits.is_empty() {
            return Some(Self {
                negative: false,
                significant: String::new(),
                exponent: 0,
            });
        }
        let dropped = i64::try_from(all.len() - digits.len()).ok()?;
        let scale = i64::try_from(fraction.len()).ok()?;
        Some(Self {
            negative,
            significant: digits.to_owned(),
            exponent: exponent.checked_sub(scale)?.checked_add(dropped)?,
        })
    }

    /// The value, if it is whole and fits.
    fn to_i64(&self) -> Option<i64> {
        if self.significant.is_empty() {
            return Some(0);
        }
        let zeros = usize::try_from(self.exponent).ok()?;
        if zeros + self.significant.len() > 19 {
            return None;
        }
        let sign = if self.negative { "-" } else { "" };
        let zeros = "0".repeat(zeros);
        format!("{sign}{}{zeros}", self.significant).parse().ok()
    }

    /// The float that is exactly this fraction, and whose shortest text is it
    /// too, since that is what the other side may compare. A binary fraction
    /// written out in decimal ends in 5 and has at most 1074 places.
    fn exact_f64(&self, text: &str) -> Option<f64> {
        let places = usize::try_from(self.exponent.checked_neg()?).ok()?;
        if !(1..=1074).contains(&places) || !self.significant.ends_with('5') {
            return None;
        }
        let value: f64 = text.parse().ok()?;
        let exact = Self::parse(&format!("{value:.1074}"))?;
        (exact == *self && Self::parse(&value.to_string())? == *self).then_some(value)
    }
}

/// The limit keeps arithmetic on exponents far from overflow; no real number
/// comes near it.
fn parse_exponent(text: &str) -> Option<i64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !is_digits(unsigned) {
        return None;
    }
    text.parse::<i32>().ok().map(i64::from)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Number {
        Number::Decimal(text.to_owned())
    }

    #[test]
    fn equality_is_by_decimal_value() {
        let equal = [
            (Number::Int(1), decimal("1.0")),
            (Number::Int(1), decimal("1e0")),
            (Number::Float(1.0), decimal("10E-1")),
            (Number::Float(0.1), decimal("0.1")),
            (Number::Float(-0.0), Number::Int(0)),
            (Number::UInt(7), Number::Int(7)),
            (decimal("-0.0e5"), Number::Int(0)),
            (Number::Float(1e300), decimal(&format!("{:.0}", 1e300))),
        ];
        for (a, b) in equal {
            assert_eq!(a, b);
            assert_eq!(b, a);
        }
        let different = [
            (Number::Int(1), Number::Int(-1)),
            (Number::Int(i64::MAX), Number::UInt(1 << 63)),
            (
                Number::Float(9_007_199_254_740_992.0),
                decimal("9007199254740993"),
            ),
            (decimal("0.1"), decimal("0.10000000000000000000001")),
            (decimal("1e400"), decimal("1e401")),
        ];
        for (a, b) in different {
            assert_ne!(a, b);
        }
    }

    #[test]
    fn the_form_sent_is_the_narrowest_without_loss() {
        let text = |text: &str| Canonical::Text(text.to_owned());
        let cases = [
            (Number::Float(3.0), Canonical::Int(3)),
            (decimal("1e3"), Canonical::Int(1000)),
            (decimal("-9223372036854775808"), Canonical::Int(i64::MIN)),
            (decimal("9223372036854775808"), text("9223372036854775808")),
            (Number::UInt(u64::MAX), text("18446744073709551615")),
            (Number::UInt(5), Canonical::Int(5)),
            (decimal("0.5"), Canonical::Float(0.5)),
            (decimal("0.1"), text("0.1")),
            (decimal("0.15"), text("0.15")),
            (decimal("1e-400"), text("1e-400")),
            (Number::Float(1e20), text("100000000000000000000")),
        ];
        for (number, canonical) in cases {
            assert_eq!(number.canonical(), Some(canonical), "{number:?}");
        }
        assert_eq!(Number::Float(f64::NAN).canonical(), None);
        assert_eq!(Number::Float(f64::INFINITY).canonical(), None);
        assert_eq!(decimal("wide").canonical(), None);
    }

    #[test]
    fn only_decimal_text_is_a_number() {
        for text in [
            "",
            "-",
            "+1",
            "1.",
            ".5",
            "01",
            "0x1",
            "NaN",
            "inf",
            "1e",
            "1e99999999999",
        ] {
            assert!(Number::parse(text).is_none(), "{text}");
        }
        assert!(matches!(Number::parse("12"), Some(Number::Int(12))));
        assert!(matches!(
            Number::parse("9223372036854775808"),
            Some(Number::UInt(_))
        ));
        assert!(matches!(Number::parse("1.50"), Some(Number::Decimal(_))));
    }
}
