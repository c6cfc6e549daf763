//! Raw mode: each key comes at once, is not echoed, and means nothing to the terminal, Ctrl-C included.
//!
//! Knows nothing of who wants it.

use std::io;
use std::time::Duration;

use parking_lot::Mutex;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

/// How long whoever sets the mode is waited for, at the end.
const PATIENCE: Duration = Duration::from_millis(100);

/// The mode of the terminal that is stdin, and what it was before.
#[derive(Debug, Default)]
pub struct RawMode {
    /// What to go back to, while the mode is raw.
    before: Mutex<Option<Termios>>,
}

impl RawMode {
    /// Turns raw mode on or off.
    ///
    /// # Errors
    /// Stdin is no terminal, or can't be set.
    pub fn set(&self, raw: bool) -> io::Result<()> {
        let mut before = self.before.lock();
        let current = tcgetattr(io::stdin())?;
        // Not after what is being written: a reader that stalls would hold us up.
        let change = |mode| tcsetattr(io::stdin(), OptionalActions::Now, mode);
        if raw {
            let mut mode = current.clone();
            mode.make_raw();
            change(&mode)?;
            before.get_or_insert(current);
        } else if let Some(mode) = &*before {
            change(mode)?;
            *before = None;
        }
        Ok(())
    }

    /// Goes back to what was before. Never blocks for long; nothing is left to tell if it fails.
    pub fn restore(&self) {
        // A thread that sets the mode may be stopped there, as one in the background is.
        let before = self.before.try_lock_for(PATIENCE);
        if let Some(mode) = before.and_then(|mut before| before.take()) {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &mode);
        }
    }
}
