//! A value on its way from a channel to the task that waited for it.
//!
//! It leaves the channel in the moment in which it is granted. So nothing that other tasks do before the receiver runs
//! (polling, resetting, closing, listening no more) can take it away, and nothing has to be set aside.

use super::mail::Arrived;
use crate::process::{Event, Message};

/// A value that is its receiver's alone.
#[derive(Debug)]
pub enum Handed {
    /// One of the program's. It stays in the VM: in the channel's table, under the receiver's number.
    Own,
    /// A message, and whether the program gets it as an object.
    Message(Arrived<Message>, bool),
    /// An event.
    Event(Arrived<Box<Event>>),
    /// The strike of a timer: when it was, on the wall clock.
    Strike(i64),
}
