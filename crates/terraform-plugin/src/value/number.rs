//! Numbers of any size and precision.

use std::fmt;

/// A number of any size and precision, kept as it arrived.
///
/// The protocol sends what fits neither an `i64` nor exactly an `f64` as decimal text; both must
/// come back without loss. Numbers are equal if their decimal values are, as they are for
/// Terraform: `1`, `1.0` and `1e0` are one number, and the `f64` nearest to a tenth equals `0.1`.
#[derive(Debug, Clone)]
pub struct Number(Form);

/// How a number arrived. Every one of them is a finite decimal number.
#[derive(Debug, Clone)]
enum Form {
    Int(i64),
    /// Finite.
    Float(f64),
    /// Decimal text in the grammar of JSON, such as `0.1` or a number of fifty digits.
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
        Some(Self(match text.parse() {
            Ok(value) if text != "-0" => Form::Int(value),
            _ => Form::Decimal(text.to_owned()),
        }))
    }

    /// A finite float; `None` for `NaN` and the infinities.
    pub fn from_f64(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self(Form::Float(value)))
    }

    /// The number, if it is whole and fits.
    pub fn to_i64(&self) -> Option<i64> {
        match &self.0 {
            Form::Int(value) => Some(*value),
            _ => self.digits().to_i64(),
        }
    }

    /// The form to send.
    pub(crate) fn canonical(&self) -> Canonical {
        if let Some(value) = self.to_i64() {
            return Canonical::Int(value);
        }
        match &self.0 {
            Form::Float(value) if value.fract() != 0.0 => Canonical::Float(*value),
            Form::Decimal(text) => match self.digits().exact_f64(text) {
                Some(value) => Canonical::Float(value),
                None => Canonical::Text(text.clone()),
            },
            Form::Float(_) | Form::Int(_) => Canonical::Text(self.to_string()),
        }
    }

    fn digits(&self) -> Digits {
        let digits = match &self.0 {
            Form::Int(value) => Digits::parse(&value.to_string()),
            // Whole floats are compared exactly, fractions by their shortest text.
            Form::Float(value) if value.fract() == 0.0 => Digits::parse(&format!("{value:.0}")),
            Form::Float(value) => Digits::parse(&value.to_string()),
            Form::Decimal(text) => Digits::parse(text),
        };
        // Nothing else than a decimal number can be made.
        digits.unwrap_or_default()
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(Form::Int(value))
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self(Form::Decimal(value.to_string()))
    }
}

/// In decimal, in the grammar of JSON.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Int(value) => value.fmt(f),
            Form::Float(value) if value.fract() == 0.0 => write!(f, "{value:.0}"),
            Form::Float(value) => value.fmt(f),
            Form::Decimal(text) => f.write_str(text),
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Form::Int(a), Form::Int(b)) => a == b,
            _ => self.digits() == other.digits(),
        }
    }
}

impl Eq for Number {}

/// A decimal value taken apart: ±`significant` × 10^`exponent`, without zeros at
/// either end, so that equal values are equal here. Zero has no digits.
#[derive(Debug, Default, PartialEq, Eq)]
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
            return Some(Self::default());
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
        Number(Form::Decimal(text.to_owned()))
    }

    fn float(value: f64) -> Number {
        Number::from_f64(value).unwrap()
    }

    fn int(value: i64) -> Number {
        Number::from(value)
    }

    fn uint(value: u64) -> Number {
        Number::from(value)
    }

    #[test]
    fn equality_is_by_decimal_value() {
        let equal = [
            (int(1), decimal("1.0")),
            (int(1), decimal("1e0")),
            (float(1.0), decimal("10E-1")),
            (float(0.1), decimal("0.1")),
            (float(-0.0), int(0)),
            (uint(7), int(7)),
            (decimal("-0.0e5"), int(0)),
            (float(1e300), decimal(&format!("{:.0}", 1e300))),
        ];
        for (a, b) in equal {
            assert_eq!(a, b);
            assert_eq!(b, a);
        }
        let different = [
            (int(1), int(-1)),
            (int(i64::MAX), uint(1 << 63)),
            (float(9_007_199_254_740_992.0), decimal("9007199254740993")),
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
            (float(3.0), Canonical::Int(3)),
            (decimal("1e3"), Canonical::Int(1000)),
            (decimal("-9223372036854775808"), Canonical::Int(i64::MIN)),
            (decimal("9223372036854775808"), text("9223372036854775808")),
            (uint(u64::MAX), text("18446744073709551615")),
            (uint(5), Canonical::Int(5)),
            (decimal("0.5"), Canonical::Float(0.5)),
            (decimal("0.1"), text("0.1")),
            (decimal("0.15"), text("0.15")),
            (decimal("1e-400"), text("1e-400")),
            (float(1e20), text("100000000000000000000")),
        ];
        for (number, canonical) in cases {
            assert_eq!(number.canonical(), canonical, "{number:?}");
        }
        assert!(Number::from_f64(f64::NAN).is_none());
        assert!(Number::from_f64(f64::INFINITY).is_none());
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
        assert_eq!(Number::parse("12"), Some(int(12)));
        assert_eq!(Number::parse("9223372036854775808"), Some(uint(1 << 63)));
        assert_eq!(Number::parse("1.50"), Some(float(1.5)));
        let whole = |text| Number::parse(text).and_then(|number| number.to_i64());
        assert_eq!(
            [whole("12"), whole("1.2e1"), whole("0.5")],
            [Some(12), Some(12), None]
        );
    }
}
