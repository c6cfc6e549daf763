//! Durations as programs and YAML write them, in Go's grammar: `100ms`, `1.5h`, `1h30m45.5s`.
//!
//! Knows nothing of clocks or timers. A duration is a signed count of nanoseconds, about 292 years either way.

use std::fmt;

/// Nanoseconds in each unit, by the names that the grammar has for them.
const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000), // U+00B5, micro sign
    ("μs", 1_000), // U+03BC, Greek letter mu
    ("ms", 1_000_000),
    ("s", SECOND),
    ("m", MINUTE),
    ("h", HOUR),
];

const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

/// Why a text is no duration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DurationError {
    /// No number where one must be.
    Invalid(String),
    /// A number without a unit, other than `0`.
    MissingUnit(String),
    /// A unit that the grammar doesn't have.
    UnknownUnit {
        /// The whole text.
        text: String,
        /// The unit in it.
        unit: String,
    },
    /// More than 292 years.
    TooLong(String),
}

impl fmt::Display for DurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DurationError::Invalid(text) => write!(f, "invalid duration {text:?}"),
            DurationError::MissingUnit(text) => write!(f, "missing unit in duration {text:?}"),
            DurationError::UnknownUnit { text, unit } => {
                write!(f, "unknown unit {unit:?} in duration {text:?}")
            }
            DurationError::TooLong(text) => write!(f, "duration {text:?} is out of range"),
        }
    }
}

impl std::error::Error for DurationError {}

/// Reads `text` as nanoseconds. No blanks are allowed.
pub fn parse(text: &str) -> Result<i64, DurationError> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if unsigned == "0" {
        return Ok(0);
    }
    if unsigned.is_empty() {
        return Err(DurationError::Invalid(text.to_string()));
    }
    let too_long = || DurationError::TooLong(text.to_string());
    let mut total: u64 = 0;
    let mut rest = unsigned;
    while !rest.is_empty() {
        let (nanos, after) = parse_part(text, rest)?;
        total = total.checked_add(nanos).ok_or_else(too_long)?;
        rest = after;
    }
    if negative {
        0i64.checked_sub_unsigned(total).ok_or_else(too_long)
    } else {
        i64::try_from(total).map_err(|_| too_long())
    }
}

/// Reads one number with its unit from the front of `rest`; `text` is the whole, for the error.
fn parse_part<'a>(text: &str, rest: &'a str) -> Result<(u64, &'a str), DurationError> {
    let (whole, rest) = split_digits(rest);
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => split_digits(rest),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return Err(DurationError::Invalid(text.to_string()));
    }
    let end = rest
        .find(|c: char| c == '.' || c.is_ascii_digit())
        .unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(end);
    if unit.is_empty() {
        return Err(DurationError::MissingUnit(text.to_string()));
    }
    let Some((_, scale)) = UNITS.iter().find(|(name, _)| *name == unit) else {
        return Err(DurationError::UnknownUnit {
            text: text.to_string(),
            unit: unit.to_string(),
        });
    };
    let too_long = || DurationError::TooLong(text.to_string());
    let count = match whole {
        "" => 0,
        digits => digits.parse::<u64>().map_err(|_| too_long())?,
    };
    let nanos = count
        .checked_mul(*scale)
        .and_then(|n| n.checked_add(fraction_of(fraction, *scale)))
        .ok_or_else(too_long)?;
    Ok((nanos, rest))
}

/// Splits the ASCII digits off the front.
fn split_digits(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at(end)
}

/// `0.{digits}` of `scale`, cut to whole nanoseconds.
fn fraction_of(digits: &str, scale: u64) -> u64 {
    // An hour has 13 digits of nanoseconds; 15 keep every one of them and fit in 128 bits with room.
    let kept = &digits[..digits.len().min(15)];
    let numerator = kept
        .bytes()
        .fold(0u128, |n, digit| n * 10 + u128::from(digit - b'0'));
    (numerator * u128::from(scale) / 10u128.pow(kept.len() as u32)) as u64
}

