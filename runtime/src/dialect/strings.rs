//! What a string in a source stands for.
//!
//! Knows nothing of tokens: it gets one that was read well.

use super::error::length_of_end;
use super::escape::{self, Meaning};

/// The bytes that a string stands for, quotes or long brackets around it.
pub(super) fn value(text: &[u8]) -> Box<[u8]> {
    match text.first() {
        Some(b'[') => long(text).into(),
        _ => short(&text[1..text.len() - 1]).into(),
    }
}

fn long(text: &[u8]) -> Vec<u8> {
    let bracket = 2 + text[1..].iter().take_while(|&&byte| byte == b'=').count();
    let mut rest = &text[bracket..text.len() - bracket];
    // The first line end is left out, and all others are line feeds.
    if let [b'\n' | b'\r', ..] = rest {
        rest = &rest[length_of_end(rest)..];
    }
    let mut bytes = Vec::with_capacity(rest.len());
    while let [first, ..] = rest {
        let is_end = matches!(first, b'\n' | b'\r');
        bytes.push(if is_end { b'\n' } else { *first });
        rest = &rest[if is_end { length_of_end(rest) } else { 1 }..];
    }
    bytes
}

fn short(mut rest: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(rest.len());
    while let [first, ..] = rest {
        let length = match escape::read(rest) {
            Ok(escape) if *first == b'\\' => {
                match escape.meaning {
                    Meaning::Byte(byte) => bytes.push(byte),
                    Meaning::Character(number) => push_character(&mut bytes, number),
                    Meaning::Nothing => {}
                }
                escape.length
            }
            _ => {
                bytes.push(*first);
                1
            }
        };
        rest = &rest[length..];
    }
    bytes
}

/// Appends a number in UTF-8 as it was once defined: up to six bytes.
fn push_character(bytes: &mut Vec<u8>, number: u32) {
    if number < 0x80 {
        return bytes.push(number as u8);
    }
    let mut more = [0; 6];
    let (mut at, mut left, mut room) = (6, number, 0x3f);
    while left > room {
        at -= 1;
        more[at] = 0x80 | (left & 0x3f) as u8;
        left >>= 6;
        room >>= 1;
    }
    at -= 1;
    more[at] = (!room << 1) as u8 | left as u8;
    bytes.extend_from_slice(&more[at..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_stand_for_bytes() {
        for (text, bytes) in [
            (r#""a\tb""#, &b"a\tb"[..]),
            (r"'\65\066\x43\z   D'", b"ABCD"),
            (r#""\u{e9}\u{20AC}""#, "é€".as_bytes()),
            (r#""\u{7FFFFFFF}""#, b"\xfd\xbf\xbf\xbf\xbf\xbf"),
            (r#""\d\.\/""#, b"d./"),
            ("'a\\\r\nb'", b"a\nb"),
            ("[[\nx\r\ny]]", b"x\ny"),
            ("[==[a]]b]==]", b"a]]b"),
            ("[[]]", b""),
            ("''", b""),
        ] {
            assert_eq!(&*value(text.as_bytes()), bytes, "{text}");
        }
    }
}
