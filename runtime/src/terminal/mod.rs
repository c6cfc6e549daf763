//! The terminal that the program was started from: what is written to it, and the arguments behind the command.
//!
//! One thread writes, so that nobody else waits for a reader. Knows nothing of processes.

mod output;

use std::io::{self, ErrorKind};
use std::time::Duration;

pub use output::{Output, Stream};

/// The program's terminal. It need not be one: all of it may be files and pipes.
#[derive(Debug)]
pub struct Terminal {
    output: Output,
    arguments: Vec<Vec<u8>>,
}

impl Terminal {
    /// The terminal of this program, with what stands behind the command.
    pub fn new(arguments: Vec<Vec<u8>>) -> Terminal {
        Terminal {
            output: Output::new(),
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

    /// Writes what is still queued, for as long as it takes; from the moment on at which [`Output::hurry`] is called, for
    /// at most `patience`.
    ///
    /// # Errors
    /// What could not be written, other than because its reader has gone: that one wanted no more.
    pub fn finish(&self, patience: Duration) -> io::Result<()> {
        match self.output.finish(patience) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    }
}
