//! What holds for any text that may be a number.

use super::number::{Canonical, Number};

/// Texts are numbers exactly if JSON says so; and then equality, the form to send and the text all
/// mean one value.
pub(crate) fn any_numbers(a: &str, b: &str) {
    let (Some(a), Some(b)) = (any_number(a), any_number(b)) else {
        return;
    };
    assert_eq!(a == b, b == a);
    if a == b {
        assert_eq!(a.to_i64(), b.to_i64());
        assert_eq!(sent(&a), b);
    } else {
        assert_ne!(sent(&a), b);
        assert!(a.to_i64().is_none() || a.to_i64() != b.to_i64());
    }
}

fn any_number(text: &str) -> Option<Number> {
    let number = Number::parse(text);
    let json = serde_json::from_str::<serde_json::Number>(text);
    let json = json.ok().filter(|_| text.trim() == text);
    // JSON knows no bounds, and we want none where an exponent has more than nine digits.
    if number.is_none() && json.is_some() {
        let exponent = text.rsplit(['e', 'E']).next().unwrap_or_default();
        assert!(exponent.len() > 9 && exponent.len() < text.len(), "{text}");
    }
    let number = number?;
    assert!(json.is_some(), "{text}");
    assert_eq!(number, number.clone());
    assert_eq!(sent(&number), number);
    if let Canonical::Float(value) = number.canonical() {
        let exact = format!("{value:.1074}");
        assert_eq!(Number::parse(&exact), Some(number.clone()), "{text}");
    }
    assert_eq!(Number::parse(&number.to_string()), Some(number.clone()));
    if let Ok(float) = text.parse::<f64>()
        && let Some(float) = Number::from_f64(float)
    {
        assert_eq!(sent(&float), float);
        assert_eq!(Number::parse(&float.to_string()), Some(float));
    }
    if let Ok(whole) = text.parse::<i64>() {
        assert_eq!(number.to_i64(), Some(whole));
    }
    Some(number)
}

/// What arrives where the number is sent to.
fn sent(number: &Number) -> Number {
    let arrived = match number.canonical() {
        Canonical::Int(value) => Some(Number::from(value)),
        Canonical::Float(value) => Number::from_f64(value),
        Canonical::Text(text) => Number::parse(&text),
    };
    arrived.expect("the form to send is a number")
}
