//! The calls of a process that others answer: which coroutine or future waits for which.
//!
//! Knows nothing of who answers, nor of what.

use rustc_hash::FxHashMap;

use super::tasks::{ChannelNumber, Task};

/// Who waits for a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiter {
    /// A task, which does nothing else.
    Task(Task),
    /// A future, by the number of its channel.
    Future(ChannelNumber),
}

/// The calls that a process waits for.
#[derive(Debug, Default)]
pub struct Calls {
    next: u32,
    /// Made for the first: few processes call.
    #[allow(clippy::box_collection, reason = "three words less in every process")]
    waiting: Option<Box<FxHashMap<u32, Waiter>>>,
}

impl Calls {
    /// Notes who waits for a new call; answers the call's number.
    pub fn begin(&mut self, waiter: Waiter) -> u32 {
        let call = self.next;
        self.next = call.wrapping_add(1);
        self.waiting.get_or_insert_default().insert(call, waiter);
        call
    }

    /// A call is over; answers who waited for it. Nobody, if it was forgotten.
    pub fn end(&mut self, call: u32) -> Option<Waiter> {
        self.waiting.as_mut()?.remove(&call)
    }

    /// Forgets all calls: their replies will find nobody.
    pub fn forget(&mut self) {
        self.waiting = None;
    }

    /// Whether there never was a call: no reply is on its way to one that was forgotten.
    pub fn is_unused(&self) -> bool {
        self.next == 0
    }

    /// Whether nobody waits for a reply.
    pub fn is_empty(&self) -> bool {
        self.waiting
            .as_ref()
            .is_none_or(|waiting| waiting.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_finds_the_task_of_its_call_once() {
        let mut calls = Calls::default();
        let task = Waiter::Task(7);
        let (one, other) = (calls.begin(task), calls.begin(task));
        assert_ne!(one, other);
        assert_eq!((calls.end(other), calls.end(other)), (Some(task), None));
        assert!(!calls.is_empty());
        calls.forget();
        assert!(calls.is_empty() && calls.end(one).is_none());
        // A call after that has another number than those that were forgotten.
        assert!(![one, other].contains(&calls.begin(task)));
    }
}
