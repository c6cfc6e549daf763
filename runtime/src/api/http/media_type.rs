//! Media types, such as `text/html; charset=utf-8`: which one is meant, wanted or looked at.
//!
//! Knows nothing of requests and answers.

/// The type of a body of which nobody said it.
pub(super) fn of(body: &[u8]) -> &'static str {
    let start = body.trim_ascii_start();
    let is_html = HTML.iter().any(|tag| {
        let (begins, next) = (start.get(..tag.len()), start.get(tag.len()));
        begins.is_some_and(|begins| begins.eq_ignore_ascii_case(tag))
            && (tag.ends_with(b"-") || matches!(next, Some(b' ' | b'>')))
    });
    let looked_at = &body[..body.len().min(LOOKED_AT)];
    let is_binary = |byte: &u8| byte.is_ascii_control() && !matches!(byte, 8..=13 | 27);
    match (is_html, looked_at.iter().any(is_binary)) {
        (true, _) => "text/html; charset=utf-8",
        (false, false) => "text/plain; charset=utf-8",
        (false, true) => "application/octet-stream",
    }
}

/// Bytes that are looked at to tell text from other things, as browsers do.
const LOOKED_AT: usize = 512;

/// What a page begins with, as browsers take it.
const HTML: [&[u8]; 10] = [
    b"<!doctype html",
    b"<html",
    b"<head",
    b"<body",
    b"<title",
    b"<div",
    b"<h1",
    b"<p",
    b"<table",
    b"<!--",
];

/// Whether a type is the wanted one, its parameters aside. The wanted one may be all of a sort: `text/*`.
pub(super) fn is(said: &[u8], wanted: &[u8]) -> bool {
    covers(essence(wanted), essence(said))
}

/// Whether a client that accepts `ranges` takes a type: the range that says most about it decides. What is offered may be
/// a range too: then something of it is to be taken.
pub(super) fn accepts<'a>(ranges: impl Iterator<Item = &'a [u8]>, offered: &[u8]) -> bool {
    let offered = essence(offered);
    let parts = ranges.flat_map(|ranges| ranges.split(|byte| *byte == b','));
    let mut best = None;
    for part in parts.map(<[u8]>::trim_ascii) {
        let range = essence(part);
        if covers(range, offered) {
            best = best.max(Some((weight(range), is_wanted(part))));
        } else if covers(offered, range) && is_wanted(part) {
            return true;
        }
    }
    best.is_some_and(|(_, is_wanted)| is_wanted)
}

/// A type without its parameters.
fn essence(kind: &[u8]) -> &[u8] {
    let end = memchr::memchr(b';', kind).unwrap_or(kind.len());
    kind[..end].trim_ascii()
}

/// Whether a range has a type in it.
fn covers(range: &[u8], kind: &[u8]) -> bool {
    match range.strip_suffix(b"*") {
        Some(b"*/" | b"") => true,
        Some(sort) if sort.ends_with(b"/") => kind
            .get(..sort.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(sort)),
        _ => range.eq_ignore_ascii_case(kind),
    }
}

/// How much a range says: a type more than a sort, and that more than `*/*`.
fn weight(range: &[u8]) -> u8 {
    match range {
        b"*/*" | b"*" => 0,
        range if range.ends_with(b"/*") => 1,
        _ => 2,
    }
}

/// Whether a range is not there to be refused, with a quality of zero. One that can't be read counts as none.
fn is_wanted(range: &[u8]) -> bool {
    let parameters = range.split(|byte| *byte == b';').skip(1);
    let mut qualities = parameters.filter_map(|parameter| {
        let (name, value) = parameter.trim_ascii().split_first_chunk::<2>()?;
        let value = std::str::from_utf8(value).ok()?.trim();
        name.eq_ignore_ascii_case(b"q=")
            .then(|| value.parse::<f64>().ok())?
    });
    qualities.next().is_none_or(|quality| quality > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_the_wanted_one_whatever_its_parameters_and_letters() {
        for (said, wanted, same) in [
            ("application/json", "application/json", true),
            ("Application/JSON; charset=utf-8", "application/json", true),
            ("application/json", "application/json;q=1", true),
            ("application/jsonx", "application/json", false),
            ("text/html", "text/*", true),
            ("texts/html", "text/*", false),
            ("text", "text/*", false),
            ("", "application/json", false),
            ("x/y", "*/*", true),
        ] {
            assert_eq!(
                is(said.as_bytes(), wanted.as_bytes()),
                same,
                "{said} {wanted}"
            );
        }
    }

    #[test]
    fn the_range_that_says_most_decides() {
        for (accept, offered, taken) in [
            ("application/json", "application/json", true),
            (
                "text/html, application/json;q=0.9",
                "application/json",
                true,
            ),
            ("text/html", "application/json", false),
            ("*/*", "application/json", true),
            ("text/*", "text/plain", true),
            ("text/*", "application/json", false),
            ("*/*, application/json;q=0", "application/json", false),
            ("application/json;q=0, */*", "application/json", false),
            ("text/*;q=0, text/plain", "text/plain", true),
            ("text/plain;q=0.000", "text/plain", false),
            ("text/plain; level=1; q=0", "text/plain", false),
            ("text/plain;q=much", "text/plain", true),
            ("TEXT/Plain", "text/plain; charset=utf-8", true),
            ("text/plain", "text/*", true),
            ("text/plain;q=0", "text/*", false),
            (",,", "text/plain", false),
            ("", "text/plain", false),
        ] {
            let ranges = [accept.as_bytes()].into_iter();
            assert_eq!(
                accepts(ranges, offered.as_bytes()),
                taken,
                "{accept}: {offered}"
            );
        }
        let headers = [&b"text/html"[..], b"text/plain"].into_iter();
        assert!(accepts(headers, b"text/plain"), "of two headers");
    }

    #[test]
    fn a_body_tells_its_type() {
        for (body, kind) in [
            (&b"plain"[..], "text/plain; charset=utf-8"),
            (
                "\u{fc}ber\r\n\ttext".as_bytes(),
                "text/plain; charset=utf-8",
            ),
            (b" \n<!DOCTYPE HTML><p>", "text/html; charset=utf-8"),
            (b"<h1 class=x>", "text/html; charset=utf-8"),
            (b"<html", "text/plain; charset=utf-8"),
            (b"<people>", "text/plain; charset=utf-8"),
            (b"<!-- x -->", "text/html; charset=utf-8"),
            (b"\0\x01", "application/octet-stream"),
        ] {
            assert_eq!(of(body), kind, "{body:?}");
        }
    }
}
