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
/// Implemented by the supervisor and by function calls.
pub trait OnExit: Send + Sync {
    /// `pid` has ended. `watched` says whether any monitor is told too. Must not block.
    fn on_exit(&self, pid: Pid, exit: &Exit, watched: bool, at: Moment);
}
