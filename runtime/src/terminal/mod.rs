//! The terminal that the program was started from: what is written to it, what is read from it, its mode, and the
//! arguments behind the command.
//!
//! One thread writes and one reads, so that nobody else waits for whoever is at the other end. Knows nothing of processes.

mod input;
mod output;
mod raw;

use std::io::{self, ErrorKind, Read};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};

pub use input::{Input, Taken, Want};
pub use output::{Output, Stream};
pub use raw::RawMode;

/// The program's terminal. It need not be one: all of it may be files and pipes.
pub struct Terminal {
    output: Output,
    input: Input,
    raw_mode: RawMode,
    arguments: Vec<Vec<u8>>,
}

impl Terminal {
    /// The terminal of this program, with what stands behind the command.
    pub fn new(arguments: Vec<Vec<u8>>) -> Terminal {
        Terminal {
            output: Output::new(),
            input: Input::new(Box::new(Stdin)),
            raw_mode: RawMode::default(),
            arguments,
        }
    }

    /// What stands behind the command.
    pub fn arguments(&self) -> &[Vec<u8>] {
        &self.arguments
    }

    /// Where to write.
    pub fn output(&self) -> &Output {
        &self.output
    }

    /// Where to read.
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// How keys come.
    pub fn raw_mode(&self) -> &RawMode {
        &self.raw_mode
    }

    /// Writes what is still queued, for as long as it takes; from the moment on at which [`Output::hurry`] is called, for
    /// at most `patience`. Then the terminal is as it was found.
    ///
    /// # Errors
    /// What could not be written, other than because its reader has gone: that one wanted no more.
    pub fn finish(&self, patience: Duration) -> io::Result<()> {
        let finished = self.output.finish(patience);
        self.raw_mode.restore();
        match finished {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    }
}

/// Standard input without a buffer, which may be non-blocking for somebody else's sake.
struct Stdin;

impl Read for Stdin {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            match rustix::io::read(io::stdin(), &mut *out) {
                Err(rustix::io::Errno::AGAIN) => {
                    // What ends the waiting, also by failing, is seen by the next read.
                    let _ = poll(&mut [PollFd::new(&io::stdin(), PollFlags::IN)], None);
                }
                read => return Ok(read?),
            }
        }
    }
}
