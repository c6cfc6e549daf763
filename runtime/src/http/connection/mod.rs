//! One connection: bytes in become events, answers become bytes out.
//!
//! Knows no socket, no clock and no route. The loop that owns it reads and writes, keeps the time and routes; it owes the
//! connection
//!
//! - every byte that was read, to [`Connection::poll`], until it returns `None`; and again after each answer, with no bytes
//!   if there are none, since the next request may be here already. What should wait goes to [`Connection::keep`];
//! - reading only while [`Connection::wants_input`];
//! - one answer to each [`Event::Request`]: [`Connection::respond`], or [`Connection::begin`], parts and an end. It may
//!   come before the request's body does;
//! - an answer to each [`Event::Rejected`], by [`Connection::reject`], unless one has begun, and then a close.
//!
//! Requests are handed out one by one: the next one's events come when the one before is answered. Of a request that is
//! answered before it is read, nothing more is told: the rest is dropped, or the connection closes.

mod answer;
mod chunked;
mod encode;
mod framing;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod head;
mod limits;
mod reader;
mod rejection;
mod scan;
mod target;
#[cfg(test)]
mod tests;

pub use answer::{After, AnswerError, content_length};
pub use framing::BodySize;
pub use head::Head;
pub use limits::{Limits, MOST_HEADERS};
pub use rejection::Rejection;

use answer::{Answer, Asked};
use reader::{Found, Middle, Reader};

use super::date::HttpDate;
use super::status::phrase;
use crate::request::{Headers, Response, Version};

/// Bytes of a buffer that an idle connection may keep; larger ones are given back.
const KEPT: usize = 512;

/// Bytes of a body that nobody wanted which are read and dropped so that the connection can stay open. A guess: about what
/// a client has sent before it sees the answer.
const DROPPED: u64 = 64 << 10;

/// The state of one connection.
#[derive(Debug)]
pub struct Connection {
    limits: Limits,
    reader: Reader,
    answer: Answer,
    /// What was read and can't be used yet: a part of a head, or what came behind the request that is being answered.
    buffer: Vec<u8>,
    /// Where in the buffer what is still needed begins.
    start: usize,
    /// Whether the client waits for a `100 Continue`.
    expects: bool,
    /// Whether this answer is the last.
    closing: bool,
}

/// What has been read.
#[derive(Debug)]
pub enum Event<'a> {
    /// A request's head; it wants an answer.
    Request(Box<Head>),
    /// A part of its body.
    Body(&'a [u8]),
    /// The end of the request, body or not.
    End,
    /// What can't be read on from.
    Rejected(Rejection),
}

/// What a connection waits for, which is what its time-outs are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// A request, of which nothing has come.
    Idle,
    /// The rest of a request.
    Reading,
    /// An answer, or its end; the request is read.
    Answering,
    /// Its end.
    Closed,
}

impl Connection {
    /// A connection on which nothing was read yet.
    pub fn new(limits: Limits) -> Connection {
        Connection {
            limits,
            reader: Reader::new(),
            answer: Answer::None,
            buffer: Vec::new(),
            start: 0,
            expects: false,
            closing: false,
        }
    }

    /// The next thing that was read. Once it returns `None`, all of `input` is taken.
    pub fn poll<'a, 'i: 'a>(&'a mut self, input: &mut &'i [u8]) -> Option<Event<'a>> {
        self.drop_body(input);
        self.forget();
        if self.buffer.is_empty() {
            let bytes = *input;
            let taken = self.reader.take(bytes, &self.limits);
            *input = &bytes[taken.length..];
            if matches!(taken.found, Found::Nothing) {
                self.keep(input);
                return None;
            }
            return self.event(taken.found).map(|event| event.of(bytes));
        }
        self.keep(input);
        let start = self.start;
        let taken = self.reader.take(&self.buffer[start..], &self.limits);
        self.start += taken.length;
        let Some(event) = self.event(taken.found) else {
            self.forget();
            return None;
        };
        Some(event.of(&self.buffer[start..]))
    }

    /// Whether more should be read. Not while so much was read ahead that it must be used first.
    pub fn wants_input(&self) -> bool {
        match self.reader.middle() {
            Middle::Head | Middle::Body(_) | Middle::Closed => true,
            Middle::Nothing => self.buffer.len() - self.start < self.limits.ahead,
        }
    }

    /// What it waits for.
    pub fn phase(&self) -> Phase {
        match self.reader.middle() {
            Middle::Head if self.buffer.len() == self.start => Phase::Idle,
            Middle::Head | Middle::Body(_) => Phase::Reading,
            Middle::Nothing => Phase::Answering,
            Middle::Closed => Phase::Closed,
        }
    }

    /// Whether a request waits for the head of its answer.
    pub fn is_due(&self) -> bool {
        matches!(self.answer, Answer::Due(_))
    }

    /// Whether it reads what nobody wants: the rest of a request that is answered.
    pub fn is_dropping(&self) -> bool {
        matches!(self.answer, Answer::None) && matches!(self.reader.middle(), Middle::Body(_))
    }

