//! The escapes in short strings: Lua's, and those that the dialect takes besides.
//!
//! Knows nothing of strings as a whole.

use super::error::length_of_end;

/// An escape, from its backslash on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Escape {
    /// Its bytes, with the backslash.
    pub length: usize,
    /// Whether it is a backslash before a character that needs none: the dialect leaves the backslash out, Lua refuses it.
    pub is_lenient: bool,
    /// What it stands for.
    pub meaning: Meaning,
}

/// What an escape stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// One byte.
    Byte(u8),
    /// A number to be written in UTF-8, up to 2^31.
    Character(u32),
    /// Nothing: blanks were skipped.
    Nothing,
}

/// Reads the escape that `text` begins with. What is wrong comes with how many bytes it has.
pub(super) fn read(text: &[u8]) -> Result<Escape, (usize, &'static str)> {
    let byte = |length, byte| escape(length, Meaning::Byte(byte));
    Ok(match text.get(1) {
        Some(b'a') => byte(2, 0x07),
        Some(b'b') => byte(2, 0x08),
        Some(b'f') => byte(2, 0x0c),
        Some(b'n') => byte(2, b'\n'),
        Some(b'r') => byte(2, b'\r'),
        Some(b't') => byte(2, b'\t'),
        Some(b'v') => byte(2, 0x0b),
        Some(&sign @ (b'\\' | b'"' | b'\'')) => byte(2, sign),
        Some(b'\n' | b'\r') => byte(1 + length_of_end(&text[1..]), b'\n'),
        Some(b'x') => hex(text)?,
        Some(b'z') => skip(text),
        Some(b'u') => character(text)?,
        Some(b'0'..=b'9') => decimal(text)?,
        Some(&other) => Escape {
            is_lenient: true,
            ..byte(2, other)
        },
        None => return Err((1, "unfinished string: its closing quote is missing")),
    })
}

fn escape(length: usize, meaning: Meaning) -> Escape {
    Escape {
        length,
        is_lenient: false,
        meaning,
    }
}

/// `\xXX`
fn hex(text: &[u8]) -> Result<Escape, (usize, &'static str)> {
    let digit = |at: usize| {
        let digit = text.get(at).and_then(|byte| (*byte as char).to_digit(16));
        digit.ok_or((at, "expected two hexadecimal digits after `\\x`"))
    };
    let value = digit(2)? * 16 + digit(3)?;
    Ok(escape(4, Meaning::Byte(value as u8)))
}

/// `\z`, which skips blanks.
fn skip(text: &[u8]) -> Escape {
    let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c);
    let blanks = text[2..].iter().take_while(is_blank).count();
    escape(2 + blanks, Meaning::Nothing)
}

/// `\ddd`
fn decimal(text: &[u8]) -> Result<Escape, (usize, &'static str)> {
    let digits = text[1..].iter().take(3);
    let digits = digits.take_while(|byte| byte.is_ascii_digit());
    let (value, count) = digits.fold((0u32, 0), |(value, count), digit| {
        (value * 10 + u32::from(digit - b'0'), count + 1)
    });
    let value = u8::try_from(value).map_err(|_| (1 + count, "an escape beyond `\\255`"))?;
    Ok(escape(1 + count, Meaning::Byte(value)))
}

/// `\u{XXX}`
fn character(text: &[u8]) -> Result<Escape, (usize, &'static str)> {
    let Some(rest) = text[2..].strip_prefix(b"{") else {
        return Err((2, "expected `{` after `\\u`"));
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_hexdigit());
    let mut value = 0u32;
    let mut length = 3;
    for digit in digits {
        length += 1;
        if value >= 1 << 27 {
            return Err((length, "an escape beyond `\\u{7FFFFFFF}`"));
        }
        value = value * 16 + (*digit as char).to_digit(16).unwrap_or(0);
    }
    if length == 3 {
        return Err((length, "expected a hexadecimal digit after `\\u{`"));
    }
    match text.get(length) {
        Some(b'}') => Ok(escape(length + 1, Meaning::Character(value))),
        _ => Err((length, "expected `}` after the digits of `\\u{`")),
    }
}
