//! Where a head ends, found once however many pieces it comes in.
//!
//! Knows nothing of what is in a head but that its lines end in CR LF, and that an empty one ends it.

use super::limits::Limits;
use super::rejection::Rejection;

/// How far a head was looked through. Positions count from the head's first byte.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scan {
    /// Everything before was looked at.
    seen: usize,
    /// Where the current line begins; 0 in the first.
    line: usize,
}

/// What is known of a head so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scanned {
    /// It goes on.
    Partial,
    /// An empty line of two bytes is in its place; clients may send one before a request.
    Blank,
    /// It has so many bytes, the empty line at its end included.
    Head(usize),
}

impl Scan {
    /// Looks at what came since the last call; `bytes` are all from the head's first on.
    pub fn look(&mut self, bytes: &[u8], limits: &Limits) -> Result<Scanned, Rejection> {
        if bytes.first().is_some_and(|byte| !may_begin(*byte)) {
            return Err(Rejection::BadRequest("no HTTP request"));
        }
        let fresh = bytes.get(self.seen..).unwrap_or_default();
        for at in memchr::memchr_iter(b'\n', fresh) {
            let at = self.seen + at;
            if at >= limits.head {
                return Err(self.too_large());
            }
            if at == self.line || bytes[at - 1] != b'\r' {
                return Err(Rejection::BadRequest("a line must end in CR LF"));
            }
            if at == 1 {
                return Ok(Scanned::Blank);
            }
            if at == self.line + 1 {
                return Ok(Scanned::Head(at + 1));
            }
            self.line = at + 1;
        }
        self.seen = bytes.len();
        if self.seen >= limits.head {
            return Err(self.too_large());
        }
        Ok(Scanned::Partial)
    }

    fn too_large(self) -> Rejection {
        match self.line {
            0 => Rejection::TargetTooLong,
            _ => Rejection::HeadTooLarge,
        }
    }
}

/// Whether a request may begin with this byte: a method's first, or a blank line's. What speaks TLS to us is told at once
/// instead of when its time is over.
fn may_begin(byte: u8) -> bool {
    byte == b'\r' || byte == b'\n' || crate::request::is_token_byte(byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(head: usize) -> Limits {
        Limits {
            head,
            ..Limits::default()
        }
    }

    /// What is found when all comes at once, and when it comes byte by byte.
    fn scan(text: &[u8], limits: &Limits) -> Result<Scanned, Rejection> {
        let whole = Scan::default().look(text, limits);
        let mut scan = Scan::default();
        let mut last = Ok(Scanned::Partial);
        for end in 1..=text.len() {
            last = scan.look(&text[..end], limits);
            if last != Ok(Scanned::Partial) {
                break;
            }
        }
        assert_eq!(last, whole, "{:?}", text.escape_ascii().to_string());
        whole
    }

    #[test]
    fn an_empty_line_ends_a_head() {
        let limits = limits(64);
        for (text, expected) in [
            (&b"GET / HTTP/1.1\r\n\r\n"[..], Scanned::Head(18)),
            (b"GET / HTTP/1.1\r\na: b\r\n\r\nrest\n", Scanned::Head(24)),
            (b"GET / HTTP/1.1\r\na: b\r\n\r", Scanned::Partial),
            (b"\r\nGET", Scanned::Blank),
            (b"\r", Scanned::Partial),
            (b"", Scanned::Partial),
        ] {
            assert_eq!(scan(text, &limits), Ok(expected));
        }
    }

    #[test]
    fn a_line_that_ends_otherwise_is_refused() {
        let limits = limits(64);
        for text in [
            &b"GET / HTTP/1.1\n\n"[..],
            b"GET / HTTP/1.1\r\n\n",
            b"GET / HTTP/1.1\r\na: b\n\r\n",
            b"\n",
            b"\x16\x03\x01",
            b" GET",
        ] {
            assert!(matches!(scan(text, &limits), Err(Rejection::BadRequest(_))));
        }
    }

    #[test]
    fn what_is_too_large_says_where() {
        let line = b"GET /aaaaaaaaaaaaaaaaa HTTP/1.1\r\n\r\n";
        assert_eq!(scan(line, &limits(35)), Ok(Scanned::Head(35)));
        assert_eq!(scan(line, &limits(34)), Err(Rejection::HeadTooLarge));
        assert_eq!(scan(line, &limits(32)), Err(Rejection::TargetTooLong));
        assert_eq!(
            scan(&line[..20], &limits(20)),
            Err(Rejection::TargetTooLong)
        );
    }

    #[test]
    fn a_head_is_looked_through_once() {
        let mut scan = Scan::default();
        let limits = limits(1 << 20);
        let text = [b"GET / HTTP/1.1\r\na: ", &[b'x'; 500_000][..]].concat();
        // Quadratic would be 10^11 bytes.
        for end in 1..=text.len() {
            assert_eq!(scan.look(&text[..end], &limits), Ok(Scanned::Partial));
            assert_eq!(scan.seen, end);
        }
    }
}
