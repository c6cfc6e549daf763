//! Stdout, where commands answer, and stderr, where they complain.
//!
//! Knows nothing of what they have to say. The log has a writer of its own.

use std::io::{self, ErrorKind, Write};

/// Writes `text`. That its reader has gone is no error: it has read what it wanted.
///
/// # Errors
/// If it could not be written, as on a full disk: who asked has no answer then.
pub fn print(text: &str) -> Result<(), String> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    told(written)
}

/// The same of what was written by others.
pub fn told(written: io::Result<()>) -> Result<(), String> {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(format!("cannot write to stdout: {error}"))
        }
        _ => Ok(()),
    }
}

/// Writes `text` to stderr. Nobody is left to tell if that fails.
pub fn complain(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
