//! One client: its socket, what was read and what is to be written, and the request that is being answered.
//!
//! Runs on the loop's thread. Knows nothing of other clients, nor of routes: `reception` decides what becomes of a request.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use mio::net::TcpStream;

use super::connection::{After, Connection, Event, Phase, Rejection};
use super::date::HttpDate;
use super::exchange::{News, OnItsWay};
use super::gathering::Gathering;
use super::service::Service;
use crate::api::Ongoing;
use crate::clock::Moment;
use crate::request::{BodyError, Incoming, Response};

/// How long a client may have sent its last byte before its call is canceled: one that only says that it sends no more
/// still reads an answer that comes soon.
const HALF_CLOSED: Duration = Duration::from_secs(1);

/// How long a client that was refused may go on sending: closed at once, it might not see why.
const LINGER: Duration = Duration::from_secs(2);

/// Bytes of written output from which on no more requests of this client are looked at before it reads.
const OUT_FULL: usize = 64 << 10;

/// The present moment, for all sessions.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    /// On the clock of the program.
    pub now: Moment,
    /// As answers carry it.
    pub date: &'a HttpDate,
}

/// What becomes of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Fate {
    /// It goes on.
    Stays,
    /// It is over.
    Ends,
}

/// A client.
pub(super) struct Session {
    pub socket: TcpStream,
    pub service: Arc<Service>,
    pub peer: SocketAddr,
    /// Its place among the sessions.
    place: usize,
    pub connection: Connection,
    pub out: Output,
    pub request: State,
    /// Whether there may be more to read.
    readable: bool,
    /// When the client said that it sends no more.
    half_closed: Option<Moment>,
    ending: Ending,
    phase: Phase,
    /// Since when it has been in this phase.
    since: Moment,
}

/// What is to be written.
#[derive(Default)]
pub(super) struct Output {
    pub bytes: Vec<u8>,
    written: usize,
}

/// How far the end of a session is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    No,
    /// Once all is written; then the client may go on sending for a while, if it has not ended its request.
    Soon,
    /// All is written; the client is to see it.
    Lingers,
}

/// The request of a session.
pub(super) enum State {
    /// There is none, or all is answered.
    None,
    /// Its body comes in before anybody handles it.
    Gathering(Box<Gathering>),
    /// It is handled.
    Handled(Handled),
}

/// A request that is handled.
pub(super) struct Handled {
    /// Which request it is.
    pub number: u64,
    pub on_its_way: Arc<OnItsWay>,
    /// How to end that; none where it can't be.
    pub call: Option<Arc<dyn Ongoing>>,
    /// Where the rest of its body goes.
    pub body: Option<Arc<Incoming>>,
    /// Whether that has no room for more.
    pub is_full: bool,
}

impl Session {
    pub fn new(
        socket: TcpStream,
        peer: SocketAddr,
        service: Arc<Service>,
        place: usize,
        now: Moment,
    ) -> Session {
        let connection = Connection::new(service.connection_limits());
        Session {
            socket,
            service,
            peer,
            place,
            connection,
            out: Output::default(),
            request: State::None,
            readable: true,
            half_closed: None,
            ending: Ending::No,
            phase: Phase::Idle,
            since: now,
        }
    }

    /// Its place among the sessions.
    pub fn place(&self) -> usize {
        self.place
    }

    /// The socket is ready for something.
    pub fn ready(&mut self, event: &mio::event::Event, at: At, buffer: &mut [u8]) -> Fate {
        if event.is_error() {
            return Fate::Ends;
        }
        if event.is_readable() || event.is_read_closed() {
            self.readable = true;
            if self.read(event.is_read_closed(), at, buffer) == Fate::Ends {
                return Fate::Ends;
            }
        }
        self.go_on(at, buffer)
    }

