//! The answer to a request, written part by part: what of it may come next, and how it is framed.
//!
//! Knows nothing of sockets, nor of the requests behind this one.

use std::fmt;

use super::encode::{self, Framed, Stays};
use crate::http::date::HttpDate;
use crate::request::{Headers, Response, Version};

/// What the request means for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Whether the method is HEAD: a head without its body is answered.
    pub head_only: bool,
    /// Which HTTP/1 the client speaks.
    pub version: Version,
    /// Whether the connection may stay open.
    pub keep_alive: bool,
}

/// How far an answer is.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// Nobody asked, or all is answered.
    None,
    /// Nothing was written yet.
    Due(Asked),
    /// The head was written.
    Begun(Body),
}

/// How the rest of an answer is written.
#[derive(Clone, Copy, Debug)]
pub struct Body {
    framing: Framing,
    keep_alive: bool,
}

#[derive(Clone, Copy, Debug)]
enum Framing {
    /// There is none, whatever is written: HEAD, 204, 304.
    Absent,
    /// So many bytes must follow.
    Length(u64),
    Chunked,
    /// Until the connection closes, for clients of 1.0.
    UntilClose,
}

/// What becomes of the connection after an answer.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// The next request may come.
    KeepAlive,
    /// It is to be closed once all is sent.
    Close,
}

/// What can't be answered so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerError {
    /// There is no request to answer, or its head was written already.
    NotDue,
    /// The head was not written yet.
    NotBegun,
    /// The body is longer than its head says.
    TooLong,
    /// No status of an answer: below 200 or above 999.
    Status(u16),
}

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AnswerError::NotDue => f.write_str("headers are sent already"),
            AnswerError::NotBegun => f.write_str("headers are not sent yet"),
            AnswerError::TooLong => f.write_str("body is longer than its Content-Length"),
            AnswerError::Status(status) => write!(f, "invalid status {status}"),
        }
    }
}

impl std::error::Error for AnswerError {}

impl Answer {
    /// Writes a whole answer.
    pub fn respond(
        &mut self,
        response: &Response,
        date: &HttpDate,
        out: &mut Vec<u8>,
    ) -> Result<After, AnswerError> {
        let Response {
            status,
            headers,
            body,
        } = response;
        let length = body.len() as u64;
        // A program that answers HEAD itself says how long the body would be.
        let said = match self {
            Answer::Due(asked) if asked.head_only && length == 0 => content_length(headers),
            _ => None,
        };
        self.begin(*status, headers, Some(said.unwrap_or(length)), date, out)?;
        self.part(body, out)?;
        Ok(self.end(out))
    }

    /// Writes the head of an answer whose body follows in parts: `length` bytes, or as many as come.
    pub fn begin(
        &mut self,
        status: u16,
        headers: &Headers,
        length: Option<u64>,
        date: &HttpDate,
        out: &mut Vec<u8>,
    ) -> Result<(), AnswerError> {
        let Answer::Due(asked) = *self else {
            return Err(AnswerError::NotDue);
        };
        if !(200..=999).contains(&status) {
            return Err(AnswerError::Status(status));
        }
        let (framing, framed) = frame(status, length, asked);
        let close = !asked.keep_alive
            || matches!(framing, Framing::UntilClose)
            || headers.has_word("Connection", "close");
        let stays = match (close, asked.version) {
            (true, _) => Stays::Closed,
            (false, Version::Http10) => Stays::OpenAsAsked,
            (false, Version::Http11) => Stays::Open,
        };
        encode::head(out, status, headers, framed, stays, date);
        let keep_alive = !close;
        *self = Answer::Begun(Body {
            framing,
            keep_alive,
        });
        Ok(())
    }

    /// Writes a part of the body. An empty part writes nothing.
    pub fn part(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), AnswerError> {
        let Answer::Begun(body) = self else {
            return Err(AnswerError::NotBegun);
        };
        match &mut body.framing {
            Framing::Absent => {}
            Framing::Length(left) => {
                *left = left
                    .checked_sub(bytes.len() as u64)
                    .ok_or(AnswerError::TooLong)?;
                out.extend_from_slice(bytes);
            }
            Framing::Chunked => encode::chunk(out, bytes),
            Framing::UntilClose => out.extend_from_slice(bytes),
        }
        Ok(())
    }

    /// Ends the answer. One that is shorter than its head says closes the connection, so that the client notices.
    pub fn end(&mut self, out: &mut Vec<u8>) -> After {
        let Answer::Begun(body) = std::mem::replace(self, Answer::None) else {
            return After::Close;
        };
        let whole = match body.framing {
            Framing::Absent | Framing::Length(0) => true,
            Framing::Length(_) | Framing::UntilClose => false,
            Framing::Chunked => {
                out.extend_from_slice(b"0\r\n\r\n");
                true
            }
        };
        match whole && body.keep_alive {
            true => After::KeepAlive,
            false => After::Close,
        }
    }

    /// Says in the head that is still to be written, if it is, that the connection closes, and closes it afterwards.
    pub fn close_after(&mut self) {
        match self {
            Answer::None => {}
            Answer::Due(asked) => asked.keep_alive = false,
            Answer::Begun(body) => body.keep_alive = false,
        }
    }
}

/// How a body is framed, and what the head says of that.
fn frame(status: u16, length: Option<u64>, asked: Asked) -> (Framing, Framed) {
    let said = match (length, asked.version) {
        (Some(length), _) => Framed::Length(length),
        (None, Version::Http11) => Framed::Chunked,
        (None, Version::Http10) => Framed::Unsaid,
    };
    match status {
        204 => (Framing::Absent, Framed::Unsaid),
        // By definition empty, and said to be.
        205 => (Framing::Absent, Framed::Length(0)),
        304 => (Framing::Absent, Framed::Unsaid),
        _ if asked.head_only => (Framing::Absent, said),
        _ => match said {
            Framed::Length(length) => (Framing::Length(length), said),
            Framed::Chunked => (Framing::Chunked, said),
            Framed::Unsaid => (Framing::UntilClose, said),
        },
    }
}

/// What a program said of its body's length.
pub fn content_length(headers: &Headers) -> Option<u64> {
    let value = headers.get_str("Content-Length")?;
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| value.parse().ok()).flatten()
}
