//! `string.gsub` with a replacement string.
//!
//! Knows nothing of replacements that are functions or tables: those are Lua's, see `prelude/string_gsub.lua`.

use super::{Budget, Capture, Captures, Cursor, Match, Pattern, PatternError};
use std::io::Write;

/// A replacement string, in which `%0` to `%9` stand for captures and `%%` for `%`.
pub struct Replacement<'r> {
    text: &'r [u8],
}

impl<'r> Replacement<'r> {
    /// Takes the replacement as the program wrote it.
    pub fn new(text: &'r [u8]) -> Replacement<'r> {
        Replacement { text }
    }

    /// Appends what stands in for `found`.
    fn append(
        &self,
        out: &mut Vec<u8>,
        subject: &[u8],
        found: Match,
        captures: &Captures,
        longest: usize,
    ) -> Result<(), PatternError> {
        let mut rest = self.text;
        while let Some(escape) = memchr::memchr(b'%', rest) {
            out.extend_from_slice(&rest[..escape]);
            match rest.get(escape + 1) {
                Some(b'%') => out.push(b'%'),
                Some(b'0') => out.extend_from_slice(&subject[found.start..found.end]),
                Some(digit @ b'1'..=b'9') => {
                    append_capture(out, subject, found, captures, digit - b'0')?;
                }
                _ => return Err(PatternError::InvalidReplacementEscape),
            }
            rest = &rest[escape + 2..];
            if out.len() > longest {
                return Err(PatternError::ResultTooLarge);
            }
        }
        out.extend_from_slice(rest);
        Ok(())
    }
}

fn append_capture(
    out: &mut Vec<u8>,
    subject: &[u8],
    found: Match,
    captures: &Captures,
    number: u8,
) -> Result<(), PatternError> {
    match captures.get(usize::from(number) - 1) {
        Some(Capture::Text { start, end }) => out.extend_from_slice(&subject[start..end]),
        // Writing to a vector can't fail.
        Some(Capture::Position(offset)) => drop(write!(out, "{}", offset + 1)),
        None if number == 1 && captures.is_empty() => {
            out.extend_from_slice(&subject[found.start..found.end]);
        }
        None => return Err(PatternError::InvalidReplacementIndex(number)),
    }
    Ok(())
}

/// What may be replaced, and how far.
#[derive(Clone, Copy, Debug)]
pub struct Substitution {
    /// How many matches to replace at most.
    pub limit: usize,
    /// How many bytes the result may have at most: a short replacement of a short subject can ask for terabytes.
    pub max_bytes: usize,
    /// Asked now and then; where it says no, the substitution ends in an error.
    pub may_go_on: fn() -> bool,
}

/// Replaces matches of `pattern`, one after the other, and says how many. If none, `out` was not touched;
/// else the whole result was appended to it. The budget is for all matches together.
pub fn substitute(
    subject: &[u8],
    pattern: &Pattern,
    replacement: &Replacement<'_>,
    bounds: Substitution,
    out: &mut Vec<u8>,
) -> Result<usize, PatternError> {
    let mut budget = Budget::for_subject(subject.len()).asking(bounds.may_go_on);
    let mut captures = Captures::new();
    let mut cursor = Cursor::From(0);
    let mut count = 0;
    let mut copied = 0;
    let longest = out.len().saturating_add(bounds.max_bytes);
    while count < bounds.limit {
        let Some(found) = pattern.next_match(subject, cursor, &mut captures, &mut budget)? else {
            break;
        };
        if count == 0 {
            out.reserve(subject.len().min(bounds.max_bytes));
        }
        out.extend_from_slice(&subject[copied..found.start]);
        replacement.append(out, subject, found, &captures, longest)?;
        if out.len() > longest {
            return Err(PatternError::ResultTooLarge);
        }
        count += 1;
        copied = found.end;
        cursor = Cursor::After(found.end);
    }
    if count > 0 {
        out.extend_from_slice(&subject[copied..]);
    }
    Ok(count)
}
