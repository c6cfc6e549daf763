//! What is written to stdout and stderr: one queue for both, so that it comes out in the order in which it was written,
//! and the one thread that writes it.
//!
//! The queue is bounded: who finds it full waits until he is called. Knows nothing of who writes, nor of text.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use crate::wake::Wake;

/// Bytes that may wait to be written before others must wait to write. What is written at once may be more.
const FULL: u64 = 64 << 10;

/// One of the two streams that are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

impl Stream {
    /// Writes all bytes, past whatever keeps some of them back, also to a stream that somebody else has made non-blocking.
    fn write(self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Stream::Out => write(io::stdout(), bytes),
            Stream::Err => write(io::stderr(), bytes),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Stream::Out => "stdout",
            Stream::Err => "stderr",
        }
    }

    fn index(self) -> usize {
        self as usize
    }
}

/// What is written, and the thread that writes it, once there is anything.
#[derive(Debug, Default)]
pub struct Output {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// Something was queued, written or asked.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// In the order of writing; neighbours go to different streams.
    queue: VecDeque<(Stream, Vec<u8>)>,
    /// Bytes that were ever queued.
    queued: u64,
    /// Of these, bytes that were written or given up.
    written: u64,
    /// Who waits, and for how many bytes to have been written.
    waiting: Vec<(u64, Wake)>,
    /// Why a stream can't be written any more.
    failed: [Option<Failure>; 2],
    has_writer: bool,
    hurry_since: Option<Instant>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("queued", &self.queued)
            .field("written", &self.written)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Debug)]
struct Failure {
    kind: ErrorKind,
    text: String,
}

impl Failure {
    fn error(&self) -> io::Error {
        io::Error::new(self.kind, self.text.clone())
    }
}

impl Output {
    /// Nothing is written yet.
    pub fn new() -> Output {
        Output::default()
    }

    /// Queues `bytes` for a stream; who has a choice waits until there is room.
    ///
    /// # Errors
    /// Why the stream can't be written any more.
    pub fn write(&self, stream: Stream, bytes: Vec<u8>) -> io::Result<()> {
        let mut state = self.shared.state.lock();
        if let Some(failure) = &state.failed[stream.index()] {
            return Err(failure.error());
        }
        if bytes.is_empty() {
            return Ok(());
        }
        self.start_writer(&mut state)?;
        state.queued += bytes.len() as u64;
        match state.queue.back_mut() {
            Some((last, queued)) if *last == stream => queued.extend_from_slice(&bytes),
            _ => state.queue.push_back((stream, bytes)),
        }
        drop(state);
        self.shared.changed.notify_all();
        Ok(())
    }

    /// Whether there is room; if there is none, what `wake` makes is called once there is.
    pub fn has_room(&self, wake: Option<impl FnOnce() -> Wake>) -> bool {
        let mut state = self.shared.state.lock();
        let until = state.queued.saturating_sub(FULL);
        match wake {
            Some(wake) => state.has_written(until, wake),
            None => state.written >= until,
        }
    }

    /// How much was queued so far: what [`Output::has_written`] wants to know.
    pub fn queued(&self) -> u64 {
        self.shared.state.lock().queued
    }

    /// Whether all was written that was queued when [`Output::queued`] answered `until`; if not, what `wake` makes is
    /// called once it is.
    pub fn has_written(&self, until: u64, wake: impl FnOnce() -> Wake) -> bool {
        self.shared.state.lock().has_written(until, wake)
    }

    /// Why a stream can't be written any more, if it can't.
    pub fn failure(&self, stream: Stream) -> Option<io::Error> {
        let state = self.shared.state.lock();
        state.failed[stream.index()].as_ref().map(Failure::error)
    }

    /// [`Output::finish`] is to be impatient from now on.
    pub fn hurry(&self) {
        let mut state = self.shared.state.lock();
        state.hurry_since.get_or_insert_with(Instant::now);
        drop(state);
        self.shared.changed.notify_all();
    }

    /// Waits until all is written; when in a hurry, for `patience`.
    ///
    /// # Errors
    /// What could not be written.
    pub fn finish(&self, patience: Duration) -> io::Result<()> {
        let began = Instant::now();
        let mut state = self.shared.state.lock();
        while state.written < state.queued {
            match state.hurry_since {
                None => self.shared.changed.wait(&mut state),
                Some(since) => {
                    let deadline = since.max(began) + patience;
                    if Instant::now() >= deadline {
                        let text = "nobody has read what was written last";
                        return Err(io::Error::new(ErrorKind::TimedOut, text));
                    }
                    self.shared.changed.wait_until(&mut state, deadline);
                }
            }
        }
        let failure = state.failed.iter().flatten().next();
        failure.map_or(Ok(()), |failure| Err(failure.error()))
    }

    fn start_writer(&self, state: &mut State) -> io::Result<()> {
        if !state.has_writer {
            let shared = self.shared.clone();
            thread::Builder::new()
                .name("terminal writer".into())
                .spawn(move || shared.write_all())?;
            state.has_writer = true;
        }
        Ok(())
    }
}

impl State {
    fn has_written(&mut self, until: u64, wake: impl FnOnce() -> Wake) -> bool {
        let is_written = self.written >= until;
        if !is_written {
            self.waiting.push((until, wake()));
        }
        is_written
    }

    /// Takes those whose waiting is over.
    fn take_due(&mut self) -> Vec<Wake> {
        let written = self.written;
        let due = self.waiting.extract_if(.., |(until, _)| *until <= written);
        due.map(|(_, wake)| wake).collect()
    }
}

impl Shared {
    /// Writes whatever is queued, until the program ends.
    fn write_all(&self) {
        loop {
            let mut state = self.state.lock();
            let Some((stream, bytes)) = state.queue.pop_front() else {
                self.changed.wait(&mut state);
                continue;
            };
            let has_failed = state.failed[stream.index()].is_some();
            drop(state);
            let done = match has_failed {
                // It was queued before that was known.
                true => Ok(()),
                false => stream.write(&bytes),
            };
            let mut state = self.state.lock();
            state.written += bytes.len() as u64;
            if let Err(error) = done {
                state.failed[stream.index()] = Some(Failure {
                    kind: error.kind(),
                    text: format!("cannot write to {}: {error}", stream.name()),
                });
            }
            let due = state.take_due();
            drop(state);
            self.changed.notify_all();
            due.into_iter().for_each(|wake| wake());
        }
    }
}

fn write(out: impl AsFd, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(&out, bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => bytes = &bytes[count..],
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => {
                // What ends the waiting, also by failing, is seen by the next write.
                let _ = poll(&mut [PollFd::new(&out, PollFlags::OUT)], None);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
