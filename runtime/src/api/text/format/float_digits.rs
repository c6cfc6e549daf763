//! A finite float's text, as C's `%e`, `%f`, `%g` and `%a` write it.
//!
//! Knows nothing of signs, widths and flags: the float is taken as positive. Rust's own formatting gives the exact
//! decimal digits, rounded half to even; what differs from C is how they are laid out.

use super::spec::Spec;
use smallvec::SmallVec;
use std::fmt;
use std::io::Write;

/// Digits of a precision that isn't given.
const DEFAULT_PRECISION: usize = 6;

/// Hexadecimal digits behind the point of a float.
const HEX_DIGITS: usize = 13;

/// Bits behind the point of a float.
const FRACTION_BITS: u32 = 52;

/// Appends `%f`.
pub fn append_fixed(out: &mut Vec<u8>, float: f64, spec: &Spec) {
    let precision = spec.precision.unwrap_or(DEFAULT_PRECISION);
    write_to(out, format_args!("{:.*}", precision, float.abs()));
    if precision == 0 && spec.flags.alternate {
        out.push(b'.');
    }
}

/// Appends `%e`.
pub fn append_exponential(out: &mut Vec<u8>, float: f64, spec: &Spec) {
    let digits = Digits::of(float, spec.precision.unwrap_or(DEFAULT_PRECISION) + 1);
    digits.append_exponential(out, spec.flags.alternate);
}

/// Appends `%g`.
pub fn append_general(out: &mut Vec<u8>, float: f64, spec: &Spec) {
    let digits = spec.precision.unwrap_or(DEFAULT_PRECISION).max(1);
    Digits::of(float, digits).append_general(out, digits, spec.flags.alternate);
}

/// The significant digits that Lua tries first when it writes a float, and those that always suffice.
const FEW_DIGITS: usize = 15;
const ALL_DIGITS: usize = 17;

/// Appends `%.15g` if that reads back the same, else `%.17g`, with its sign.
pub fn append_shortest(out: &mut Vec<u8>, float: f64) {
    if float.is_sign_negative() {
        out.push(b'-');
    }
    let shortest = Digits::shortest(float);
    let (digits, count) = if shortest.digits.len() > FEW_DIGITS {
        (Digits::of(float, ALL_DIGITS), ALL_DIGITS)
    } else if float.is_normal() {
        // A float has 15 exact digits, so its first 15 are these, followed by zeros.
        (shortest, FEW_DIGITS)
    } else {
        (Digits::of(float, FEW_DIGITS), FEW_DIGITS)
    };
    digits.append_general(out, count, false);
}

/// Appends `%a`, without its `0x`.
pub fn append_hex(out: &mut Vec<u8>, float: f64, spec: &Spec) {
    let bits = float.to_bits();
    let mut fraction = bits & ((1 << FRACTION_BITS) - 1);
    let biased = (bits >> FRACTION_BITS & 0x7FF) as i32;
    // Floats below the normal ones have the least exponent and no leading 1.
    let (mut lead, exponent) = match (biased, fraction) {
        (0, 0) => (0, 0),
        (0, _) => (0, -1022),
        _ => (1, biased - 1023),
    };
    let digits = match spec.precision {
        Some(digits) => digits,
        None if fraction == 0 => 0,
        None => HEX_DIGITS - fraction.trailing_zeros() as usize / 4,
    };
    if digits < HEX_DIGITS {
        let dropped = 4 * (HEX_DIGITS - digits) as u32;
        let whole = lead << FRACTION_BITS | fraction;
        let (mut kept, rest) = (whole >> dropped, whole & ((1 << dropped) - 1));
        let half = 1 << (dropped - 1);
        kept += u64::from(rest > half || rest == half && kept & 1 == 1);
        lead = kept << dropped >> FRACTION_BITS;
        fraction = (kept << dropped) & ((1 << FRACTION_BITS) - 1);
    }
    write_to(out, format_args!("{lead}"));
    if digits > 0 || spec.flags.alternate {
        out.push(b'.');
    }
    let text = format!("{fraction:013x}");
    out.extend_from_slice(&text.as_bytes()[..digits.min(HEX_DIGITS)]);
    out.resize(out.len() + digits.saturating_sub(HEX_DIGITS), b'0');
    write_to(out, format_args!("p{exponent:+}"));
}

/// The significant decimal digits of a float, and the exponent of the first.
struct Digits {
    digits: SmallVec<[u8; 24]>,
    exponent: i32,
}

impl Digits {
    /// Rounds to `count` digits, at least 1.
    fn of(float: f64, count: usize) -> Digits {
        Digits::read(format_args!("{:.*e}", count - 1, float.abs()))
    }

    /// As few digits as tell the float from its neighbours.
    fn shortest(float: f64) -> Digits {
        Digits::read(format_args!("{:e}", float.abs()))
    }

    /// Takes "d.ddde-7" apart, or "de-7" for a single digit.
    fn read(text: fmt::Arguments<'_>) -> Digits {
        let mut reader = DigitReader::default();
        // The reader takes all.
        let _ = fmt::write(&mut reader, text);
        Digits {
            digits: reader.digits,
            exponent: if reader.is_negative {
                -reader.exponent
            } else {
                reader.exponent
            },
        }
    }

    fn append_exponential(&self, out: &mut Vec<u8>, keep_point: bool) {
        self.append_point(out, 1, keep_point);
        let sign = if self.exponent < 0 { '-' } else { '+' };
        write_to(out, format_args!("e{sign}{:02}", self.exponent.abs()));
    }

    fn append_general(mut self, out: &mut Vec<u8>, count: usize, alternate: bool) {
        if !alternate {
            let last = self.digits.iter().rposition(|digit| *digit != b'0');
            self.digits.truncate(last.unwrap_or(0) + 1);
        }
        if self.exponent < -4 || self.exponent >= count as i32 {
            self.append_exponential(out, alternate);
        } else if self.exponent < 0 {
            out.extend_from_slice(b"0.");
            out.resize(out.len() + (-self.exponent - 1) as usize, b'0');
            out.extend_from_slice(&self.digits);
        } else {
            self.append_point(out, self.exponent as usize + 1, alternate);
        }
    }

    /// Appends the digits with a point behind the first `whole` ones, if any follow or `keep_point`.
    fn append_point(&self, out: &mut Vec<u8>, whole: usize, keep_point: bool) {
        let (before, after) = self.digits.split_at(whole.min(self.digits.len()));
        out.extend_from_slice(before);
        out.resize(out.len() + whole - before.len(), b'0');
        if !after.is_empty() || keep_point {
            out.push(b'.');
        }
        out.extend_from_slice(after);
    }
}

/// Reads what Rust's `{:e}` writes, with no buffer between.
#[derive(Default)]
struct DigitReader {
    digits: SmallVec<[u8; 24]>,
    exponent: i32,
    in_exponent: bool,
    is_negative: bool,
}

impl fmt::Write for DigitReader {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            match byte {
                b'0'..=b'9' if self.in_exponent => {
                    self.exponent = self.exponent * 10 + i32::from(byte - b'0');
                }
                b'0'..=b'9' => self.digits.push(byte),
                b'e' => self.in_exponent = true,
                b'-' => self.is_negative = true,
                _ => {}
            }
        }
        Ok(())
    }
}

fn write_to(out: &mut Vec<u8>, text: fmt::Arguments<'_>) {
    // Writing to a vector can't fail.
    let _ = out.write_fmt(text);
}
