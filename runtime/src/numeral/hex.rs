//! Hexadecimal numerals: integers, which wrap around, and floats, rounded to the nearest.
//!
//! Knows nothing of signs and spaces before `0x`.

use super::{Number, is_exponent, signed, split_sign};

/// Reads what follows `0x`.
pub fn parse(text: &[u8], negative: bool) -> Option<Number> {
    let exponent_at = text.iter().position(|byte| matches!(byte, b'p' | b'P'));
    let (mantissa, exponent) = match exponent_at {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let mut point = None;
    let mut any_digit = false;
    let mut whole = 0_u64;
    let mut scaled = Scaled::default();
    for (at, byte) in mantissa.iter().enumerate() {
        if *byte == b'.' {
            if point.replace(at).is_some() {
                return None;
            }
            continue;
        }
        let digit = u64::from(char::from(*byte).to_digit(16)?);
        any_digit = true;
        whole = whole << 4 | digit;
        scaled.push(digit, point.is_some());
    }
    if !any_digit {
        return None;
    }
    if point.is_none() && exponent.is_none() {
        return Some(Number::Int(signed(whole, negative)));
    }
    if let Some(exponent) = exponent {
        scaled.exponent += hex_exponent(exponent)?;
    }
    let float = scaled.round();
    Some(Number::Float(if negative { -float } else { float }))
}

fn hex_exponent(text: &[u8]) -> Option<i64> {
    if !is_exponent(text) {
        return None;
    }
    let (negative, digits) = split_sign(text);
    // Past this every float is infinite or zero, however long the mantissa is that a program can hold.
    const FAR: i64 = 1 << 48;
    let size = digits.iter().fold(0_i64, |size, digit| {
        (size * 10 + i64::from(digit - b'0')).min(FAR)
    });
    Some(if negative { -size } else { size })
}

/// A binary mantissa with an exponent, wider than a float's.
#[derive(Default)]
struct Scaled {
    mantissa: u64,
    exponent: i64,
    /// Whether a bit was dropped below the mantissa.
    sticky: bool,
}

/// The exponent of the last bit of the smallest float.
const LEAST_EXPONENT: i64 = -1074;

/// Bits of a float's mantissa.
const MANTISSA_BITS: i64 = 53;

impl Scaled {
    /// Appends a hexadecimal digit.
    fn push(&mut self, digit: u64, after_point: bool) {
        if self.mantissa >> 60 == 0 {
            self.mantissa = self.mantissa << 4 | digit;
            self.exponent -= 4 * i64::from(after_point);
        } else {
            self.sticky |= digit != 0;
            self.exponent += 4 * i64::from(!after_point);
        }
    }

    /// The nearest float; between two, the even one.
    fn round(&self) -> f64 {
        if self.mantissa == 0 {
            return 0.0;
        }
        let shift = i64::from(self.mantissa.leading_zeros());
        let mantissa = self.mantissa << shift;
        let exponent = self.exponent - shift;
        // The float's last bit has this exponent: 53 bits, or fewer at the bottom of the range.
        let last = (exponent + 64 - MANTISSA_BITS).max(LEAST_EXPONENT);
        let dropped = last - exponent;
        if dropped > 64 {
            return 0.0;
        }
        let wide = u128::from(mantissa) << 64 >> dropped;
        let (mut kept, rest) = ((wide >> 64) as u64, wide as u64);
        const HALF: u64 = 1 << 63;
        if rest > HALF || rest == HALF && (self.sticky || kept & 1 == 1) {
            kept += 1;
        }
        // Both factors are exact, and so is the product unless it overflows, which is right. Two factors, since
        // the first bit of the smallest floats' scale is itself out of range of `powi` for larger exponents.
        let scale = last.clamp(LEAST_EXPONENT, 1024) as i32;
        let half = scale / 2;
        kept as f64 * power_of_two(half) * power_of_two(scale - half)
    }
}

fn power_of_two(exponent: i32) -> f64 {
    // Half of any float's exponent is a normal float's.
    f64::from_bits(((i64::from(exponent) + 1023) as u64) << 52)
}
