//! A request target, taken apart: path, query, and the host where it names one.
//!
//! Knows nothing of headers, nor of which paths there are.

use super::rejection::Rejection;
use crate::request::percent;

/// The parts of a target, as pieces of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target<'a> {
    /// The host of an absolute target.
    pub host: Option<&'a str>,
    /// The path; empty in an absolute target without one, `*` for the whole server.
    pub path: &'a str,
    /// What stands behind the question mark.
    pub query: Option<&'a str>,
}

/// Takes a target apart. Bytes beyond ASCII stand for themselves, since common clients send them so.
pub fn parse<'a>(method: &str, target: &'a str) -> Result<Target<'a>, Rejection> {
    if method == "CONNECT" {
        return Err(Rejection::NotImplemented("no proxy: CONNECT"));
    }
    if target.as_bytes().contains(&b'#') {
        return Err(Rejection::BadRequest("a request target has no fragment"));
    }
    if target == "*" && method == "OPTIONS" {
        return Ok(Target {
            host: None,
            path: target,
            query: None,
        });
    }
    let (host, rest) = match target.starts_with('/') {
        true => (None, target),
        false => split_authority(target)?,
    };
    let (path, query) = match rest.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (rest, None),
    };
    // Of a query each key and value is decoded by itself, leniently.
    if !percent::is_valid(path.as_bytes()) {
        return Err(Rejection::BadRequest("invalid percent-encoding"));
    }
    Ok(Target { host, path, query })
}

/// Splits an absolute target behind its host.
fn split_authority(target: &str) -> Result<(Option<&str>, &str), Rejection> {
    let bad = Rejection::BadRequest("invalid request target");
    let (scheme, rest) = target.split_once("://").ok_or(bad)?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return Err(bad);
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, rest) = rest.split_at(end);
    if host.is_empty() || !is_host(host.as_bytes()) {
        return Err(bad);
    }
    Ok((Some(host), rest))
}

/// Whether this can be a host, with a port or without: letters, digits and what names and addresses have. An empty one is
/// for targets without a host.
pub fn is_host(text: &[u8]) -> bool {
    let (host, port) = match text.iter().rposition(|byte| *byte == b':') {
        Some(colon) if !text[colon..].contains(&b']') => (&text[..colon], &text[colon + 1..]),
        _ => (text, &[][..]),
    };
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=".contains(byte);
    let is_name = match host.strip_prefix(b"[") {
        Some(address) => address.strip_suffix(b"]").is_some_and(|address| {
            !address.is_empty() && address.iter().all(|byte| is_part(byte) || *byte == b':')
        }),
        None => host.iter().all(is_part),
    };
    is_name && port.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_a_target_are_known() {
        for (method, target, host, path, query) in [
            ("GET", "/", None, "/", None),
            ("GET", "/a%20b?c=d?e", None, "/a%20b", Some("c=d?e")),
            ("GET", "/a?", None, "/a", Some("")),
            ("GET", "/?q=100%", None, "/", Some("q=100%")),
            ("GET", "//a/b", None, "//a/b", None),
            ("GET", "/ä", None, "/ä", None),
            ("OPTIONS", "*", None, "*", None),
            ("GET", "http://a:80/b?c", Some("a:80"), "/b", Some("c")),
            ("GET", "HTTPS://[::1]:80", Some("[::1]:80"), "", None),
            ("GET", "http://a?b", Some("a"), "", Some("b")),
        ] {
            let expected = Target { host, path, query };
            assert_eq!(parse(method, target), Ok(expected), "{target}");
        }
    }

    #[test]
    fn what_is_no_target_is_refused() {
        for (method, target, status) in [
            ("GET", "*", 400),
            ("OPTIONS", "*a", 400),
            ("GET", "a", 400),
            ("GET", "a:80", 400),
            ("GET", "?a", 400),
            ("GET", "/a#b", 400),
            ("GET", "/%", 400),
            ("GET", "/%zz", 400),
            ("GET", "/%4", 400),
            ("GET", "http:///a", 400),
            ("GET", "http://", 400),
            ("GET", "ftp://a/", 400),
            ("GET", "http://user@a/", 400),
            ("GET", "http://a:b/", 400),
            ("GET", "http:a", 400),
            ("CONNECT", "a:80", 501),
        ] {
            let rejection = parse(method, target).unwrap_err();
            assert_eq!(rejection.status(), status, "{target}");
        }
    }

    #[test]
    fn hosts_have_no_other_signs() {
        for (text, expected) in [
            ("", true),
            ("example.org", true),
            ("example.org:80", true),
            ("example.org:", true),
            ("[::1]", true),
            ("[fe80::1%25eth0]:8080", true),
            ("::1", false),
            ("a b", false),
            ("a/b", false),
            ("a@b", false),
            ("a?b", false),
            ("a:80:80", false),
            ("[::1", false),
            ("[]", false),
            ("a:8o", false),
            ("ä", false),
        ] {
            assert_eq!(is_host(text.as_bytes()), expected, "{text}");
        }
    }
}
