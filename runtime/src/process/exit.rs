//! How a process ends, and who is told.
//!
//! Knows nothing of restart policies: that is the supervisor.

use std::fmt;
use std::sync::Arc;

use crate::clock::Moment;
use crate::error::{Error, kind};
use crate::payload::Payload;
use crate::pid::Pid;

/// How a process ended. Shared by all who are told; cheap to clone.
#[derive(Clone, Debug)]
pub enum Exit {
    /// Its `main` returned. The payload is the encoded first result.
    Normal(Payload),
    /// An error ended it: raised, returned, out of memory, a panic, a linked process.
    Failed(Arc<Error>),
    /// Somebody terminated it, or its host stopped. The error says so.
    Killed(Arc<Error>),
}

/// Bytes of a result that always fit: as many as the error instead would take.
const LIGHT: usize = 256;

impl Exit {
    /// A failure of the runtime's own wording, such as a panic or an exceeded limit.
    pub fn failed(message: impl Into<String>) -> Exit {
        let mut error = Error::new(kind::INTERNAL, message);
        error.retryable = None;
        Exit::Failed(Arc::new(error))
    }

    /// Ended from outside, for the given reason.
    pub fn killed(reason: impl Into<String>) -> Exit {
        let mut error = Error::new(kind::INTERNAL, reason);
        error.retryable = None;
        Exit::Killed(Arc::new(error))
    }

    /// Whether this is a normal exit.
    pub fn is_normal(&self) -> bool {
        matches!(self, Exit::Normal(_))
    }

    /// Bytes of the result, or of the error's texts.
    pub fn size(&self) -> usize {
        match self {
            Exit::Normal(result) => result.encoded().len(),
            Exit::Failed(error) | Exit::Killed(error) => error.size(),
        }
    }

    /// Replaces a result or an error's texts, where they are large, by the error that they were.
    pub(super) fn lighten(&mut self) {
        let size = self.size();
        if size <= LIGHT {
            return;
        }
        let text = format!(
            "{size} bytes of result did not fit into the mailbox: raise its host's memory_limit, or send less"
        );
        let error = Arc::new(Error::new(kind::LIMIT_EXCEEDED, text));
        *self = match self {
            Exit::Normal(_) | Exit::Failed(_) => Exit::Failed(error),
            Exit::Killed(_) => Exit::Killed(error),
        };
    }

    /// The error, unless the exit is normal.
    pub fn error(&self) -> Option<&Arc<Error>> {
        match self {
            Exit::Normal(_) => None,
            Exit::Failed(error) | Exit::Killed(error) => Some(error),
        }
    }
}

/// The exit reason in a word, with the error's full form where there is one.
impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exit::Normal(_) => f.write_str("normal"),
            Exit::Failed(error) => write!(f, "failed: {error}"),
            Exit::Killed(error) => write!(f, "killed: {error}"),
        }
    }
}

/// Told when a process ends: after its names were released and it left the table, before its monitors are told.
/// Implemented by the supervisor, by calls that wait for an end, and by whatever else must know of every one.
pub trait OnExit: Send + Sync {
    /// `pid` has ended. `watched` says whether it had any monitor. Must not block.
    fn on_exit(&self, pid: Pid, exit: &Exit, watched: bool, at: Moment);
}
