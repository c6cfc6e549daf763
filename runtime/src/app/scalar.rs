//! What a bare word in YAML means: nothing, a truth value, a number or a text.
//!
//! Knows nothing of quotes or tags. The rules are YAML 1.2's, with the older numbers that Go's YAML also reads:
//! `0600` is octal, `1_000` is a thousand.

use super::value::Value;

/// The value of the bare word `text`.
pub(super) fn value_of(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Value::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Value::Float(f64::INFINITY);
        }
        "-.inf" | "-.Inf" | "-.INF" => return Value::Float(f64::NEG_INFINITY),
        _ => {}
    }
    number(text).unwrap_or_else(|| Value::Text(text.to_string()))
}

/// `text` as a number, if it is one.
fn number(text: &str) -> Option<Value> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let digits = text.replace('_', "");
    integer(&digits).map(Value::Int).or_else(|| {
        // Rust would also read "1e", "infinity" and the like; YAML wants digits, a dot, an exponent.
        let plain = digits
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'));
        let float = digits.parse().ok().filter(|_| plain)?;
        Some(Value::Float(float))
    })
}

/// `text` as a whole number: decimal, `0x`, `0o`, `0b`, or octal by its leading zero.
fn integer(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x', ..] => (16, &digits[2..]),
        [b'0', b'o', ..] => (8, &digits[2..]),
        [b'0', b'b', ..] => (2, &digits[2..]),
        [b'0', b'0'..=b'9', ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    if !digits.starts_with(|c: char| c.is_digit(radix)) {
        return None;
    }
    i64::from_str_radix(&format!("{sign}{digits}"), radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_the_types_that_yaml_gives_them() {
        let text = |t: &str| Value::Text(t.to_string());
        for (word, value) in [
            ("", Value::Null),
            ("~", Value::Null),
            ("true", Value::Bool(true)),
            ("yes", text("yes")),
            ("42", Value::Int(42)),
            ("-3", Value::Int(-3)),
            ("+3", Value::Int(3)),
            ("1_000", Value::Int(1000)),
            ("0600", Value::Int(0o600)),
            ("0o600", Value::Int(0o600)),
            ("0xff", Value::Int(255)),
            ("0x", text("0x")),
            ("0x-1", text("0x-1")),
            ("1.5", Value::Float(1.5)),
            (".5", Value::Float(0.5)),
            ("1e3", Value::Float(1000.0)),
            ("9223372036854775808", Value::Float(9223372036854775808.0)),
            ("1.2.3", text("1.2.3")),
            ("2026-11-21", text("2026-11-21")),
            ("100ms", text("100ms")),
            ("infinity", text("infinity")),
            (".", text(".")),
            ("-", text("-")),
            ("_1", text("_1")),
            ("-.inf", Value::Float(f64::NEG_INFINITY)),
        ] {
            assert_eq!(value_of(word), value, "{word:?}");
        }
    }
}
