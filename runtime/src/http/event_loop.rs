//! The one loop that serves all clients of all services: it waits for sockets and for workers, and does what they are ready
//! for.
//!
//! Nothing here blocks but the wait itself. Knows nothing of HTTP: that is the session.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use mio::event::Event;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use slab::Slab;

use super::date::HttpDate;
use super::exchange::{News, Ticket};
use super::outbox::Outbox;
use super::service::Service;
use super::session::{At, Fate, Session};
use crate::clock::{Clock, Moment};

/// The token of what wakes the loop.
pub(super) const WAKER: Token = Token(usize::MAX);

/// Tokens from here on are listeners', below it sessions'.
const LISTENERS: usize = usize::MAX / 2;

/// Bytes that are read at once.
const READ: usize = 64 << 10;

/// Readiness that is looked at before the notes of workers are.
const EVENTS: usize = 256;

/// The longest and the shortest time between two looks for what takes too long.
const TICK: Duration = Duration::from_secs(1);
const SHORTEST_TICK: Duration = Duration::from_millis(10);

/// Clients beyond the limit that are told so; more are only cut, so that telling has a limit, too.
const REFUSED: usize = 256;

/// What a session's socket may be ready for.
const INTEREST: Interest = Interest::READABLE.add(Interest::WRITABLE);

/// Notes to the loop.
pub(super) type Notes = Outbox<Note>;

/// A note to the loop.
pub(super) enum Note {
    /// Of a request.
    Request(Ticket, News),
    /// To serve, or no longer.
    Order(Order),
}

/// What the loop is to do.
pub(super) enum Order {
    /// Serve those who come to a socket.
    Listen(Listening),
    /// Let no more in, and finish what is in progress.
    Close(ListenerKey),
    /// Drop all that is left.
    Kill(ListenerKey),
    /// End.
    Finish,
}

/// Names a socket that is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ListenerKey(pub u64);

/// A socket that is served.
pub(super) struct Listening {
    pub key: ListenerKey,
    /// None once nobody is let in.
    pub socket: Option<TcpListener>,
    pub service: Arc<Service>,
    /// Its sessions.
    pub sessions: usize,
    /// Called when it is closed and its last session has ended.
    pub ended: Option<Box<dyn FnOnce() + Send>>,
}

/// The loop.
pub(super) struct EventLoop {
    poll: Poll,
    notes: Arc<Notes>,
    clock: Clock,
    listeners: Slab<Listening>,
    sessions: Slab<Served>,
    buffer: Vec<u8>,
    now: Moment,
    date: Date,
    /// When it next looks for what takes too long.
    tick_at: Moment,
    tick: Duration,
    /// Whether somebody could not be let in for want of something.
    starves: bool,
}

/// A session, and where it came in.
struct Served {
    session: Session,
    listener: usize,
}

/// The date, for as long as it is right.
struct Date {
    date: HttpDate,
    until: Moment,
}

impl EventLoop {
    pub fn new(poll: Poll, notes: Arc<Notes>, clock: Clock) -> EventLoop {
        let date = HttpDate::at(SystemTime::now());
        EventLoop {
            poll,
            notes,
            clock,
            listeners: Slab::new(),
            sessions: Slab::new(),
            buffer: vec![0; READ],
            now: clock.now(),
            date: Date {
                date,
                until: Moment(0),
            },
            tick_at: Moment(0),
            tick: TICK,
            starves: false,
        }
    }

