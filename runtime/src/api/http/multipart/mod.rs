//! Forms with files, `multipart/form-data`: where its parts are in a body, and what they are called.
//!
//! Nothing is copied but names. Knows nothing of requests.

mod disposition;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Range;

use memchr::memmem::Finder;

use disposition::Disposition;

/// Parts that a form may have, and headers that a part may: what Go's servers take.
const MOST_PARTS: usize = 1000;
const MOST_HEADERS: usize = 32;

/// Bytes of a part's headers.
const MOST_HEAD: usize = 16 << 10;

/// Bytes of a boundary: RFC 2046.
const LONGEST_BOUNDARY: usize = 70;

/// One part of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// The field's name, not empty.
    pub name: Vec<u8>,
    /// What the client calls the file, without folders; none if the part is no file.
    pub file: Option<Vec<u8>>,
    /// Where its headers are in the body, the empty line behind them included.
    pub head: Range<usize>,
    /// Where its content is in the body.
    pub content: Range<usize>,
}

/// Why a body is no form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MultipartError {
    /// The type of the body says no boundary.
    NoBoundary,
    /// The last part doesn't end.
    Truncated,
    /// A part's headers can't be read.
    Head,
    /// A part's headers are too many, or too long.
    LongHead,
    /// There are too many parts.
    ManyParts,
}

impl fmt::Display for MultipartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MultipartError::NoBoundary => {
                f.write_str("Content-Type is not multipart/form-data with a boundary")
            }
            MultipartError::Truncated => f.write_str("multipart: the last part does not end"),
            MultipartError::Head => f.write_str("multipart: a part has invalid headers"),
            MultipartError::LongHead => write!(
                f,
                "multipart: a part has more than {MOST_HEADERS} headers or {MOST_HEAD} bytes of them"
            ),
            MultipartError::ManyParts => {
                write!(f, "multipart: there are more than {MOST_PARTS} parts")
            }
        }
    }
}

impl std::error::Error for MultipartError {}

/// The boundary that a Content-Type names, if it is that of a form.
pub(super) fn boundary(content_type: &[u8]) -> Result<Vec<u8>, MultipartError> {
    let said = Disposition::read(content_type);
    let boundary = match said.kind.eq_ignore_ascii_case(b"multipart/form-data") {
        true => said.parameter("boundary"),
        false => None,
    };
    boundary
        .filter(|found| (1..=LONGEST_BOUNDARY).contains(&found.len()))
        .ok_or(MultipartError::NoBoundary)
}

/// The parts between boundaries, in order. Parts without a name are left out.
pub(super) fn parse(body: &[u8], boundary: &[u8]) -> Result<Vec<Part>, MultipartError> {
    let mark = [b"\r\n--", boundary].concat();
    let finder = Finder::new(&mark);
    let marks = Marks { body, finder };
    let mut parts = Vec::new();
    let mut count = 0;
    let mut found = marks.first();
    loop {
        let Some(mark) = found else {
            return Err(MultipartError::Truncated);
        };
        let Some(start) = mark.goes_on else {
            return Ok(parts);
        };
        count += 1;
        if count > MOST_PARTS {
            return Err(MultipartError::ManyParts);
        }
        let (length, said) = read_head(&body[start..])?;
        let content = start + length;
        // The empty line behind the headers may be what the next mark begins with.
        let next = marks.next(content - 2);
        let end = next
            .as_ref()
            .map_or(content, |mark| mark.start.max(content));
        if let Some(name) = said.parameter("name").filter(|name| !name.is_empty()) {
            parts.push(Part {
                name,
                file: said.file(),
                head: start..content,
                content: content..end,
            });
        }
        found = next;
    }
}

/// The value of a part's header.
pub(super) fn header<'a>(head: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let Ok(httparse::Status::Complete((_, headers))) = httparse::parse_headers(head, &mut headers)
    else {
        return None;
    };
    let mut headers = headers.iter();
    let found = headers.find(|header| header.name.eq_ignore_ascii_case(name))?;
    Some(found.value)
}

/// How long the headers are with the empty line behind them, and what they say of the part.
fn read_head(bytes: &[u8]) -> Result<(usize, Disposition), MultipartError> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let looked_at = &bytes[..bytes.len().min(MOST_HEAD)];
    match httparse::parse_headers(looked_at, &mut headers) {
        Ok(httparse::Status::Complete((length, headers))) => {
            let mut headers = headers.iter();
            let said =
                headers.find(|header| header.name.eq_ignore_ascii_case("Content-Disposition"));
            let said = said.map(|header| Disposition::read(header.value));
            let said = said.filter(|said| said.kind.eq_ignore_ascii_case(b"form-data"));
            Ok((length, said.unwrap_or_default()))
        }
        Ok(httparse::Status::Partial) if looked_at.len() < bytes.len() => {
            Err(MultipartError::LongHead)
        }
        Ok(httparse::Status::Partial) => Err(MultipartError::Truncated),
        Err(httparse::Error::TooManyHeaders) => Err(MultipartError::LongHead),
        Err(_) => Err(MultipartError::Head),
    }
}

/// The boundary where it stands for itself.
struct Marks<'a> {
    body: &'a [u8],
    /// Finds the boundary with what is before it.
    finder: Finder<'a>,
}

/// One of them.
struct Mark {
    /// Where the line's end before it begins.
    start: usize,
    /// Where what follows begins; none if it is the last.
    goes_on: Option<usize>,
}

impl Marks<'_> {
    /// The first, which may be at the very beginning, or behind what nobody reads.
    fn first(&self) -> Option<Mark> {
        let line = &self.finder.needle()[2..];
        let at_once = match self.body.starts_with(line) {
            true => self.ended(0, line.len()),
            false => None,
        };
        at_once.or_else(|| self.next(0))
    }

    /// The next whose line's end is not before `from`.
    fn next(&self, mut from: usize) -> Option<Mark> {
        loop {
            let start = from + self.finder.find(self.body.get(from..)?)?;
            let end = start + self.finder.needle().len();
            match self.ended(start, end) {
                Some(mark) => return Some(mark),
                // The boundary of something else, which begins as ours does.
                None => from = start + 2,
            }
        }
    }

    /// A mark up to `end`, if its line ends there: white space and a line's end, behind two dashes in the last.
    fn ended(&self, start: usize, end: usize) -> Option<Mark> {
        let rest = &self.body[end..];
        let is_last = rest.starts_with(b"--");
        let rest = if is_last { &rest[2..] } else { rest };
        let is_space = |byte: &&u8| matches!(byte, b' ' | b'\t');
        let rest = &rest[rest.iter().take_while(is_space).count()..];
        let goes_on = match rest.starts_with(b"\r\n") {
            true => self.body.len() - rest.len() + 2,
            false if is_last && rest.is_empty() => self.body.len(),
            false => return None,
        };
        Some(Mark {
            start,
            goes_on: (!is_last).then_some(goes_on),
        })
    }
}
