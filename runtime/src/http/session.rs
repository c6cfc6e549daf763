//! One client: its socket, what was read and what is to be written, and the request that is being answered.
//!
//! Runs on the loop's thread. Knows nothing of other clients, nor of routes: `reception` decides what becomes of a request,
//! and `answering` what becomes of its answer.

use std::io::{self, ErrorKind, Read};
use std::net::{Shutdown, SocketAddr};
use std::sync::Arc;

use mio::net::TcpStream;

use super::connection::{Connection, Event, Phase, Rejection};
use super::date::HttpDate;
use super::exchange::OnItsWay;
use super::gathering::Gathering;
use super::output::Output;
use super::reception;
use super::service::Service;
use super::waiting::{For, Waiting};
use crate::api::Ongoing;
use crate::clock::Moment;
use crate::request::{BodyError, Incoming, Response};

/// Bytes of written output from which on no more requests of this client are looked at before it reads.
const OUT_FULL: usize = 64 << 10;

/// How often one client is read from before others have their turn.
const READS: usize = 16;

/// What a client is told for whom there is no room.
const NO_ROOM: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

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
    /// It goes on when its socket is ready for something.
    Stays,
    /// It could go on now, and lets others have their turn.
    Yields,
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
    /// Whether what there is to read has an end.
    is_last: bool,
    pub ending: Ending,
    /// Whether it ends with the answer in progress.
    finishing: bool,
    pub waiting: Waiting,
}