    /// Serves until it is told to finish.
    pub fn run(mut self) {
        let mut events = Events::with_capacity(EVENTS);
        let mut notes = Vec::new();
        loop {
            self.notes.take(&mut notes);
            self.look_at_the_clock();
            for note in notes.drain(..) {
                match note {
                    Note::Request(ticket, news) => self.on_news(ticket, news),
                    Note::Order(Order::Finish) => return,
                    Note::Order(order) => self.obey(order),
                }
            }
            self.tick();
            let timeout = match self.notes.may_sleep() {
                true => self.timeout(),
                false => Some(Duration::ZERO),
            };
            match self.poll.poll(&mut events, timeout) {
                Err(error) if error.kind() != ErrorKind::Interrupted => {
                    return log::error!("HTTP can't be served any more: {error}");
                }
                _ => {}
            }
            self.notes.stay_awake();
            self.look_at_the_clock();
            for event in &events {
                self.on_event(event);
            }
        }
    }

    fn look_at_the_clock(&mut self) {
        self.now = self.clock.now();
        if self.now >= self.date.until {
            let time = SystemTime::now();
            let since = time.duration_since(SystemTime::UNIX_EPOCH);
            let past = since.map_or(0, |since| since.subsec_nanos());
            let left = Duration::from_nanos(u64::from(1_000_000_000 - past));
            self.date = Date {
                date: HttpDate::at(time),
                until: self.now.after(left),
            };
        }
    }

    /// How long nothing needs to be done unless somebody wakes the loop.
    fn timeout(&self) -> Option<Duration> {
        let is_quiet = self.sessions.is_empty() && !self.starves;
        (!is_quiet).then(|| self.tick_at.since(self.now))
    }

    fn on_event(&mut self, event: &Event) {
        match event.token() {
            WAKER => {}
            Token(listener) if listener >= LISTENERS => self.accept(listener - LISTENERS),
            Token(place) => self.with_session(place, |session, at, buffer| {
                session.ready(event, at, buffer)
            }),
        }
    }

    fn on_news(&mut self, ticket: Ticket, news: News) {
        self.with_session(ticket.session, |session, at, buffer| {
            session.on_news(ticket.request, news, at, buffer)
        });
    }

    /// Does something with a session, if it is there, and drops it if it is over then.
    fn with_session(
        &mut self,
        place: usize,
        does: impl FnOnce(&mut Session, At, &mut [u8]) -> Fate,
    ) {
        let Some(served) = self.sessions.get_mut(place) else {
            return;
        };
        let at = At {
            now: self.now,
            date: &self.date.date,
        };
        let fate = match does(&mut served.session, at, &mut self.buffer) {
            // What it is ready for is told once. Asked anew, it is told once more, after that of others.
            Fate::Yields => {
                let registry = self.poll.registry();
                let socket = &mut served.session.socket;
                match registry.reregister(socket, Token(place), INTEREST) {
                    Ok(()) => Fate::Stays,
                    Err(_) => Fate::Ends,
                }
            }
            fate => fate,
        };
        if fate == Fate::Ends {
            self.drop_session(place);
        }
    }

    fn drop_session(&mut self, place: usize) {
        let served = self.sessions.remove(place);
        let listener = served.listener;
        drop(served);
        if let Some(listening) = self.listeners.get_mut(listener) {
            listening.sessions -= 1;
        }
        self.end_listener_if_over(listener);
    }

    fn end_listener_if_over(&mut self, listener: usize) {
        let is_over = |listening: &Listening| listening.socket.is_none() && listening.sessions == 0;
        if self.listeners.get(listener).is_some_and(is_over)
            && let Some(ended) = self.listeners.remove(listener).ended
        {
            ended();
        }
    }

