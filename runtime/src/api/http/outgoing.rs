//! What is said in answer to a request: kept until it is worth sending, and sent whole where that is possible.
//!
//! Knows nothing of Lua, nor of the sockets behind a [`Reply`].

use std::mem;
use std::sync::Arc;

use crate::error::{Error, kind};
use crate::request::{Headers, Reply, Response};

use super::media_type;

/// Bytes of a body that are kept; what is longer is sent in parts.
const KEPT: usize = 64 << 10;

/// Bytes that headers may take. Clients give up at a quarter of it.
const MOST_HEADERS: usize = 64 << 10;

/// The type of what `write_json` writes.
pub(super) const JSON: &str = "application/json";

/// How a body is sent whose end is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transfer {
    /// As it comes.
    Chunked,
    /// As events.
    Events,
}

/// An answer on its way.
pub(super) struct Outgoing {
    reply: Arc<dyn Reply>,
    /// The method is HEAD: no body is sent, whatever is written.
    is_head: bool,
    /// What was not sent: the head, until that is; and of the body.
    response: Response,
    /// A status, a header or something of the body was given: this is the answer, whatever the function returns.
    is_said: bool,
    /// The head can't be changed any more, sent or not.
    is_fixed: bool,
    /// The head was sent.
    is_begun: bool,
    /// All was sent.
    is_over: bool,
    /// Set if each piece is to be sent when it is written.
    transfer: Option<Transfer>,
    /// Bytes that the body may still have, where the head that was sent says how long it is.
    left: Option<u64>,
}

impl Outgoing {
    /// Nothing was said yet, in answer to HEAD or another method.
    pub fn new(reply: Arc<dyn Reply>, is_head: bool) -> Outgoing {
        Outgoing {
            reply,
            is_head,
            response: Response::new(200),
            is_said: false,
            is_fixed: false,
            is_begun: false,
            is_over: false,
            transfer: None,
            left: None,
        }
    }

    /// Whether anything was said.
    pub fn is_said(&self) -> bool {
        self.is_said
    }

    /// Whether anything of a body was written, or the head was sent.
    pub fn is_written(&self) -> bool {
        self.is_fixed
    }

    /// Bytes that were not sent.
    pub fn bytes(&self) -> usize {
        self.response.headers.size() + self.response.body.capacity()
    }

    /// The headers, if they can still be changed.
    ///
    /// # Errors
    /// They are sent, or as good as that (Invalid): `what` was to be set.
    fn head(&mut self, what: &str) -> Result<&mut Headers, Error> {
        match self.is_fixed {
            false => Ok(&mut self.response.headers),
            true => {
                let text = format!("cannot set {what} after headers are sent");
                Err(Error::new(kind::INVALID, text))
            }
        }
    }

    /// Gives the answer a status.
    ///
    /// # Errors
    /// There is no such status, or the head is sent (Invalid).
    pub fn set_status(&mut self, status: i64) -> Result<(), Error> {
        self.head("status")?;
        match u16::try_from(status) {
            Ok(status @ 200..=999) => self.response.status = status,
            _ => {
                let text = format!("invalid status {status}: it is 200 to 999");
                return Err(Error::new(kind::INVALID, text));
            }
        }
        self.is_said = true;
        Ok(())
    }

    /// Gives a header one value.
    ///
    /// # Errors
    /// Name or value can't be sent, or the head is sent (Invalid); there are too many (LimitExceeded).
    pub fn set_header(&mut self, name: &str, value: &[u8]) -> Result<(), Error> {
        let headers = self.head("header")?;
        if name.eq_ignore_ascii_case("Content-Length") && length(value).is_none() {
            return Err(Error::new(kind::INVALID, "Content-Length is no number"));
        }
        put(headers, name, value)?;
        self.is_said = true;
        Ok(())
    }

    /// Says of which type the body is, which alone is no answer.
    ///
    /// # Errors
    /// As [`Outgoing::set_header`].
    pub fn set_content_type(&mut self, value: &[u8]) -> Result<(), Error> {
        put(self.head("content type")?, "Content-Type", value)
    }

    /// Has each piece sent when it is written.
    ///
    /// # Errors
    /// The head is sent (Invalid).
    pub fn set_transfer(&mut self, transfer: Transfer) -> Result<(), Error> {
        let headers = self.head("transfer")?;
        if transfer == Transfer::Events {
            put(headers, "Content-Type", b"text/event-stream")?;
            put(headers, "Cache-Control", b"no-cache")?;
        }
        self.transfer = Some(transfer);
        self.is_said = true;
        Ok(())
    }

    /// Where the answer goes, once its head was sent: from then on there may be no room.
    pub fn begun(&self) -> Option<Arc<dyn Reply>> {
        self.is_begun.then(|| self.reply.clone())
    }