    /// Tells a client that waits for it to send the body. Without it, an answer closes the connection.
    pub fn proceed(&mut self, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.expects) && self.is_due() {
            out.extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
        }
    }

    /// Writes a whole answer.
    pub fn respond(
        &mut self,
        response: &Response,
        date: &HttpDate,
        out: &mut Vec<u8>,
    ) -> Result<After, AnswerError> {
        self.prepare(true);
        let after = self.answer.respond(response, date, out)?;
        Ok(self.answered(after))
    }

    /// Writes the head of an answer whose body follows in parts: `length` bytes, or chunks where that isn't known.
    pub fn begin(
        &mut self,
        status: u16,
        headers: &Headers,
        length: Option<u64>,
        date: &HttpDate,
        out: &mut Vec<u8>,
    ) -> Result<(), AnswerError> {
        self.prepare(false);
        self.answer.begin(status, headers, length, date, out)
    }

    /// Writes a part of an answer's body.
    pub fn part(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), AnswerError> {
        self.answer.part(bytes, out)
    }

    /// Ends an answer.
    pub fn end(&mut self, out: &mut Vec<u8>) -> After {
        let after = self.answer.end(out);
        self.answered(after)
    }

    /// Answers what is refused, unless an answer has begun. The connection is to be closed then.
    pub fn reject(&mut self, rejection: Rejection, date: &HttpDate, out: &mut Vec<u8>) {
        self.reader.close();
        if matches!(self.answer, Answer::Begun(_)) {
            self.answer = Answer::None;
            return;
        }
        let head_only = matches!(self.answer, Answer::Due(asked) if asked.head_only);
        self.answer = Answer::Due(Asked {
            head_only,
            version: Version::Http11,
            keep_alive: false,
        });
        let status = rejection.status();
        let body = format!("{status} {}: {rejection}\n", phrase(status));
        let mut response = Response::text(status, body);
        if rejection == Rejection::Overloaded {
            response.headers.push("Retry-After", b"1");
        }
        let after = self.answer.respond(&response, date, out);
        debug_assert_eq!(after, Ok(After::Close));
    }

    /// Makes the answer in progress, or the next one, the last.
    pub fn close_after_answer(&mut self) {
        self.closing = true;
        self.answer.close_after();
    }

    /// Takes nothing more in.
    pub fn close(&mut self) {
        self.reader.close();
        self.answer = Answer::None;
        self.buffer = Vec::new();
        self.start = 0;
    }

    /// What is found, as an event whose part of the body has no bytes yet.
    fn event(&mut self, found: Found) -> Option<Placed> {
        Some(match found {
            Found::Nothing => return None,
            Found::Head(head) => {
                self.expects = head.expects_continue;
                self.answer = Answer::Due(Asked {
                    head_only: head.request.method() == "HEAD",
                    version: head.request.version,
                    keep_alive: head.keep_alive && !self.closing,
                });
                Placed::Event(Event::Request(head))
            }
            Found::Part(range) => {
                // Who sends without having been told to doesn't wait.
                self.expects = false;
                Placed::Body(range)
            }
            Found::End => Placed::Event(Event::End),
            Found::Rejected(rejection) => Placed::Event(Event::Rejected(rejection)),
        })
    }

    /// Before an answer's head: a connection that will have to be closed is said to be. `whole` if nobody will read what is
    /// left of the request's body.
    fn prepare(&mut self, whole: bool) {
        if self.expects || (whole && !self.can_go_on()) {
            self.answer.close_after();
        }
    }

    /// Whether what is left of the request is so little that it can be read and dropped.
    fn can_go_on(&self) -> bool {
        match self.reader.middle() {
            Middle::Nothing => true,
            Middle::Body(Some(left)) => left <= DROPPED && !self.expects,
            Middle::Body(None) | Middle::Head | Middle::Closed => false,
        }
    }

    /// After an answer: on to the next request, over what is left of this one.
    fn answered(&mut self, after: After) -> After {
        if after == After::Close || !self.can_go_on() {
            self.close();
            return After::Close;
        }
        if self.reader.middle() == Middle::Nothing {
            self.reader.go_on();
        }
        After::KeepAlive
    }

    /// Drops what came of a body whose request is answered.
    fn drop_body(&mut self, input: &mut &[u8]) {
        while self.is_dropping() {
            let buffered = self.start < self.buffer.len();
            let bytes = match buffered {
                true => &self.buffer[self.start..],
                false => *input,
            };
            let taken = self.reader.take(bytes, &self.limits);
            match buffered {
                true => self.start += taken.length,
                false => *input = &input[taken.length..],
            }
            match taken.found {
                Found::End => self.reader.go_on(),
                Found::Part(_) => {}
                _ => return,
            }
        }
    }

    /// Gives back what was used of the buffer, and the buffer where nothing is left.
    fn forget(&mut self) {
        if self.start < self.buffer.len() {
            return;
        }
        self.start = 0;
        match self.buffer.capacity() > KEPT {
            true => self.buffer = Vec::new(),
            false => self.buffer.clear(),
        }
    }

    /// Takes what was read without looking at it: the next [`Connection::poll`] does.
    pub fn keep(&mut self, input: &mut &[u8]) {
        if input.is_empty() {
            return;
        }
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(input);
        *input = &[];
    }
}

/// An event, or where in the bytes that were looked at its part of a body is.
enum Placed {
    Event(Event<'static>),
    Body(std::ops::Range<usize>),
}

impl Placed {
    fn of(self, bytes: &[u8]) -> Event<'_> {
        match self {
            Placed::Event(event) => event,
            Placed::Body(range) => Event::Body(&bytes[range]),
        }
    }
}
