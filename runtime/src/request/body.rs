//! A request's body: whole, or still coming in.
//!
//! One side puts in what comes, the other takes it out; whoever must wait is called. Knows nothing of sockets.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::wake::Wake;

/// Bytes that may lie here before no more should be read from the client. What is put in at once may go past it.
pub const FULL: usize = 256 << 10;

/// The body of a request.
#[derive(Debug)]
pub enum Body {
    /// All of it.
    Whole(Vec<u8>),
    /// What comes in while the request is handled.
    Coming(Arc<Incoming>),
}

/// A body that comes in.
pub struct Incoming {
    state: Mutex<State>,
    /// Asks for more of the body, once there is room again.
    resume: Box<dyn Fn() + Send + Sync>,
}

#[derive(Default)]
struct State {
    parts: VecDeque<Vec<u8>>,
    /// Bytes of the first part that were taken.
    taken: usize,
    /// Bytes that lie here.
    bytes: usize,
    /// Whether nothing more comes, and why if that is not its end.
    ended: Option<Result<(), BodyError>>,
    /// Whether somebody was told to wait with more.
    is_full: bool,
    waiting: Vec<Wake>,
}

/// Why the rest of a body does not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyError {
    /// The client has left, or did not send what HTTP says.
    Broken,
    /// The client took longer than it may.
    TimedOut,
    /// It is larger than the server takes.
    TooLarge,
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BodyError::Broken => "the client has left before all of the body had come",
            BodyError::TimedOut => "the client was too slow to send the body",
            BodyError::TooLarge => "request body too large",
        })
    }
}

/// What was taken of a body.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    /// Its next bytes, not none.
    Bytes(Vec<u8>),
    /// There are no more.
    End,
    /// The rest does not come.
    Failed(BodyError),
}

impl Incoming {
    /// A body of which nothing has come. `resume` is called when there is room for more after there was none; it must not
    /// block.
    pub fn new(resume: Box<dyn Fn() + Send + Sync>) -> Incoming {
        Incoming {
            state: Mutex::default(),
            resume,
        }
    }

    /// Puts in what came. False: no more should come until `resume` is called.
    pub fn put(&self, bytes: &[u8]) -> bool {
        let mut state = self.state.lock();
        if !bytes.is_empty() {
            state.bytes += bytes.len();
            state.parts.push_back(bytes.to_vec());
        }
        state.is_full = state.bytes >= FULL;
        let has_room = !state.is_full;
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        waiting.into_iter().for_each(|wake| wake());
        has_room
    }

    /// Says that nothing more comes. The first to say so is believed.
    pub fn end(&self, how: Result<(), BodyError>) {
        let mut state = self.state.lock();
        state.ended.get_or_insert(how);
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        waiting.into_iter().for_each(|wake| wake());
    }

    /// Takes the next bytes, at most `most` of them; `None` if they must be [waited for](Incoming::wait).
    pub fn take(&self, most: usize) -> Option<Taken> {
        let mut state = self.state.lock();
        if let Some(bytes) = state.next(most) {
            let resumes = state.is_full && state.bytes < FULL / 2;
            state.is_full &= !resumes;
            drop(state);
            if resumes {
                (self.resume)();
            }
            return Some(Taken::Bytes(bytes));
        }
        match state.ended {
            Some(Ok(())) => Some(Taken::End),
            Some(Err(error)) => Some(Taken::Failed(error)),
            None => None,
        }
    }

    /// Calls `wake` once there is something to take, which may be at once.
    pub fn wait(&self, wake: Wake) {
        let mut state = self.state.lock();
        if state.parts.is_empty() && state.ended.is_none() {
            state.waiting.push(wake);
            return;
        }
        drop(state);
        wake();
    }
}

impl State {
    fn next(&mut self, most: usize) -> Option<Vec<u8>> {
        let first = self.parts.front_mut()?;
        let left = first.len() - self.taken;
        let bytes = if left <= most && self.taken == 0 {
            std::mem::take(first)
        } else {
            first[self.taken..self.taken + left.min(most)].to_vec()
        };
        self.taken += bytes.len();
        self.bytes -= bytes.len();
        if left <= most {
            self.parts.pop_front();
            self.taken = 0;
        }
        Some(bytes)
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn incoming() -> (Incoming, Arc<AtomicUsize>) {
        let resumed = Arc::new(AtomicUsize::new(0));
        let count = resumed.clone();
        let resume = move || _ = count.fetch_add(1, Ordering::Relaxed);
        (Incoming::new(Box::new(resume)), resumed)
    }

    #[test]
    fn bytes_come_out_in_order_however_they_are_taken() {
        let (body, _) = incoming();
        assert!(body.put(b"abc") && body.put(b"") && body.put(b"defg"));
        body.end(Ok(()));
        let parts: Vec<_> = std::iter::from_fn(|| match body.take(2) {
            Some(Taken::Bytes(bytes)) => Some(bytes),
            _ => None,
        })
        .collect();
        assert_eq!(parts, [&b"ab"[..], b"c", b"de", b"fg"]);
        assert_eq!(body.take(2), Some(Taken::End));
    }

    #[test]
    fn who_waits_is_called_once_for_bytes_and_for_the_end() {
        let (body, _) = incoming();
        let woken = Arc::new(AtomicUsize::new(0));
        let wait = || {
            let woken = woken.clone();
            body.wait(Box::new(move || _ = woken.fetch_add(1, Ordering::Relaxed)));
        };
        assert_eq!(body.take(9), None);
        wait();
        assert_eq!(woken.load(Ordering::Relaxed), 0);
        body.put(b"x");
        body.put(b"y");
        assert_eq!(woken.load(Ordering::Relaxed), 1);
        wait();
        assert_eq!(woken.load(Ordering::Relaxed), 2, "there is something");
        assert!(body.take(9).is_some() && body.take(9).is_some());
        assert_eq!(body.take(9), None);
        wait();
        body.end(Err(BodyError::Broken));
        body.end(Ok(()));
        assert_eq!(woken.load(Ordering::Relaxed), 3);
        wait();
        assert_eq!(woken.load(Ordering::Relaxed), 4, "it has ended");
        assert_eq!(body.take(9), Some(Taken::Failed(BodyError::Broken)));
    }

    #[test]
    fn no_more_is_asked_for_until_half_is_taken() {
        let (body, resumed) = incoming();
        assert!(body.put(&[0; FULL - 1]));
        assert!(!body.put(b"x"));
        assert!(body.take(FULL / 2).is_some());
        assert_eq!(resumed.load(Ordering::Relaxed), 0);
        assert!(body.take(1).is_some());
        assert_eq!(resumed.load(Ordering::Relaxed), 1);
        assert!(body.take(1).is_some());
        assert_eq!(resumed.load(Ordering::Relaxed), 1);
    }
}
