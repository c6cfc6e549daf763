//! Answers in gzip, for clients that take it, where it is worth it.
//!
//! Knows nothing of how an answer is sent: bytes in, fewer bytes out.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::MiddlewareError;
use super::options::Options;
use crate::request::{Headers, Request, Response};

pub(super) const OPTIONS: [&str; 2] = ["compress.level", "compress.min.length"];

/// The options of `compress`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compress {
    /// 1 (fastest) to 9 (smallest).
    level: u32,
    /// Bytes below which a body stays as it is.
    min_length: u64,
}

impl Compress {
    pub(super) fn read(options: Options<'_>) -> Result<Compress, MiddlewareError> {
        let level = match options.text("compress.level").unwrap_or("default") {
            "fastest" => 1,
            "default" => 6,
            "best" => 9,
            text => match text.parse() {
                Ok(level @ 1..=9) => level,
                _ => {
                    let expected = "fastest, default, best or a number from 1 to 9";
                    return Err(options.wrong("compress.level", expected));
                }
            },
        };
        let min_length = options.number("compress.min.length", 1024, 0)?;
        Ok(Compress { level, min_length })
    }

    /// Compresses a whole answer, if that is worth it.
    pub fn apply(&self, request: &Request, response: &mut Response) {
        let length = response.body.len() as u64;
        let Some(mut compressor) = self.begin(
            request,
            response.status,
            &mut response.headers,
            Some(length),
        ) else {
            return;
        };
        let mut body = compressor.part(&response.body, false);
        body.extend(compressor.end());
        response.body = body;
    }

    /// What compresses an answer that comes in parts, if that is worth it; its head then says so. `length` where it is
    /// known.
    pub fn begin(
        &self,
        request: &Request,
        status: u16,
        headers: &mut Headers,
        length: Option<u64>,
    ) -> Option<Compressor> {
        if !self.is_worth_it(status, headers, length) {
            return None;
        }
        // Also where this client gets it as it is: the next may not.
        if !headers.has_word("Vary", "Accept-Encoding") {
            headers.push("Vary", b"Accept-Encoding");
        }
        if request.method() == "HEAD" || !accepts_gzip(&request.headers) {
            return None;
        }
        headers.push("Content-Encoding", b"gzip");
        headers.remove("Content-Length");
        weaken(headers);
        let level = Compression::new(self.level);
        Some(Compressor(GzEncoder::new(Vec::new(), level)))
    }

    fn is_worth_it(&self, status: u16, headers: &Headers, length: Option<u64>) -> bool {
        let is_short = length.is_some_and(|length| length == 0 || length < self.min_length);
        let has_body = !matches!(status, 204 | 205 | 206 | 304);
        has_body
            && !is_short
            && !headers.contains("Content-Encoding")
            && !headers.contains("Content-Range")
            && !headers.has_word("Cache-Control", "no-transform")
            && headers.get_str("Content-Type").is_some_and(is_text)
    }
}

/// The same bytes, fewer of them.
#[derive(Debug)]
pub struct Compressor(GzEncoder<Vec<u8>>);

impl Compressor {
    /// Takes a part of the body, and gives what is ready to be sent; all that was taken, if `flush`.
    pub fn part(&mut self, bytes: &[u8], flush: bool) -> Vec<u8> {
        let all = "a vector takes all";
        self.0.write_all(bytes).expect(all);
        if flush {
            self.0.flush().expect(all);
        }
        std::mem::take(self.0.get_mut())
    }

    /// The last bytes.
    pub fn end(self) -> Vec<u8> {
        self.0.finish().expect("a vector takes all")
    }
}

/// Types that shrink; the others are compressed already, or rare.
fn is_text(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    // Events are small, and each is sent at once.
    (essence.starts_with("text/") && essence != "text/event-stream")
        || essence.ends_with("+json")
        || essence.ends_with("+xml")
        || matches!(
            essence.as_str(),
            "application/json"
                | "application/javascript"
                | "application/xml"
                | "application/x-ndjson"
                | "application/wasm"
                | "font/ttf"
                | "font/otf"
        )
}

/// Whether the client takes gzip: it names it, or everything, and doesn't rule it out.
fn accepts_gzip(headers: &Headers) -> bool {
    let mut any = false;
    for value in headers.all("Accept-Encoding") {
        let text = std::str::from_utf8(value).unwrap_or_default();
        for word in text.split(',') {
            let mut parts = word.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let is_wanted = !parts.any(is_zero);
            if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") {
                return is_wanted;
            }
            any |= name == "*" && is_wanted;
        }
    }
    any
}

/// Whether a parameter is a weight of 0.
fn is_zero(parameter: &str) -> bool {
    let value = parameter
        .split_once('=')
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    value.is_some_and(|(_, value)| value.trim().parse() == Ok(0.0))
}

/// An entity tag that promised the same bytes promises the same content now.
fn weaken(headers: &mut Headers) {
    let Some(tag) = headers.get("ETag").filter(|tag| tag.starts_with(b"\"")) else {
        return;
    };
    let weak = [b"W/", tag].concat();
    headers.remove("ETag");
    headers.push("ETag", &weak);
}
