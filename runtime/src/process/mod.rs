//! A process as the scheduler sees it: mailbox, run state, how it ends, the table of all.
//!
//! Knows nothing of Lua, nor of workers.

mod body;
mod exit;
mod letter;

pub use body::{Body, Interrupt, Interrupter, Interruptible, Step, Turn, Urgency};
pub use exit::{Exit, OnExit};
pub use letter::{Event, Letter, Message};

/// A process.
#[derive(Debug)]
pub struct Process {
    _todo: (),
}