    /// A worker has something to say of a request.
    pub fn on_news(&mut self, number: u64, news: News, at: At, buffer: &mut [u8]) -> Fate {
        let State::Handled(handled) = &mut self.request else {
            return Fate::Stays;
        };
        if handled.number != number {
            return Fate::Stays;
        }
        let out = &mut self.out.bytes;
        match news {
            News::Answer(response) => self.respond(&response, at),
            News::Begin(response, length) => {
                let Response {
                    status,
                    headers,
                    body,
                } = response;
                let begun = self
                    .connection
                    .begin(status, &headers, length, at.date, out);
                if begun
                    .and_then(|()| self.connection.part(&body, out))
                    .is_err()
                {
                    return Fate::Ends;
                }
            }
            News::Part(bytes) => {
                if self.connection.part(&bytes, out).is_err() {
                    return Fate::Ends;
                }
            }
            News::End => {
                let after = self.connection.end(out);
                self.answered(after);
            }
            News::Broken => {
                // What was written is to get there; that more should have come, the client sees.
                let _ = self.out.write(&mut self.socket);
                return Fate::Ends;
            }
            News::Room => {
                handled.is_full = false;
                self.readable = true;
                if self.read(false, at, buffer) == Fate::Ends {
                    return Fate::Ends;
                }
            }
        }
        self.go_on(at, buffer)
    }

