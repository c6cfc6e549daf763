//! Numbers as they are written.
//!
//! Knows nothing of what is around them.

use super::syntax::Literal;

/// Bytes that belong to the number that `text` begins with, well-formed or not: as Lua has it.
pub(super) fn length(text: &[u8]) -> usize {
    let exponent = match is_hex(text) {
        true => b"pP",
        false => b"eE",
    };
    let mut at = if is_hex(text) { 2 } else { 0 };
    while let Some(&byte) = text.get(at) {
        if exponent.contains(&byte) {
            let has_sign = matches!(text.get(at + 1), Some(b'+' | b'-'));
            at += 1 + usize::from(has_sign);
        } else if byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_' {
            at += 1;
        } else {
            break;
        }
    }
    at
}

fn is_hex(text: &[u8]) -> bool {
    matches!(text, [b'0', b'x' | b'X', ..])
}

/// Whether Lua reads the whole of it as a number.
pub(super) fn is_well_formed(text: &[u8]) -> bool {
    let (rest, is_digit, exponent): (_, fn(&u8) -> bool, _) = match is_hex(text) {
        true => (&text[2..], u8::is_ascii_hexdigit, b"pP"),
        false => (text, u8::is_ascii_digit, b"eE"),
    };
    let count = |text: &[u8]| text.iter().take_while(|byte| is_digit(byte)).count();
    let whole = count(rest);
    let mut rest = &rest[whole..];
    let mut digits = whole;
    if let Some(behind) = rest.strip_prefix(b".") {
        let fraction = count(behind);
        digits += fraction;
        rest = &behind[fraction..];
    }
    if let [mark, behind @ ..] = rest
        && exponent.contains(mark)
    {
        let behind = match behind {
            [b'+' | b'-', behind @ ..] => behind,
            _ => behind,
        };
        return digits > 0 && !behind.is_empty() && behind.iter().all(u8::is_ascii_digit);
    }
    digits > 0 && rest.is_empty()
}

/// The value of a well-formed number. A hexadecimal one with a fraction or an exponent has none: no type is written so.
pub(super) fn value(text: &[u8]) -> Option<Literal> {
    let written = std::str::from_utf8(text).ok()?;
    if is_hex(text) {
        let digits = &text[2..];
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        // What doesn't fit wraps around, as Lua has it.
        let value = digits.iter().fold(0u64, |value, digit| {
            let digit = (*digit as char).to_digit(16).unwrap_or(0);
            value.wrapping_shl(4) | u64::from(digit)
        });
        return Some(Literal::Integer(value as i64));
    }
    match written.parse() {
        Ok(value) => Some(Literal::Integer(value)),
        Err(_) => written.parse().ok().map(Literal::Float),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_lua_s() {
        for good in [
            "0", "007", "3.", ".5", "3.25", "1e5", "1E+5", "2.5e-3", "0x10", "0xA.8p1", "0x.1P-2",
        ] {
            assert_eq!(length(good.as_bytes()), good.len(), "{good}");
            assert!(is_well_formed(good.as_bytes()), "{good}");
        }
        for (bad, bytes) in [
            ("3..2", 4),
            ("1e", 2),
            ("0x", 2),
            ("0xg", 3),
            ("1abc", 4),
            ("1e+", 3),
            ("1.2.3", 5),
            ("3x+1", 2),
        ] {
            assert_eq!(length(bad.as_bytes()), bytes, "{bad}");
            assert!(!is_well_formed(&bad.as_bytes()[..bytes]), "{bad}");
        }
        assert_eq!(length(b"1-2"), 1);
        assert_eq!(length(b"0xe+1"), 3);
    }

    #[test]
    fn values_are_lua_s() {
        assert_eq!(value(b"010"), Some(Literal::Integer(10)));
        assert_eq!(value(b"0xff"), Some(Literal::Integer(255)));
        assert_eq!(value(b"0xffffffffffffffff"), Some(Literal::Integer(-1)));
        assert_eq!(
            value(b"9223372036854775808"),
            Some(Literal::Float(9_223_372_036_854_775_808.0))
        );
        assert_eq!(value(b"2.5e1"), Some(Literal::Float(25.0)));
        assert_eq!(value(b"3."), Some(Literal::Float(3.0)));
        assert_eq!(value(b".5"), Some(Literal::Float(0.5)));
        assert_eq!(value(b"0x1p4"), None);
    }
}
