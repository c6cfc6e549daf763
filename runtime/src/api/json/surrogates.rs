//! Escapes of half a character, `\ud83d` without its other half, which other languages let through.
//!
//! Knows no more of JSON than that a backslash escapes what follows it.

/// The text with U+FFFD instead of each such half; `None` if there is none. It is as long as it was, so that places in it
/// stay what they are.
pub(super) fn mend(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut mended = None;
    let mut at = 0;
    while let Some(next) = memchr::memchr(b'\\', &bytes[at..]) {
        at += next;
        match unit(&bytes[at..]) {
            Some(0xD800..=0xDBFF) if matches!(unit(&bytes[at + 6..]), Some(0xDC00..=0xDFFF)) => {
                at += 12;
            }
            Some(0xD800..=0xDFFF) => {
                let mended = mended.get_or_insert_with(|| text.to_owned());
                mended.replace_range(at..at + 6, "\\ufffd");
                at += 6;
            }
            Some(_) => at += 6,
            None => at = bytes.len().min(at + 2),
        }
    }
    mended
}

/// The UTF-16 unit of the escape that `bytes` begin with, if it is one with a number.
fn unit(bytes: &[u8]) -> Option<u16> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |unit, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        Some(unit << 4 | digit as u16)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_replaced_and_pairs_are_not() {
        for (text, mended) in [
            (r#""\ud83d""#, r#""\ufffd""#),
            (r#""\uDE00x""#, r#""\ufffdx""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\ud83d\n\\\udc00é""#, r#""\ufffd\n\\\ufffdé""#),
            (r"\ud83", ""),
            (r#""\\ud83d \u00e9 \ud83d\ude00 \"#, ""),
            (r"\é", ""),
            ("", ""),
        ] {
            let expected = Some(mended).filter(|mended| !mended.is_empty());
            assert_eq!(mend(text).as_deref(), expected, "{text}");
        }
    }
}
