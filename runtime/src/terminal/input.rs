//! What is read from stdin: one buffer for all who read, and a thread that fills it while somebody waits for more.
//!
//! The thread may be in a read that never returns: nobody waits for its end. Knows nothing of who reads.

mod buffer;

use std::io::{self, ErrorKind, Read};
use std::sync::Arc;
use std::thread;

use parking_lot::Mutex;

use crate::wake::Wake;
use buffer::Buffer;
pub use buffer::{Taken, Want};

/// Bytes that are asked for in one read.
const CHUNK: usize = 64 << 10;

/// What is read, and the thread that reads it while somebody waits.
pub struct Input {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    /// Only the thread that reads has it locked.
    source: Mutex<Box<dyn Read + Send>>,
}

#[derive(Default)]
struct State {
    buffer: Buffer,
    waiting: Vec<(Want, Wake)>,
    has_reader: bool,
}

impl Input {
    /// Reads from `source`, which may block.
    pub fn new(source: Box<dyn Read + Send>) -> Input {
        Input {
            shared: Arc::new(Shared {
                state: Mutex::default(),
                source: Mutex::new(source),
            }),
        }
    }

    /// Takes what is wanted. If it is not there yet, what `wake` makes is called when it is worth asking again: somebody
    /// else may have been quicker.
    ///
    /// # Errors
    /// Why it can't be read.
    pub fn take(&self, want: Want, wake: impl FnOnce() -> Wake) -> io::Result<Option<Taken>> {
        let mut state = self.shared.state.lock();
        if let Some(taken) = state.buffer.take(want) {
            return taken.map(Some);
        }
        if !state.has_reader {
            let shared = self.shared.clone();
            thread::Builder::new()
                .name("terminal reader".into())
                .spawn(move || shared.read_while_wanted())?;
            state.has_reader = true;
        }
        state.waiting.push((want, wake()));
        Ok(None)
    }
}

impl Shared {
    fn read_while_wanted(&self) {
        let mut source = self.source.lock();
        let mut chunk = vec![0; CHUNK];
        loop {
            let read = source.read(&mut chunk);
            let mut state = self.state.lock();
            let State {
                buffer,
                waiting,
                has_reader,
            } = &mut *state;
            match read {
                Ok(count) => buffer.add(&chunk[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => buffer.fail(error),
            }
            // All whom this may serve: the first of them may have ended.
            let ready = waiting.extract_if(.., |(want, _)| buffer.has(*want));
            let ready: Vec<_> = ready.collect();
            *has_reader = !waiting.is_empty();
            let goes_on = *has_reader;
            drop(state);
            ready.into_iter().for_each(|(_, wake)| wake());
            if !goes_on {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests;