/// A count of nanoseconds that displays as Go writes it: `1h30m45.5s`, `1.5ms`, `0s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written(pub i64);

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.unsigned_abs();
        if self.0 < 0 {
            f.write_str("-")?;
        }
        match nanos {
            0 => f.write_str("0s"),
            1..1_000 => write!(f, "{nanos}ns"),
            1_000..1_000_000 => write!(f, "{}µs", Decimal(nanos, 1_000)),
            1_000_000..SECOND => write!(f, "{}ms", Decimal(nanos, 1_000_000)),
            _ => {
                if nanos >= HOUR {
                    write!(f, "{}h", nanos / HOUR)?;
                }
                if nanos >= MINUTE {
                    write!(f, "{}m", nanos % HOUR / MINUTE)?;
                }
                write!(f, "{}s", Decimal(nanos % MINUTE, SECOND))
            }
        }
    }
}

/// `.0` in units of `.1` (a power of ten), with as many decimals as it needs.
struct Decimal(u64, u64);

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Decimal(value, unit) = *self;
        write!(f, "{}", value / unit)?;
        if value.is_multiple_of(unit) {
            return Ok(());
        }
        let width = unit.ilog10() as usize;
        let decimals = format!("{:0width$}", value % unit);
        write!(f, ".{}", decimals.trim_end_matches('0'))
    }
}

/// A body for a fuzzer: what is read is written, and read back the same.
#[cfg(any(test, fuzzing))]
pub fn fuzz(text: &[u8]) {
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    match parse(text) {
        Ok(nanos) => {
            let written = Written(nanos).to_string();
            assert_eq!(parse(&written), Ok(nanos), "{text:?} {written}");
        }
        Err(error) => assert!(error.to_string().contains("duration"), "{error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_go_accepts_is_accepted() {
        for (text, nanos) in [
            ("0", 0),
            ("-0", 0),
            ("+0", 0),
            ("0s", 0),
            ("100ms", 100_000_000),
            ("3s", 3_000_000_000),
            ("1.5h", 5_400_000_000_000),
            (".5s", 500_000_000),
            ("5.s", 5_000_000_000),
            ("1h30m45.5s", 5_445_500_000_000),
            ("-2m3.4s", -123_400_000_000),
            ("+7ns", 7),
            ("1us2µs3μs", 6_000),
            ("0.9ns", 0),
            ("0.000000000277777777777777h", 999),
            ("-9223372036854775808ns", i64::MIN),
            ("9223372036854775807ns", i64::MAX),
        ] {
            assert_eq!(parse(text), Ok(nanos), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_says_why() {
        for (text, said) in [
            ("", r#"invalid duration """#),
            ("-", r#"invalid duration "-""#),
            (".", r#"invalid duration ".""#),
            (".s", r#"invalid duration ".s""#),
            ("soon", r#"invalid duration "soon""#),
            ("--1s", r#"invalid duration "--1s""#),
            ("1s ", r#"unknown unit "s " in duration "1s ""#),
            ("5", r#"missing unit in duration "5""#),
            ("1s5", r#"missing unit in duration "1s5""#),
            ("1d", r#"unknown unit "d" in duration "1d""#),
            ("1MS", r#"unknown unit "MS" in duration "1MS""#),
            ("300000000h", r#"duration "300000000h" is out of range"#),
            ("2562047h48m", r#"duration "2562047h48m" is out of range"#),
            (
                "99999999999999999999s",
                r#"duration "99999999999999999999s" is out of range"#,
            ),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), said, "{text:?}");
        }
    }

    #[test]
    fn written_as_go_writes_it() {
        for (nanos, text) in [
            (0, "0s"),
            (1, "1ns"),
            (1_100, "1.1µs"),
            (1_500_000, "1.5ms"),
            (2_000_000_000, "2s"),
            (60_000_000_000, "1m0s"),
            (3_600_000_000_000, "1h0m0s"),
            (5_445_500_000_000, "1h30m45.5s"),
            (-1_000_000_001, "-1.000000001s"),
            (i64::MIN, "-2562047h47m16.854775808s"),
        ] {
            assert_eq!(Written(nanos).to_string(), text);
            assert_eq!(parse(text), Ok(nanos));
        }
    }
}
