//! Numbers as Lua writes them: the numerals that `tonumber`, arithmetic on strings and the dialect's lexer read.
//!
//! Knows nothing of sources, nor of how numbers are written back.

mod hex;

/// A Lua number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
}

/// The number that `text` is a numeral of, as `tonumber(text)` and arithmetic on strings read it.
///
/// Decimal integers that don't fit become floats; hexadecimal ones wrap around.
pub fn parse(text: &[u8]) -> Option<Number> {
    let text = trim(text);
    let (negative, digits) = split_sign(text);
    if let Some(hex) = strip_hex(digits) {
        return hex::parse(hex, negative);
    }
    if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) {
        if let Some(int) = decimal(digits, negative) {
            return Some(Number::Int(int));
        }
    } else if !is_decimal_float(digits) {
        return None;
    }
    // The grammar is checked; Rust's own also takes "inf" and "nan", which are none here.
    let float: f64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some(Number::Float(if negative { -float } else { float }))
}

fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

fn trim(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|byte| !is_space(byte));
    let text = &text[start.unwrap_or(text.len())..];
    let end = text.iter().rposition(|byte| !is_space(byte));
    &text[..end.map_or(0, |last| last + 1)]
}

fn split_sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    }
}

fn strip_hex(text: &[u8]) -> Option<&[u8]> {
    match text {
        [b'0', b'x' | b'X', rest @ ..] => Some(rest),
        _ => None,
    }
}

fn signed(magnitude: u64, negative: bool) -> i64 {
    if negative {
        magnitude.wrapping_neg() as i64
    } else {
        magnitude as i64
    }
}

fn decimal(digits: &[u8], negative: bool) -> Option<i64> {
    let mut value = 0_i64;
    for digit in digits {
        let digit = i64::from(digit - b'0');
        // Counting down from zero reaches the least integer too.
        value = value.checked_mul(10)?.checked_sub(digit)?;
    }
    if negative {
        Some(value)
    } else {
        value.checked_neg()
    }
}

/// Whether `text` is digits with perhaps a point and perhaps an exponent.
fn is_decimal_float(text: &[u8]) -> bool {
    let exponent = text.iter().position(|byte| matches!(byte, b'e' | b'E'));
    let (mantissa, exponent) = match exponent {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let points = mantissa.iter().filter(|byte| **byte == b'.').count();
    let digits = mantissa.iter().filter(|byte| byte.is_ascii_digit()).count();
    let mantissa_is_good = digits > 0 && points <= 1 && digits + points == mantissa.len();
    mantissa_is_good && exponent.is_none_or(is_exponent)
}

fn is_exponent(text: &[u8]) -> bool {
    let (_, digits) = split_sign(text);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}
