//! How one worker thread sleeps and is woken.
//!
//! A token: an unpark before the park is remembered, the park consumes it. Knows nothing of why a worker sleeps.

use std::time::Duration;

use crate::sync::{AtomicBool, Mutex, Ordering, Thread, current, park, park_timeout};

/// One thread's place to park. Std's own token isn't enough: a library may consume it.
#[derive(Debug)]
pub struct Parker {
    /// Set by `unpark`, taken by `park`.
    token: AtomicBool,
    thread: Mutex<Option<Thread>>,
}

impl Parker {
    /// A place where no thread parks yet.
    pub fn new() -> Parker {
        Parker {
            token: AtomicBool::new(false),
            thread: Mutex::new(None),
        }
    }

    /// Called by the thread that is going to park here, before anybody may unpark it.
    pub fn enter(&self) {
        *self.thread.lock() = Some(current());
    }

    /// Parks until unparked, or for `timeout` at most. True if it was unparked; false may come early.
    pub fn park(&self, timeout: Option<Duration>) -> bool {
        if let Some(timeout) = timeout {
            if !self.take_token() {
                park_timeout(timeout);
                return self.take_token();
            }
            return true;
        }
        while !self.take_token() {
            park();
        }
        true
    }

    /// Makes the park that runs, or the next one, return.
    pub fn unpark(&self) {
        // Release: what was published before is seen by whoever takes the token.
        if self.token.swap(true, Ordering::AcqRel) {
            return;
        }
        let thread = self.thread.lock().clone();
        if let Some(thread) = thread {
            thread.unpark();
        }
    }

    fn take_token(&self) -> bool {
        self.token.swap(false, Ordering::AcqRel)
    }
}
