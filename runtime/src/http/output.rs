//! What is to be written to a client.
//!
//! Knows nothing of what it says.

use std::io::{self, ErrorKind, Write};

/// Bytes of room that are kept when all is written.
const KEPT: usize = 512;

/// What is to be written.
#[derive(Debug, Default)]
pub(super) struct Output {
    /// All of it, and before that what was written since nothing was left.
    pub bytes: Vec<u8>,
    written: usize,
}

impl Output {
    /// Bytes that are not written yet.
    pub fn left(&self) -> usize {
        self.bytes.len() - self.written
    }

    /// Writes as much as the client takes now. Answers whether it has taken anything.
    pub fn write(&mut self, socket: &mut impl Write) -> io::Result<bool> {
        let mut took = false;
        while self.left() > 0 {
            match socket.write(&self.bytes[self.written..]) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => {
                    self.written += count;
                    took = true;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(took),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.written = 0;
        match self.bytes.capacity() > KEPT {
            true => self.bytes = Vec::new(),
            false => self.bytes.clear(),
        }
        Ok(took)
    }
}
