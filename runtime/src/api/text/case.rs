//! `string.upper` and `string.lower`: case by Unicode, in UTF-8.
//!
//! Knows nothing of languages: the mapping is the same everywhere. Bytes that are not UTF-8 stay as they are.

/// `text` in capital letters. One letter may become several ("ß" is "SS").
pub fn upper(text: &[u8]) -> Vec<u8> {
    map(
        text,
        |byte| byte.to_ascii_uppercase(),
        |letter, out| {
            out.extend(letter.to_uppercase());
        },
    )
}

/// `text` in small letters.
pub fn lower(text: &[u8]) -> Vec<u8> {
    map(
        text,
        |byte| byte.to_ascii_lowercase(),
        |letter, out| {
            out.extend(letter.to_lowercase());
        },
    )
}

fn map(text: &[u8], ascii: impl Fn(u8) -> u8, unicode: impl Fn(char, &mut String)) -> Vec<u8> {
    if text.is_ascii() {
        return text.iter().map(|byte| ascii(*byte)).collect();
    }
    let mut out = Vec::with_capacity(text.len());
    let mut letters = String::new();
    for chunk in text.utf8_chunks() {
        letters.clear();
        for letter in chunk.valid().chars() {
            unicode(letter, &mut letters);
        }
        out.extend_from_slice(letters.as_bytes());
        out.extend_from_slice(chunk.invalid());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_all_alphabets_change_case() {
        assert_eq!(upper(b"hello, World 1"), b"HELLO, WORLD 1");
        assert_eq!(lower(b"Hello [@]"), b"hello [@]");
        assert_eq!(upper("привет é ß".as_bytes()), "ПРИВЕТ É SS".as_bytes());
        assert_eq!(lower("ÀÉ Ω ПРИВЕТ".as_bytes()), "àé ω привет".as_bytes());
    }

    #[test]
    fn bytes_that_are_no_utf8_stay() {
        assert_eq!(upper(b"a\xFFb\xC3"), b"A\xFFB\xC3");
        assert_eq!(upper(b"\xC3\xA9\x80\0z"), b"\xC3\x89\x80\0Z");
        assert_eq!(lower(b""), b"");
        assert_eq!(lower(b"\xED\xA0\x80A"), b"\xED\xA0\x80a");
    }
}
