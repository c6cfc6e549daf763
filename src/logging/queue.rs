//! Lines on their way to the writer: a bounded buffer that never makes its callers wait.
//!
//! Knows nothing of records or streams. While nobody reads, lines are dropped and counted, those of errors last.

use std::mem;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

/// Bytes that may wait to be written. A line that finds the queue empty always fits, so that no line is too long.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// For lines below ERROR.
    pub ordinary: usize,
    /// For ERROR lines; larger.
    pub errors: usize,
}

impl Default for Bounds {
    /// Guessed: a megabyte is some 10,000 lines, what a terminal shows in a second or two. The writer holds as much
    /// again while it writes.
    fn default() -> Bounds {
        Bounds {
            ordinary: 1 << 20,
            errors: 2 << 20,
        }
    }
}

/// How many lines were dropped, by what they were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Below ERROR.
    pub ordinary: u64,
    /// At ERROR.
    pub errors: u64,
}

impl Dropped {
    /// Whether any was.
    pub fn any(self) -> bool {
        self != Dropped::default()
    }

    /// All of them.
    pub fn total(self) -> u64 {
        self.ordinary + self.errors
    }
}

/// The lines. Shared by everyone who logs and the one who writes.
#[derive(Debug)]
pub struct Queue {
    bounds: Bounds,
    state: Mutex<State>,
    /// Rung for the writer when the queue stops being empty, and when it is closed.
    filled: Condvar,
    /// Rung for those who flush when all has been written.
    drained: Condvar,
}

#[derive(Debug, Default)]
struct State {
    lines: Vec<u8>,
    /// Dropped since the last batch was taken.
    dropped: Dropped,
    /// Whether the writer has a batch that isn't written yet.
    writing: bool,
    /// Whether nothing can be written any more: lines are refused without being counted.
    closed: bool,
}

impl State {
    fn is_empty(&self) -> bool {
        self.lines.is_empty() && !self.dropped.any()
    }
}

impl Queue {
    /// An empty queue.
    pub fn new(bounds: Bounds) -> Queue {
        Queue {
            bounds,
            state: Mutex::default(),
            filled: Condvar::new(),
            drained: Condvar::new(),
        }
    }

    /// Adds a line (with its newline), or drops and counts it. Never waits for the writer.
    pub fn push(&self, line: &[u8], urgent: bool) {
        let mut state = self.state.lock();
        if state.closed {
            return;
        }
        let was_empty = state.is_empty();
        let bound = if urgent {
            self.bounds.errors
        } else {
            self.bounds.ordinary
        };
        if state.lines.is_empty() || state.lines.len() + line.len() <= bound {
            state.lines.extend_from_slice(line);
        } else if urgent {
            state.dropped.errors += 1;
        } else {
            state.dropped.ordinary += 1;
        }
        drop(state);
        if was_empty {
            self.filled.notify_one();
        }
    }

    /// For the writer: waits for lines and swaps them with `batch`, whose content is written now. Says how many were
    /// dropped behind them; `None` when the queue is closed.
    pub fn take(&self, batch: &mut Vec<u8>) -> Option<Dropped> {
        batch.clear();
        let mut state = self.state.lock();
        state.writing = false;
        while state.is_empty() && !state.closed {
            self.drained.notify_all();
            self.filled.wait(&mut state);
        }
        if state.closed {
            self.drained.notify_all();
            return None;
        }
        state.writing = true;
        mem::swap(&mut state.lines, batch);
        Some(mem::take(&mut state.dropped))
    }

    /// For the writer: counts lines that could not be written.
    pub fn count_lost(&self, lines: u64) {
        self.state.lock().dropped.ordinary += lines;
    }

    /// Refuses lines from now on and lets go of those that wait: the reader is gone for good.
    pub fn close(&self) {
        let mut state = self.state.lock();
        state.closed = true;
        state.writing = false;
        state.lines = Vec::new();
        drop(state);
        self.filled.notify_all();
        self.drained.notify_all();
    }

    /// Waits until all is written, at most `patience`. Says whether it was.
    pub fn flush(&self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        let mut state = self.state.lock();
        while !state.closed && (state.writing || !state.is_empty()) {
            if self.drained.wait_until(&mut state, deadline).timed_out() {
                return state.closed || !state.writing && state.is_empty();
            }
        }
        true
    }
}
