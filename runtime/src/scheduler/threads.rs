//! The threads of a scheduler: how many there are, and waiting for their end.
//!
//! Knows nothing of what they do.

use std::io;
use std::thread;
use std::time::Instant;

use parking_lot::{Condvar, Mutex};

use std::sync::Arc;

use super::shared::Shared;

/// Counts the threads that run. They are not joined by handle: one that is stuck in C may have to be left behind.
#[derive(Debug, Default)]
pub(super) struct Threads {
    running: Mutex<usize>,
    ended: Condvar,
}

/// Says at the end of a thread, however it comes, that it has ended.
struct Ended(Arc<Shared>);

impl Drop for Ended {
    fn drop(&mut self) {
        *self.0.threads.running.lock() -= 1;
        self.0.threads.ended.notify_all();
    }
}

impl Threads {
    /// Starts a thread that runs `body`.
    pub fn start(
        shared: &Arc<Shared>,
        name: String,
        body: impl FnOnce(Arc<Shared>) + Send + 'static,
    ) -> io::Result<()> {
        *shared.threads.running.lock() += 1;
        let ended = Ended(shared.clone());
        let run = move || {
            body(ended.0.clone());
            drop(ended);
        };
        thread::Builder::new().name(name).spawn(run).map(drop)
    }

    /// Waits until all have ended; false if the deadline passed before.
    pub fn wait_ended(&self, deadline: Instant) -> bool {
        let mut running = self.running.lock();
        while *running > 0 {
            if self.ended.wait_until(&mut running, deadline).timed_out() {
                return *running == 0;
            }
        }
        true
    }
}
