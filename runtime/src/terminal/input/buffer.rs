//! What was read and not taken yet, and what can be taken from it: lines, or bytes.
//!
//! Knows nothing of where it comes from, nor of waiting.

use std::io;

use memchr::memchr;

/// What somebody wants to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// What is there, if it is anything: at most so many bytes, of which there is at least one.
    Bytes(usize),
    /// A line of at most so many bytes.
    Line(usize),
}

/// What was taken.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    /// The bytes; a line without its end.
    Bytes(Vec<u8>),
    /// Nothing: that was all.
    End,
    /// Nothing: the line has more bytes than were wanted. It stays.
    TooLong,
}

/// Bytes that an empty buffer keeps room for.
const KEPT: usize = 64 << 10;

/// What was read and not taken yet.
#[derive(Debug, Default)]
pub struct Buffer {
    bytes: Vec<u8>,
    /// Bytes that were taken, and stand there still.
    taken: usize,
    /// Bytes behind them that have no line's end in them.
    searched: usize,
    /// The last read found nothing more, or failed; for whoever takes it.
    over: Option<io::Result<()>>,
}

impl Buffer {
    /// Adds what was read; nothing means that there is no more.
    pub fn add(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            self.over = Some(Ok(()));
            return;
        }
        if self.taken > 0 {
            self.bytes.drain(..self.taken);
            self.taken = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Notes that a read has failed.
    pub fn fail(&mut self, error: io::Error) {
        self.over = Some(Err(error));
    }

    fn rest(&self) -> &[u8] {
        &self.bytes[self.taken..]
    }

    /// Where the first line's end is.
    fn find_line(&mut self) -> Option<usize> {
        let found = memchr(b'\n', &self.rest()[self.searched..]);
        let end = found.map(|at| self.searched + at);
        self.searched = end.unwrap_or(self.rest().len());
        end
    }

    /// Whether there is an answer to who wants this.
    pub fn has(&mut self, want: Want) -> bool {
        self.over.is_some()
            || match want {
                Want::Bytes(_) => !self.rest().is_empty(),
                Want::Line(most) => self.find_line().is_some() || self.rest().len() > most + 1,
            }
    }

    /// Takes what is wanted, if there is an answer. That all is over is told once; who asks again has it looked for anew,
    /// since a terminal may have more.
    pub fn take(&mut self, want: Want) -> Option<io::Result<Taken>> {
        let length = self.rest().len();
        match want {
            Want::Bytes(most) if length > 0 => {
                Some(Ok(Taken::Bytes(self.cut(length.min(most), 0))))
            }
            Want::Line(most) => match self.find_line() {
                Some(end) => {
                    let returns = end > 0 && self.rest()[end - 1] == b'\r';
                    let line = end - usize::from(returns);
                    Some(Ok(match line > most {
                        true => Taken::TooLong,
                        false => Taken::Bytes(self.cut(line, end + 1 - line)),
                    }))
                }
                // The last byte may be half of the line's end.
                None if length > most + 1 => Some(Ok(Taken::TooLong)),
                None if self.over.is_some() && length > most => Some(Ok(Taken::TooLong)),
                None if length > 0 && matches!(self.over, Some(Ok(()))) => {
                    self.over = None;
                    Some(Ok(Taken::Bytes(self.cut(length, 0))))
                }
                None => self.take_end(),
            },
            Want::Bytes(_) => self.take_end(),
        }
    }

    fn take_end(&mut self) -> Option<io::Result<Taken>> {
        Some(self.over.take()?.map(|()| Taken::End))
    }

    /// Takes the first `count` bytes, and lets go of `more` behind them.
    fn cut(&mut self, count: usize, more: usize) -> Vec<u8> {
        let bytes = self.rest()[..count].to_vec();
        self.taken += count + more;
        self.searched = 0;
        if self.taken == self.bytes.len() {
            self.taken = 0;
            self.bytes.clear();
            self.bytes.shrink_to(KEPT);
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(bytes: &str) -> Buffer {
        let mut buffer = Buffer::default();
        buffer.add(bytes.as_bytes());
        buffer
    }

    /// What is taken; `None` while it must be waited for.
    fn take(buffer: &mut Buffer, want: Want) -> Option<Taken> {
        let has = buffer.has(want);
        let taken = buffer.take(want);
        assert_eq!(has, taken.is_some());
        taken.map(Result::unwrap)
    }

    fn bytes(text: &str) -> Option<Taken> {
        Some(Taken::Bytes(text.into()))
    }

    #[test]
    fn lines_come_without_their_ends() {
        let mut buffer = with("one\ntwo\r\n\n\rthree\r");
        for line in ["one", "two", ""] {
            assert_eq!(take(&mut buffer, Want::Line(9)), bytes(line));
        }
        assert_eq!(take(&mut buffer, Want::Line(9)), None);
        buffer.add(b"\nfour");
        assert_eq!(take(&mut buffer, Want::Line(9)), bytes("\rthree"));
        assert_eq!(take(&mut buffer, Want::Line(9)), None);
        buffer.add(b"");
        assert_eq!(take(&mut buffer, Want::Line(9)), bytes("four"));
        // A terminal may have more.
        assert_eq!(take(&mut buffer, Want::Line(9)), None);
        buffer.add(b"");
        assert_eq!(take(&mut buffer, Want::Line(9)), Some(Taken::End));
        assert_eq!(take(&mut buffer, Want::Bytes(9)), None);
    }

    #[test]
    fn bytes_and_lines_share_what_is_there() {
        let mut buffer = with("abcdef\nrest");
        assert_eq!(take(&mut buffer, Want::Bytes(2)), bytes("ab"));
        assert_eq!(take(&mut buffer, Want::Line(9)), bytes("cdef"));
        assert_eq!(take(&mut buffer, Want::Bytes(100)), bytes("rest"));
        assert_eq!(take(&mut buffer, Want::Bytes(100)), None);
        buffer.add(b"");
        assert_eq!(take(&mut buffer, Want::Bytes(100)), Some(Taken::End));
    }

    #[test]
    fn a_line_that_is_too_long_stays_and_can_be_taken_in_parts() {
        let mut buffer = with("12345\r\n123456\n123456\r");
        assert_eq!(take(&mut buffer, Want::Line(5)), bytes("12345"));
        assert_eq!(take(&mut buffer, Want::Line(5)), Some(Taken::TooLong));
        assert_eq!(take(&mut buffer, Want::Line(5)), Some(Taken::TooLong));
        assert_eq!(take(&mut buffer, Want::Bytes(3)), bytes("123"));
        assert_eq!(take(&mut buffer, Want::Line(5)), bytes("456"));
        assert_eq!(take(&mut buffer, Want::Line(5)), Some(Taken::TooLong));
        assert_eq!(take(&mut buffer, Want::Bytes(1)), bytes("1"));
        assert_eq!(take(&mut buffer, Want::Line(5)), None);
        buffer.add(b"");
        assert_eq!(take(&mut buffer, Want::Line(5)), Some(Taken::TooLong));
    }

    #[test]
    fn a_failure_is_told_once_and_loses_nothing() {
        let mut buffer = with("ab");
        buffer.fail(io::ErrorKind::Other.into());
        assert!(buffer.has(Want::Line(9)));
        assert!(buffer.take(Want::Line(9)).unwrap().is_err());
        assert_eq!(take(&mut buffer, Want::Line(9)), None);
        assert_eq!(take(&mut buffer, Want::Bytes(9)), bytes("ab"));
    }

    #[test]
    fn what_is_searched_is_not_searched_again() {
        let mut buffer = Buffer::default();
        for _ in 0..3 {
            buffer.add(b"abc");
            assert_eq!(take(&mut buffer, Want::Line(99)), None);
        }
        assert_eq!(buffer.searched, 9);
        buffer.add(b"\n");
        assert_eq!(take(&mut buffer, Want::Line(99)), bytes("abcabcabc"));
    }
}
