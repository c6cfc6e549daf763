//! A head, read: the request, and what it says of its body and its connection.
//!
//! Knows nothing of how the head came. Takes it whole, its lines known to end in CR LF.

use std::mem::MaybeUninit;

use super::framing::{BodySize, Framing};
use super::limits::{Limits, MOST_HEADERS};
use super::rejection::Rejection;
use super::target;
use crate::request::{Headers, Line, Request, Span, Version};

/// A request, and how to go on reading behind its head.
#[derive(Debug)]
pub struct Head {
    /// The request.
    pub request: Request,
    /// How its body is delimited.
    pub body: BodySize,
    /// Whether the client lets the connection stay open.
    pub keep_alive: bool,
    /// Whether the client waits for a `100 Continue`.
    pub expects_continue: bool,
}

/// Reads a head.
pub fn parse(head: &[u8], limits: &Limits) -> Result<Head, Rejection> {
    let mut room = [const { MaybeUninit::uninit() }; MOST_HEADERS];
    let most = limits.headers.min(MOST_HEADERS);
    let mut parsed = httparse::Request::new(&mut []);
    match parsed.parse_with_uninit_headers(head, &mut room[..most]) {
        Ok(httparse::Status::Complete(length)) if length == head.len() => {}
        // Ours ended elsewhere than httparse's: whatever it is, nobody should have to guess.
        Ok(_) => return Err(Rejection::BadRequest("malformed request")),
        Err(error) => return Err(rejection(error, head)),
    }
    let version = match parsed.version {
        Some(0) => Version::Http10,
        _ => Version::Http11,
    };
    let method = parsed.method.unwrap_or_default();
    let target = target::parse(method, parsed.path.unwrap_or_default())?;
    let mut framing = Framing::default();
    let mut headers = Headers::of_text(head.to_vec());
    let mut host = target.host;
    for header in parsed.headers.iter() {
        framing.take(header.name, header.value, version)?;
        let span = Span::of(header.value, head);
        headers.mark(Span::of(header.name.as_bytes(), head), span);
        if host.is_none() && header.name.eq_ignore_ascii_case("host") {
            // Checked above to be ASCII.
            host = std::str::from_utf8(header.value).ok();
        }
    }
    let body = framing.body(version)?;
    if matches!(body, BodySize::Known(length) if length > limits.body) {
        return Err(Rejection::BodyTooLarge);
    }
    let span = |text: &str| Span::of(text.as_bytes(), head);
    let line = Line {
        method: span(method),
        path: span(target.path),
        query: target.query.map(span),
        host: host.map(span),
    };
    Ok(Head {
        request: Request {
            version,
            headers,
            line,
        },
        body,
        keep_alive: framing.keep_alive(version),
        expects_continue: framing.expects_continue && body != BodySize::Known(0),
    })
}

/// What httparse's error is to the client.
fn rejection(error: httparse::Error, head: &[u8]) -> Rejection {
    match error {
        httparse::Error::TooManyHeaders => Rejection::HeadTooLarge,
        httparse::Error::Version if names_a_version(head) => Rejection::UnknownVersion,
        httparse::Error::HeaderName => Rejection::BadRequest("invalid header name"),
        httparse::Error::HeaderValue => Rejection::BadRequest("invalid header value"),
        _ => Rejection::BadRequest("malformed request"),
    }
}

/// Whether the first line ends in a version of HTTP, if none of ours.
fn names_a_version(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\r').next();
    let last = line.and_then(|line| line.rsplit(|byte| *byte == b' ').next());
    let Some([b'H', b'T', b'T', b'P', b'/', major, b'.', minor]) = last else {
        return false;
    };
    let is_ours = *major == b'1' && (b'0'..=b'1').contains(minor);
    major.is_ascii_digit() && minor.is_ascii_digit() && !is_ours
}
