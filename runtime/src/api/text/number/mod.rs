//! Numbers written as the dialect prints them, and the integers that `string.format` makes of floats.
//!
//! Knows nothing of `string.format` itself. What reads numerals is in `numeral/`.

#[cfg(any(test, fuzzing))]
pub mod fuzz;
#[cfg(test)]
mod tests;

use super::format::float_digits;
use std::io::Write;

pub use crate::numeral::{Number, parse};

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
