//! A value on its way from a channel to the task that waited for it.
//!
//! It leaves the channel in the moment in which it is granted. So nothing that other tasks do before the receiver runs
//! (polling, resetting, closing, listening no more) can take it away, and nothing has to be set aside.

use crate::process::{Event, Message};

/// A value that is its receiver's alone.
#[derive(Debug)]
pub enum Handed {
    /// One of the program's. It stays in the VM: in the channel's table, under the receiver's number.
    Own,
    /// A message.
    Message {
        /// The message.
        message: Message,
        /// Which letter it was.
        number: u32,
        /// Whether the program gets it as an object.
        as_object: bool,
    },
    /// An event.
    Event {
        /// The event.
        event: Box<Event>,
        /// Which letter it was.
        number: u32,
    },
    /// The strike of a timer: when it was, on the wall clock.
    Strike(i64),
    /// What a call came to. Its future keeps it.
    Reply,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_small_since_every_process_has_room_for_one() {
        assert_eq!(size_of::<Handed>(), 24);
    }
}