    /// Lets in all who wait at a door.
    fn accept(&mut self, listener: usize) {
        loop {
            let Some(listening) = self.listeners.get_mut(listener) else {
                return;
            };
            let Some(socket) = &listening.socket else {
                return;
            };
            match socket.accept() {
                Ok((socket, peer)) => {
                    if let Err(error) = self.let_in(listener, socket, peer) {
                        log::debug!("{peer} could not be served: {error}");
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.starves = false;
                    return;
                }
                Err(error) if is_of_one_client(&error) => {}
                Err(error) => {
                    // No descriptors, or no memory: those who wait are looked for at the next tick.
                    if !std::mem::replace(&mut self.starves, true) {
                        let service = &*listening.service.id;
                        log::warn!(service; "nobody can be let in: {error}");
                    }
                    return;
                }
            }
        }
    }

    fn let_in(&mut self, listener: usize, socket: TcpStream, peer: SocketAddr) -> io::Result<()> {
        let listening = &mut self.listeners[listener];
        let service = listening.service.clone();
        let most = service.limits.connections as usize;
        let is_full = listening.sessions >= most;
        if listening.sessions >= most.saturating_add(REFUSED) {
            return Ok(());
        }
        socket.set_nodelay(true)?;
        let vacant = self.sessions.vacant_entry();
        let place = vacant.key();
        let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
        let mut session = Session::new(socket, peer, service, place, self.now);
        if is_full {
            session.refuse(self.now);
        }
        let registry = self.poll.registry();
        registry.register(&mut session.socket, Token(place), INTEREST)?;
        vacant.insert(Served { session, listener });
        self.listeners[listener].sessions += 1;
        Ok(())
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Listen(listening) => self.listen(listening),
            Order::Close(key) => {
                let Some(listener) = self.find(key) else {
                    return;
                };
                // Who waits at the door came while it was open.
                self.accept(listener);
                self.listeners[listener].socket = None;
                self.each_session_of(listener, |session, at, buffer| session.finish(at, buffer));
                self.end_listener_if_over(listener);
            }
            Order::Kill(key) => {
                let Some(listener) = self.find(key) else {
                    return;
                };
                self.listeners[listener].socket = None;
                self.each_session_of(listener, |_, _, _| Fate::Ends);
                self.end_listener_if_over(listener);
            }
            Order::Finish => unreachable!("the loop is over then"),
        }
    }

    fn find(&self, key: ListenerKey) -> Option<usize> {
        let mut all = self.listeners.iter();
        all.find(|(_, listening)| listening.key == key)
            .map(|(place, _)| place)
    }

    fn listen(&mut self, mut listening: Listening) {
        self.tick = self.tick.min(tick_for(&listening.service));
        let vacant = self.listeners.vacant_entry();
        let token = Token(LISTENERS + vacant.key());
        if let Some(socket) = &mut listening.socket
            && let Err(error) = self
                .poll
                .registry()
                .register(socket, token, Interest::READABLE)
        {
            let service = &*listening.service.id;
            log::error!(service; "nobody can be let in: {error}");
        }
        vacant.insert(listening);
    }

    fn each_session_of(
        &mut self,
        listener: usize,
        mut does: impl FnMut(&mut Session, At, &mut [u8]) -> Fate,
    ) {
        let of_it = |(_, served): &(usize, &Served)| served.listener == listener;
        let places: Vec<usize> = self.sessions.iter().filter(of_it).map(|s| s.0).collect();
        for place in places {
            self.with_session(place, &mut does);
        }
    }

    /// Looks for what takes too long, if it is time to.
    fn tick(&mut self) {
        if self.now < self.tick_at {
            return;
        }
        self.tick_at = self.now.after(self.tick);
        let listeners: Vec<usize> = self.listeners.iter().map(|(place, _)| place).collect();
        for listener in listeners {
            self.accept(listener);
            self.each_session_of(listener, |session, at, buffer| session.tick(at, buffer));
        }
    }
}

/// How often to look where a service's time-outs are what they are.
fn tick_for(service: &Service) -> Duration {
    let timeouts = &service.timeouts;
    let all = [timeouts.read, timeouts.write, timeouts.idle];
    let shortest = all.into_iter().filter(|timeout| !timeout.is_zero()).min();
    shortest.map_or(TICK, |shortest| (shortest / 4).clamp(SHORTEST_TICK, TICK))
}

/// Whether an error of `accept` is about the one who came, and not about who comes next.
fn is_of_one_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::Interrupted
    )
}
