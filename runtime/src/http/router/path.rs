//! Paths of requests: without what makes two of them mean the same, and as a redirect names them.
//!
//! Knows nothing of routes. Paths are percent-encoded here; an encoded dot or slash is neither.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// The path without empty segments, `.` and `..`. It begins with a slash, and ends in one if it did.
pub fn clean(path: &str) -> Cow<'_, str> {
    let bytes = path.as_bytes();
    let may_be_unclean = |at: usize| matches!(bytes.get(at + 1), Some(b'/' | b'.'));
    if path.starts_with('/') && !memchr::memchr_iter(b'/', bytes).any(may_be_unclean) {
        return Cow::Borrowed(path);
    }
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => _ = kept.pop(),
            segment => kept.push(segment),
        }
    }
    let mut cleaned = String::with_capacity(path.len() + 1);
    for segment in &kept {
        cleaned.push('/');
        cleaned.push_str(segment);
    }
    if kept.is_empty() || path.ends_with('/') {
        cleaned.push('/');
    }
    Cow::Owned(cleaned)
}

/// What browsers read as something else than it is, or what no header should have. The percent sign stays: what is encoded
/// already is not encoded again.
const UNFIT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Where a redirect to a path leads, as a `Location` names it. The path begins with one slash, so that it stays here.
pub fn location(path: &str, query: Option<&str>) -> String {
    let mut location = utf8_percent_encode(path, UNFIT).to_string();
    if let Some(query) = query.filter(|query| !query.is_empty()) {
        location.push('?');
        location.extend(utf8_percent_encode(query, UNFIT));
    }
    location
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned() {
        for (path, cleaned) in [
            ("/", "/"),
            ("", "/"),
            ("a", "/a"),
            ("/a/b", "/a/b"),
            ("/a/b/", "/a/b/"),
            ("//", "/"),
            ("//a", "/a"),
            ("/a//b///", "/a/b/"),
            ("/a/./b", "/a/b"),
            ("/a/.", "/a"),
            ("/a/./", "/a/"),
            ("/a/../b", "/b"),
            ("/a/..", "/"),
            ("/../../a", "/a"),
            ("/..", "/"),
            ("/.a", "/.a"),
            ("/a/..b", "/a/..b"),
            ("/...", "/..."),
            ("/%2e%2e/a", "/%2e%2e/a"),
            ("/a%2F%2Fb", "/a%2F%2Fb"),
        ] {
            assert_eq!(clean(path), cleaned, "{path}");
            assert_eq!(clean(cleaned), cleaned, "{path}");
        }
    }

    #[test]
    fn a_redirect_stays_on_this_host() {
        assert_eq!(location(&clean("//\\evil/x"), None), "/%5Cevil/x");
        assert_eq!(location(&clean("///evil//x"), None), "/evil/x");
        assert_eq!(
            location("/a%20b/ä", Some("q=\"ö")),
            "/a%20b/%C3%A4?q=%22%C3%B6"
        );
        assert_eq!(location("/a", Some("")), "/a");
    }
}
