//! The bytes of a response's head.
//!
//! Knows nothing of the connection: how the body is framed and whether it closes is handed in.

use std::io::Write;

use crate::http::date::HttpDate;
use crate::http::status::phrase;
use crate::request::Headers;

/// What a head says of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framed {
    /// So many bytes.
    Length(u64),
    /// Chunks.
    Chunked,
    /// Nothing: there is none, or it goes on until the connection closes.
    Unsaid,
}

/// What a head says of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stays {
    /// Nothing: it stays open, as 1.1 has it.
    Open,
    /// It stays open, which a client of 1.0 must be told.
    OpenAsAsked,
    /// It closes.
    Closed,
}

/// Bytes of a status line, a date and what frames a body, about.
const USUAL: usize = 128;

/// Appends a head.
pub fn head(
    out: &mut Vec<u8>,
    status: u16,
    headers: &Headers,
    framed: Framed,
    stays: Stays,
    date: &HttpDate,
) {
    out.reserve(USUAL);
    status_line(out, status);
    let mut dated = false;
    for (name, value) in headers.raw() {
        if is_ours(name) {
            continue;
        }
        dated |= name.eq_ignore_ascii_case(b"date");
        line(out, name, value);
    }
    if !dated {
        line(out, b"Date", date.as_bytes());
    }
    match framed {
        Framed::Length(length) => {
            out.extend_from_slice(b"Content-Length: ");
            number(out, length);
            out.extend_from_slice(b"\r\n");
        }
        Framed::Chunked => out.extend_from_slice(b"Transfer-Encoding: chunked\r\n"),
        Framed::Unsaid => {}
    }
    match stays {
        Stays::Open => {}
        Stays::OpenAsAsked => out.extend_from_slice(b"Connection: keep-alive\r\n"),
        Stays::Closed => out.extend_from_slice(b"Connection: close\r\n"),
    }
    out.extend_from_slice(b"\r\n");
}

/// Whether a header is the connection's to say, whatever the program says.
fn is_ours(name: &[u8]) -> bool {
    match name.len() {
        10 => name.eq_ignore_ascii_case(b"connection") || name.eq_ignore_ascii_case(b"keep-alive"),
        14 => name.eq_ignore_ascii_case(b"content-length"),
        17 => name.eq_ignore_ascii_case(b"transfer-encoding"),
        _ => false,
    }
}

fn status_line(out: &mut Vec<u8>, status: u16) {
    if status == 200 {
        out.extend_from_slice(b"HTTP/1.1 200 OK\r\n");
        return;
    }
    out.extend_from_slice(b"HTTP/1.1 ");
    number(out, u64::from(status));
    out.push(b' ');
    out.extend_from_slice(phrase(status).as_bytes());
    out.extend_from_slice(b"\r\n");
}

fn line(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    out.reserve(name.len() + value.len() + 4);
    out.extend_from_slice(name);
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

/// Appends a number in decimal. By hand: `write!` is a third of a small answer's cost.
fn number(out: &mut Vec<u8>, mut value: u64) {
    let mut digits = [0; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

/// Appends a chunk; an empty one would end the body, and is none.
pub fn chunk(out: &mut Vec<u8>, bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    write!(out, "{:x}\r\n", bytes.len()).expect("a vector takes all");
    out.extend_from_slice(bytes);
    out.extend_from_slice(b"\r\n");
}
