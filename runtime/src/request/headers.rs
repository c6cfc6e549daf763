//! Headers: names and values in the order in which they came or were set, in one text.
//!
//! Knows nothing of what a header means.

use std::fmt;

use smallvec::SmallVec;

use super::{Span, is_token};

/// Headers that fit without an allocation of their own; a program's client sends fewer, a browser twice as many.
const INLINE: usize = 8;

/// Bytes that the first header makes room for: a type and another of an answer's few.
const FIRST: usize = 96;

/// Bytes of replaced headers that may stay in the text before it is written anew.
const SLACK: usize = 512;

/// Headers by name, whose letters' case doesn't matter.
#[derive(Clone, Default)]
pub struct Headers {
    /// Names and values, and whatever else stands between them.
    text: Vec<u8>,
    entries: SmallVec<[Entry; INLINE]>,
}

#[derive(Clone, Copy)]
struct Entry {
    name: Span,
    value: Span,
}

/// Why a header is refused: written as it is, it could end the head or begin another header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderError {
    /// The name is no token.
    Name(String),
    /// The value of the header of this name has a control character.
    Value(String),
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HeaderError::Name(name) => write!(f, "invalid header name {name:?}"),
            HeaderError::Value(name) => write!(f, "invalid value of header {name:?}"),
        }
    }
}

impl std::error::Error for HeaderError {}

impl Headers {
    /// No headers.
    pub fn new() -> Headers {
        Headers::default()
    }

    /// Headers that a text is parsed into, with room for none yet: [`Headers::mark`] adds them.
    pub fn of_text(text: Vec<u8>) -> Headers {
        Headers {
            text,
            entries: SmallVec::new(),
        }
    }

    /// Adds a header whose name and value are already in the text.
    pub fn mark(&mut self, name: Span, value: Span) {
        self.entries.push(Entry { name, value });
    }

    /// A piece of the text; empty where the text has no such piece.
    pub fn bytes(&self, span: Span) -> &[u8] {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Bytes that they take, those of headers that were replaced a while ago included.
    pub fn size(&self) -> usize {
        self.text.len() + self.entries.len() * size_of::<Entry>()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Each name with its value, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.raw().map(|(name, value)| {
            let name = std::str::from_utf8(name).unwrap_or_default();
            (name, value)
        })
    }

    /// The same, for who writes them as they are.
    pub fn raw(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.entries
            .iter()
            .map(|entry| (self.bytes(entry.name), self.bytes(entry.value)))
    }

    /// The first value of a header.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.entries
            .iter()
            .find(|entry| self.is_named(entry, name))
            .map(|entry| self.bytes(entry.value))
    }

    /// The first value of a header, if it is text.
    pub fn get_str(&self, name: &str) -> Option<&str> {
        self.get(name)
            .and_then(|value| std::str::from_utf8(value).ok())
    }

    /// Every value of a header, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.entries
            .iter()
            .filter(|entry| self.is_named(entry, name))
            .map(|entry| self.bytes(entry.value))
    }

    /// Whether there is a header of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether one of a header's comma-separated words is `word`, in any case.
    pub fn has_word(&self, name: &str, word: &str) -> bool {
        self.all(name)
            .flat_map(|value| value.split(|byte| *byte == b','))
            .any(|part| part.trim_ascii().eq_ignore_ascii_case(word.as_bytes()))
    }

    /// Gives a header one value, in the place of all that it has.
    pub fn set(&mut self, name: &str, value: &[u8]) -> Result<(), HeaderError> {
        check(name, value)?;
        self.remove(name);
        self.push(name, value);
        Ok(())
    }

    /// Adds a value to a header, beside those that it has.
    pub fn append(&mut self, name: &str, value: &[u8]) -> Result<(), HeaderError> {
        check(name, value)?;
        self.push(name, value);
        Ok(())
    }

    /// Takes all values of a header away.
    pub fn remove(&mut self, name: &str) {
        let text = &self.text;
        let before = self.entries.len();
        self.entries
            .retain(|entry| !text[entry.name.range()].eq_ignore_ascii_case(name.as_bytes()));
        if self.entries.len() < before {
            self.shorten();
        }
    }

    /// Adds a header of ours, whose name and value are known to be fit.
    pub(crate) fn push(&mut self, name: &str, value: &[u8]) {
        debug_assert_eq!(check(name, value), Ok(()));
        if self.text.is_empty() {
            self.text.reserve(FIRST);
        }
        let start = self.text.len();
        self.text.extend_from_slice(name.as_bytes());
        let middle = self.text.len();
        self.text.extend_from_slice(value);
        let end = self.text.len();
        self.mark(Span::new(start, middle), Span::new(middle, end));
    }

    fn is_named(&self, entry: &Entry, name: &str) -> bool {
        entry.name.len() == name.len()
            && self.bytes(entry.name).eq_ignore_ascii_case(name.as_bytes())
    }

    /// Writes the text anew once most of it is of headers that were replaced.
    fn shorten(&mut self) {
        let live: usize = self
            .entries
            .iter()
            .map(|entry| entry.name.len() + entry.value.len())
            .sum();
        if self.text.len() <= 2 * live + SLACK {
            return;
        }
        let mut fresh = Headers::of_text(Vec::with_capacity(live));
        for (name, value) in self.iter() {
            fresh.push(name, value);
        }
        *self = fresh;
    }
}

