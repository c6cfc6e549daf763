//! What a request's headers say of the connection: how long its body is, what the client waits for, who closes.
//!
//! Knows nothing of the bytes of a body. What could be read in two ways is refused: someone before us may have read it in
//! the other.

use super::rejection::Rejection;
use super::target::is_host;
use crate::request::Version;

/// How a body is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodySize {
    /// So many bytes; 0 where nothing is said.
    Known(u64),
    /// In chunks, until an empty one.
    Chunked,
}

/// What the headers say, gathered one by one.
#[derive(Debug, Default)]
pub struct Framing {
    length: Option<u64>,
    chunked: bool,
    hosts: usize,
    close: bool,
    keep_alive: bool,
    /// Whether the client waits for a `100 Continue` before it sends the body.
    pub expects_continue: bool,
}

const TWO_LENGTHS: Rejection = Rejection::BadRequest("two lengths of a body");

impl Framing {
    /// Takes one header in.
    pub fn take(&mut self, name: &str, value: &[u8], version: Version) -> Result<(), Rejection> {
        // By length first: nearly every header is none of these.
        match name.len() {
            4 if name.eq_ignore_ascii_case("host") => self.host(value),
            6 if name.eq_ignore_ascii_case("expect") => self.expect(value, version),
            10 if name.eq_ignore_ascii_case("connection") => {
                self.connection(value);
                Ok(())
            }
            14 if name.eq_ignore_ascii_case("content-length") => self.length(value),
            17 if name.eq_ignore_ascii_case("transfer-encoding") => self.coding(value, version),
            _ => Ok(()),
        }
    }

    /// How long the body is, once all headers were taken in.
    pub fn body(&self, version: Version) -> Result<BodySize, Rejection> {
        if self.hosts == 0 && version == Version::Http11 {
            return Err(Rejection::BadRequest("no Host header"));
        }
        match (self.chunked, self.length) {
            (true, Some(_)) => Err(TWO_LENGTHS),
            (true, None) => Ok(BodySize::Chunked),
            (false, length) => Ok(BodySize::Known(length.unwrap_or(0))),
        }
    }

    /// Whether the client lets the connection stay open.
    pub fn keep_alive(&self, version: Version) -> bool {
        !self.close && (self.keep_alive || version == Version::Http11)
    }

    fn host(&mut self, value: &[u8]) -> Result<(), Rejection> {
        self.hosts += 1;
        if self.hosts > 1 {
            return Err(Rejection::BadRequest("two Host headers"));
        }
        match is_host(value) {
            true => Ok(()),
            false => Err(Rejection::BadRequest("invalid Host header")),
        }
    }

    fn expect(&mut self, value: &[u8], version: Version) -> Result<(), Rejection> {
        if version == Version::Http10 {
            return Ok(()); // as the standard has it: who speaks 1.0 can't wait
        }
        if !value.eq_ignore_ascii_case(b"100-continue") {
            return Err(Rejection::UnknownExpectation);
        }
        self.expects_continue = true;
        Ok(())
    }

    fn connection(&mut self, value: &[u8]) {
        for word in value.split(|byte| *byte == b',') {
            let word = word.trim_ascii();
            self.close |= word.eq_ignore_ascii_case(b"close");
            self.keep_alive |= word.eq_ignore_ascii_case(b"keep-alive");
        }
    }

    /// One number, once: equal ones are refused too, and lists, since no honest client sends them.
    fn length(&mut self, value: &[u8]) -> Result<(), Rejection> {
        if self.length.is_some() {
            return Err(TWO_LENGTHS);
        }
        let bad = Rejection::BadRequest("invalid Content-Length");
        if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
            return Err(bad);
        }
        let length = value.iter().try_fold(0u64, |length, digit| {
            length.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
        });
        // What has no room in 64 bits is a number all the same: too large a one.
        self.length = Some(length.unwrap_or(u64::MAX));
        Ok(())
    }

    fn coding(&mut self, value: &[u8], version: Version) -> Result<(), Rejection> {
        if version == Version::Http10 {
            return Err(Rejection::BadRequest("Transfer-Encoding in HTTP/1.0"));
        }
        if self.chunked {
            return Err(TWO_LENGTHS);
        }
        if value.eq_ignore_ascii_case(b"chunked") {
            self.chunked = true;
            return Ok(());
        }
        let is_chunked = |word: &[u8]| word.trim_ascii().eq_ignore_ascii_case(b"chunked");
        let mut words = value.rsplit(|byte| *byte == b',');
        match words.next().is_some_and(is_chunked) && !words.any(is_chunked) {
            true => Err(Rejection::NotImplemented("unknown transfer coding")),
            // Where the body would end can't be known.
            false => Err(Rejection::BadRequest("invalid Transfer-Encoding")),
        }
    }
}