    /// Reads what has come.
    fn read(&mut self, is_last: bool, at: At, buffer: &mut [u8]) -> Fate {
        while self.readable && self.wants_input() {
            match self.socket.read(buffer) {
                Ok(0) => {
                    self.readable = false;
                    return self.on_half_closed(at.now);
                }
                Ok(_) if self.ending != Ending::No => {}
                Ok(count) => {
                    // Less than there is room for: there was no more. What comes later is told of.
                    self.readable = count == buffer.len() || is_last;
                    self.take(&buffer[..count], at);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.readable = false,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Fate::Ends,
            }
        }
        Fate::Stays
    }

    fn wants_input(&self) -> bool {
        let is_full = match &self.request {
            State::Handled(handled) => handled.is_full,
            State::None | State::Gathering(_) => self.out.left() >= OUT_FULL,
        };
        self.ending != Ending::No || (!is_full && self.connection.wants_input())
    }

    /// The client sends no more.
    fn on_half_closed(&mut self, now: Moment) -> Fate {
        self.half_closed.get_or_insert(now);
        match self.connection.phase() {
            Phase::Answering if self.ending == Ending::No => Fate::Stays,
            _ if self.out.left() > 0 && self.ending == Ending::Soon => Fate::Stays,
            _ => Fate::Ends,
        }
    }

    /// Takes in what was read.
    pub fn take(&mut self, mut input: &[u8], at: At) {
        while let Some(event) = self.connection.poll(&mut input) {
            match event {
                Event::Request(head) => super::reception::receive(self, head, at),
                Event::Body(bytes) => match &mut self.request {
                    State::Gathering(gathering) => {
                        if gathering.put(bytes) {
                            super::reception::handle_coming(self, at);
                        }
                    }
                    State::Handled(Handled {
                        body: Some(body),
                        is_full,
                        ..
                    }) => *is_full = !body.put(bytes),
                    State::Handled(_) | State::None => {}
                },
                Event::End => match &self.request {
                    State::Gathering(_) => super::reception::handle_whole(self, at),
                    State::Handled(Handled {
                        body: Some(body), ..
                    }) => body.end(Ok(())),
                    State::Handled(_) | State::None => {}
                },
                Event::Rejected(rejection) => self.reject(rejection, at),
            }
        }
    }

    /// Answers the request that is in progress.
    pub fn respond(&mut self, response: &Response, at: At) {
        let out = &mut self.out.bytes;
        let after = self.connection.respond(response, at.date, out);
        let after = after.or_else(|_| {
            let response = Response::text(500, "the answer can't be sent\n");
            self.connection.respond(&response, at.date, out)
        });
        self.answered(after.unwrap_or(After::Close));
    }

    /// Refuses what was read, and all that may come.
    fn reject(&mut self, rejection: Rejection, at: At) {
        let error = match rejection {
            Rejection::Timeout => BodyError::TimedOut,
            Rejection::BodyTooLarge => BodyError::TooLarge,
            _ => BodyError::Broken,
        };
        self.connection
            .reject(rejection, at.date, &mut self.out.bytes);
        self.drop_request(error);
        self.ending = Ending::Soon;
    }

    fn answered(&mut self, after: After) {
        if let State::Handled(handled) = std::mem::replace(&mut self.request, State::None)
            && let Some(body) = handled.body
        {
            body.end(Err(BodyError::Broken));
        }
        if after == After::Close {
            self.ending = Ending::Soon;
        }
    }

    /// Writes, and looks at the next requests, which may have come with the last.
    fn go_on(&mut self, at: At, buffer: &mut [u8]) -> Fate {
        loop {
            if self.ending == Ending::No && matches!(self.request, State::None) {
                self.take(&[], at);
            }
            if self.out.write(&mut self.socket).is_err() {
                return Fate::Ends;
            }
            if self.out.left() == 0
                && let State::Handled(handled) = &self.request
            {
                handled.on_its_way.drained();
            }
            if self.ending != Ending::No {
                break;
            }
            if !self.readable || !self.wants_input() {
                break;
            }
            if self.read(false, at, buffer) == Fate::Ends {
                return Fate::Ends;
            }
        }
        self.note_phase(at.now);
        self.end_if_over()
    }

    /// Ends what is to end once all of it is written.
    fn end_if_over(&mut self) -> Fate {
        if self.ending != Ending::Soon || self.out.left() > 0 {
            return Fate::Stays;
        }
        if self.half_closed.is_some() || self.socket.shutdown(Shutdown::Write).is_err() {
            return Fate::Ends;
        }
        self.ending = Ending::Lingers;
        Fate::Stays
    }

    fn note_phase(&mut self, now: Moment) {
        let phase = self.connection.phase();
        if phase != self.phase {
            (self.phase, self.since) = (phase, now);
        }
    }

    /// Whether it waits for a request.
    pub fn is_idle(&self) -> bool {
        self.phase == Phase::Idle && self.out.left() == 0
    }

    /// Ends it after the answer in progress, if there is one.
    pub fn finish(&mut self) -> Fate {
        self.connection.close_after_answer();
        match self.is_idle() {
            true => Fate::Ends,
            false => Fate::Stays,
        }
    }

    /// Looks whether something takes too long.
    pub fn tick(&mut self, at: At, buffer: &mut [u8]) -> Fate {
        let timeouts = &self.service.timeouts;
        let lasted = at.now.since(self.since);
        let is_over = |limit: Duration| !limit.is_zero() && lasted >= limit;
        if self.ending != Ending::No {
            let limit = match self.ending {
                Ending::Lingers => LINGER,
                _ => timeouts.write.max(LINGER),
            };
            return if is_over(limit) {
                Fate::Ends
            } else {
                Fate::Stays
            };
        }
        if let Some(half_closed) = self.half_closed
            && at.now.since(half_closed) >= HALF_CLOSED
        {
            return Fate::Ends;
        }
        match self.phase {
            Phase::Idle if is_over(timeouts.idle) => Fate::Ends,
            Phase::Reading if is_over(timeouts.read) => {
                self.reject(Rejection::Timeout, at);
                self.go_on(at, buffer)
            }
            Phase::Answering if is_over(timeouts.write) => {
                if !self.connection.is_due() {
                    return Fate::Ends;
                }
                self.connection.close_after_answer();
                let text = "the handler has taken longer than the write time-out\n";
                self.cancel(BodyError::TimedOut);
                self.respond(&Response::text(503, text), at);
                self.go_on(at, buffer)
            }
            _ => Fate::Stays,
        }
    }

    /// Ends the call of the request in progress.
    fn cancel(&mut self, error: BodyError) {
        if let State::Handled(handled) = &self.request {
            handled.on_its_way.leave();
            if let Some(body) = &handled.body {
                body.end(Err(error));
            }
            if let Some(call) = &handled.call {
                call.cancel();
            }
        }
    }

    fn drop_request(&mut self, error: BodyError) {
        self.cancel(error);
        self.request = State::None;
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.drop_request(BodyError::Broken);
    }
}

impl Output {
    /// Bytes that are not written yet.
    pub fn left(&self) -> usize {
        self.bytes.len() - self.written
    }

    /// Writes as much as the client takes now.
    fn write(&mut self, socket: &mut TcpStream) -> std::io::Result<()> {
        while self.left() > 0 {
            match socket.write(&self.bytes[self.written..]) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => self.written += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.written = 0;
        match self.bytes.capacity() > KEPT {
            true => self.bytes = Vec::new(),
            false => self.bytes.clear(),
        }
        Ok(())
    }
}

/// Bytes of room for output that an idle session keeps.
const KEPT: usize = 512;