/// How far the end of a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    No,
    /// Once all is written; then the client may go on sending for a while: closed at once, it might not see the answer.
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
            is_last: false,
            ending: Ending::No,
            finishing: false,
            waiting: Waiting::new(now),
        }
    }

    /// Its place among the sessions.
    pub fn place(&self) -> usize {
        self.place
    }

    /// Tells the client that there is no room for it.
    pub fn refuse(&mut self, now: Moment) {
        self.connection.close();
        self.out.bytes.extend_from_slice(NO_ROOM);
        self.ending = Ending::Soon;
        self.waiting.is_for(For::Answer, now);
    }

    /// The socket is ready for something.
    pub fn ready(&mut self, event: &mio::event::Event, at: At, buffer: &mut [u8]) -> Fate {
        if event.is_error() {
            return Fate::Ends;
        }
        self.is_last |= event.is_read_closed();
        self.readable |= event.is_readable() || event.is_read_closed();
        self.go_on(at, buffer)
    }

    /// Writes and reads as much as can be, and looks at the next requests, which may have come with the last.
    pub fn go_on(&mut self, at: At, buffer: &mut [u8]) -> Fate {
        let mut reads = 0;
        loop {
            let is_free = self.ending == Ending::No && matches!(self.request, State::None);
            let holds_back = is_free && self.take(&[], at);
            match self.out.write(&mut self.socket) {
                Ok(true) => self.waiting.sign_of_life(at.now),
                Ok(false) => {}
                Err(_) => return Fate::Ends,
            }
            if self.out.left() == 0
                && let State::Handled(handled) = &self.request
            {
                handled.on_its_way.drained();
            }
            if holds_back && self.out.left() < OUT_FULL {
                continue;
            }
            if !self.readable || !self.wants_input() {
                return self.settle(at.now);
            }
            if reads == READS {
                return match self.settle(at.now) {
                    Fate::Stays => Fate::Yields,
                    fate => fate,
                };
            }
            reads += 1;
            if self.read(at, buffer).is_err() {
                return Fate::Ends;
            }
        }
    }

    /// Reads once.
    fn read(&mut self, at: At, buffer: &mut [u8]) -> io::Result<()> {
        match self.socket.read(buffer) {
            Ok(0) => {
                self.readable = false;
                self.waiting.half_close(at.now);
            }
            Ok(count) => {
                // Less than there is room for: there was no more. What comes later is told of.
                self.readable = count == buffer.len() || self.is_last;
                match self.ending {
                    Ending::No => _ = self.take(&buffer[..count], at),
                    Ending::Soon | Ending::Lingers => self.waiting.sign_of_life(at.now),
                }
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => self.readable = false,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn wants_input(&self) -> bool {
        if self.ending != Ending::No {
            return true;
        }
        let has_room = match &self.request {
            State::None => self.out.left() < OUT_FULL,
            State::Gathering(_) => true,
            State::Handled(handled) => !handled.is_full,
        };
        has_room && self.connection.wants_input()
    }

    /// Takes in what was read. True: not all of it was looked at, since the client must read first.
    fn take(&mut self, mut input: &[u8], at: At) -> bool {
        loop {
            if matches!(self.request, State::None) && self.out.left() >= OUT_FULL {
                self.connection.keep(&mut input);
                return true;
            }
            let Some(event) = self.connection.poll(&mut input) else {
                return false;
            };
            match event {
                Event::Request(head) => reception::receive(self, head, at),
                Event::Body(bytes) => match &mut self.request {
                    State::Gathering(gathering) => {
                        if gathering.put(bytes) {
                            reception::handle_coming(self, at);
                        }
                    }
                    State::Handled(Handled {
                        body: Some(body),
                        is_full,
                        ..
                    }) => *is_full = !body.put(bytes),
                    State::Handled(_) | State::None => {}
                },
                Event::End => self.end_request(at),
                Event::Rejected(rejection) => self.reject(rejection, at),
            }
        }
    }

    /// All of the request has come.
    fn end_request(&mut self, at: At) {
        self.waiting.restart(For::Answer, at.now);
        match &mut self.request {
            State::Gathering(_) => reception::handle_whole(self, at),
            State::Handled(handled) => {
                // What comes now is of the next request, or the end.
                handled.is_full = false;
                if let Some(body) = &handled.body {
                    body.end(Ok(()));
                }
            }
            State::None => {}
        }
    }

    /// Notes what is waited for, and ends what is over.
    fn settle(&mut self, now: Moment) -> Fate {
        let is_written = self.out.left() == 0;
        if self.ending == Ending::Soon && is_written {
            if self.waiting.is_half_closed() || self.socket.shutdown(Shutdown::Write).is_err() {
                return Fate::Ends;
            }
            self.ending = Ending::Lingers;
        }
        let what = self.waits_for();
        self.waiting.is_for(what, now);
        let is_over = match what {
            For::Request => self.finishing || self.waiting.is_half_closed(),
            For::Rest | For::Close => self.waiting.is_half_closed(),
            For::Answer => false,
        };
        match is_over {
            true => Fate::Ends,
            false => Fate::Stays,
        }
    }

    fn waits_for(&self) -> For {
        match (self.ending, &self.request) {
            (Ending::Lingers, _) => return For::Close,
            (Ending::Soon, _) => return For::Answer,
            // The client has not taken the last answer.
            (Ending::No, State::None) if self.out.left() > 0 => return For::Answer,
            // It sends as much of its body as we take.
            (Ending::No, State::Handled(handled)) if handled.is_full => return For::Answer,
            (Ending::No, _) => {}
        }
        match self.connection.phase() {
            Phase::Idle => For::Request,
            Phase::Reading => For::Rest,
            Phase::Answering => For::Answer,
            Phase::Closed => For::Close,
        }
    }

    /// Ends it after the answers to what has come.
    pub fn finish(&mut self, at: At, buffer: &mut [u8]) -> Fate {
        self.finishing = true;
        self.connection.close_after_answer();
        self.readable = true;
        self.go_on(at, buffer)
    }

    /// Looks whether something takes too long.
    pub fn tick(&mut self, at: At, buffer: &mut [u8]) -> Fate {
        let timeouts = &self.service.timeouts;
        let is_written = self.out.left() == 0;
        match self.waiting.overdue(at.now, timeouts, is_written) {
            None => return Fate::Stays,
            Some(For::Rest) if !self.connection.is_dropping() => {
                self.reject(Rejection::Timeout, at);
            }
            Some(For::Answer) if self.connection.is_due() => {
                self.connection.close_after_answer();
                let text = "the handler has taken longer than the write time-out\n";
                self.cancel(BodyError::TimedOut);
                self.respond(&Response::text(503, text), at);
            }
            Some(_) => return Fate::Ends,
        }
        self.go_on(at, buffer)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.drop_request(BodyError::Broken);
    }
}
