//! Reads the tokens of a source, one after the other: Lua's, and the signs that types add.
//!
//! A place in a source and no more, so that looking ahead is reading on with a copy. Knows nothing of grammar.

use super::error::Error;
use super::syntax::Span;
use super::token::{Kind, Token};
use super::{escape, numeral};

/// Reads on from a place in a source.
#[derive(Clone, Copy)]
pub(super) struct Lexer<'s> {
    source: &'s [u8],
    at: usize,
}

impl<'s> Lexer<'s> {
    /// Reads from the beginning; the source has fewer than 4 GiB.
    pub fn new(source: &'s [u8]) -> Lexer<'s> {
        // A mark that says which order bytes have, which editors put there and Lua's loader leaves out too.
        let at = if source.starts_with(b"\xef\xbb\xbf") {
            3
        } else {
            0
        };
        Lexer { source, at }
    }

    /// The text that is read.
    pub fn source(&self) -> &'s [u8] {
        self.source
    }

    /// Where the next token is looked for.
    pub fn at(&self) -> u32 {
        self.at as u32
    }

    /// Goes on behind `at`.
    pub fn skip_to(&mut self, at: u32) {
        self.at = at as usize;
    }

    fn peek(&self, ahead: usize) -> u8 {
        // A zero is no part of any token, so the end may look like one.
        self.source.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn span(&self, start: usize) -> Span {
        Span {
            start: start as u32,
            end: self.at as u32,
        }
    }

    /// The next token.
    pub fn next(&mut self) -> Result<Token, Box<Error>> {
        let mut is_first = self.at == 0;
        self.skip_blanks(&mut is_first)?;
        let start = self.at;
        let mut is_lenient = false;
        let kind = match self.peek(0) {
            _ if start >= self.source.len() => Kind::EndOfFile,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
            b'0'..=b'9' => self.number()?,
            b'.' if self.peek(1).is_ascii_digit() => self.number()?,
            b'"' | b'\'' => {
                is_lenient = self.string()?;
                Kind::String
            }
            b'[' => match self.long_bracket() {
                Some(level) => self.long_string(level)?,
                None if self.peek(1) == b'=' => {
                    self.at += 1;
                    let what = "unfinished opening bracket of a long string";
                    return Err(self.error(start, what));
                }
                None => self.sign(1, Kind::BracketOpen),
            },
            _ => self.signs(start)?,
        };
        Ok(Token {
            kind,
            span: self.span(start),
            is_first,
            is_lenient,
        })
    }

    fn error(&self, start: usize, what: &str) -> Box<Error> {
        Box::new(Error::new(self.span(start), what))
    }

    /// Skips blanks and comments.
    fn skip_blanks(&mut self, is_first: &mut bool) -> Result<(), Box<Error>> {
        loop {
            match self.peek(0) {
                b'\n' | b'\r' => {
                    *is_first = true;
                    self.at += 1;
                }
                b' ' | b'\t' | 0x0b | 0x0c => self.at += 1,
                b'-' if self.peek(1) == b'-' => self.comment(is_first)?,
                _ => return Ok(()),
            }
        }
    }

    fn comment(&mut self, is_first: &mut bool) -> Result<(), Box<Error>> {
        let start = self.at;
        self.at += 2;
        if let Some(level) = self.long_bracket() {
            let text = self.at;
            let end = self.behind_long(level);
            self.at = end.unwrap_or(self.source.len());
            if end.is_none() {
                let what = "unfinished comment: its closing bracket is missing";
                return Err(self.error(start, what));
            }
            *is_first |= memchr::memchr2(b'\n', b'\r', &self.source[text..self.at]).is_some();
            return Ok(());
        }
        let rest = &self.source[self.at..];
        self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        Ok(())
    }

    /// The number of `=` in the opening long bracket that is here, if one is.
    fn long_bracket(&self) -> Option<usize> {
        let rest = self.source[self.at..].strip_prefix(b"[")?;
        let level = rest.iter().take_while(|&&byte| byte == b'=').count();
        (rest.get(level) == Some(&b'[')).then_some(level)
    }

    /// Where what the long bracket here opens has ended.
    fn behind_long(&self, level: usize) -> Option<usize> {
        let mut at = self.at + level + 2;
        loop {
            at += memchr::memchr(b']', self.source.get(at..)?)? + 1;
            let rest = &self.source[at..];
            let equals = rest.iter().take_while(|&&byte| byte == b'=').count();
            if equals == level && rest.get(level) == Some(&b']') {
                return Some(at + level + 1);
            }
            at += equals;
        }
    }

    fn long_string(&mut self, level: usize) -> Result<Kind, Box<Error>> {
        let start = self.at;
        let end = self.behind_long(level);
        self.at = end.unwrap_or(self.source.len());
        match end {
            Some(_) => Ok(Kind::String),
            None => {
                let what = "unfinished long string: its closing bracket is missing";
                Err(self.error(start, what))
            }
        }
    }

    fn word(&mut self) -> Kind {
        let rest = &self.source[self.at..];
        let is_inside = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
        let length = rest.iter().take_while(is_inside).count();
        self.at += length;
        Kind::of_word(&rest[..length])
    }

    fn number(&mut self) -> Result<Kind, Box<Error>> {
        let start = self.at;
        self.at += numeral::length(&self.source[start..]);
        match numeral::value(&self.source[start..self.at]) {
            Some(_) => Ok(Kind::Number),
            None => Err(self.error(start, "malformed number")),
        }
    }

    /// Skips a short string; says whether Lua wouldn't take one of its backslashes.
    fn string(&mut self) -> Result<bool, Box<Error>> {
        let start = self.at;
        let quote = self.peek(0);
        self.at += 1;
        let mut is_lenient = false;
        loop {
            let rest = &self.source[self.at..];
            match rest.first() {
                Some(&byte) if byte == quote => break,
                Some(b'\\') => {
                    let escape = escape::read(rest).map_err(|(length, what)| {
                        let from = self.at;
                        self.at += length;
                        self.error(from, what)
                    })?;
                    is_lenient |= escape.is_lenient;
                    self.at += escape.length;
                }
                None | Some(b'\n' | b'\r') => {
                    let what = "unfinished string: its closing quote is missing";
                    return Err(self.error(start, what));
                }
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        Ok(is_lenient)
    }

    fn sign(&mut self, length: usize, kind: Kind) -> Kind {
        self.at += length;
        kind
    }

    fn signs(&mut self, start: usize) -> Result<Kind, Box<Error>> {
        let (length, kind) = match (self.peek(0), self.peek(1), self.peek(2)) {
            (b'.', b'.', b'.') => (3, Kind::Ellipsis),
            (b'.', b'.', _) => (2, Kind::Concat),
            (b'.', ..) => (1, Kind::Dot),
            (b'=', b'=', _) => (2, Kind::Equal),
            (b'=', ..) => (1, Kind::Assign),
            (b'~', b'=', _) => (2, Kind::NotEqual),
            (b'~', ..) => (1, Kind::Tilde),
            (b'<', b'<', _) => (2, Kind::ShiftLeft),
            (b'<', b'=', _) => (2, Kind::LessEqual),
            (b'<', ..) => (1, Kind::Less),
            (b'>', b'>', _) => (2, Kind::ShiftRight),
            (b'>', b'=', _) => (2, Kind::GreaterEqual),
            (b'>', ..) => (1, Kind::Greater),
            (b'/', b'/', _) => (2, Kind::DoubleSlash),
            (b'/', ..) => (1, Kind::Slash),
            (b':', b':', _) => (2, Kind::DoubleColon),
            (b':', ..) => (1, Kind::Colon),
            (b'-', b'>', _) => (2, Kind::Arrow),
            (b'-', ..) => (1, Kind::Minus),
            (b'+', ..) => (1, Kind::Plus),
            (b'*', ..) => (1, Kind::Star),
            (b'%', ..) => (1, Kind::Percent),
            (b'^', ..) => (1, Kind::Caret),
            (b'#', ..) => (1, Kind::Hash),
            (b'&', ..) => (1, Kind::Ampersand),
            (b'|', ..) => (1, Kind::Pipe),
            (b'(', ..) => (1, Kind::ParenOpen),
            (b')', ..) => (1, Kind::ParenClose),
            (b'{', ..) => (1, Kind::BraceOpen),
            (b'}', ..) => (1, Kind::BraceClose),
            (b']', ..) => (1, Kind::BracketClose),
            (b';', ..) => (1, Kind::Semicolon),
            (b',', ..) => (1, Kind::Comma),
            (b'?', ..) => (1, Kind::Question),
            (b'@', ..) => (1, Kind::At),
            (b'!', ..) => (1, Kind::Exclamation),
            _ => {
                self.at += character_length(&self.source[start..]);
                let text = String::from_utf8_lossy(&self.source[start..self.at]);
                let what = format!("unexpected character `{}`", text.escape_debug());
                return Err(self.error(start, &what));
            }
        };
        Ok(self.sign(length, kind))
    }
}

/// Bytes of the character that the text begins with; a byte that begins none counts as one.
fn character_length(text: &[u8]) -> usize {
    let few = &text[..text.len().min(4)];
    let valid = few.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    valid.chars().next().map_or(1, char::len_utf8)
}
