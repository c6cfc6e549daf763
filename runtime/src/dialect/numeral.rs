//! Numbers in a source: how far one reaches, and what it is.
//!
//! Knows nothing of what is around them; what is a numeral, `crate::numeral` says.

use super::syntax::Literal;
use crate::numeral::{self, Number};

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

/// The value of what [`length`] measured; none if it is malformed.
pub(super) fn value(text: &[u8]) -> Option<Literal> {
    Some(match numeral::parse(text)? {
        Number::Int(value) => Literal::Integer(value),
        Number::Float(value) => Literal::Float(value),
    })
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
            assert!(value(good.as_bytes()).is_some(), "{good}");
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
            assert_eq!(value(&bad.as_bytes()[..bytes]), None, "{bad}");
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
        assert_eq!(value(b"0x1p4"), Some(Literal::Float(16.0)));
    }
}
