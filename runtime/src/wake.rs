//! How somebody who waits outside the scheduler is told to look again.
//!
//! Knows nothing of who waits, nor of what for.

/// Called once, when it is worth looking again. Must not block.
pub type Wake = Box<dyn FnOnce() + Send>;
