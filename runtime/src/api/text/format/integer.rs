//! Integers in the text that C's `%d`, `%u`, `%o` and `%x` make of them.
//!
//! Knows nothing of arguments.

use super::spec::{Conversion, Spec};
use super::{fill, sign};

/// 64 binary digits would be the longest; octal has 22.
const LONGEST: usize = 22;

/// Appends `int` by one of the integer conversions.
pub fn append(out: &mut Vec<u8>, spec: &Spec, int: i64) {
    let is_decimal = spec.conversion == Conversion::Decimal;
    let magnitude = if is_decimal {
        int.unsigned_abs()
    } else {
        int as u64
    };
    let (base, shape) = match spec.conversion {
        Conversion::Octal => (8, b"0123456789abcdef"),
        Conversion::Hex if spec.capital => (16, b"0123456789ABCDEF"),
        Conversion::Hex => (16, b"0123456789abcdef"),
        _ => (10, b"0123456789abcdef"),
    };
    let mut buffer = [0; LONGEST];
    let mut start = LONGEST;
    let mut left = magnitude;
    while left > 0 {
        start -= 1;
        buffer[start] = shape[(left % base) as usize];
        left /= base;
    }
    let digits = &buffer[start..];
    let mut least = spec.precision.unwrap_or(1);
    let prefix = match spec.conversion {
        Conversion::Decimal => sign(spec, int < 0),
        Conversion::Hex if spec.flags.alternate && magnitude != 0 => {
            if spec.capital {
                b"0X"
            } else {
                b"0x"
            }
        }
        Conversion::Octal if spec.flags.alternate => {
            // The alternate form is that it begins with a zero.
            least = least.max(digits.len() + 1);
            b""
        }
        _ => b"",
    };
    // A precision says how many digits there are, so that zeros no longer fill the width.
    let fill_with_zeros = spec.flags.zero && spec.precision.is_none();
    let start = out.len();
    out.extend_from_slice(prefix);
    let first_digit = out.len();
    out.resize(first_digit + least.saturating_sub(digits.len()), b'0');
    out.extend_from_slice(digits);
    fill(out, spec, start, first_digit, fill_with_zeros);
}
