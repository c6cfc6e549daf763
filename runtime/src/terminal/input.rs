//! What is read from stdin: one buffer for all who read, and a thread that fills it while somebody waits for more.
//!
//! The thread may be in a read that never returns: nobody waits for its end. Knows nothing of who reads.

mod buffer;

use std::io::{self, ErrorKind, Read};
use std::sync::Arc;
use std::thread;

use parking_lot::Mutex;

use super::Wake;
use buffer::Buffer;
pub use buffer::{Taken, Want};

/// Bytes that are asked for in one read.
const CHUNK: usize = 64 << 10;

/// What is read, and the thread that reads it, while somebody waits.
pub struct Input {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
}

struct State {
    buffer: Buffer,
    waiting: Vec<(Want, Wake)>,
    /// Where it comes from; the thread has it while it reads.
    source: Option<Box<dyn Read + Send>>,
}

impl Input {
    /// Reads from `source`, which may block.
    pub fn new(source: Box<dyn Read + Send>) -> Input {
        let state = State {
            buffer: Buffer::default(),
            waiting: Vec::new(),
            source: Some(source),
        };
        Input {
            shared: Arc::new(Shared {
                state: Mutex::new(state),
            }),
        }
    }

    /// Takes what is wanted. If it is not there yet, `wake` is called when it is worth asking again: somebody else may
    /// have been quicker.
    ///
    /// # Errors
    /// Why it can't be read.
    pub fn take(&self, want: Want, wake: impl FnOnce() -> Wake) -> io::Result<Option<Taken>> {
        let mut state = self.shared.state.lock();
        if let Some(taken) = state.buffer.take(want) {
            return taken.map(Some);
        }
        if let Some(source) = state.source.take() {
            let shared = self.shared.clone();
            // What a thread that can't be started had is lost, which a second source makes good.
            thread::Builder::new()
                .name("terminal reader".into())
                .spawn(move || shared.read_all(source))?;
        }
        state.waiting.push((want, wake()));
        Ok(None)
    }
}

impl Shared {
    /// Reads for as long as somebody waits.
    fn read_all(&self, mut source: Box<dyn Read + Send>) {
        let mut chunk = vec![0; CHUNK];
        loop {
            let read = source.read(&mut chunk);
            let mut state = self.state.lock();
            match read {
                Ok(count) => state.buffer.add(&chunk[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => state.buffer.fail(error),
            }
            let State {
                buffer, waiting, ..
            } = &mut *state;
            // All of them, whether or not there is something for each: one of them may have ended.
            let ready: Vec<_> = waiting
                .extract_if(.., |(want, _)| buffer.has(*want))
                .collect();
            let is_done = state.waiting.is_empty();
            if is_done {
                state.source = Some(source);
            }
            drop(state);
            ready.into_iter().for_each(|(_, wake)| wake());
            if is_done {
                return;
            }
        }
    }
}
