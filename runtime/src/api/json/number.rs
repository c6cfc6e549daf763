//! Numbers as JSON has them: the shortest digits that read back the same, an integral float without its fraction, an
//! exponent where there would be many zeros.
//!
//! Knows nothing of Lua.

use std::io::Write;

/// From here on there is an exponent, and below [`SMALL`].
const LARGE: f64 = 1e21;
const SMALL: f64 = 1e-6;

/// Integral floats below this are integers as they are.
const EXACT: f64 = 1e15;

/// Appends an integer.
pub(super) fn put_integer(out: &mut Vec<u8>, value: i64) {
    serde_json::to_writer(out, &value).expect("a vector takes all");
}

/// Appends a float; what is no finite number is `null`.
pub(super) fn put_float(out: &mut Vec<u8>, value: f64) {
    let size = value.abs();
    if !value.is_finite() {
        out.extend_from_slice(b"null");
    } else if value.fract() == 0.0 && size < EXACT && (value != 0.0 || value.is_sign_positive()) {
        put_integer(out, value as i64);
    } else if value == 0.0 || (SMALL..LARGE).contains(&size) {
        write!(out, "{value}").expect("a vector takes all");
    } else {
        let begun = out.len();
        write!(out, "{value:e}").expect("a vector takes all");
        let exponent = out[begun..].iter().position(|byte| *byte == b'e');
        let digits = begun + exponent.expect("an exponent") + 1;
        if out[digits] != b'-' {
            out.insert(digits, b'+');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_short_as_they_can_be() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (3.0, "3"),
            (-3.0, "-3"),
            (0.1, "0.1"),
            (-1.5e-6, "-0.0000015"),
            (1e-6, "0.000001"),
            (9.99e-7, "9.99e-7"),
            (1e-7, "1e-7"),
            (5e-324, "5e-324"),
            (1e15, "1000000000000000"),
            (123456789012345680.0, "123456789012345680"),
            (1e20, "100000000000000000000"),
            (999999999999999900000.0, "999999999999999900000"),
            (1e21, "1e+21"),
            (-1.25e30, "-1.25e+30"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::INFINITY, "null"),
            (f64::NEG_INFINITY, "null"),
            (f64::NAN, "null"),
        ] {
            let mut out = Vec::new();
            put_float(&mut out, value);
            assert_eq!(String::from_utf8(out).unwrap(), text);
            if value.is_finite() {
                assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits());
            }
        }
    }
}