    /// Writes a piece of the body, if the client still takes it.
    ///
    /// # Errors
    /// The client has left (Canceled), or the body is longer than was said (Invalid).
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.expect(bytes.len())?;
        self.response.body.extend_from_slice(bytes);
        self.written();
        Ok(())
    }

    /// Writes JSON text, and says that it is, unless another type was given.
    ///
    /// # Errors
    /// As [`Outgoing::write`].
    pub fn write_json(&mut self, text: Vec<u8>) -> Result<(), Error> {
        self.expect(text.len())?;
        let headers = &mut self.response.headers;
        if !self.is_fixed && !headers.contains("Content-Type") {
            headers.push("Content-Type", JSON.as_bytes());
        }
        match self.response.body.is_empty() {
            true => self.response.body = text,
            false => self.response.body.extend_from_slice(&text),
        }
        self.written();
        Ok(())
    }

    /// Writes an event, whose name is one line and whose data is JSON text. The first makes the answer a stream of them.
    ///
    /// # Errors
    /// As [`Outgoing::write`], or what was written before is something else (Invalid).
    pub fn write_event(&mut self, name: &[u8], data: &[u8]) -> Result<(), Error> {
        if self.transfer != Some(Transfer::Events) {
            self.set_transfer(Transfer::Events)?;
        }
        let event = [b"event: ", name, b"\ndata: ", data, b"\n\n"].concat();
        self.write(&event)
    }

    /// An error unless `count` more bytes can be written.
    fn expect(&mut self, count: usize) -> Result<(), Error> {
        self.is_said = true;
        if self.is_begun && self.reply.has_left() {
            return Err(Error::new(kind::CANCELED, "the client has left"));
        }
        let wanted = (self.response.body.len() + count) as u64;
        if self.left.is_some_and(|left| left < wanted) {
            let text = "body is longer than its Content-Length";
            return Err(Error::new(kind::INVALID, text));
        }
        Ok(())
    }

    /// Sends what was written, if it is to be sent now.
    fn written(&mut self) {
        let length = self.response.body.len();
        self.is_fixed |= length > 0;
        if length > KEPT || self.transfer.is_some() {
            self.send();
        }
    }

    /// Sends all that was said, the head too if nothing was written.
    ///
    /// # Errors
    /// The client has left (Canceled).
    pub fn flush(&mut self) -> Result<(), Error> {
        self.expect(0)?;
        self.send();
        Ok(())
    }

    fn send(&mut self) {
        if !self.is_begun {
            self.is_begun = true;
            self.is_fixed = true;
            let said = self.response.headers.get("Content-Length");
            let said = said.and_then(length);
            // What is kept already may be longer; then it is not believed.
            let length = said.filter(|said| *said >= self.response.body.len() as u64);
            self.left = length.map(|length| length - self.response.body.len() as u64);
            self.say_type();
            self.reply.begin(mem::take(&mut self.response), length);
        } else if !self.response.body.is_empty() {
            let part = mem::take(&mut self.response.body);
            if let Some(left) = &mut self.left {
                *left -= part.len() as u64;
            }
            self.reply.part(part);
        }
    }

    /// Says of which type the body is, where nobody did.
    fn say_type(&mut self) {
        let response = &mut self.response;
        if !response.body.is_empty() && !response.headers.contains("Content-Type") {
            let kind = media_type::of(&response.body);
            response.headers.push("Content-Type", kind.as_bytes());
        }
    }

    /// Sends what was not sent. A body that is shorter than was said is broken off.
    pub fn end(&mut self) {
        match self.is_begun {
            false => {
                self.say_type();
                self.reply.respond(mem::take(&mut self.response));
            }
            true => {
                self.send();
                match self.left {
                    Some(1..) if !self.is_head => self.reply.abort(),
                    _ => self.reply.end(),
                }
            }
        }
        self.is_over = true;
    }

    /// Answers with JSON text, or with what there is instead.
    pub fn answer(&mut self, text: Option<Result<Vec<u8>, Error>>) {
        let failure = match text {
            Some(Ok(text)) => match self.write_json(text) {
                Ok(()) => return self.end(),
                Err(error) => error.to_string(),
            },
            Some(Err(error)) => error.to_string(),
            None => "no response sent".to_owned(),
        };
        self.response = Response::text(500, failure + "\n");
        self.end();
    }
}

/// What has begun must end: the client would wait for the rest.
impl Drop for Outgoing {
    fn drop(&mut self) {
        if self.is_begun && !self.is_over {
            self.reply.abort();
        }
    }
}

/// Gives a header one value.
fn put(headers: &mut Headers, name: &str, value: &[u8]) -> Result<(), Error> {
    if headers.size() + name.len() + value.len() > MOST_HEADERS {
        let text = format!("headers of more than {MOST_HEADERS} bytes");
        return Err(Error::new(kind::LIMIT_EXCEEDED, text));
    }
    let set = headers.set(name, value);
    set.map_err(|error| Error::new(kind::INVALID, error.to_string()))
}

/// A number in decimal, as a Content-Length is.
fn length(value: &[u8]) -> Option<u64> {
    let is_number = value.iter().all(u8::is_ascii_digit);
    is_number.then(|| std::str::from_utf8(value).ok()?.parse().ok())?
}
