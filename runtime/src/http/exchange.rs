//! One request on its way through the system, as the worker that answers it sees it: its answer goes to the loop.
//!
//! Knows nothing of sockets. All of it may be called by workers, and never blocks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use parking_lot::Mutex;

use super::event_loop::{Note, Notes};
use super::steps::After;
use crate::node::function::{Afterwards, Called};
use crate::process::Exit;
use crate::request::{Reply, Response};
use crate::wake::Wake;

/// Bytes of an answer that may wait for a client before whoever writes it must wait too.
const FULL: usize = 256 << 10;

/// Names a request: a session's, and which of it. Sessions and requests that have ended are nobody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The place of the session.
    pub session: usize,
    /// Counted up over all requests of the program.
    pub request: u64,
}

/// What a worker tells the loop of a request.
#[derive(Debug)]
pub enum News {
    /// The whole answer.
    Answer(Response),
    /// The head and the first part of an answer, and the length of the whole body where it is known.
    Begin(Response, Option<u64>),
    /// A further part.
    Part(Vec<u8>),
    /// The end.
    End,
    /// There won't be an end.
    Broken,
    /// There is room for more of the request's body.
    Room,
}

/// How much of a service runs.
#[derive(Debug, Default)]
pub struct Load {
    /// Requests whose function has not returned.
    pub requests: AtomicUsize,
    /// Functions that have returned, and of which coroutines still run.
    pub tasks: AtomicUsize,
}

impl Afterwards for Load {
    fn ended(&self) {
        self.tasks.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One request on its way.
pub struct OnItsWay {
    notes: Arc<Notes>,
    ticket: Ticket,
    load: Arc<Load>,
    /// What is done with its answer, if anything.
    after: Option<Box<After>>,
    begun: AtomicBool,
    left: AtomicBool,
    flow: Flow,
}

/// What a client has yet to take of an answer in parts.
#[derive(Default)]
struct Flow {
    bytes: AtomicUsize,
    waiting: Mutex<Vec<Wake>>,
}

impl OnItsWay {
    /// A request that is about to be handled; it counts in `load` until its function has returned.
    pub fn new(
        notes: Arc<Notes>,
        ticket: Ticket,
        load: Arc<Load>,
        after: Option<Box<After>>,
    ) -> OnItsWay {
        load.requests.fetch_add(1, Ordering::Relaxed);
        OnItsWay {
            notes,
            ticket,
            load,
            after,
            begun: AtomicBool::new(false),
            left: AtomicBool::new(false),
            flow: Flow::default(),
        }
    }

    fn tell(&self, news: News) {
        self.notes.push(Note::Request(self.ticket, news));
    }

    /// The client has left: nobody waits for the answer any more.
    pub fn leave(&self) {
        self.left.store(true, Ordering::SeqCst);
        self.drained();
    }

    /// The client has taken what it was sent.
    pub fn drained(&self) {
        let waiting = {
            let mut waiting = self.flow.waiting.lock();
            self.flow.bytes.store(0, Ordering::SeqCst);
            std::mem::take(&mut *waiting)
        };
        waiting.into_iter().for_each(|wake| wake());
    }
}

impl Reply for OnItsWay {
    fn respond(&self, mut response: Response) {
        if self.begun.swap(true, Ordering::SeqCst) {
            return;
        }
        if let Some(after) = &self.after {
            after.whole(&mut response);
        }
        self.tell(News::Answer(response));
    }

    fn begin(&self, mut response: Response, mut length: Option<u64>) {
        if self.begun.swap(true, Ordering::SeqCst) {
            return;
        }
        if let Some(after) = &self.after
            && after.head(&mut response, length)
        {
            length = None;
        }
        self.flow
            .bytes
            .fetch_add(response.body.len(), Ordering::SeqCst);
        self.tell(News::Begin(response, length));
    }

    fn part(&self, bytes: Vec<u8>) {
        if !self.has_left() {
            let bytes = match &self.after {
                Some(after) => after.part(bytes),
                None => bytes,
            };
            self.flow.bytes.fetch_add(bytes.len(), Ordering::SeqCst);
            self.tell(News::Part(bytes));
        }
    }

    fn end(&self) {
        if let Some(after) = &self.after {
            let last = after.end();
            self.tell(News::Part(last));
        }
        self.tell(News::End);
    }

    fn is_begun(&self) -> bool {
        self.begun.load(Ordering::SeqCst)
    }

    fn has_room(&self) -> bool {
        self.has_left() || self.flow.bytes.load(Ordering::SeqCst) < FULL
    }

    fn wait_for_room(&self, wake: Wake) {
        let mut waiting = self.flow.waiting.lock();
        // Looked at under the lock: who makes room takes it afterwards, and finds `wake`.
        if !self.has_room() {
            waiting.push(wake);
            return;
        }
        drop(waiting);
        wake();
    }

    fn has_left(&self) -> bool {
        self.left.load(Ordering::SeqCst)
    }

    fn abort(&self) {
        self.tell(News::Broken);
    }
}

impl Called for OnItsWay {
    fn returned(&self, exit: &Exit, goes_on: bool) -> Option<Arc<dyn Afterwards>> {
        self.load.requests.fetch_sub(1, Ordering::Relaxed);
        if let Some(error) = exit.error() {
            match self.is_begun() {
                true => self.abort(),
                false => self.respond(Response::text(500, format!("{error}\n"))),
            }
        }
        goes_on.then(|| {
            self.load.tasks.fetch_add(1, Ordering::Relaxed);
            self.load.clone() as Arc<dyn Afterwards>
        })
    }

    fn is_program(&self) -> bool {
        false
    }
}
