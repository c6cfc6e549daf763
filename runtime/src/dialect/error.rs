//! What is wrong with a source, and where.
//!
//! Knows nothing of files: a place is a span of the text.

use super::syntax::Span;

/// One thing that is wrong with a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What is wrong there.
    pub span: Span,
    /// What is wrong: `expected a type, found `=``.
    pub what: String,
    /// What to do about it.
    pub advice: Option<String>,
}

impl Error {
    /// An error at `span`.
    pub(super) fn new(span: Span, what: impl Into<String>) -> Error {
        Error {
            span,
            what: what.into(),
            advice: None,
        }
    }

    /// The same error, with what to do about it.
    pub(super) fn advice(mut self, advice: impl Into<String>) -> Error {
        self.advice = Some(advice.into());
        self
    }
}

/// Where a byte of a source stands, as people count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position<'s> {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The text of the line.
    pub text: &'s [u8],
}

/// Finds the position of the byte `at`. Lines end as Lua has it: a line feed, a carriage return, or both in any order.
pub fn position(source: &[u8], at: u32) -> Position<'_> {
    let at = (at as usize).min(source.len());
    let (mut line, mut start) = (1, 0);
    let mut next = 0;
    while let Some(end) = line_end(source, next) {
        let behind = end + length_of_end(&source[end..]);
        if behind > at {
            break;
        }
        (line, start, next) = (line + 1, behind, behind);
    }
    let end = line_end(source, start).unwrap_or(source.len());
    let before = &source[start..at.max(start)];
    Position {
        line,
        column: String::from_utf8_lossy(before).chars().count() as u32 + 1,
        text: &source[start..end],
    }
}

/// Where a line stands, from 1, without its end; at the end of the source if there is no such line. Lines end as in
/// [`position`].
pub fn line(source: &[u8], number: u32) -> Span {
    let mut start = 0;
    for _ in 1..number {
        start = match line_end(source, start) {
            Some(end) => end + length_of_end(&source[end..]),
            None => source.len(),
        };
    }
    Span {
        start: start as u32,
        end: line_end(source, start).unwrap_or(source.len()) as u32,
    }
}

fn line_end(source: &[u8], from: usize) -> Option<usize> {
    memchr::memchr2(b'\n', b'\r', &source[from..]).map(|found| from + found)
}

/// Bytes of the line end that the text begins with.
pub(super) fn length_of_end(text: &[u8]) -> usize {
    match text {
        [b'\n', b'\r', ..] | [b'\r', b'\n', ..] => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_lua_has_it() {
        let source = "a\nbc\r\nd\re\n\rü!".as_bytes();
        let at = |byte: usize| {
            let found = position(source, byte as u32);
            (found.line, found.column, found.text)
        };
        assert_eq!(at(0), (1, 1, &b"a"[..]));
        assert_eq!(at(1), (1, 2, &b"a"[..]));
        assert_eq!(at(3), (2, 2, &b"bc"[..]));
        assert_eq!(at(6), (3, 1, &b"d"[..]));
        assert_eq!(at(8), (4, 1, &b"e"[..]));
        assert_eq!(at(13), (5, 2, "ü!".as_bytes()));
        assert_eq!(at(99), (5, 3, "ü!".as_bytes()));
        assert_eq!(position(b"", 0).line, 1);
        let lines: Vec<_> = (1..=6)
            .map(|number| line(source, number).of(source))
            .collect();
        assert_eq!(lines, [&b"a"[..], b"bc", b"d", b"e", "ü!".as_bytes(), b""]);
    }
}