/// The same headers in the same order; what stands between them in the text doesn't count.
impl PartialEq for Headers {
    fn eq(&self, other: &Headers) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Headers {}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self
            .iter()
            .map(|(name, value)| (name, String::from_utf8_lossy(value)));
        f.debug_map().entries(shown).finish()
    }
}

/// Whether name and value can be written as a header.
fn check(name: &str, value: &[u8]) -> Result<(), HeaderError> {
    if !is_token(name.as_bytes()) {
        return Err(HeaderError::Name(name.to_string()));
    }
    let is_control = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
    if value.iter().any(is_control) {
        return Err(HeaderError::Value(name.to_string()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_in_any_case() {
        let mut headers = Headers::new();
        headers.set("X-One", b"1").unwrap();
        headers.append("x-one", b"2").unwrap();
        assert_eq!(headers.get("X-ONE"), Some(&b"1"[..]));
        assert_eq!(headers.all("x-One").count(), 2);
        headers.set("X-ONE", b"3").unwrap();
        assert_eq!(headers.all("x-one").collect::<Vec<_>>(), [b"3"]);
        headers.remove("x-one");
        assert!(headers.is_empty());
    }

    #[test]
    fn what_could_begin_another_header_is_refused() {
        let mut headers = Headers::new();
        for name in ["", "a b", "a:", "a\r\n", "ä", "a\0", "(a)"] {
            let error = headers.set(name, b"x").unwrap_err();
            assert_eq!(error, HeaderError::Name(name.to_string()), "{name:?}");
        }
        for value in [&b"a\r\nb: c"[..], b"a\n", b"\r", b"\0", b"\x1b", b"\x7f"] {
            let error = headers.append("a", value).unwrap_err();
            assert_eq!(error, HeaderError::Value("a".to_string()), "{value:?}");
            assert_eq!(error.to_string(), "invalid value of header \"a\"");
        }
        assert!(headers.is_empty());
        headers.set("a", "tab\tund ä".as_bytes()).unwrap();
    }

    #[test]
    fn a_header_that_is_set_again_and_again_stays_small() {
        let mut headers = Headers::new();
        headers.set("kept", b"x").unwrap();
        for round in 0..10_000 {
            headers.set("again", round.to_string().as_bytes()).unwrap();
        }
        assert!(headers.text.capacity() < 4 * SLACK);
        let all: Vec<_> = headers.iter().collect();
        assert_eq!(all, [("kept", &b"x"[..]), ("again", b"9999")]);
    }

    #[test]
    fn words_of_a_list_are_found() {
        let mut headers = Headers::new();
        headers
            .append("Connection", b"keep-alive , Upgrade")
            .unwrap();
        headers.append("Connection", b"\tCLOSE").unwrap();
        assert!(headers.has_word("connection", "close"));
        assert!(headers.has_word("connection", "upgrade"));
        assert!(!headers.has_word("connection", "keep"));
    }
}
