//! A part of a file, as a `Range` header asks for it.
//!
//! Knows nothing of the file but its length.

use std::ops::Range;

/// What of a file is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ranged {
    /// All: nothing else is asked for, or several parts are, or what is no range. Nobody has to answer those.
    Whole,
    /// These bytes; at least one.
    Part(Range<u64>),
    /// Bytes that it doesn't have.
    Unsatisfiable,
}

/// What a `Range` header asks for of so many bytes.
pub fn range(value: &str, length: u64) -> Ranged {
    let spec = value
        .trim()
        .split_once('=')
        .filter(|(unit, _)| unit.trim().eq_ignore_ascii_case("bytes"));
    let Some((_, spec)) = spec.filter(|(_, spec)| !spec.contains(',')) else {
        return Ranged::Whole;
    };
    let Some((first, last)) = spec.trim().split_once('-') else {
        return Ranged::Whole;
    };
    let (Some(first), Some(last)) = (number(first), number(last)) else {
        return Ranged::Whole;
    };
    let part = match (first, last) {
        (None, None) => return Ranged::Whole,
        (Some(first), Some(last)) if first > last => return Ranged::Whole,
        (Some(first), last) => {
            let end = last.map_or(length, |last| last.saturating_add(1).min(length));
            first..end
        }
        (None, Some(last)) => length.saturating_sub(last)..length,
    };
    match part.is_empty() {
        true => Ranged::Unsatisfiable,
        false => Ranged::Part(part),
    }
}

/// A number, or none where nothing stands; none at all for what is neither. Too large a one is as good as the largest.
fn number(text: &str) -> Option<Option<u64>> {
    if text.is_empty() {
        return Some(None);
    }
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| Some(text.parse().unwrap_or(u64::MAX)))
}
