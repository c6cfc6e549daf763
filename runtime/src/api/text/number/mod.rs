//! Numbers and their text: Lua's numerals read, and numbers written as the dialect prints them.
//!
//! Knows nothing of `string.format`, except for the integers that it makes of floats.

#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod hex;
#[cfg(test)]
mod tests;

use super::format::float_digits;
use std::io::Write;

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

/// The integer that the dialect's `%d`, `%x`, `%c`… make of a float: the fraction is cut off.
///
/// None for what is no number or doesn't fit.
pub fn truncate(float: f64) -> Option<i64> {
    // 2^63 is the first float that doesn't fit; -2^63 does.
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    let whole = float.trunc();
    (-BEYOND..BEYOND).contains(&whole).then_some(whole as i64)
}

/// Above this, integral floats print as Lua prints them.
const PRINTS_AS_INTEGER_BELOW: f64 = 1e15;

/// Appends a float as `tostring` writes it: integral ones below 1e15 as integers, others with 15 digits if those
/// read back the same, else with 17.
pub fn append_float(out: &mut Vec<u8>, float: f64) {
    if !float.is_finite() {
        let sign = if float.is_sign_negative() { "-" } else { "" };
        let name = if float.is_nan() { "nan" } else { "inf" };
        out.extend_from_slice(sign.as_bytes());
        out.extend_from_slice(name.as_bytes());
        return;
    }
    if float.trunc() == float && float.abs() < PRINTS_AS_INTEGER_BELOW {
        if float == 0.0 && float.is_sign_negative() {
            out.push(b'-');
        }
        return append_int(out, float as i64);
    }
    let start = out.len();
    float_digits::append_shortest(out, float);
    let looks_like_an_integer = out[start..]
        .iter()
        .all(|byte| byte.is_ascii_digit() || *byte == b'-');
    if looks_like_an_integer {
        out.extend_from_slice(b".0");
    }
}

/// Appends an integer as `tostring` writes it.
pub fn append_int(out: &mut Vec<u8>, int: i64) {
    // Writing to a vector can't fail.
    let _ = write!(out, "{int}");
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
