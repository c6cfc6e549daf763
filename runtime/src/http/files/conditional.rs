//! How much of a file is answered: all, a part, or only that it is the one that the client has.
//!
//! Knows nothing of the file but its metadata.

use std::time::{SystemTime, UNIX_EPOCH};

use super::range::{Ranged, range};
use crate::http::date::{self, HttpDate};
use crate::request::{Headers, Request};

/// What a file system says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Its bytes.
    pub length: u64,
    /// When it was last written.
    pub modified: SystemTime,
}

/// An answer without its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// The status.
    pub status: u16,
    /// The headers; type and caching are to be added.
    pub headers: Headers,
    /// Which bytes of the file are the body, or would be if this is HEAD.
    pub body: std::ops::Range<u64>,
}

/// An entity tag: another whenever length or time are.
pub fn entity_tag(metadata: &Metadata) -> String {
    let since = metadata.modified.duration_since(UNIX_EPOCH);
    let nanos = since.map_or(0, |since| since.as_nanos());
    format!("\"{nanos:x}-{:x}\"", metadata.length)
}

/// What is answered to GET or HEAD, in the order in which the standard weighs conditions.
pub fn answer(request: &Request, metadata: &Metadata) -> Served {
    let tag = entity_tag(metadata);
    let sent = &request.headers;
    let mut headers = Headers::new();
    headers.push("ETag", tag.as_bytes());
    let modified = HttpDate::at(metadata.modified);
    headers.push("Last-Modified", modified.as_bytes());
    let mut served = |status, body: std::ops::Range<u64>| Served {
        status,
        headers: std::mem::take(&mut headers),
        body,
    };
    if !still_as_wanted(sent, &tag, metadata) {
        return served(412, 0..0);
    }
    if is_known(sent, &tag, metadata) {
        return served(304, 0..0);
    }
    let length = metadata.length;
    let whole = |mut answer: Served| {
        answer.headers.push("Accept-Ranges", b"bytes");
        answer
    };
    // Only GET has ranges.
    let asked = sent
        .get_str("Range")
        .filter(|_| request.method() == "GET" && still_the_same(sent, &tag, metadata));
    let said = |answer: &mut Served, text: String| {
        answer.headers.push("Content-Range", text.as_bytes());
    };
    match asked.map_or(Ranged::Whole, |value| range(value, length)) {
        Ranged::Whole => whole(served(200, 0..length)),
        Ranged::Part(part) => {
            let text = format!("bytes {}-{}/{length}", part.start, part.end - 1);
            let mut answer = whole(served(206, part));
            said(&mut answer, text);
            answer
        }
        Ranged::Unsatisfiable => {
            let mut answer = served(416, 0..0);
            said(&mut answer, format!("bytes */{length}"));
            answer
        }
    }
}

/// `If-Match`, or else `If-Unmodified-Since`: whether it is still the file that the client means.
fn still_as_wanted(sent: &Headers, tag: &str, metadata: &Metadata) -> bool {
    if sent.contains("If-Match") {
        return has_tag(sent, "If-Match", |other| other == tag);
    }
    let since = sent.get_str("If-Unmodified-Since").and_then(date::parse);
    since.is_none_or(|since| !is_newer(metadata, since))
}

/// `If-None-Match`, or else `If-Modified-Since`: whether the client has it already.
fn is_known(sent: &Headers, tag: &str, metadata: &Metadata) -> bool {
    if sent.contains("If-None-Match") {
        // What a proxy compressed has a weak tag, and is the same content.
        return has_tag(sent, "If-None-Match", |other| {
            other.strip_prefix("W/").unwrap_or(other) == tag
        });
    }
    let since = sent.get_str("If-Modified-Since").and_then(date::parse);
    since.is_some_and(|since| !is_newer(metadata, since))
}

/// `If-Range`: whether a part would be of the file that the client has the rest of.
fn still_the_same(sent: &Headers, tag: &str, metadata: &Metadata) -> bool {
    let Some(value) = sent.get_str("If-Range") else {
        return !sent.contains("If-Range");
    };
    let since = date::parse(value).map(date::seconds);
    value == tag || since == Some(date::seconds(metadata.modified))
}

/// Whether it was written in a later second: a date has no smaller parts.
fn is_newer(metadata: &Metadata, since: SystemTime) -> bool {
    date::seconds(metadata.modified) > date::seconds(since)
}

/// Whether one of a header's entity tags suits; `*` always does.
fn has_tag(sent: &Headers, name: &str, suits: impl Fn(&str) -> bool) -> bool {
    sent.all(name)
        .filter_map(|value| std::str::from_utf8(value).ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || suits(tag))
}
