//! Percent-encoding: what URLs and forms have in the place of bytes that mean something there.
//!
//! Knows nothing of what the bytes are for.

use std::borrow::Cow;

/// Whether every percent sign stands before two hexadecimal digits.
pub fn is_valid(text: &[u8]) -> bool {
    memchr::memchr_iter(b'%', text).all(|at| {
        let digits = text.get(at + 1..at + 3);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

/// The bytes that stand for themselves or are encoded. A percent sign that encodes nothing stands for itself.
pub fn decode(text: &[u8]) -> Cow<'_, [u8]> {
    percent_encoding::percent_decode(text).into()
}

/// The keys and values of a query or a form, in order. A plus is a space; a key without `=` has an empty value.
pub fn pairs(text: &[u8]) -> impl Iterator<Item = (Cow<'_, [u8]>, Cow<'_, [u8]>)> {
    text.split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let middle = memchr::memchr(b'=', pair).unwrap_or(pair.len());
            let value = pair.get(middle + 1..).unwrap_or_default();
            (decode_form(&pair[..middle]), decode_form(value))
        })
}

fn decode_form(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'+', text).is_none() {
        return decode(text);
    }
    let spaced: Vec<u8> = text
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    Cow::Owned(decode(&spaced).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_digits_follow_a_percent_sign() {
        for (text, valid) in [
            ("", true),
            ("a%20b%C3%a4", true),
            ("%", false),
            ("%2", false),
            ("%2g", false),
            ("%%20", false),
            ("%+1", false),
        ] {
            assert_eq!(is_valid(text.as_bytes()), valid, "{text}");
        }
    }

    #[test]
    fn a_form_is_decoded() {
        let text = b"a=1&b=x+y%2Bz&&c&=d&e=f=g&h=100%";
        let shown: Vec<(String, String)> = pairs(text)
            .map(|(key, value)| {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                (text(&key), text(&value))
            })
            .collect();
        let expected = [
            ("a", "1"),
            ("b", "x y+z"),
            ("c", ""),
            ("", "d"),
            ("e", "f=g"),
            ("h", "100%"),
        ];
        let expected = expected.map(|(key, value)| (key.to_string(), value.to_string()));
        assert_eq!(shown, expected);
    }
}
